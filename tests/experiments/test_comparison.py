"""A run of many methods on many kinds of device, on a task of six inputs."""

import pytest
import torch

from asyt.devices import DistortedDevice, Unsteady
from asyt.experiments import _comparison, tasks
from asyt.experiments._comparison import Cell, Condition, Config
from asyt.training import Data
from asyt.twins import Perceptron

TINY = {"layers": (6, 5, 4, 3), "samples": 60, "batch_size": 20, "epochs": 4, "every": 1}


@pytest.fixture
def six_inputs(monkeypatch):
    """Six inputs and three classes instead of images; one validation sample in three."""
    x = torch.rand(120, 6, generator=torch.Generator().manual_seed(0))
    y = torch.nn.functional.one_hot(torch.arange(120) % 3, 3).float()

    def load(_name, samples, **_options):
        return Data(x[:samples], y[:samples], x[90:], y[90:])

    monkeypatch.setattr(_comparison, "VALIDATION", 30)
    monkeypatch.setattr(tasks, "load", load)


def rows_of(x):
    return set(map(tuple, x.tolist()))


@pytest.mark.usefixtures("six_inputs")
def test_searches_see_neither_test_data_nor_what_they_train_on():
    final = _comparison.data(Config(0.1, (), split="test", **TINY), "cpu")
    search = _comparison.data(Config(0.1, (), split="validation", **TINY), "cpu")
    assert torch.equal(final.train_x, search.train_x)
    assert len(search.test_x) == 30
    assert not rows_of(search.train_x) & rows_of(search.test_x)
    assert not rows_of(search.test_x) & rows_of(final.test_x)


def test_a_chip_changes_only_where_its_condition_says_so():
    twin = Perceptron((6, 5, 3))
    changing = Condition("b", perturbation=0.5, drift=0.1, levels=16)
    assert isinstance(Condition("a").device(twin, 0, 10), DistortedDevice)
    assert isinstance(changing.device(twin, 0, 10), Unsteady)


@pytest.mark.parametrize(("epoch", "same"), [(4, True), (5, False)])
def test_a_perturbation_strikes_at_half_of_the_epochs(epoch, same):
    twin = Perceptron((6, 5, 3))
    controls = [layer.map(lambda t: t[None]) for layer in twin.initial(0, 0.1, 0.5)]
    x = torch.rand(4, 6)
    plain = Condition("a").device(twin, 0, 10)
    struck = Condition("c", perturbation=0.5).device(twin, 0, 10)
    struck.at(0, epoch, 0)
    assert torch.equal(struck(controls, x), plain(controls, x)) == same


@pytest.mark.usefixtures("six_inputs")
def test_a_run_has_every_cell_and_the_digital_model():
    plain = Condition("d")
    cells = (
        Cell("asyt", Condition("p", perturbation=1.0)),
        Cell("asyt", plain, 0.25),
        Cell("spsa", plain),
        Cell("insilico-bp", plain),
    )
    table = _comparison.run(Config(0.1, cells, **TINY))
    last = table[table.epoch == 4]
    assert sorted(zip(last.method, last.condition, last.share.fillna(-1), strict=True)) == [
        ("asyt", "d", 0.25),
        ("asyt", "p", -1),
        ("ideal-bp", "digital", -1),
        ("insilico-bp", "d", -1),
        ("spsa", "d", -1),
    ]
    assert last.accuracy.between(0, 1).all()
