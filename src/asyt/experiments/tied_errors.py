"""What AsyT's failures on the authors' chip owe to errors that are six times the initial weights.

The demo draws the errors of its chip's first layer from the seed of that layer's initial weights w.
The chip then has (1 + 6 w) w, whose mean is 6 * 0.1^2 = 0.06: every neuron of its first layer gets
0.06 times the sum of the inputs, which the digital model does not. Fixed before these runs, after
one trial of each task: if that is why AsyT fails with four hidden layers and with pixels from 0 to
1, then it fails on every chip whose first layer is *tied* to its start in this way, with any errors
of the other layers, and on none whose first layer is not. AsyT *fails* if it ends below half of
ideal BP.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import torch

from asyt.devices import DistortedDevice, demo
from asyt.experiments import authors, base, mnist, summaries, tasks
from asyt.experiments.base import HERE, Execution, Experiment, one_a_seed
from asyt.methods import METHODS
from asyt.training import Branch, Data, Schedule, Trainer
from asyt.twins import Layer, Perceptron, Weights

#: The errors of a tied layer, in units of its initial weights.
TIE = demo.DISTORTION / demo.WEIGHT_SCALE
#: AsyT fails below this share of ideal BP's accuracy.
FAILS = 0.5


@dataclass(frozen=True)
class Config(base.Config):
    """One draw: an order of the samples, with a chip of independent errors.

    `start` is the demo's own, with the demo's chip, or one of the draw.
    """

    by = ("task", "start", "seed")

    dataset: str = "mnist"
    scale: str = "unit-rows"  # of `tasks.SCALES`
    layers: tuple[int, ...] = (784, 128, 128, 128, 128, 10)
    start: str = "demo"  # or "own"
    samples: int | None = None
    epochs: int = 100
    batch_size: int = 600
    rate: float = 1e-4
    seed: int = 0

    @property
    def task(self) -> str:
        """The task in words: what AsyT fails with on the authors' chip."""
        if self.scale == "pixels":
            return "pixels from 0 to 1"
        return f"{len(self.layers) - 2} hidden layers"


PIXELS = {"dataset": "fashion-mnist", "scale": "pixels", "layers": (784, 256, 256, 10)}
VARIANTS: list[dict[str, Any]] = [{}, {"start": "own"}, PIXELS, {**PIXELS, "start": "own"}]
PROFILES = {
    "smoke": Config(samples=1200, epochs=2),
    "quick": Config(samples=12_000, epochs=30),
    "paper": Config(),
}
SEEDS = (0, 1, 2)


def initial(config: Config) -> Weights:
    """The start of the digital model and all chips."""
    if config.start == "demo":
        return demo.initial(config.layers)
    twin = Perceptron(config.layers)
    return twin.initial(config.seed, demo.WEIGHT_SCALE, demo.BIAS_SCALE)


def chips(config: Config) -> Mapping[str, Weights]:
    """Name of a chip -> its relative errors, (1, out, in) and (1, out) a layer.

    "tied" is the first layer alone; the other layers are those of the independent chip.
    """
    twin = Perceptron(config.layers)
    drawn = DistortedDevice(twin, 1, mnist.CHIPS, distortion=demo.DISTORTION, chips=[config.seed])
    independent = [gain.map(lambda value: value - 1) for gain in drawn.gain]
    first, *others = independent
    if config.start == "demo":
        own = authors.chip(config.layers, [1.0], "cpu")
        return {
            "demo": own,
            "tied": [own[0], *others],
            "untied": [first, *own[1:]],
            "independent": independent,
        }
    weight = initial(config)[0].weight
    tied = Layer(TIE * weight[None], first.bias)
    return {"tied": [tied, *others], "independent": independent}


def build(config: Config, compute: str = "cpu", data: Data | None = None) -> Trainer:
    """AsyT on all chips along one digital model."""
    if data is None:
        scale = tasks.SCALES[config.scale]
        data = tasks.load(config.dataset, samples=config.samples, scale=scale, compute=compute)
    twin = Perceptron(config.layers, clip=mnist.Config.clip)
    masks = []
    for layer in zip(*chips(config).values(), strict=True):
        weight = torch.cat([chip.weight for chip in layer])
        bias = torch.cat([chip.bias for chip in layer if chip.bias is not None])
        masks.append(Layer(weight, bias).to(compute))
    device = DistortedDevice.from_masks(twin, masks)
    start = [layer.to(compute) for layer in initial(config)]
    schedule = Schedule(config.epochs, config.batch_size, config.rate, seed=config.seed)
    branches = {"chips": Branch(METHODS["asyt"], device)}
    return Trainer(twin, start, data, schedule, branches=branches)


def run(config: Config, execution: Execution = HERE) -> pd.DataFrame:
    """Train, and test when `mnist.evaluated`.

    Returns:
        Tidy rows: epoch, method (ideal-bp, asyt), fleet, chip, split, accuracy (fraction), errors
        (the name of the chip, "none" of the digital model).
    """
    trainer = build(config, execution.compute)
    trainer.fit(mnist.evaluated, execution.checkpoint, progress=execution.progress)
    table = pd.DataFrame(trainer.rows)
    names = list(chips(config))
    errors = [names[chip] for chip in table.chip]
    return table.assign(errors=pd.Series(errors).mask(table.method == "ideal-bp", "none"))


def ends(table: pd.DataFrame) -> pd.DataFrame:
    """A row a chip after the last epoch: task, start, seed, errors, accuracy, ideal, fails."""
    last = summaries.final(table)
    draw = ["task", "start", "seed"]
    ideal = last[last.method == "ideal-bp"].set_index(draw).accuracy.rename("ideal")
    found = last[last.method == "asyt"].join(ideal, on=draw)
    found = found.assign(fails=found.accuracy < FAILS * found.ideal)
    return found[[*draw, "errors", "accuracy", "ideal", "fails"]].reset_index(drop=True)


plan = one_a_seed(PROFILES, SEEDS, VARIANTS, smoke=1)
EXPERIMENT = Experiment("tied-errors", PROFILES, plan, run)
