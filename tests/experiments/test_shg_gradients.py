"""Update directions beside the gradient of the benches themselves."""

import torch

from asyt.experiments import shg_gradients, vowels
from asyt.training import Data


def test_pat_points_closer_to_the_benchs_gradient_than_the_twin_alone(monkeypatch):
    generator = torch.Generator().manual_seed(0)
    x = 2 * torch.rand(98, 12, generator=generator) - 1
    y = torch.eye(7)[torch.arange(98) % 7]
    monkeypatch.setattr(vowels, "vowels", lambda: Data(x[:84], y[:84], x[84:], y[84:]))
    table = shg_gradients.run(shg_gradients.PROFILES["smoke"])
    ranges = shg_gradients.cosine_ranges(table, "trained")
    first = ranges[ranges.module == 1].set_index("direction").centre
    assert first["pat"] > first["insilico-bp"]
    assert first["pat"] > 0.7
