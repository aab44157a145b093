"""A twin fitted to recorded pairs of a device, as Wright et al. (2022) did, and nothing else known of that device.

The network has two complex linear layers with a square between them and a square-law detector at its end. It starts
from the data sheet. Networks without such a start (a perceptron of two hidden layers, or this one with random weights)
did not learn the bench of `asyt.devices.shg` from ten thousand pairs: 48 amplitudes, mixed to fourth order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import torch
from torch import Tensor, nn

from asyt import streams

Spectrum = Callable[[Tensor, Tensor], Tensor]
BATCH, RATE, SOFT = 100, 1e-3, 1e-2


class Recorded(Protocol):
    """A device that answers parameters (1, B, n) and inputs (1, B, n) with readings (1, B, m)."""

    def spectrum(self, parameters: Tensor, a: Tensor) -> Tensor:
        """One reading a sample."""


def record(device: Recorded, width: int, samples: int, seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """Random parameters and inputs, uniform in [-1, 1], and what the device reads: (N, width) twice, (N, m).

    Args:
        device: of a population of one.
        width: numbers of inputs and of parameters.
        samples: N.
        seed: of stream `subset`.
    """
    drawn = streams.generator("subset", seed, 1).uniform(-1, 1, (2, samples, width))
    parameters, a = torch.from_numpy(drawn).float()
    return parameters, a, device.spectrum(parameters.unsqueeze(0), a.unsqueeze(0))[0]


class Quadratic(nn.Module):
    """|M (A u)^2|^2 of real inputs u (..., n): complex A (h, n) and M (m, h)."""

    def __init__(self, encode: Tensor, mix: Tensor):
        super().__init__()
        self.encode, self.mix = (nn.Parameter(t.to(torch.complex64)) for t in (encode, mix))

    def forward(self, u: Tensor) -> Tensor:
        """Readings (..., m)."""
        field = (u.to(self.encode.dtype) @ self.encode.mT).square() @ self.mix.mT
        return field.real.square() + field.imag.square()


def fit(device: Recorded, width: int, channels: Callable[[Tensor, Tensor], Tensor], start: tuple[Tensor, Tensor], *,
        seed: int, samples: int = 10_000, epochs: int = 20) -> Spectrum:  # fmt: skip
    """Fit a `Quadratic` to a recording of a device.

    The loss is the mean square difference of square roots, so that bright channels do not drown the others.

    Args:
        device: of a population of one.
        width: numbers of inputs and of parameters.
        channels: (parameters, inputs) -> the n amplitudes the network sees.
        start: A and M of the data sheet.
        seed: of the recording and its order.
        samples: recorded pairs.
        epochs: passes over the recording.

    Returns:
        (parameters, inputs) -> reading, which stands for the device's own.
    """
    parameters, a, y = record(device, width, samples, seed)
    u, unit = channels(parameters, a), y.mean()
    network = Quadratic(*start)
    with torch.no_grad():
        network.mix /= network(u).mean().sqrt()
    optimizer = torch.optim.Adam(network.parameters(), lr=RATE)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
    wanted = ((y / unit).clamp_min(0) + SOFT).sqrt()
    with torch.enable_grad():
        for epoch in range(epochs):
            for batch in streams.permutation(samples, "batches", seed, epoch).split(BATCH):
                optimizer.zero_grad()
                nn.functional.mse_loss((network(u[batch]) + SOFT).sqrt(), wanted[batch]).backward()
                optimizer.step()
            schedule.step()
    network.requires_grad_(False)
    return lambda parameters, a: unit * network(channels(parameters, a))
