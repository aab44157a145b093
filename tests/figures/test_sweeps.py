"""Figs. 5d to 5f."""

import pandas as pd
import pytest

from asyt.figures import asyt_fig5d, asyt_fig5e, asyt_fig5f, asyt_fig5f_tied, own_scaling

READINGS = ("independent", "mean-square", "power")


@pytest.fixture
def swept(crossed):
    """Two draws at two distortions in three readings; AsyT in two of them."""
    draws = crossed(severity=(0.0, 1.0), seed=(0, 1), epoch=[300])
    draws = draws.assign(fleet="one", chip=0, accuracy=0.9 - 0.1 * draws.severity)
    tested = [draws.assign(method="insilico-bp", reading=name) for name in READINGS]
    asyt = [draws.assign(method="asyt", reading=name) for name in READINGS[:2]]
    ideal = draws[draws.severity == 0].assign(method="ideal-bp", reading="independent")
    return pd.concat([ideal, *tested, *asyt], ignore_index=True)


def test_distortion_has_a_panel_a_reading_and_asyt_where_it_was_trained(swept):
    figure, plotted = asyt_fig5d.draw(swept)
    bounds = [
        [text.get_text() for text in ax.texts if ">" in text.get_text()] for ax in figure.axes
    ]
    assert bounds == [["reported: > 90"], [], ["reported: > 90"]]
    asyt = plotted[(plotted.method == "asyt") & (plotted.reading == "independent")]
    assert asyt.centre.tolist() == pytest.approx([90, 80])
    assert len(plotted) == 3 + 3 * 2 + 2 * 2  # ideal BP has a row a reading


def test_a_panel_shows_its_own_ideal_bp_and_says_how_many_were_drawn(swept, crossed):
    runs = crossed(update_error=(0.0, 0.6), seed=range(3), epoch=[300], chip=range(8))
    digital = runs[runs.chip == 0].assign(method="ideal-bp", fleet="digital", accuracy=0.97)
    chips = runs.assign(method="insilico-bp", fleet="demo", accuracy=0.5)
    trained = chips[chips.update_error == 0].assign(method="asyt", accuracy=0.95)
    further = swept[swept.reading == "independent"].assign(reading="floor")
    figure, plotted = asyt_fig5d.draw(swept, pd.concat([digital, chips, trained]), further)
    titles = [ax.get_title().partition("\n")[2] for ax in figure.axes]
    assert titles == [
        "AsyT: n = 3, In-silico BP: n = 3",
        "AsyT: n = 2, In-silico BP: n = 2",
        "AsyT: n = 2, In-silico BP: n = 2",
        "In-silico BP: n = 2",
        "AsyT: n = 2, In-silico BP: n = 2",
    ]
    ideal = plotted[plotted.method == "ideal-bp"].set_index("reading").centre
    assert (ideal["authors"], ideal["independent"]) == (pytest.approx(97), pytest.approx(90))


@pytest.mark.parametrize(
    ("drawing", "key", "bound"),
    [(asyt_fig5e, "width", "reported: below 2"), (asyt_fig5f, "depth", "reported: below 2.5")],
)
def test_a_gap_is_drawn_below_both_accuracies(crossed, drawing, key, bound):
    shapes = (
        {"width": (64, 128), "depth": [2]} if key == "width" else {"width": [128], "depth": (1, 2)}
    )
    draws = crossed(**shapes, seed=(0, 1)).assign(epoch=20, fleet="one", chip=0)
    ideal = draws.assign(method="ideal-bp", reading="independent", accuracy=0.9)
    asyt = [draws.assign(method="asyt", reading=name, accuracy=0.8) for name in READINGS]
    figure, plotted = drawing.draw(pd.concat([ideal, *asyt], ignore_index=True))
    assert len(figure.axes) == 2 * len(READINGS)
    assert bound in [text.get_text() for text in figure.axes[-1].texts]
    assert plotted.gap.dropna().tolist() == pytest.approx([10] * 2 * len(READINGS))
    centres = plotted.dropna(subset=["centre"]).set_index("method").centre
    assert centres["ideal-bp"].tolist() == pytest.approx([90] * 6)  # two of each reading
    assert centres["asyt"].tolist() == pytest.approx([80] * 6)
    assert figure.axes[0].get_xticks().tolist() == sorted(set(draws[key]))


def test_longer_runs_of_a_reading_are_drawn_with_their_own_ideal_bp(crossed):
    draws = crossed(width=(64, 128), depth=[2], seed=(0, 1)).assign(fleet="one", chip=0)
    ideal = draws.assign(method="ideal-bp", reading="independent", epoch=20, accuracy=0.9)
    asyt = [ideal.assign(method="asyt", reading=name, accuracy=0.8) for name in READINGS]
    swept = pd.concat([ideal, *asyt], ignore_index=True)
    late = swept[swept.reading == "independent"].assign(epoch=100)
    late["accuracy"] += 0.05 * (late.method == "ideal-bp")
    chip = late.assign(update_error=0.0, fleet=late.method.map({"ideal-bp": "digital"}))
    chip = chip.assign(fleet=chip.fleet.fillna("demo"), accuracy=0.97)
    figure, plotted = asyt_fig5e.draw(swept, chip.drop(columns="reading"), late)
    tops = [ax.get_title().replace("\n", ", ") for ax in figure.axes if ax.get_title()]
    assert tops == [
        "authors' chip, no noise, 100 epochs, n = 2",
        "independent chips, no noise, 100 epochs, n = 2",
        "noise 0.10 of the signal, 20 epochs, n = 2",
        "noise 0.32 of the signal, 20 epochs, n = 2",
    ]
    gaps = plotted.dropna(subset=["gap"]).groupby("reading").gap.max()
    expected = {"authors": 0, "independent": 15, "mean-square": 10, "power": 10}
    assert gaps.to_dict() == pytest.approx(expected)


def test_sweep_of_all_tables_shortens_until_its_longest_run(crossed):
    every = crossed(sweep=["all"], runs=[3], workers=[1, 10, 100], kind=["simulated"])
    short = crossed(sweep=["drills"], runs=[2], workers=[1], kind=["measured", "simulated"])
    table = pd.concat([every.assign(seconds=[7200, 720, 700]), short.assign(seconds=3.0)])
    figure, plotted = own_scaling.draw(table)
    (ax,) = figure.axes
    all_tables, divided = ax.lines
    assert all_tables.get_ydata().tolist() == pytest.approx([2, 0.2, 700 / 3600])
    assert divided.get_ydata().tolist() == pytest.approx([2, 0.2, 0.02])
    assert len(ax.collections) == 2
    assert len(plotted) == 5


def test_a_row_a_kind_of_chip_with_every_draw_and_ideal_bp(crossed):
    draws = crossed(task=["deep", "pixels"], start=["demo", "own"], seed=range(3), epoch=[9])
    draws = draws.assign(split="test")
    kinds = crossed(errors=["demo", "tied", "untied", "independent"])
    ideal = draws.assign(method="ideal-bp", errors="none", accuracy=0.9)
    asyt = draws.merge(kinds, how="cross").assign(method="asyt")
    asyt = asyt[(asyt.start == "demo") | asyt.errors.isin(["tied", "independent"])]
    asyt["accuracy"] = asyt.errors.isin(["demo", "tied"]).map({True: 0.1, False: 0.8})
    figure, shown = asyt_fig5f_tied.draw(pd.concat([ideal, asyt]))
    for ax in figure.axes:
        _, chips, half = ax.lines
        assert half.get_xdata()[0] == pytest.approx(45)
        places = zip(chips.get_ydata(), chips.get_xdata(), strict=True)
        assert sorted({(row, round(x)) for row, x in places}) == [
            (0, 10),
            (1, 10),
            (2, 80),
            (3, 80),
            (4, 10),
            (5, 80),
        ]
        assert [text.get_text() for text in ax.texts if text.get_text() == "tied"] == ["tied"] * 3
    assert len(shown) == 2 * 3 * (4 + 2)
    assert int(shown.fails.sum()) == 2 * 3 * 3
