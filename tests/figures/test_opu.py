"""Figures of the optical unit and of training by light."""

import itertools

import pandas as pd
import pytest

from asyt.experiments import dfa, dfa_sweeps, opu, opu_compare
from asyt.figures import _style as style
from asyt.figures import opu_compare as compare
from asyt.figures import opu_energy, opu_light, opu_sweeps, opu_training

RUNS = [(method, rate) for method, rate, _ in dfa.VARIANTS]


@pytest.fixture(autouse=True)
def look():
    style.use()


def trained() -> pd.DataFrame:
    """Every method with two seeds and two epochs."""
    measured = (("accuracy", "test"), ("angle-1", "train"), ("angle-2", "train"))
    keys = itertools.product(RUNS, (0, 1), (0, 10), measured)
    rows = [
        {"method": m, "rate": r, "seed": s, "epoch": e, "quantity": q, "split": split}
        for (m, r), s, e, (q, split) in keys
    ]
    return pd.DataFrame(rows).assign(value=lambda t: 0.9 + 0.01 * t.seed)


def test_the_unit_has_six_panels():
    table = opu.run(opu.PROFILES["smoke"]).assign(seed=0)
    figure, plotted = opu_light.draw(table)
    assert len(figure.axes) == 7 and plotted is table  # the last panel has an axis on its right
    assert set(opu_light.SCHEMES) == set(opu.SCHEMES)


def test_training_shows_every_method_and_the_angles():
    figure, plotted = opu_training.draw(trained())
    assert set(plotted.quantity) == {"accuracy", "angle-1", "angle-2"}
    assert figure.axes[1].get_xticklabels()[0].get_text() == "BP"
    assert len(figure.axes[1].get_xticks()) == len(opu_training.SHOWN)


def test_methods_of_training_differ_in_colour_dash_and_marker():
    looks = [style.look(name) for name, _ in opu_training.SHOWN.values()]
    for kind in ("colour", "line", "marker"):
        assert len({getattr(look, kind) for look in looks}) == len(looks)
    figure, _ = opu_training.draw(trained())
    drawn = [line.get_marker() for line in figure.axes[0].lines]
    assert drawn == [look.marker for look in looks]


def test_training_without_digital_runs_has_no_angles():
    table = trained()
    table = table[(table.method == "dfa-optical") & (table.quantity == "accuracy")]
    figure, plotted = opu_training.draw(table)
    assert set(plotted.quantity) == {"accuracy"}
    assert len(figure.axes[1].get_xticks()) == 1


def test_sweeps_have_a_panel_each():
    rows = [config.columns for config in dfa_sweeps.plan("paper")]
    table = pd.DataFrame(rows).assign(epoch=5, quantity="accuracy", split="test", value=0.9)
    figure, plotted = opu_sweeps.draw(table)
    assert len(figure.axes) == 4 and (plotted.accuracy == 90).all()


def test_the_comparison_shows_every_chip_and_the_mean_of_all():
    rows = [{"method": m, "chip": chip} for m in opu_compare.NAMES for chip in (0, 1)]
    table = pd.DataFrame(rows).assign(seed=0, quantity="accuracy", value=0.9)
    figure, plotted = compare.draw(table)
    (ax,) = figure.axes
    assert [len(line.get_xdata()) for line in ax.lines] == [2, 1] * 5
    assert all(tick.get_text().endswith("n = 2") for tick in ax.get_xticklabels())
    assert len(plotted) == 10


def test_energies_end_where_the_unit_does():
    _, plotted = opu_energy.draw(None)
    assert plotted[plotted.n > 1e5]["optical, one frame"].isna().all()
    assert (plotted["GPU, arithmetic"] > 0).all()
