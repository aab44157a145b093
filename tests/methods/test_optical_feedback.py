"""DFA of a photonic network by light, against its formula."""

import pytest
import torch

from asyt.devices import DistortedDevice, OpticalProcessingUnit
from asyt.errors import EncapsulationError
from asyt.methods import feedback
from asyt.methods.optical_feedback import OpticalFeedback
from asyt.methods.sources import DigitalStep
from asyt.twins import Layer, Perceptron

TWIN = Perceptron((4, 6, 5, 3), activation="tanh")
WEIGHTS = TWIN.initial(0, 1.0, 1.0)
CONTROLS = [Layer(torch.stack([w, 2 * w]), torch.stack([b, b])) for w, b in WEIGHTS]
X, Y = torch.rand(5, 4, generator=torch.Generator().manual_seed(0)), torch.eye(3)[[0, 1, 2, 0, 1]]
STEP = DigitalStep(WEIGHTS, TWIN.forward(WEIGHTS, X), torch.zeros(5, 3))


def chips(opened: bool) -> DistortedDevice:
    return DistortedDevice(TWIN, 2, 0, distortion=0.5, encapsulated=not opened)


def method(opened: bool, holography: str = "ideal") -> OpticalFeedback:
    return OpticalFeedback(OpticalProcessingUnit(3, 11, 0, holography), 0.1, opened)


@pytest.mark.parametrize(("opened", "reads"), [(False, 3), (True, 14)])
def test_the_update_is_eq_3_for_each_chip(opened, reads):
    device, optical = chips(opened), method(opened)
    found = optical.gradient(TWIN, STEP, device, CONTROLS, X, Y, 0.2)
    matrix, seen = optical.unit.matrix(), device.propagate(CONTROLS, X)
    for chip in range(2):
        own = [Layer(w[chip], b[chip]) for w, b in CONTROLS]
        states = [x if x.dim() == 2 else x[chip] for x in seen] if opened else TWIN.forward(own, X)
        error = seen[-1][chip].softmax(-1) - Y
        sent = feedback.ternarise(error) @ matrix.T
        delta = sent[:, 6:] * (1 - states[2] ** 2)
        torch.testing.assert_close(found[1].weight[chip], 0.2 * delta.T @ states[1])
        torch.testing.assert_close(found[2].bias[chip], 0.2 * error.sum(0))
    assert device.accesses.reads == reads * 5


def test_measured_states_need_an_open_device():
    with pytest.raises(EncapsulationError):
        method(opened=True).gradient(TWIN, STEP, chips(opened=False), CONTROLS, X, Y)


def test_a_loaded_method_goes_on_with_the_same_light():
    first, resumed = method(False, "off-axis"), method(False, "off-axis")
    first.gradient(TWIN, STEP, chips(False), CONTROLS, X, Y)
    resumed.load_state(first.state())
    one, other = (m.gradient(TWIN, STEP, chips(False), CONTROLS, X, Y) for m in (first, resumed))
    assert torch.equal(one[0].weight, other[0].weight)
    assert resumed.unit.exposures == first.unit.exposures
