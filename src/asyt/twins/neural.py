"""A neural twin: a network fitted to recorded pairs of a device, as Wright et al. (2022) did.

Nothing is known of the device but that it can be run; no parameter of its physics enters.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import torch
from torch import Tensor, nn

from asyt import streams


class Recorded(Protocol):
    """A device that answers parameters (1, 1, n) and inputs (1, B, n) with readings (1, B, m)."""

    def spectrum(self, parameters: Tensor, a: Tensor) -> Tensor:
        """One reading a sample."""


def record(device: Recorded, width: int, samples: int, seed: int) -> tuple[Tensor, Tensor]:
    """Random settings and inputs, uniform in [-1, 1], and what the device reads: (N, 2 width), (N, m).

    Args:
        device: of a population of one.
        width: numbers of inputs and of parameters.
        samples: N.
        seed: of stream `subset`.
    """
    drawn = torch.from_numpy(streams.generator("subset", seed, 1).uniform(-1, 1, (samples, 2, 1, width))).float()
    with torch.no_grad():
        readings = [device.spectrum(p.unsqueeze(0), a.unsqueeze(0))[0, 0] for a, p in drawn]
    return drawn.flatten(1), torch.stack(readings)


def fit(device: Recorded, width: int, *, seed: int, samples: int = 10_000, hidden: int = 256,
        epochs: int = 60) -> Callable[[Tensor, Tensor], Tensor]:  # fmt: skip
    """Fit a two-hidden-layer network to the square root of the readings, and return (parameters, inputs) -> reading.

    Args:
        device: of a population of one.
        width: numbers of inputs and of parameters.
        seed: of the recording, the initial weights and the batches.
        samples: recorded pairs.
        hidden: neurons of each hidden layer.
        epochs: passes over the recording.
    """
    x, y = record(device, width, samples, seed)
    unit = y.mean()
    y = (y / unit).clamp_min(0).sqrt()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = nn.Sequential(nn.Linear(2 * width, hidden), nn.GELU(), nn.Linear(hidden, hidden), nn.GELU(),
                                nn.Linear(hidden, y.shape[-1]))  # fmt: skip
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
    with torch.enable_grad():
        for epoch in range(epochs):
            for batch in streams.permutation(samples, "batches", seed, epoch).split(200):
                optimizer.zero_grad()
                nn.functional.mse_loss(network(x[batch]), y[batch]).backward()
                optimizer.step()
            schedule.step()
    network.requires_grad_(False)

    def spectrum(parameters: Tensor, a: Tensor) -> Tensor:
        leading = torch.broadcast_shapes(parameters.shape[:-2], a.shape[:-2])
        shape = (*leading, a.shape[-2], width)
        return unit * network(torch.cat([a.expand(shape), parameters.expand(shape)], -1)).square() + 1e-3 * unit

    return spectrum
