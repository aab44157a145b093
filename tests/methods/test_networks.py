"""Methods on twins made from modules; on a perceptron they take the steps of the batched path."""

import pytest
import torch
from torch import nn

from asyt.devices import (
    DistortedDevice,
    DistortedNetwork,
    Noise,
    OpticalProcessingUnit,
    Perturbation,
    Quantisation,
    Unsteady,
)
from asyt.errors import AsytError, EncapsulationError
from asyt.methods import METHODS, NAMES, method
from asyt.methods.dual_adaptive import DualAdaptive
from asyt.methods.optical_feedback import OpticalFeedback
from asyt.methods.pseudo import readings
from asyt.methods.sources import DigitalStep
from asyt.methods.two_passes import TwoPasses
from asyt.training import Branch, Data, Schedule, Trainer, stack
from asyt.twins import Neural, Perceptron
from asyt.twins.named import Named

LAYERS = (4, 7, 6, 3)
TRAINING = [name for name, row in METHODS.items() if row.trains_device]
#: Those that take slopes from the twin; the others take a perceptron's from measured states.
BY_TWIN = ["asyt", "pseudo-ip-bp", "pat"]
CHIPS = 3


class Clip(nn.Module):
    def __init__(self, bound):
        super().__init__()
        self.bound = bound

    def forward(self, z):
        return z.clamp(-self.bound, self.bound)


def pair(clip=None, loss="cross-entropy"):
    """A perceptron, and the same network of modules."""
    output = "softmax" if loss == "cross-entropy" else "linear"
    by_hand = Perceptron(LAYERS, activation="tanh", output=output, loss=loss, clip=clip)
    parts = []
    for l, (n_in, n_out) in enumerate(zip(LAYERS, LAYERS[1:], strict=False)):
        part = [nn.Linear(n_in, n_out)]
        if l < 2:
            part += [Clip(by_hand.bound(l) or 1e9), nn.Tanh()]
        parts.append(nn.Sequential(*part).double())
    x = torch.ones(2, 4, dtype=torch.float64)
    return by_hand, Neural.of(*parts, example=x, loss=loss)


def named(weights):
    """The controls of a perceptron as those of its modules."""
    layers = []
    for layer in weights:
        shapes = {"0.weight": layer.weight.shape[-2:], "0.bias": layer.bias.shape[-1:]}
        values = {"0.weight": layer.weight, "0.bias": layer.bias}
        layers.append(Named(values, shapes))
    return layers


def flat(*layers):
    return [tensor for layer in layers for tensor in layer.tensors()]


def largest_difference(one, other):
    pairs = zip(flat(*one), flat(*other), strict=True)
    return max(float((a - b).abs().max()) for a, b in pairs)


def devices(by_hand, general, distortion, encapsulated=False):
    """The same chips twice."""
    options = {"distortion": distortion, "encapsulated": encapsulated}
    one = DistortedDevice(by_hand, CHIPS, 5, dtype=torch.float64, **options)
    other = DistortedNetwork(general, CHIPS, 5, **options)
    other.gain = named(one.gain)
    return one, other


def trained(twin, initial, device, name, data, schedule, mixing=(0.5, 0.5), limits=None):
    row = METHODS[name]
    if name == "asyt":
        row = row.mixing(*mixing)
    branch = Branch(row, device, limits=limits)
    trainer = Trainer(
        twin,
        initial,
        data,
        schedule,
        branches={"chips": branch},
        insilico={"tested": device},
        digital_limits=limits,
    )
    trainer.fit()
    return trainer.digital, branch.controls, trainer.rows


SETTINGS = {
    "plain": {},
    "clipped": {"clip": 0.2},
    "squares": {"loss": "mse"},
    "mixed": {"mixing": (0.2, 0.9)},
    "limited": {"limits": (-0.4, 0.4)},
    "Adam": {"optimizer": "Adam"},
    "momentum": {"options": (("momentum", 0.9),), "reduction": "mean"},
}


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("name", TRAINING)
def test_on_a_perceptron_both_paths_take_the_same_steps(blobs, name, setting):
    """The digital model, in-silico accuracies and every chip, after four epochs."""
    given = dict(SETTINGS[setting])
    by_hand, general = pair(given.pop("clip", None), given.pop("loss", "cross-entropy"))
    plan = {key: given.pop(key) for key in ("optimizer", "options", "reduction") if key in given}
    schedule = Schedule(4, 30, 0.02, **plan)
    initial = by_hand.initial(0, 0.5, 0.3, torch.float64)
    one, other = devices(by_hand, general, 0.5 if name in BY_TWIN else 0.0)
    digital, controls, rows = trained(
        general, named(initial), other, name, blobs, schedule, **given
    )
    expected = trained(by_hand, initial, one, name, blobs, schedule, **given)
    assert largest_difference(digital, expected[0]) < 1e-9
    assert largest_difference(controls, expected[1]) < 1e-9
    assert rows == expected[2]
    assert largest_difference(digital, initial) > 0.01


@pytest.mark.parametrize("name", ["dat", "forward-only", "spsa"])
def test_methods_with_a_memory_take_the_same_steps_on_perfect_chips(draw_batch, name):
    by_hand, general = pair()
    initial = by_hand.initial(0, 0.5, 0.3, torch.float64)
    controls = [layer.map(torch.clone).spread(CHIPS) for layer in initial]
    x, target = draw_batch(8, 4, 3)
    one, other = devices(by_hand, general, 0.0)
    wanted = method(name).gradient(by_hand, DigitalStep([], [], x), one, controls, x, target)
    found = method(name).gradient(
        general, DigitalStep([], [], x), other, named(controls), x, target
    )
    assert largest_difference(found, wanted) < 1e-9
    assert wanted[0].weight.abs().max() > 1e-3


def images():
    """Bright left or right halves, and rings: three classes of 6 x 6 pixels."""
    generator = torch.Generator().manual_seed(0)
    labels = torch.arange(90) % 3
    x = 0.3 * torch.randn(90, 1, 6, 6, generator=generator)
    x[labels == 0, :, :, :3] += 1
    x[labels == 1, :, :, 3:] += 1
    x[labels == 2, :, 1:5, 1:5] += 1
    return x, torch.eye(3)[labels]


def front():
    return nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.MaxPool2d(2))


def back():
    return nn.Sequential(nn.Flatten(), nn.Linear(16, 3))


def whole():
    return Neural.of(nn.Sequential(front(), back()), example=images()[0])


def opened():
    return Neural.of(front(), back(), example=images()[0])


def fit(twin, name, device, epochs=8):
    x, y = images()
    rows = twin.rows(x)
    data = Data(rows[:60], y[:60], rows[60:], y[60:])
    branches = {"chips": Branch(method(name), device)}
    trainer = Trainer(twin, twin.initial(0), data, Schedule(epochs, 20, 0.03), branches=branches)
    trainer.fit(lambda _: False)
    return trainer


@pytest.mark.parametrize(
    "name", ["asyt", "pseudo-ip-bp", "pat", "pat-readout", "hybrid", "fa", "dat"]
)
def test_an_encapsulated_convolution_learns(name):
    twin = whole()
    chips = DistortedNetwork(twin, 4, 0, distortion=0.3, noise=Noise(20.0))
    rows = fit(twin, name, chips).rows
    accuracies = [row["accuracy"] for row in rows if row["fleet"] == "chips"]
    assert len(accuracies) == 4
    assert min(accuracies) >= 0.9


@pytest.mark.parametrize("name", ["dfa", "forward-only"])
def test_a_method_of_hidden_states_says_what_it_needs(name):
    twin = whole()
    with pytest.raises(AsytError, match=r"one single function.*asyt, pseudo-ip-bp, spsa"):
        fit(twin, name, DistortedNetwork(twin, 2, 0, distortion=0.3, encapsulated=False))


@pytest.mark.parametrize("name", NAMES)
def test_a_chain_of_parts_is_trained_by_every_method_that_may_read_it(name):
    twin = opened()
    if not method(name).trains_device:
        with pytest.raises(AsytError, match="put 'chips' into insilico"):
            fit(twin, name, DistortedNetwork(twin, 2, 0, distortion=0.3))
        return
    trainer = fit(twin, name, DistortedNetwork(twin, 2, 0, distortion=0.3, encapsulated=False), 2)
    start = twin.initial(0)
    for layer, controls in zip(start, trainer.branches["chips"].controls, strict=True):
        for parameter in layer:
            assert (controls[parameter] - layer[parameter]).abs().max() > 1e-4
    if name not in ("asyt", "pseudo-ip-bp", "spsa"):
        with pytest.raises(EncapsulationError):
            fit(twin, name, DistortedNetwork(twin, 2, 0, distortion=0.3))


def variants():
    """Methods that are not in the table by themselves."""
    unit = OpticalProcessingUnit(3, 16, seed=0)
    return {
        "two passes": TwoPasses(),
        "unitary": DualAdaptive("unitary"),
        "dfa-opened": OpticalFeedback(unit, 0.1, opened=True),
        "dfa-closed": OpticalFeedback(unit, 0.1, opened=False),
        **readings(),
    }


@pytest.mark.parametrize("name", variants())
def test_variants_take_a_chain_of_parts(name):
    twin, (x, y) = opened(), images()
    rows = twin.rows(x)
    branch = Branch(
        variants()[name], DistortedNetwork(twin, 2, 0, distortion=0.3, encapsulated=False)
    )
    data, schedule = Data(rows, y, rows, y), Schedule(1, 30, 0.003)
    Trainer(twin, twin.initial(0), data, schedule, branches={"chips": branch}).fit()
    start = [layer.spread(2) for layer in twin.initial(0)]
    assert 1e-5 < largest_difference(branch.controls, start) < 1


def test_feedback_alignment_names_the_layer_it_has_no_matrix_for():
    network = nn.Sequential(nn.Linear(4, 5), nn.LayerNorm(5), nn.Linear(5, 3))
    x, y = torch.rand(6, 4), torch.eye(3)[[0, 1, 2, 0, 1, 2]]
    twin = Neural.of(network, example=x)
    chips = DistortedNetwork(twin, 2, 0, distortion=0.3)
    trainer = Trainer(
        twin,
        twin.initial(),
        Data(x, y, x, y),
        Schedule(1, 6, 0.1),
        branches={"fa": Branch(method("fa"), chips)},
    )
    with pytest.raises(AsytError, match=r"'1' is a LayerNorm.*asyt, pseudo-ip-bp"):
        trainer.fit()


def test_a_run_of_named_controls_resumes_with_the_same_numbers(tmp_path):
    def trainer(epochs):
        twin = whole()
        chips = DistortedNetwork(twin, 2, 0, distortion=0.3, noise=Noise(10.0))
        unsteady = Unsteady(chips, Perturbation(2, 0.3), Quantisation(200, 1.0), seed=0)
        x, y = images()
        data = Data(twin.rows(x), y, twin.rows(x), y)
        branches = {"asyt": Branch(method("asyt"), unsteady), "dat": Branch(method("dat"), chips)}
        schedule = Schedule(epochs, 30, 0.01, optimizer="Adam")
        return Trainer(twin, twin.initial(0), data, schedule, branches=branches)

    run, first, second = trainer(4), trainer(2), trainer(4)
    run.fit()
    first.fit()
    torch.save(first.state(), tmp_path / "state.pt")
    second.load_state(torch.load(tmp_path / "state.pt", weights_only=True))
    second.fit()
    assert run.rows[-5:] == second.rows[-5:]
    for name, branch in run.branches.items():
        assert largest_difference(branch.controls, second.branches[name].controls) == 0


def test_a_device_of_another_network_is_refused():
    x, y = images()
    twin, by_hand = whole(), Perceptron((36, 5, 3))
    other = Neural.of(nn.Sequential(nn.Flatten(), nn.Linear(36, 3)), example=x)
    wider = Neural.of(nn.Sequential(front(), nn.Flatten(), nn.Linear(16, 4)), example=x)
    finer = nn.Sequential(
        nn.Sequential(nn.Conv2d(1, 4, 5)), nn.Sequential(nn.Flatten(), nn.Linear(16, 3))
    )
    finer = Neural.of(finer, example=x)
    rows = twin.rows(x)
    data, schedule = Data(rows, y, rows, y), Schedule(1, 10, 0.1)

    def fit_on(model, initial, device):
        Trainer(model, initial, data, schedule, insilico={"chips": device}).fit()

    for device, said in (
        (DistortedDevice(by_hand, 2, 0, distortion=0.1), "no weight and bias"),
        (DistortedNetwork(other, 2, 0, distortion=0.1), "unknown control"),
        (DistortedNetwork(finer, 2, 0, distortion=0.1), r"'0.0.weight' is \(4, 1, 3, 3\)"),
        (DistortedNetwork(wider, 2, 0, distortion=0.1), "unknown control"),
    ):
        with pytest.raises(AsytError, match=said):
            fit_on(twin, twin.initial(0), device)
    chips = DistortedNetwork(twin, 2, 0, distortion=0.1)
    with pytest.raises(AsytError, match="controls of type Layer"):
        fit_on(by_hand, by_hand.initial(0, 0.1, 0.1), chips)


def test_inputs_that_are_not_rows_are_refused_with_the_remedy():
    twin = whole()
    x, y = images()
    for wrong in (x, {"image": x}, list(x)):
        with pytest.raises(AsytError, match="`rows`"):
            Trainer(twin, twin.initial(0), Data(wrong, y, wrong, y), Schedule(1, 10, 0.1))


def test_trajectories_of_a_network_train_at_once_as_alone():
    x, y = images()
    twin = whole()
    data = Data(twin.rows(x), y, twin.rows(x), y)

    def trained_from(initial, data):
        chips = DistortedNetwork(twin, 3, 0, distortion=0.3)
        branches = {"chips": Branch(method("asyt"), chips)}
        schedule = Schedule(2, 30, 0.03, seed=4)
        Trainer(twin, initial, data, schedule, branches=branches).fit()
        return branches["chips"].controls

    two = stack([twin.initial(0), twin.initial(1)])
    (both,) = trained_from(two, Data.stack([data, data]))
    (alone,) = trained_from(twin.initial(0), data)
    for name, tensor in both.items():
        assert tensor.shape[:2] == (2, 3)
        torch.testing.assert_close(tensor[0], alone[name], rtol=1e-4, atol=1e-6)
