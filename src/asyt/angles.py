"""AsyT Eq. 8: the angle between what a device does and what its digital model does."""

import torch
from torch import Tensor

from asyt.devices import Device
from asyt.twins import Perceptron, Weights


def degrees(physical: Tensor, digital: Tensor) -> Tensor:
    """Angle between vectors, (..., n) -> (...), in degrees (AsyT Eq. 8)."""
    cosine = torch.cosine_similarity(physical, digital, dim=-1)
    radians = torch.arccos(cosine.clamp(-1, 1))
    return torch.rad2deg(radians)


def misalignment(physical: Tensor, digital: Tensor) -> tuple[Tensor, Tensor]:
    """Angle in degrees between what the light meets, B, and the model, A, and | |B| - |A| | / |A|.

    From (S, C, out, in) and (S, 1, out, in), (S, C) each.
    """
    b = physical.double().flatten(-2)
    a = digital.double().flatten(-2)
    size = a.norm(dim=-1)
    apart = (b.norm(dim=-1) - size).abs()
    return degrees(b, a), apart / size


def response_angle(
    twin: Perceptron,
    digital: Weights,
    device: Device,
    controls: Weights,
    x: Tensor,
) -> Tensor:
    """Angle (C,) in degrees between the class scores of the digital model and of each chip.

    `digital` and `controls` are what the two are set to, and x (B, in) their inputs.
    """
    modelled = twin.forward(digital, x)[-1]
    expected = twin.predict(modelled)
    measured = twin.predict(device(controls, x))
    return degrees(measured.flatten(-2), expected.flatten())
