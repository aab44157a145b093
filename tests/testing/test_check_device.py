"""The conformance kit: our devices pass, broken ones are found."""

import pytest
import torch

from asyt.devices import Device, DistortedDevice, Noise, PhotonicDevice
from asyt.errors import DeviceOutputError
from asyt.photonics import Control, Encoding, profile
from asyt.photonics.fabrication import TYPICAL
from asyt.testing import ConformanceError, check_device
from asyt.twins import Perceptron

NET = Perceptron((4, 5, 3))
PROMISES = {
    "any_batch",
    "any_layout",
    "any_population",
    "black_box",
    "chip_by_chip",
    "counts_outputs",
    "every_output",
    "finite",
    "forgets",
    "hears_biases",
    "hears_inputs",
    "hears_weights",
    "keeps_its_budget",
    "leaves_the_process",
    "moment_sets_the_noise",
    "own_memory",
    "repeats",
    "sample_by_sample",
    "shape",
    "type",
    "whole_range",
}


def chip(optical):
    structure = Perceptron((4, 5, 3), activation="tanh" if optical else "sigmoid")
    return PhotonicDevice(
        structure,
        2,
        0,
        control=Control(profile("eq4")),
        encoding=Encoding(1.0),
        spreads=TYPICAL,
        optical=optical,
    )


class Lab(Device):
    """Somebody's device: one matrix that nobody knows, NumPy inside."""

    def __init__(self, closed=True):
        super().__init__((4, 5, 3), 1, closed)

    def propagate(self, controls, x):
        hidden = torch.as_tensor((x.numpy() @ controls[0].weight.mT.numpy()).clip(0))
        return [x, hidden, torch.as_tensor(hidden.numpy() @ controls[1].weight.mT.numpy())]


OURS = {
    "distorted": (lambda: DistortedDevice(NET, 3, 0, distortion=0.6), {}),
    "open": (lambda: DistortedDevice(NET, 3, 0, distortion=0.6, encapsulated=False), {}),
    "noisy": (
        lambda: DistortedDevice(NET, 3, 0, distortion=0.6, noise=Noise(10.0)),
        {"noisy": True},
    ),
    "common noise": (
        lambda: DistortedDevice(NET, 3, 0, distortion=0.6, noise=Noise(10.0, common=True)),
        {"noisy": True},
    ),
    "digital": (lambda: chip(False), {}),
    "optical": (lambda: chip(True), {"noisy": True}),
    "lab": (Lab, {"bias": False}),
    "open lab": (lambda: Lab(closed=False), {"bias": False}),
}


@pytest.mark.parametrize("name", OURS)
def test_devices_that_keep_the_contract_pass(name):
    make, options = OURS[name]
    report = check_device(make, **options)
    left_out = {"repeats"} if options.get("noisy") else set()
    assert set(report) == PROMISES - left_out


def broken(**methods):
    return lambda: type("Broken", (Lab,), methods)()


def wrong_shape(_self, _controls, x):
    return [x, x[:, :1].expand(1, *x.shape)]


def not_finite(_self, _controls, x):
    return [x, torch.full((1, len(x), 3), float("nan"))]


def drifting(self, _controls, x):
    self.calls = getattr(self, "calls", 0) + 1
    return [x, torch.full((1, len(x), 3), float(self.calls))]


def of_the_batch(_self, _controls, x):
    return [x, (x - x[:1])[:, :3].unsqueeze(0)]


def meddling(_self, controls, x):
    controls[0].weight.add_(1.0)
    return [x, x[:, :3].unsqueeze(0)]


def unaddressed(_self, _controls, x):
    return [x, torch.rand(1, len(x), 3)]


def talkative(_self, _controls, x):
    return [x, x, x[:, :3].unsqueeze(0)]


@pytest.mark.parametrize(
    ("make", "noisy", "message"),
    [
        (broken(propagate=not_finite), False, "not finite"),
        (broken(propagate=drifting), False, "two passes differ"),
        (broken(propagate=of_the_batch), False, "rest of the batch"),
        (broken(propagate=meddling), True, "changed the controls"),
        (broken(propagate=unaddressed), True, "differ at one moment"),
        (
            broken(
                propagate=lambda _s, _c, x: [x, x[:, :3].unsqueeze(0)],
                _count=lambda *_, **__: None,
            ),
            False,
            "no sample",
        ),
        (broken(layer_by_layer=lambda *_: []), False, "shows hidden states"),
    ],
)
def test_a_broken_promise_is_named(make, noisy, message):
    with pytest.raises(Exception, match=message) as caught:
        check_device(make, noisy=noisy)
    assert isinstance(caught.value, ConformanceError) or "no sample" in message


def test_a_wrong_shape_is_the_devices_own_error():
    with pytest.raises(Exception, match=r"must return \(C, B, P\)"):
        check_device(broken(propagate=wrong_shape))
    with pytest.raises(DeviceOutputError, match=r"states of \[4, 4, 3\] values"):
        check_device(lambda: type("Open", (Lab,), {"propagate": talkative})(closed=False))
