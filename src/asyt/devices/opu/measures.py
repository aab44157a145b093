"""What a unit is measured by: linearity, statistics of its matrix, spectrum of its frames."""

import torch
from torch import Tensor

from asyt.devices.opu.unit import OpticalProcessingUnit


def additivity(unit: OpticalProcessingUnit, a: Tensor, b: Tensor) -> Tensor:
    """By how much the projection of a sum misses the sum of projections, as error of one of them.

    Each of a, b and a + b is (B, inputs), as `project` takes it.
    """
    gap = unit.project(a + b) - unit.project(a) - unit.project(b)
    return gap.std() / 3**0.5


def entries(unit: OpticalProcessingUnit) -> dict[str, Tensor]:
    """Mean, variance, fourth moment and independence of the matrix's entries."""
    unit_vectors = torch.eye(unit.inputs, dtype=unit.dtype)
    field = unit.field(unit_vectors)
    matrix = unit.matrix()
    imaginary = field.imag.T
    pairs = torch.corrcoef(matrix.T)[unit_vectors == 0]
    rms = pairs.square().mean().sqrt()
    return {
        "entry mean": matrix.mean(),
        "entry variance": matrix.var(),
        "entry fourth moment": (matrix**4).mean(),
        "correlation, real and imaginary": (matrix * imaginary).mean(),
        "correlation of columns, rms x sqrt(outputs)": rms * unit.outputs**0.5,
    }


def spectrum(frames: Tensor, parts: int) -> Tensor:
    """Power of frames (B, camera pixels) over its maximum, in parts up to half a cycle a pixel.

    The constant is left out.
    """
    every = torch.fft.rfft(frames).abs().square()
    power = every.mean(0)[1:]
    by_part = power.reshape(parts, -1).mean(1)
    return by_part / power.max()
