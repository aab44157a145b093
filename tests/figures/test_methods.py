"""Figures of the methods and of second-harmonic generation, from runs of seconds."""

import pandas as pd
import pytest

from asyt.errors import DataError
from asyt.experiments import robustness, robustness_schedule
from asyt.figures import _style as style
from asyt.figures import drawing, methods_distortion

PANELS = {
    "asyt-fig5g": 3,
    "asyt-fig5h": 6,
    "methods-matrix": 5,
    "methods-convergence": 2,
    "methods-optimizers": 3,
    "methods-mixing": 1,
    "methods-distortion": 3,
    "pnn-gradients": 3,
    "pnn-vowels": 2,
    "pnn-mnist": 2,
}


def smoke(experiment):
    """The table of the smoke profile, computed now."""
    tables = []
    for config in experiment.jobs("smoke"):
        try:
            table = experiment.run(config)
        except DataError as error:
            pytest.skip(f"needs a data set that cannot be had here: {error}")
        tables.append(table.assign(**config.columns))
    return pd.concat(tables, ignore_index=True)


@pytest.mark.parametrize("figure_id", PANELS)
def test_it_is_drawn_from_small_runs(figure_id):
    style.use()
    found = drawing.find(figure_id)
    first, *_ = drawing.sources(found)
    figure, plotted = found.draw(smoke(first))
    assert len(figure.axes) == PANELS[figure_id]
    assert len(plotted)


@pytest.fixture
def schedule(crossed):
    """Two draws of every panel of the paper's schedule, three evaluations."""
    drawn = {"method": ["asyt", "pat"], "seed": (0, 1), "epoch": (0, 150, 300), "chip": [0]}
    both = (
        (robustness_schedule.PERTURBED, robustness_schedule.BLOWS),
        (robustness_schedule.NOISY, robustness_schedule.RATIOS),
    )
    parts = [crossed(reading=readings, condition=names, **drawn) for readings, names in both]
    digital = parts[0].assign(condition="digital", method="ideal-bp")
    return pd.concat([*parts, digital], ignore_index=True).assign(accuracy=0.5)


@pytest.fixture
def bench(crossed):
    """Two draws of every condition of the bench."""
    names = [condition.name for condition in robustness.SEVERITIES]
    drawn = {"method": ["asyt", "pat"], "seed": (0, 1), "epoch": (0, 30), "split": ["test"]}
    return crossed(condition=names, **drawn).assign(accuracy=0.6)


@pytest.mark.parametrize(
    ("figure_id", "first", "last"),
    [
        (
            "asyt-fig5g",
            ["authors' chip\nsecond relative error of 0.6", "second relative error of 2.4"],
            "bench: second relative\nerror of 2.4",
        ),
        ("asyt-fig5h", ["authors' chip\n10 dB", "noise floor\n10 dB"], "layer, 0 dB"),
    ],
)
def test_the_papers_schedule_is_drawn_before_the_bench(bench, schedule, figure_id, first, last):
    found = drawing.find(figure_id)
    figure, plotted = found.draw(bench, schedule)
    titles = [ax.get_title() for ax in figure.axes]
    assert len(titles) == len(found.PANELS) + PANELS[figure_id]
    assert titles[0] == first[0]
    assert any(title.endswith(first[1]) for title in titles[: len(found.PANELS)])
    assert titles[-1].endswith(last)
    means = plotted.set_index("condition").centre
    assert means[found.PANELS].unique() == pytest.approx(50)
    assert set(plotted.condition) - set(found.PANELS) <= set(bench.condition)
    struck = [line.get_xdata()[0] for ax in figure.axes for line in ax.lines if len(ax.lines) == 3]
    if figure_id == "asyt-fig5g":
        assert {150, 15} <= set(struck)


def test_published_logs_are_accuracies_of_known_methods_and_errors():
    logs = methods_distortion.published()
    assert set(logs.error) == {"none", *methods_distortion.ERRORS}
    assert set(methods_distortion.PUBLISHED) <= set(logs.method)
    assert not logs.duplicated(["error", "size", "method"]).any()
    assert logs.accuracy.between(0, 100).all()


def test_no_error_costs_nothing_in_the_published_logs():
    logs = methods_distortion.published()
    assert logs[logs.error == "none"].accuracy.item() == logs.accuracy.max()
