"""All methods by name: their counted budgets, and resuming those with a memory."""

import pytest
import torch

from asyt.devices import DistortedDevice
from asyt.errors import AsytError, UnknownNameError
from asyt.methods import LABELS, LOOKS, NAMES, GradientMethod, budgets, method
from asyt.methods.looks import Look
from asyt.methods.sources import DigitalStep
from asyt.methods.table import ROWS, WITH_MEMORY
from asyt.training import Branch, Schedule, Trainer
from asyt.twins import Functional, Layer, Perceptron

NET = Perceptron((4, 6, 3))


@pytest.mark.parametrize("layers", [(4, 4, 3), (784, 256, 256, 10), (5, 2)])
def test_budgets_are_those_of_the_table(layers):
    m, p, n = sum(layers[1:]), layers[-1], len(layers) - 2
    keys = ["accesses", "time-steps", "encapsulated"]
    found = budgets(layers).groupby(keys).method.agg(set)
    opened = {
        "PAT",
        "PAT, read-out derivative",
        "hybrid training",
        "FA",
        "DFA",
        "dual adaptive training",
    }
    assert found.loc[0, 0, "yes"] == {"ideal BP", "in-silico BP"}
    assert found.loc[p, 1, "yes"] == {"AsyT", "pseudo IP-BP"}
    assert found.loc[2 * p, 2, "yes"] == {"SPSA"}
    assert found.loc[2 * m - p, n + 1, "no"] == opened
    assert found.loc[2 * (2 * m - p), 2 * (n + 1), "no"] == {"forward-only"}
    assert len(found) == 5


def test_every_row_has_a_look_of_its_own_and_its_label_begins_a_legend():
    assert set(NAMES) < set(LOOKS) == set(ROWS)
    assert set(LOOKS) - set(NAMES) == {"dfa-ternary", "dfa-optical", "readout-only"}
    assert len({look.colour for look in LOOKS.values()}) == len(LOOKS)
    assert LOOKS["insilico-bp"].label == "In-silico BP" == LABELS["insilico-bp"]
    assert LOOKS["asyt"] == Look("AsyT", *ROWS["asyt"].mark)


def test_a_row_without_a_mark_has_no_look():
    assert GradientMethod("mine", "mine", 1, 0).mark is None
    assert [name for name in NAMES if method(name).remembers] == [*WITH_MEMORY]


def test_those_with_a_memory_are_made_anew():
    assert method("asyt") is method("asyt")
    assert method("spsa") is not method("spsa")
    with pytest.raises(UnknownNameError, match="did you mean 'spsa'"):
        method("spas")


@pytest.mark.parametrize("name", WITH_MEMORY)
def test_a_method_with_a_memory_draws_other_numbers_for_another_seed(draw_weights, name):
    def second_update(
        seed,
    ):  # in the first, the predictors of dual adaptive training are still zero
        controls = [
            Layer(layer.weight[None], layer.bias[None]) for layer in draw_weights(NET.layers)
        ]
        chip = DistortedDevice(NET, 1, 0, distortion=0.5, dtype=torch.float64, encapsulated=False)
        x = torch.rand(
            8, NET.layers[0], dtype=torch.float64, generator=torch.Generator().manual_seed(0)
        )
        target = torch.eye(NET.layers[-1], dtype=torch.float64)[torch.arange(8) % NET.layers[-1]]
        states = NET.forward(draw_weights(NET.layers), x)
        step = DigitalStep(draw_weights(NET.layers), states, NET.error(states[-1], target))
        row = method(name, seed)
        row.gradient(NET, step, chip, controls, x, target)
        return row.gradient(NET, step, chip, controls, x, target)[0].weight

    assert torch.equal(second_update(1), second_update(1))
    assert not torch.allclose(second_update(1), second_update(2), rtol=1e-6)


def test_a_resumed_run_of_every_method_has_the_same_numbers(draw_weights, blobs, tmp_path):
    def trainer():
        trained = [name for name in NAMES if method(name).trains_device]
        branches = {
            name: Branch(
                method(name),
                DistortedDevice(NET, 2, 0, distortion=0.5, dtype=torch.float64, encapsulated=False),
            )
            for name in trained
        }
        return Trainer(
            NET, draw_weights(NET.layers), blobs, Schedule(4, 30, 0.01), branches=branches
        )

    whole, first, second = trainer(), trainer(), trainer()
    whole.fit()
    first.schedule = Schedule(2, 30, 0.01)
    first.fit()
    torch.save(first.state(), tmp_path / "state.pt")
    second.load_state(torch.load(tmp_path / "state.pt", weights_only=True))
    second.fit()
    at_end = [[r for r in t.rows if r["epoch"] == 4] for t in (whole, second)]
    assert at_end[0] == at_end[1]
    for name, branch in whole.branches.items():
        for a, b in zip(branch.controls, second.branches[name].controls, strict=True):
            assert torch.equal(a.weight, b.weight), name


@pytest.mark.parametrize("name", NAMES)
def test_a_method_takes_any_twin_or_names_what_it_lacks(draw_weights, draw_batch, name):
    def stage(layer, a):
        return torch.tanh(a @ layer.weight.mT + layer.bias.unsqueeze(-2))

    twin, weights = Functional((stage, stage)), draw_weights(NET.layers)
    controls, (x, target) = draw_weights(NET.layers, lead=(1,)), draw_batch(8, 4, 3)
    chip = DistortedDevice(NET, 1, 0, distortion=0.5, dtype=torch.float64, encapsulated=False)
    states = twin.forward(weights, x)
    step = DigitalStep(weights, states, twin.error(states[-1], target))
    if name == "fa":
        with pytest.raises(AsytError, match="of a Perceptron; the twin is a Functional"):
            method(name).gradient(twin, step, chip, controls, x, target)
    else:
        update = method(name).gradient(twin, step, chip, controls, x, target)
        assert update[0].weight.isfinite().all()
