"""Two crossbar tiles of phase-change memory, simulated by IBM's aihwkit (pip install aihwkit).

Controls are the weights that are to be written. What a tile multiplies by is what its cells hold:
programmed with errors of each cell's own, left to drift for a month, and read with noise through
converters of few bits. The twin is the matrix product. Between the tiles stands a digital tanh.
"""

import torch
from aihwkit.inference import PCMLikeNoiseModel
from aihwkit.nn import AnalogLinear
from aihwkit.simulator.configs import TorchInferenceRPUConfig
from torch import nn

from asyt import PhysicalModule, streams

LAYERS = (5, 6, 3)  # a constant beside the four features
MONTH, GAIN, TIMES = 30 * 86400.0, 3.0, 4  # seconds; of the amplifiers; errors of IBM's cells


class Tile:
    """The callable (weights (out, in), x (B, in)) -> currents (B, out)."""

    def __init__(self, chip, layer, errors):
        config = TorchInferenceRPUConfig(drift_compensation=None)
        config.noise_model = PCMLikeNoiseModel(
            prog_noise_scale=TIMES * errors, drift_scale=TIMES * errors
        )
        self.tile = AnalogLinear(*LAYERS[layer : layer + 2], bias=False, rpu_config=config).eval()
        self.cells = 1000 * chip + layer  # a tile's cells err in the same way whenever written

    def __call__(self, weights, x):
        """Write, wait, read."""
        self.tile.set_weights(weights)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.cells)
            self.tile.program_analog_weights()
            self.tile.drift_analog_weights(MONTH)
        return GAIN * self.tile(x).detach()


def twin(weights, x):
    """As the data sheet has it."""
    return GAIN * x @ weights.mT


def network(method, chip, seed, errors=1.0):
    """Flowers (B, 4) in [0, 1] to scores (B, 3), on two tiles, from a start."""
    tiles = []
    for layer, (inputs, outputs) in enumerate(zip(LAYERS, LAYERS[1:], strict=False)):
        weights = 0.3 * streams.normal((outputs, inputs), "initial", seed, layer).float()
        tiles.append(PhysicalModule(Tile(chip, layer, errors), twin, weights, method))
    constant = nn.ConstantPad1d((0, 1), 1.0)
    return nn.Sequential(constant, tiles[0], nn.Tanh(), tiles[1])
