"""The conformance kit: our devices pass, broken ones are found."""

from typing import ClassVar

import pytest
import torch

from asyt.devices import Device, DistortedDevice, Noise, PhotonicDevice
from asyt.errors import AsytError, DeviceOutputError
from asyt.photonics import Control, Encoding, profile
from asyt.photonics.fabrication import TYPICAL
from asyt.testing import ConformanceError, check_device
from asyt.twins import Layer, Perceptron

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


class Recorded(Lab):
    """Keeps the range of what it was sent."""

    sent: ClassVar[list] = []

    def propagate(self, controls, x):
        self.sent.extend(
            (float(layer.weight.min()), float(layer.weight.max())) for layer in controls
        )
        return super().propagate(controls, x)


def volts(_device):
    drawn = torch.rand(1, 8, 5, generator=torch.Generator().manual_seed(0))
    return [Layer(1 + drawn[:, :5, :4]), Layer(1 + drawn[:, 5:])]


@pytest.mark.parametrize("repeatable", [True, False])
def test_controls_stay_in_the_range_of_those_given(repeatable):
    Recorded.sent.clear()
    report = check_device(Recorded, controls=volts, repeatable=repeatable)
    given = torch.cat([layer.weight.flatten() for layer in volts(None)])
    assert min(low for low, _ in Recorded.sent) >= given.min()
    assert max(high for _, high in Recorded.sent) <= given.max()
    assert "none beyond those given are sent" in str(report)


def test_default_controls_of_an_unrepeatable_device_stay_in_their_range():
    Recorded.sent.clear()
    check_device(Recorded, bias=False, repeatable=False)
    assert min(low for low, _ in Recorded.sent) >= 0
    assert max(high for _, high in Recorded.sent) <= 0.5


class Careful(Lab):
    """Says what it does not want."""

    def propagate(self, controls, x):
        if controls[0].weight.min() < 0:
            raise ValueError("volts below zero: give zero or more.")
        return super().propagate(controls, x)


def test_a_refusal_in_words_is_no_failure():
    assert "refused: volts below zero" in str(check_device(Careful, bias=False))


def test_the_table_has_a_row_for_what_was_checked_and_what_was_not():
    report = check_device(Lab, bias=False)
    lines = str(report).splitlines()
    assert lines[0].split() == ["promise", "how", "outcome"]
    assert len(lines) == len(report) + 1
    assert "hears_biases" in report and "not checked: no biases given" in str(report)
    assert "chip_by_chip" in report and "not checked: one chip" in str(report)


def test_an_error_carries_the_table_until_then():
    with pytest.raises(ConformanceError) as caught:
        check_device(Lab)
    assert caught.value.promise == "hears_biases"
    assert "sample_by_sample" in caught.value.report


def test_the_process_is_left_as_it_was():
    torch.manual_seed(3)
    before = torch.get_rng_state()
    check_device(Lab, bias=False)
    with pytest.raises(ConformanceError, match="global random numbers"):
        check_device(broken(propagate=seeding), bias=False)
    assert torch.equal(torch.get_rng_state(), before)


def seeding(self, controls, x):
    torch.manual_seed(0)
    return Lab.propagate(self, controls, x)


def test_float64_is_checked_in_float64():
    def inputs(samples):
        drawn = torch.rand(samples, 4, generator=torch.Generator().manual_seed(0))
        return drawn.double()

    class Single(DistortedDevice):
        def __call__(self, controls, x):
            return super().__call__(controls, x).float()

    def make(cls):
        return cls(NET, 2, 0, distortion=0.3)

    assert "type" in check_device(lambda: make(DistortedDevice), inputs)
    with pytest.raises(ConformanceError, match=r"float32 on cpu, the inputs torch\.float64"):
        check_device(lambda: make(Single), inputs)


def test_what_is_no_device_is_refused():
    with pytest.raises(AsytError, match=r"a function of one chip becomes one by Device\.of"):
        check_device(lambda: lambda _controls, x: x)


def test_controls_that_are_all_zero_are_refused():
    zero = [Layer(torch.zeros(1, 5, 4)), Layer(torch.zeros(1, 3, 5))]
    with pytest.raises(AsytError, match="all zero"):
        check_device(Lab, controls=lambda _device: zero)
