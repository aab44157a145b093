"""Readings of "pseudo IP-BP": an intermediate-access method that is given only the outputs.

The paper defines it in half a sentence ("the scenario where IP-BP methods only have access to the output neuron
information") and does not say what then stands for the hidden states. Each class here is one answer; the fair one,
a twin set to the device's own controls, is the row `pseudo-ip-bp` of `METHODS`.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from asyt.devices import Device
from asyt.methods.gradient import METHODS, DigitalStep, GradientMethod
from asyt.twins import Layer, Perceptron, Weights


@dataclass(frozen=True)
class OutputLayerOnly(GradientMethod):
    """Only the last layer is trained: of the others nothing is known, so nothing is changed."""

    def gradient(
        self, twin: Perceptron, step: DigitalStep, device: Device, controls: Weights, x: Tensor, target: Tensor,
        scale: float = 1.0,
    ) -> Weights:  # fmt: skip
        """As the parent's, with zero for all layers but the last."""
        *hidden, last = super().gradient(twin, step, device, controls, x, target, scale)
        return [*(Layer(*(None if t is None else torch.zeros_like(t) for t in layer)) for layer in hidden), last]


@dataclass(frozen=True)
class UnknownHidden(GradientMethod):
    """Hidden activations of a sample are unknown: every sample gets the mean of the batch in a twin at the controls."""

    def gradient(
        self, twin: Perceptron, step: DigitalStep, device: Device, controls: Weights, x: Tensor, target: Tensor,
        scale: float = 1.0,
    ) -> Weights:  # fmt: skip
        """The device's error through states that no longer tell samples apart."""
        first, *hidden, last = twin.forward(controls, x)
        blurred = [a.mean(-2, keepdim=True).expand_as(a) for a in hidden]
        error = twin.error(device(controls, x), target).mul_(scale)
        return twin.vjp([first, *blurred, last], controls, error)


class FrozenTwin(GradientMethod):
    """The model was described once, at the start, and never again: states and weights of the initial controls."""

    def gradient(
        self, twin: Perceptron, step: DigitalStep, device: Device, controls: Weights, x: Tensor, target: Tensor,
        scale: float = 1.0,
    ) -> Weights:  # fmt: skip
        """The device's error through the network as it was at the first step this object saw."""
        if "_start" not in vars(self):
            start = [Layer(*(None if t is None else t.clone() for t in layer)) for layer in step.weights]
            object.__setattr__(self, "_start", start)  # set once; the dataclass is frozen otherwise
        error = twin.error(device(controls, x), target).mul_(scale)
        return twin.vjp(twin.forward(self._start, x), self._start, error)


def readings() -> dict[str, GradientMethod]:
    """All readings by name, fresh: one of them remembers where it started."""
    return {
        "asyt": METHODS["asyt"],
        "pseudo-ip-bp": METHODS["pseudo-ip-bp"],
        "no-digital-error": GradientMethod("no-digital-error", "AsyT without the digital error", digital=0, physical=1),
        "output-layer-only": OutputLayerOnly("output-layer-only", "only the last layer", 0, 1, at_controls=True),
        "unknown-hidden": UnknownHidden("unknown-hidden", "hidden states unknown", 0, 1),
        "frozen-twin": FrozenTwin("frozen-twin", "twin as at the start", 0, 1),
    }
