"""What a population is lent and what is taken from it, in calls and in the trainer."""

import numpy as np
import pytest
import torch

from asyt.devices import (
    CircuitDevice,
    Device,
    DistortedDevice,
    Drift,
    Noise,
    OscillatorDevice,
    Perturbation,
    PhotonicDevice,
    Quantisation,
    SHGDevice,
    Unsteady,
)
from asyt.errors import DeviceOutputError, DivergenceError
from asyt.methods import METHODS, method
from asyt.photonics import Control, Encoding, profile
from asyt.photonics.fabrication import TYPICAL
from asyt.training import Branch, Schedule, Trainer
from asyt.twins import Layer, Perceptron, tensors

NET = Perceptron((4, 5, 3))


class Lab(Device):
    """Two ideal chips; `change` is what they do with their arguments, `given` with their states."""

    def __init__(self, given=lambda states: states, change=lambda _controls, _x: None, closed=True):
        super().__init__(NET.layers, 2, closed)
        self.given, self.change = given, change

    def propagate(self, controls, x):
        states = NET.forward(controls, x)
        self.change(controls, x)
        return self.given(states)


def controls(dtype=torch.float32):
    layers = NET.initial(0, 0.5, 0.5, dtype)
    return [layer.spread(2).map(torch.clone) for layer in layers]


X = torch.rand(7, 4, generator=torch.Generator().manual_seed(0))
KINDS = {
    "NumPy": lambda state: state.numpy(),
    "float64": lambda state: state.double(),
    "big-endian": lambda state: state.numpy().astype(">f8"),
    "read-only": lambda state: np.broadcast_to(state.numpy(), state.shape),
    "lists": lambda state: [list(rows) for rows in state],
    "with a gradient": lambda state: state.clone().requires_grad_(),
}


@pytest.mark.parametrize("kind", KINDS)
def test_any_array_is_taken(kind):
    def given(states):
        return [states[0], *map(KINDS[kind], states[1:])]

    wanted = NET.forward(controls(), X)
    assert torch.equal(Lab(given)(controls(), X), wanted[-1])
    found = Lab(given, closed=False).layer_by_layer(controls(), X)
    assert all(map(torch.equal, found, wanted))
    assert not any(state.requires_grad for state in found)


def test_an_empty_batch_does_not_ask_the_device():
    def given(_):
        raise OSError("nothing to do")

    assert Lab(given)(controls(), X[:0]).shape == (2, 0, 3)
    states = Lab(given, closed=False).layer_by_layer(controls(), X[:0])
    assert [tuple(state.shape) for state in states] == [(0, 4), (2, 0, 5), (2, 0, 3)]


@pytest.mark.parametrize("kind", ["NumPy", "float64", "lists"])
@pytest.mark.parametrize("name", ["asyt", "pat"])
def test_it_trains_with_the_types_of_numpy(kind, name, blobs):
    def given(states):
        return [states[0], *map(KINDS[kind], states[1:])]

    data = type(blobs)(*(tensor.float() for tensor in vars(blobs).values()))
    ends = []
    for lab in (Lab(given, closed=False), Lab(closed=False)):
        branches = {"lab": Branch(METHODS[name], lab)}
        schedule = Schedule(2, 30, 0.1, reduction="mean")
        trainer = Trainer(NET, NET.initial(0, 0.5, 0.5), data, schedule, branches=branches)
        trainer.fit()
        ends.append(tensors(trainer.branches["lab"].controls))
    assert all(map(torch.equal, *ends))


@pytest.mark.parametrize("name", ["asyt", "pat", "spsa"])
def test_a_reused_buffer_and_scribbles_change_no_training(name, blobs):
    buffers = {}

    def reused(states):
        for l, state in enumerate(states[1:]):
            buffer = buffers.setdefault((l, state.shape), torch.empty_like(state))
            states[l + 1] = buffer.copy_(state)
        return states

    def scribbled(layers, x):
        for tensor in tensors(layers):
            tensor.clamp_(0, 0.01)
        layers[0].weight.numpy()[:] = 0
        x.zero_()

    ends = []
    for lab in (Lab(reused, scribbled, closed=False), Lab(closed=False)):
        branches = {"lab": Branch(method(name), lab)}
        schedule = Schedule(2, 30, 0.1, reduction="mean")
        initial, before = NET.initial(0, 0.5, 0.5, torch.float64), blobs.train_x.clone()
        trainer = Trainer(
            NET, initial, blobs, schedule, branches=branches, insilico={"tested": lab}
        )
        rows = trainer.fit()
        assert torch.equal(blobs.train_x, before)
        ends.append((tensors(trainer.branches["lab"].controls), rows))
    assert all(map(torch.equal, ends[0][0], ends[1][0]))
    assert ends[0][1] == ends[1][1]


BAD = {
    "complex": (lambda y: y + 0j, "complex"),
    "masked": (lambda y: np.ma.masked_array(y.numpy(), mask=True), "masked"),
    "text": (lambda y: y.numpy().astype(str), "no numbers"),
    "nothing": (lambda _: None, "NoneType"),
    "sparse": (lambda y: y.to_sparse(), "to_dense"),
    "no chips": (lambda y: y[0], r"shape \(7, \d\)"),
    "one chip": (lambda y: y[:1], r"shape \(1, 7, \d\)"),
    "one sample": (lambda y: y[:, :1], r"shape \(2, 1, \d\)"),
    "chips last": (lambda y: y.permute(1, 2, 0), r"shape \(7, \d, 2\)"),
    "trajectories": (lambda y: y.expand(7, *y.shape), r"shape \(7, 2, 7, \d\)"),
    "one axis more": (lambda y: y[None], r"shape \(1, 2, 7, \d\)"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_readout_that_is_not_as_promised_is_refused(kind):
    bad, said = BAD[kind]
    lab = Lab(lambda states: [*states[:-1], bad(states[-1])])
    with pytest.raises(
        DeviceOutputError, match=rf"Lab returned .*{said}.*\(C, B, P\) = \(2, 7, 3\)"
    ):
        lab(controls(), X)
    assert lab.accesses.samples == 0


@pytest.mark.parametrize("kind", BAD.keys() - {"nothing", "sparse"})
def test_a_hidden_state_that_is_not_as_promised_is_refused(kind):
    bad, _ = BAD[kind]
    lab = Lab(lambda states: [states[0], bad(states[1]), states[2]], closed=False)
    with pytest.raises(DeviceOutputError, match=r"\(2, 7, 5\)|one a layer"):
        lab.layer_by_layer(controls(), X)
    assert lab.accesses.samples == 0


@pytest.mark.parametrize("given", [lambda s: s[-1], lambda _: None, lambda _: [], lambda s: s[-1:]])
def test_other_than_a_list_of_states_is_refused(given):
    with pytest.raises(DeviceOutputError, match=r"return a list, \[x, read-out\]"):
        Lab(given)(controls(), X)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_value_that_is_not_finite_is_marked_and_stops_the_trainer(value, blobs):
    def given(states):
        states[-1][1, 0, 2] = value
        return states

    read = Lab(given)(controls(), X)
    assert read[1, 0, 2].isnan() and int(read.isnan().sum()) == 1
    branches = {"lab": Branch(METHODS["asyt"], Lab(given))}
    trainer = Trainer(
        NET,
        NET.initial(0, 0.5, 0.5, torch.float64),
        blobs,
        Schedule(2, 30, 0.1),
        branches=branches,
    )
    with pytest.raises(DivergenceError, match="lab is not finite after epoch 1"):
        trainer.fit(lambda epoch: epoch > 1)


STRUCTURE = Perceptron((4, 5, 3), activation="sigmoid")
OPTICAL = Perceptron((4, 5, 3), activation="tanh")


def photonic(structure, optical):
    return PhotonicDevice(
        structure,
        2,
        0,
        control=Control(profile("eq4")),
        encoding=Encoding(1.0),
        spreads=TYPICAL,
        optical=optical,
    )


def distorted(**options):
    return DistortedDevice(NET, 2, 0, distortion=0.3, **options)


OURS = {
    "distorted weights": lambda: distorted(offset=0.1, noise=Noise(10.0)),
    "distorted outputs": lambda: distorted(acts_on="outputs", noise=Noise(10.0, common=True)),
    "photonic": lambda: photonic(STRUCTURE, False),
    "optical": lambda: photonic(OPTICAL, True),
    "circuit": lambda: CircuitDevice((4, 5, 3), 2, 0),
    "unsteady": lambda: Unsteady(
        distorted(), Perturbation(0, 0.5), Drift(0.1), Quantisation(10, 1.0), seed=0
    ),
}


@pytest.mark.parametrize("name", OURS)
def test_our_own_devices_only_read(name):
    layers = [layer.map(torch.abs).map(lambda w: w.clamp(0, 1)) for layer in controls()]
    device, given = OURS[name](), [*tensors(layers), x := X.clone()]
    before = [tensor.clone() for tensor in given]
    assert device.only_reads
    device(layers, x)
    assert all(map(torch.equal, given, before))


@pytest.mark.parametrize(
    ("device", "shape", "width"),
    [(OscillatorDevice(4, 2, 2, 0), (2, 1, 4), 4), (SHGDevice(2, 0), (2, 1, 24), 12)],
)
def test_our_own_devices_of_other_controls_only_read(device, shape, width):
    layers = [Layer(torch.rand(shape)) for _ in device.layers[1:]]
    given = [*tensors(layers), x := torch.rand(7, width)]
    before = [tensor.clone() for tensor in given]
    assert device.only_reads
    device(layers, x)
    assert all(map(torch.equal, given, before))


def test_a_device_made_of_ours_says_for_itself_that_it_only_reads():
    class Clipping(DistortedDevice):
        def propagate(self, controls, x):
            controls[0].weight.clamp_(0, 0.1)
            return super().propagate(controls, x)

    layers = controls()
    before = layers[0].weight.clone()
    clipping = Clipping(NET, 2, 0, distortion=0.3)
    for device in (clipping, Unsteady(clipping, seed=0)):
        device(layers, X)
        assert torch.equal(layers[0].weight, before)


def test_an_event_of_somebody_else_gets_copies():
    def event(controls, *_):
        controls[0].weight.zero_()
        return controls

    layers = controls()
    Unsteady(distorted(), event, seed=0)(layers, X)
    assert layers[0].weight.any()
