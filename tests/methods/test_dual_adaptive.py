"""Dual adaptive training: with predictors that know the device, its true gradient is found."""

import pytest
import torch

from asyt.devices import Device, DistortedDevice
from asyt.errors import EncapsulationError, UnknownNameError
from asyt.methods import METHODS
from asyt.methods.dual_adaptive import MODES, DualAdaptive, modelled_states
from asyt.methods.sources import DigitalStep
from asyt.training import Branch, Schedule, Trainer
from asyt.twins import Perceptron

NET = Perceptron((4, 6, 5, 3), activation="tanh")
modes = pytest.mark.parametrize("mode", MODES)


def flat(weights):
    return [t for layer in weights for t in layer if t is not None]


class Bent(Device):
    """Behind every layer something that no weight can express: z + U tanh(V z)."""

    def __init__(self, networks):
        super().__init__(NET.layers, 2, encapsulated=False)
        self.networks = networks

    def propagate(self, controls, x):
        states = [x]
        for l, ((weight, bias), (v, u)) in enumerate(zip(controls, self.networks, strict=True)):
            z = torch.matmul(states[-1], weight.mT) + bias.unsqueeze(-2)
            z = z + torch.tanh(z @ v.mT) @ u.mT
            states.append(torch.tanh(z) if l < 2 else z)
        return states


@modes
def test_error_goes_back_through_twin_and_predictors(draw_weights, draw_batch, mode):
    controls, (x, target) = draw_weights(NET.layers, 1, (2,)), draw_batch(9, 4, 3)
    method = DualAdaptive(mode, hidden=7)
    method.start(controls)
    with torch.no_grad():
        for _, u in method.networks:
            generator = torch.Generator().manual_seed(0)
            u.add_(0.4 * torch.randn(u.shape, generator=generator, dtype=u.dtype))
    device = Bent([tuple(t.detach().clone() for t in pair) for pair in method.networks])
    ours = flat(method.gradient(NET, None, device, controls, x, target, 0.5))
    leaves = [type(layer)(*(t.clone().requires_grad_() for t in layer)) for layer in controls]
    loss = NET.loss_value(device.propagate(leaves, x)[-1], target).sum()
    wanted = [0.5 * g for g in torch.autograd.grad(loss, flat(leaves))]
    torch.testing.assert_close(ours, wanted, rtol=1e-8, atol=1e-8)
    pat = METHODS["pat"].gradient(NET, DigitalStep([], [], x), device, controls, x, target, 0.5)
    assert (pat[0].weight - wanted[0]).norm() > 0.1 * wanted[0].norm()


@modes
def test_predictors_learn_the_device(draw_weights, draw_batch, mode):
    controls, (x, target) = draw_weights(NET.layers, 1, (2,)), draw_batch(40, 4, 3)
    device = DistortedDevice(NET, 2, 0, distortion=0.6, dtype=torch.float64, encapsulated=False)
    method, measured = DualAdaptive(mode, rate=0.01), device.layer_by_layer(controls, x)
    method.start(controls)
    modelled = modelled_states(NET, controls, measured)

    def difference() -> float:
        losses = method.differences(NET, controls, measured, modelled)
        return sum(loss.item() for loss in losses)

    before = difference()
    for _ in range(300):
        method.gradient(NET, None, device, controls, x, target)
    assert difference() < 0.35 * before


@modes
def test_on_a_perfect_device_it_is_back_propagation(draw_weights, blobs, mode):
    chips = DistortedDevice(NET, 2, 0, distortion=0.0, dtype=torch.float64, encapsulated=False)
    trainer = Trainer(
        NET,
        draw_weights(NET.layers),
        blobs,
        Schedule(3, 15, 0.01),
        branches={"dat": Branch(DualAdaptive(mode), chips)},
    )
    trainer.fit(lambda _: False)
    for ours, digital in zip(
        flat(trainer.branches["dat"].controls), flat(trainer.digital), strict=True
    ):
        assert (ours - digital).abs().max() <= 1e-9


def test_it_needs_an_open_device_and_a_known_mode(draw_weights, draw_batch):
    controls, (x, target) = draw_weights(NET.layers, 1, (2,)), draw_batch(9, 4, 3)
    closed = DistortedDevice(NET, 2, 0, distortion=0.6, dtype=torch.float64)
    with pytest.raises(EncapsulationError):
        DualAdaptive().gradient(NET, None, closed, controls, x, target)
    with pytest.raises(UnknownNameError, match="separable"):
        DualAdaptive("separate")
