"""Readings of "pseudo IP-BP": an intermediate-access method that is given only the outputs.

The paper defines it in half a sentence ("the scenario where IP-BP methods only have access to the
output neuron information") and does not say what then stands for the hidden states. Each row here
is one answer; the fair one, a twin set to the device's own controls, is the row `pseudo-ip-bp` of
`METHODS`.
"""

from __future__ import annotations

import torch
from torch import Tensor

from asyt.devices import Device
from asyt.methods.gradient import METHODS, GradientMethod, through_weights
from asyt.methods.sources import DigitalStep, Path, Source, twin_at_controls
from asyt.twins import Layer, Perceptron, Weights


def last_layer(twin: Perceptron, path: Path, error: Tensor) -> Weights:
    """Only the last layer is trained: of the others nothing is known, so nothing is changed."""
    *hidden, last = through_weights(twin, path, error)
    return [
        *(Layer(*(None if t is None else torch.zeros_like(t) for t in layer)) for layer in hidden),
        last,
    ]


def unknown_hidden(
    twin: Perceptron, step: DigitalStep, device: Device, controls: Weights, x: Tensor
) -> tuple[Tensor, Path]:
    """Hidden activations of a sample are unknown: every sample gets the mean of the batch in a twin at the controls."""
    readout, path = twin_at_controls(twin, step, device, controls, x)
    first, *hidden = path.states
    return readout, Path(
        [first, *(a.mean(-2, keepdim=True).expand_as(a) for a in hidden)], controls
    )


def frozen_twin() -> Source:
    """The model was described once, at the start, and never again: states and weights of the first step."""
    start: Weights = []

    def source(
        twin: Perceptron, step: DigitalStep, device: Device, controls: Weights, x: Tensor
    ) -> tuple[Tensor, Path]:
        if not start:
            start.extend(
                Layer(*(None if t is None else t.clone() for t in layer)) for layer in step.weights
            )
        return device(controls, x), Path(twin.forward(start, x), start)

    return source


def readings() -> dict[str, GradientMethod]:
    """All readings by name, fresh: one of them remembers where it started."""
    rows = (
        METHODS["asyt"],
        METHODS["pseudo-ip-bp"],
        GradientMethod("no-digital-error", "AsyT without the digital error", 0, 1),
        GradientMethod(
            "output-layer-only", "only the last layer", 0, 1, True, twin_at_controls, last_layer
        ),
        GradientMethod("unknown-hidden", "hidden states unknown", 0, 1, True, unknown_hidden),
        GradientMethod("frozen-twin", "twin as at the start", 0, 1, True, frozen_twin()),
    )
    return {row.name: row for row in rows}
