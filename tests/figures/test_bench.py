"""Methods on one bench: which runs there are, how rates are chosen, and how draws are compared."""

import pandas as pd
import pytest
import torch

from asyt import experiments
from asyt.devices import DistortedDevice, Unsteady
from asyt.errors import AsytError
from asyt.figures import _style as style
from asyt.figures import bench, bench_jobs, bench_runs, dual_logs, robustness
from asyt.figures.bench_runs import Cell, Condition, Config
from asyt.methods import NAMES
from asyt.training import Data
from asyt.twins import Perceptron

EXPERIMENTS = pytest.mark.parametrize("module", [bench, robustness, dual_logs])


@pytest.fixture
def tiny(monkeypatch):
    """Six inputs and three classes instead of images; one validation sample in three."""
    generator = torch.Generator().manual_seed(0)
    x, y = (
        torch.rand(120, 6, generator=generator),
        torch.nn.functional.one_hot(torch.arange(120) % 3, 3).float(),
    )
    monkeypatch.setattr(bench_runs, "VALIDATION", 30)

    def tensors(name, samples, device):
        return Data(x[:samples], y[:samples], x[90:], y[90:])

    monkeypatch.setattr(bench_runs, "tensors", tensors)
    return {"layers": (6, 5, 4, 3), "samples": 60, "batch_size": 20, "epochs": 4, "every": 1}


@EXPERIMENTS
def test_rates_in_the_code_are_those_that_the_stored_searches_choose(module):
    table = experiments.table(module.EXPERIMENT, "paper")
    rates = (bench_jobs.RATES, bench_jobs.OPTIMIZER_RATES) if module is bench else module.RATES
    assert module.chosen(table) == rates


@EXPERIMENTS
def test_every_cell_runs_once_a_draw_at_its_rate(module):
    configs = [c for c in module.jobs("paper") if c.split == "test"]
    assert {c.seed for c in configs} == set(bench_runs.SEEDS)
    for seed in bench_runs.SEEDS:
        runs = [(cell, c) for c in configs if c.seed == seed for cell in c.cells]
        assert len({(cell.name, c.optimizer, c.options) for cell, c in runs}) == len(runs)
        plain = [
            (cell, c)
            for cell, c in runs
            if cell.share is None and (c.optimizer, c.options) == ("SGD", ())
        ]
        rates = bench_jobs.RATES if module is bench else module.RATES
        assert all(c.rate == rates[cell.method, cell.condition.name] for cell, c in plain)
        wanted = (
            {Cell(m, kind) for m in bench.METHODS for kind in bench.KINDS}
            if module is bench
            else module.CELLS
        )
        assert {cell for cell, _ in plain} == set(wanted)
    with pytest.raises(AsytError, match="one chip"):
        module.jobs("paper", devices=3)


def test_methods_on_the_bench_are_all_there_are_but_the_digital_one_and_a_twin():
    assert {*bench.METHODS, "ideal-bp", "hybrid"} == set(NAMES)  # hybrid is pat-readout here


def test_searches_see_neither_test_data_nor_what_they_train_on(tiny):
    final, search = (
        bench_runs.data(Config(0.1, (), split=split, **tiny), "cpu")
        for split in ("test", "validation")
    )
    assert torch.equal(final.train_x, search.train_x)
    assert len(search.test_x) == 30
    rows = [set(map(tuple, x.tolist())) for x in (search.train_x, search.test_x, final.test_x)]
    assert not rows[0] & rows[1]
    assert not rows[1] & rows[2]


def test_search_takes_the_rate_of_highest_mean_accuracy_at_the_end():
    ends = {
        0.1: (0.5, 0.5),
        0.2: (0.6, 0.8),
        0.3: (0.7, 0.7),
        0.6: (0.99, 0.1),
    }  # of two draws; 0.2 and 0.3 are equal
    rows = [
        {
            "split": split,
            "epoch": epoch,
            "method": "pat",
            "condition": "c",
            "rate": rate,
            "seed": seed,
            "accuracy": value,
        }
        for rate, values in ends.items()
        for seed, end in enumerate(values)
        for split, epoch, value in [
            ("validation", 1, 1 - end),
            ("validation", 2, end),
            ("test", 2, rate),
        ]
    ]
    assert bench_runs.best_rates(pd.DataFrame(rows)).to_dict() == {("pat", "c"): 0.2}


def test_conditions_are_what_they_say():
    twin = Perceptron((6, 5, 3))
    plain = Condition("a").device(twin, 0, 10)
    assert isinstance(plain, DistortedDevice)
    changing = Condition("b", perturbation=0.5, drift=0.1, levels=16).device(twin, 0, 10)
    assert isinstance(changing, Unsteady)
    controls = [
        type(layer)(layer.weight[None], layer.bias[None]) for layer in twin.initial(0, 0.1, 0.5)
    ]
    x = torch.rand(4, 6)
    blow = Condition("c", perturbation=0.5).device(twin, 0, 10)
    for epoch, same in ((4, True), (5, False)):
        blow.at(0, epoch, 0)
        assert torch.equal(blow(controls, x), plain(controls, x)) == same


def test_a_run_has_every_cell_and_the_digital_model(tiny):
    plain = Condition("d")
    cells = (
        Cell("asyt", Condition("p", perturbation=1.0)),
        Cell("asyt", plain, 0.25),
        Cell("spsa", plain),
        Cell("insilico-bp", plain),
    )
    table = bench_runs.run(Config(0.1, cells, **tiny))
    last = table[table.epoch == 4]
    assert sorted(zip(last.method, last.condition, last.share.fillna(-1), strict=True)) == [
        ("asyt", "d", 0.25),
        ("asyt", "p", -1),
        ("ideal-bp", "digital", -1),
        ("insilico-bp", "d", -1),
        ("spsa", "d", -1),
    ]
    assert last.accuracy.between(0, 1).all()


def test_differences_are_paired_by_draw():
    rows = [
        {
            "split": "test",
            "epoch": 1,
            "seed": seed,
            "condition": c.name,
            "method": name,
            "accuracy": 0.1 * seed + gain,
        }
        for c in robustness.PERTURBED + robustness.NOISY
        for seed in range(5)
        for name, gain in (("asyt", 0.3), ("pat", 0.28))
    ]
    found = robustness.differences(pd.DataFrame(rows))
    assert found["AsyT - PAT"].tolist() == pytest.approx([2.0] * 9)
    assert (found.low > 1.9).all()
    assert (found.n == 5).all()


def test_epochs_are_counted_to_what_the_gradient_free_method_reaches():
    curve = {
        "spsa": [10, 20, 40],
        "forward-only": [10, 50, 50],
        **{name: [10, 60, 90] for name in bench.BP_BASED},
    }
    rows = [
        {
            "split": "test",
            "condition": "distortion",
            "optimizer": "SGD",
            "share": None,
            "seed": 0,
            "method": name,
            "epoch": epoch,
            "accuracy": value / 100,
        }
        for name, values in curve.items()
        for epoch, value in enumerate(values)
    ]
    found = bench.epochs_to(pd.DataFrame(rows).assign(share=float("nan"))).set_index(
        ["method", "other"]
    )
    assert found.loc[("spsa", "pat"), ["epochs", "other_epochs"]].tolist() == [2, 1]
    assert found.loc[("forward-only", "pat"), ["epochs", "other_epochs"]].tolist() == [1, 1]


@EXPERIMENTS
def test_figures_are_drawn_from_small_runs(module, tiny, monkeypatch):
    style.use()
    monkeypatch.setitem(module.PROFILES, "smoke", tiny)
    configs = module.jobs("smoke")
    table = pd.concat([bench_runs.run(config).assign(**config.columns) for config in configs])
    for drawing in module.FIGURES.values():
        figure, shown = getattr(module, drawing.plot)(table)
        assert len(figure.axes) >= 1
        assert len(shown)
