"""Twins fitted to recorded pairs of a device, and nothing else known of it (Wright et al. 2022)."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from asyt import streams

BATCH = 100
RATE = 1e-3


def settings(samples: int, width: int, seed: int) -> Tensor:
    """Random settings and inputs to record a device at, (N, width) in [-1, 1]; stream `subset`."""
    generator = streams.generator("subset", seed, 1)
    drawn = generator.uniform(-1, 1, (samples, width))
    return torch.from_numpy(drawn).float()


def perceptron(inputs: int, hidden: int, outputs: int, seed: int) -> nn.Module:
    """A network that knows nothing: two hidden layers, random start."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return nn.Sequential(
            nn.Linear(inputs, hidden),
            nn.GELU(),
            nn.Linear(hidden, hidden),
            nn.GELU(),
            nn.Linear(hidden, outputs),
        )


class Quadratic(nn.Module):
    """A network that knows that fields add and detectors square: |M (A u)^2|^2, all complex.

    A is (h, n), M (m, h). Started from a data sheet it learns an SHG bench from ten thousand pairs.
    """

    def __init__(self, encode: Tensor, mix: Tensor):
        super().__init__()
        self.encode = nn.Parameter(encode.to(torch.complex64))
        self.mix = nn.Parameter(mix.to(torch.complex64))

    def forward(self, u: Tensor) -> Tensor:
        """Real inputs (..., n) -> readings (..., m)."""
        amplitude = u.to(self.encode.dtype) @ self.encode.mT
        field = amplitude.square() @ self.mix.mT
        return field.real.square() + field.imag.square()


def fit(
    network: nn.Module,
    x: Tensor,
    y: Tensor,
    *,
    seed: int,
    epochs: int = 20,
    view: Callable[[Tensor], Tensor] = lambda y: y,
) -> nn.Module:
    """Fit a network to recorded pairs by Adam, its rate falling along a cosine; returns it, frozen.

    Pairs are settings and inputs (N, n) and readings (N, m); squared differences are taken in a
    `view` of readings. The seed is that of the order of the samples.
    """
    optimizer = torch.optim.Adam(network.parameters(), lr=RATE)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
    wanted = view(y)
    with torch.enable_grad():
        for epoch in range(epochs):
            order = streams.permutation(len(x), "batches", seed, epoch)
            for batch in order.split(BATCH):
                optimizer.zero_grad()
                told = view(network(x[batch]))
                nn.functional.mse_loss(told, wanted[batch]).backward()
                optimizer.step()
            schedule.step()
    return network.requires_grad_(False)
