"""A diffractive network simulated by TorchOptics (pip install torchoptics).

Four beams, as bright as a flower's features, pass two phase masks; three detectors read how much
light arrives. The twin is the bench as designed. On the real one each mask has slipped sideways,
and its pixels delay light by more or less than they should.
"""

import torch
import torchoptics
from torchoptics import Field, System
from torchoptics.elements import PhaseModulator

from asyt import PhysicalModule, streams

N, MASKS, DISTANCE, GAIN = 24, 2, 4e-3, 20.0  # pixels a side; metres between planes; of detectors
SLIP, DELAY = 15e-6, 0.3  # standard deviations: metres, and of a pixel's delay (relative)
torchoptics.set_default_dtype(torch.float32)
torchoptics.set_default_spacing(10e-6)
torchoptics.set_default_wavelength(700e-9)

BEAMS = torch.zeros(5, N, N)
for k, (row, column) in enumerate([(2, 2), (2, 16), (16, 2), (16, 16), (9, 9)]):
    BEAMS[k, row : row + 6, column : column + 6] = 1 / 6  # of unit power


def bench(slips, delays):
    """The callable (masks (2, N, N) in radians, x (B, 4)) -> amplified light (B, 3)."""

    def read(masks, x):
        planes = []
        for mask, slip, delay in zip(masks, slips, delays, strict=True):
            z = DISTANCE * (1 + len(planes))
            planes.append(PhaseModulator(delay * mask, z=z, offset=slip))
        system, light = System(*planes), Field(BEAMS.cfloat())
        far = system.measure_at_z(light, DISTANCE * (1 + MASKS), asm_pad=(N // 2, N // 2)).data
        lit = torch.nn.functional.pad(x, (0, 1), value=1.0).to(far.dtype)
        field = torch.einsum("bk,kij->bij", lit, far)  # light adds up
        return GAIN * field[:, 8:16].abs().square().unflatten(2, (3, 8)).sum((1, 3))

    return read


twin = bench([(0.0, 0.0)] * MASKS, [1.0] * MASKS)


def network(method, chip, seed, errors=1.0):
    """Flowers (B, 4) in [0, 1] to scores (B, 3), on a bench, from a start."""
    slips = errors * SLIP * streams.normal((MASKS, 2), "fabrication", chip, 0)
    delays = 1 + errors * DELAY * streams.normal((MASKS, N, N), "fabrication", chip, 1).float()
    masks = 0.5 * streams.normal((MASKS, N, N), "initial", seed).float()
    return PhysicalModule(bench(slips.tolist(), delays), twin, masks, method)
