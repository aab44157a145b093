"""Energy of a random projection: an optical unit against a GPU, from published peak numbers."""

from itertools import pairwise

import numpy as np

from asyt.devices.opu.unit import FRAME_RATE

POWER_W = 30.0
"""The co-processor, watts: "about 30 W" (Light-in-the-loop, III)."""
FRAME_J = POWER_W / FRAME_RATE
"""The co-processor, joules a frame, whatever the size up to `LARGEST`."""
LARGEST = 1e5
"""Inputs and outputs that the co-processor has."""
#: NVIDIA V100 (Choquette et al. 2018): peak float32 operations a second, bytes of memory a second,
#: watts.
GPU_FLOPS, GPU_BYTES, GPU_WATT = 15.7e12, 900e9, 300.0


def projection(size: np.ndarray) -> dict[str, np.ndarray]:
    """Joules of one projection from n to n numbers, each way of making it."""
    frame = np.where(size <= LARGEST, FRAME_J, np.nan)
    return {
        "optical, one frame": frame,
        "optical, two frames": 2 * frame,
        "GPU, arithmetic": 2 * size**2 / GPU_FLOPS * GPU_WATT,
        "GPU, matrix from memory": 4 * size**2 / GPU_BYTES * GPU_WATT,
    }


def crossing() -> dict[str, float]:
    """Size n at which a GPU needs as much energy as two frames, for both uses of the GPU."""
    joules = 2 * FRAME_J
    return {
        "arithmetic": (joules * GPU_FLOPS / (2 * GPU_WATT)) ** 0.5,
        "memory": (joules * GPU_BYTES / (4 * GPU_WATT)) ** 0.5,
    }


def backward(layers: tuple[int, ...]) -> float:
    """Joules of a sample's backward pass at the GPU's peak: all products but the first error's."""
    products = [n_in * n_out for n_in, n_out in pairwise(layers)]
    return 2 * (2 * sum(products) - products[0]) / GPU_FLOPS * GPU_WATT
