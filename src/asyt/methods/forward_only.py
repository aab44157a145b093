"""Forward-only local learning: physical local learning (Momeni et al. 2023).

No error goes back. An image carries a label in its first P pixels; the right label makes it
positive, a wrong one negative. Every layer by itself learns to turn positive activations towards a
fixed random direction p, and negative ones away from it. An image is given the label under which
the layers together point best along their directions.

From the paper and its code: labels in the first pixels, the cosine, the loss and its steepness, the
sum of all layers that decides. Ours: the label's pixel has the strength of the whole (unit-length)
image, and one update a batch.
"""

from __future__ import annotations

import functools

import torch
from torch import Tensor

from asyt import streams
from asyt.devices import Device
from asyt.methods.alignment import SEED
from asyt.methods.contract import Method
from asyt.methods.sources import DigitalStep
from asyt.twins import Layer, Perceptron, Weights, products

STEEPNESS = 4.0
"""theta of the loss log(1 + exp(-theta (g_positive - g_negative)))."""
SMALLEST = 1e-6
"""Norms below this count as this, so that a dark layer has a cosine."""


@functools.cache
def _direction(l: int, neurons: int, dtype: torch.dtype, compute: torch.device) -> Tensor:
    p = streams.normal((neurons,), "fabrication", SEED + 1, l)
    return (p / p.norm()).to(dtype).to(compute)


def labelled(x: Tensor, labels: Tensor) -> Tensor:
    """Images with a one-hot label, (B, P), in place of their first P pixels."""
    return torch.cat([labels.to(x), x[..., labels.shape[-1] :]], -1)


def goodness(l: int, a: Tensor) -> tuple[Tensor, Tensor]:
    """Cosine between activations (..., B, n) and the direction of layer l, (..., B), and its derivative (..., B, n)."""
    p = _direction(l, a.shape[-1], a.dtype, a.device)
    norm = a.norm(dim=-1, keepdim=True).clamp_min(SMALLEST)
    cosine = (a @ p).unsqueeze(-1) / norm
    return cosine.squeeze(-1), (p - cosine * a / norm) / norm


class ForwardOnly(Method):
    """Two forward passes a sample, read layer by layer; no model of the device but its activation function.

    Args:
        seed: of the wrong labels.
    """

    name, label = "forward-only", "forward-only"

    def __init__(self, seed: int = 0):
        self.seed, self.steps = seed, 0

    def gradient(
        self,
        twin: Perceptron,
        step: DigitalStep,
        device: Device,
        controls: Weights,
        x: Tensor,
        target: Tensor,
        scale: float = 1.0,
    ) -> Weights:
        """As `Method.gradient`: the sum over layers of local losses, each seen by its own layer only."""
        positive = device.layer_by_layer(controls, labelled(x, target))
        negative = device.layer_by_layer(controls, labelled(x, self._wrong(target)))
        update = []
        for l, layer in enumerate(controls):
            (high, up), (low, down) = goodness(l, positive[l + 1]), goodness(l, negative[l + 1])
            pull = (
                -STEEPNESS * torch.sigmoid(STEEPNESS * (low - high)) * scale
            )  # dL / d(g_positive - g_negative)
            pairs = ((pull[..., None] * up, positive), (-pull[..., None] * down, negative))
            parts = [
                (towards * twin.derivative(l, states[l + 1]), states[l])
                for towards, states in pairs
            ]
            update.append(
                Layer(
                    sum(products.gradient(*part) for part in parts),
                    None if layer.bias is None else sum(delta.sum(-2) for delta, _ in parts),
                )
            )
        return update

    def _wrong(self, target: Tensor) -> Tensor:
        """For every sample one of the other labels, one-hot."""
        generator = streams.torch_generator("cpu", "search", self.seed, self.steps)
        self.steps += 1
        classes = target.shape[-1]
        ahead = torch.randint(1, classes, target.shape[:-1], generator=generator).to(target.device)
        return torch.nn.functional.one_hot((target.argmax(-1) + ahead) % classes, classes).to(
            target
        )

    def scores(self, device: Device, controls: Weights, x: Tensor) -> Tensor:
        """Goodness of all layers together under each label, (C, B, P): P passes a sample."""
        classes = device.layers[-1]
        found = []
        for one_hot in torch.eye(classes, dtype=x.dtype, device=x.device):
            states = device.layer_by_layer(
                controls, labelled(x, one_hot.expand(*x.shape[:-1], classes))
            )
            found.append(sum(goodness(l, a)[0] for l, a in enumerate(states[1:])))
        return torch.stack(found, -1)

    def state(self) -> dict[str, int]:
        """The number of steps: it addresses the next wrong labels."""
        return {"steps": self.steps}

    def load_state(self, state: dict[str, int]) -> None:
        """Continue from `state`."""
        self.steps = state["steps"]
