"""Forward-only learning against autograd of each layer's own loss."""

import pytest
import torch

from asyt.devices import DistortedDevice
from asyt.errors import EncapsulationError
from asyt.methods import forward_only
from asyt.methods.forward_only import ForwardOnly, labelled
from asyt.twins import Layer, Perceptron

NET = Perceptron((5, 6, 4, 3), activation="tanh")


def test_labels_take_the_place_of_the_first_inputs():
    x, labels = torch.ones(2, 5) * 0.5, torch.eye(3)[:2]
    assert labelled(x, labels).tolist() == [[1, 0, 0, 0.5, 0.5], [0, 1, 0, 0.5, 0.5]]


def test_every_layer_follows_the_gradient_of_its_own_loss(draw_weights, draw_batch):
    controls, (x, target) = draw_weights(NET.layers, 1, (2,)), draw_batch(9, 5, 3)
    perfect = DistortedDevice(NET, 2, 0, distortion=0.0, dtype=torch.float64, encapsulated=False)
    method = ForwardOnly()
    ours = method.gradient(NET, None, perfect, controls, x, target, 0.5)
    wrong = ForwardOnly().wrong_labels(target)
    for chip in range(2):
        good, bad = labelled(x, target), labelled(x, wrong)
        for l in range(3):
            weight, bias = (t[chip].clone().requires_grad_() for t in controls[l])
            gate = torch.tanh if l < 2 else torch.nn.Identity()
            good, bad = (
                gate(torch.nn.functional.linear(a.detach(), weight, bias)) for a in (good, bad)
            )
            p = forward_only.direction(l, good.shape[-1], good.dtype, good.device)
            high, low = (torch.cosine_similarity(a, p.expand_as(a), -1) for a in (good, bad))
            (0.5 * torch.log1p(torch.exp(-forward_only.STEEPNESS * (high - low))).sum()).backward()
            torch.testing.assert_close(ours[l].weight[chip], weight.grad)
            torch.testing.assert_close(ours[l].bias[chip], bias.grad)


def test_wrong_labels_are_wrong_and_all_of_them_occur():
    target = torch.eye(4)[torch.arange(400) % 4]
    wrong = ForwardOnly().wrong_labels(target)
    assert (wrong.sum(-1) == 1).all()
    assert ((wrong * target).sum(-1) == 0).all()
    assert wrong[target[:, 0] == 1].sum(0).tolist()[0] == 0
    assert (wrong[target[:, 0] == 1].sum(0)[1:] > 20).all()


def test_an_image_gets_the_label_under_which_layers_agree_with_their_directions(
    draw_weights, draw_batch
):
    controls, (x, target) = draw_weights(NET.layers, 1, (2,)), draw_batch(60, 5, 3, 2)
    device = DistortedDevice(NET, 2, 0, distortion=0.6, dtype=torch.float64, encapsulated=False)
    x = torch.cat(
        [torch.zeros(60, 3), 2 * target[:, :2]], -1
    ).double()  # what is left beside the label tells the class
    method = ForwardOnly()
    before = (method.scores(device, controls, x).argmax(-1) == target.argmax(-1)).double().mean()
    for _ in range(300):
        update = method.gradient(NET, None, device, controls, x, target, 1 / 60)
        controls = [
            Layer(*(t - g for t, g in zip(*pair, strict=True)))
            for pair in zip(controls, update, strict=True)
        ]
    scores = method.scores(device, controls, x)
    assert scores.shape == (2, 60, 3)
    assert (scores.argmax(-1) == target.argmax(-1)).double().mean() > max(0.9, float(before))


def test_it_needs_an_open_device_twice(draw_weights, draw_batch):
    controls, (x, target) = draw_weights(NET.layers, 1, (2,)), draw_batch(9, 5, 3)
    device = DistortedDevice(NET, 2, 0, distortion=0.6, dtype=torch.float64, encapsulated=False)
    ForwardOnly().gradient(NET, None, device, controls, x, target)
    assert (device.accesses.samples, device.accesses.reads) == (18, 18 * (6 + 4 + 3))
    closed = DistortedDevice(NET, 2, 0, distortion=0.6, dtype=torch.float64)
    with pytest.raises(EncapsulationError):
        ForwardOnly().gradient(NET, None, closed, controls, x, target)
