"""AsyT Eq. 8: the angle between what a device does and what its digital model does."""

from __future__ import annotations

import torch
from torch import Tensor

from asyt.devices import Device
from asyt.twins import Perceptron, Weights


def degrees(physical: Tensor, digital: Tensor) -> Tensor:
    """Angle between vectors, (..., n) -> (...), in degrees (AsyT Eq. 8)."""
    cosine = torch.cosine_similarity(physical, digital, dim=-1)
    return torch.rad2deg(torch.arccos(cosine.clamp(-1, 1)))


def misalignment(physical: Tensor, digital: Tensor) -> tuple[Tensor, Tensor]:
    """Angle in degrees and relative difference of magnitude of two transformations of a layer.

    Args:
        physical: B, what the light meets, (S, C, out, in).
        digital: A, of the parallel model, (S, 1, out, in).

    Returns:
        Angle (S, C), and | |B| - |A| | / |A| (S, C).
    """
    b = physical.double().flatten(-2)
    a = digital.double().flatten(-2)
    size = a.norm(dim=-1)
    apart = (b.norm(dim=-1) - size).abs()
    return degrees(b, a), apart / size


def response_angle(
    twin: Perceptron, digital: Weights, device: Device, controls: Weights, x: Tensor
) -> Tensor:
    """Angle in degrees between the class scores of the digital model and of each chip.

    Args:
        twin: the digital model.
        digital: its weights.
        device: the chips.
        controls: what they are set to.
        x: inputs (B, in).

    Returns:
        (C,)
    """
    *_, readout = twin.forward(digital, x)
    expected = twin.predict(readout)
    found = twin.predict(device(controls, x))
    return degrees(found.flatten(-2), expected.flatten())
