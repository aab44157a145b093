"""Forward-only local learning: physical local learning (Momeni et al. 2023).

No error goes back. An image carries a label in its first P pixels; the right label makes it
positive, a wrong one negative. Every layer by itself learns to turn positive activations towards a
fixed random direction p, and negative ones away from it. An image is given the label under which
the layers together point best along their directions. All as in the paper and its code, but the
label's pixel has the strength of the whole (unit-length) image, and there is one update a batch.
"""

from __future__ import annotations

import functools

import torch
from torch import Tensor

from asyt import streams
from asyt.devices import Device
from asyt.methods.alignment import SEED
from asyt.methods.contract import Drawing, Mark
from asyt.methods.sources import Batch
from asyt.twins import Layer, Twin, Weights
from asyt.twins.perceptron import opened

#: theta of the loss log(1 + exp(-theta (g_positive - g_negative))).
STEEPNESS = 4.0
#: Norms below this count as this, so that a dark layer has a cosine.
SMALLEST = 1e-6


@functools.cache
def direction(
    l: int,
    neurons: int,
    dtype: torch.dtype,
    compute: torch.device,
) -> Tensor:
    """Where layer l turns positive activations to: a fixed random unit vector."""
    p = streams.normal((neurons,), "fabrication", SEED + 1, l)
    return (p / p.norm()).to(dtype).to(compute)


def labelled(x: Tensor, labels: Tensor) -> Tensor:
    """Images with a one-hot label, (B, P), in place of their first P pixels."""
    classes = labels.shape[-1]
    return torch.cat([labels.to(x), x[..., classes:]], -1)


def goodness(l: int, a: Tensor) -> tuple[Tensor, Tensor]:
    """Cosine between activations (..., B, n) and layer l's direction, (..., B); its derivative."""
    p = direction(l, a.shape[-1], a.dtype, a.device)
    norm = a.norm(dim=-1, keepdim=True).clamp_min(SMALLEST)
    cosine = (a @ p).unsqueeze(-1) / norm
    along = (cosine * a).div_(norm)
    slope = along.neg_().add_(p).div_(norm)  # (p - along) / norm
    return cosine.squeeze(-1), slope


class ForwardOnly(Drawing):
    """Two forward passes a sample, read layer by layer; only the non-linearity is modelled."""

    name = "forward-only"
    label = "forward-only"
    cites = ("momeni2023",)
    mark = Mark("#9C8F00", (0, (4, 3)), "+")

    def update(self, batch: Batch) -> Weights:
        """As `Method.update`: the sum over layers of losses that each sees by itself."""
        twin, _, device, controls, x, target, scale = batch
        opened(twin, "forward-only training")
        wrong = self.wrong_labels(target)
        right_states = device.layer_by_layer(controls, labelled(x, target))
        wrong_states = device.layer_by_layer(controls, labelled(x, wrong))
        update = []
        for l in range(len(controls)):
            high, up = goodness(l, right_states[l + 1])
            low, down = goodness(l, wrong_states[l + 1])
            pull = -STEEPNESS * torch.sigmoid(STEEPNESS * (low - high)) * scale
            pull = pull.unsqueeze(-1)  # dL / d(g_positive - g_negative)
            towards = _local(twin, l, up.mul_(pull), right_states, controls[l])
            away = _local(twin, l, down.mul_(-pull), wrong_states, controls[l])
            update.append(towards.map(Tensor.add_, away))
        return update

    def wrong_labels(self, target: Tensor) -> Tensor:
        """For every sample one of the other labels, one-hot."""
        classes = target.shape[-1]
        right = target.argmax(-1)
        generator = self.draws("cpu")
        ahead = torch.randint(1, classes, right.shape, generator=generator)
        label = (right + ahead.to(target.device)) % classes
        return torch.nn.functional.one_hot(label, classes).to(target)

    def scores(self, device: Device, controls: Weights, x: Tensor) -> Tensor:
        """Goodness of all layers together under each label, (C, B, P): P passes a sample."""
        classes = device.layers[-1]
        labels = torch.eye(classes, dtype=x.dtype, device=x.device)
        by_label = []
        for one_hot in labels:
            each = one_hot.expand(*x.shape[:-1], classes)
            image = labelled(x, each)
            _, *states = device.layer_by_layer(controls, image)
            cosines = [goodness(l, a)[0] for l, a in enumerate(states)]
            by_label.append(functools.reduce(torch.add, cosines))
        return torch.stack(by_label, -1)


def _local(
    twin: Twin,
    l: int,
    pull: Tensor,
    states: list[Tensor],
    layer: Layer,
) -> Layer:
    """The gradient of layer l from what pulls at its activations, which is written into."""
    delta = pull.mul_(twin.derivative(l, states[l + 1]))
    return twin.gradient(l, layer, states[l], delta)
