"""Readings of "pseudo IP-BP": an intermediate-access method that is given only the outputs.

The paper does not say what then stands for the hidden states. Each row is one answer; the fair one,
a twin set to the device's own controls, is the row `pseudo-ip-bp` of `METHODS`.
"""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from asyt.methods.gradient import METHODS, GradientMethod, through_weights
from asyt.methods.sources import Batch, Path, Source, twin_at_controls
from asyt.twins import Twin, Weights


def last_layer(twin: Twin, path: Path, error: Tensor) -> Weights:
    """Only the last layer is trained: of the others nothing is known, so nothing is changed."""
    *hidden, last = through_weights(twin, path, error)
    unchanged = [layer.map(torch.zeros_like) for layer in hidden]
    return [*unchanged, last]


def unknown_hidden(batch: Batch) -> tuple[Tensor, Path]:
    """Hidden states of a sample are unknown: all get the batch's mean in a twin at the controls."""
    readout, path = twin_at_controls(batch)
    first, *hidden = path.states
    means = []
    for a in hidden:
        mean = a.mean(-2, keepdim=True)
        means.append(mean.expand_as(a))
    return readout, Path([first, *means], batch.controls)


def frozen_twin() -> Source:
    """The model was described once, at the start: states and weights of the first step."""
    start: Weights = []

    def source(batch: Batch) -> tuple[Tensor, Path]:
        if not start:
            start.extend(layer.map(torch.clone) for layer in batch.step.weights)
        readout = batch.device(batch.controls, batch.x)
        states = batch.twin.forward(start, batch.x)
        return readout, Path(states, start)

    return source


def readings() -> dict[str, GradientMethod]:
    """All readings by name, fresh: one of them remembers where it started."""
    asyt = METHODS["asyt"]
    fair = METHODS["pseudo-ip-bp"]
    blind = asyt.mixing(0, 1)
    rows = (
        asyt,
        fair,
        replace(
            blind,
            name="no-digital-error",
            label="AsyT without the digital error",
        ),
        replace(
            fair,
            name="output-layer-only",
            label="only the last layer",
            backward=last_layer,
        ),
        replace(
            fair,
            name="unknown-hidden",
            label="hidden states unknown",
            source=unknown_hidden,
        ),
        replace(
            fair,
            name="frozen-twin",
            label="twin as at the start",
            source=frozen_twin(),
        ),
    )
    return {row.name: row for row in rows}
