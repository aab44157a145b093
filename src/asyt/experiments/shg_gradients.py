"""Why the backward pass needs a twin: a module, its twins, and which gradient points downhill."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
import torch

from asyt.devices import SHGDevice, shg, shg_optics, shg_recorded
from asyt.experiments import base, summaries, vowels
from asyt.experiments.base import HERE, Execution, Experiment, one_a_seed
from asyt.methods import METHODS
from asyt.methods.directions import back_propagated, cosines, directions
from asyt.training import Branch, Data, Schedule, Trainer, stack
from asyt.twins import Layer, Weights

#: Methods whose update directions are compared with the benches' own gradient.
COMPARED = ("pat", "pseudo-ip-bp", "insilico-bp")
MOMENTS = ("random", "trained")
#: Of the recording that is shown.
RECORDING = 7


@dataclass(frozen=True)
class Config(base.Config):
    """Benches and initial values; the batch is the training data.

    Attributes:
        fit_epochs: of the fitted twin.
        epochs: of physics-aware training.
    """

    devices: int = 10
    starts: int = 3
    fit_epochs: int = 20
    epochs: int = 60
    seed: int = 0


PROFILES = {
    "smoke": Config(3, 2, 2, 2),
    "quick": Config(5, 2, 10, 30),
    "paper": Config(),
}
plan = one_a_seed(PROFILES)


@torch.no_grad()
def run(config: Config, _execution: Execution = HERE) -> pd.DataFrame:
    """Readings of one module, and cosines of updates before and after physics-aware training.

    All benches are trained from several starts, with the settings of `vowels`.

    Returns:
        Tidy rows: quantity (reading; or cosine and at which controls), source (bench, twin; or a
        method), position (the channel, or the module, from 1), value.
    """
    data = vowels.vowels()
    benches = SHGDevice(config.devices, config.seed, encapsulated=False)
    trained = Branch(METHODS["pat"], benches, limits=(-1, 1))
    trainer = _trainer(config, trained, data)
    rows = readings(config)
    for moment in MOMENTS:
        if moment == "trained":
            trainer.fit(lambda _epoch: False, splits=())
        for start in range(config.starts):
            controls = [Layer(layer.weight[start], None) for layer in trained.controls]
            rows += compare(f"cosine, {moment}", benches, controls, data)
    return pd.DataFrame(rows, columns=["quantity", "source", "position", "value"])


def _trainer(config: Config, trained: Branch, data: Data) -> Trainer:
    """Trains the benches from every start, with the settings of `vowels`."""
    settings = vowels.Config()
    starts = [shg.initial(start) for start in range(config.starts)]
    return Trainer(
        shg.twin(),
        stack(starts),
        Data.stack([data] * config.starts),
        Schedule(
            config.epochs,
            settings.batch_size,
            settings.rate,
            settings.optimizer,
            "mean",
        ),
        branches={"pat": trained},
        digital_limits=(-1, 1),
    )


def readings(config: Config) -> list[tuple[Any, ...]]:
    """One module at one random setting: what a bench reads, and what its twins expect."""
    bench = SHGDevice(1, config.seed)
    parameters, a, reading = shg_recorded.record(bench, 1, seed=RECORDING)
    analytic = shg_optics.nominal()
    fitted = shg_recorded.fitted(bench, config.seed, epochs=config.fit_epochs)
    spectra = {
        "bench": reading,
        "analytic twin": analytic.spectrum(parameters, a),
        "fitted twin": fitted(parameters, a),
    }
    rows = []
    for name, spectrum in spectra.items():
        contrasts = shg_optics.contrast(spectrum[0], shg_optics.WIDTH)
        for channel, value in enumerate(contrasts, start=1):
            rows.append(("reading", name, float(channel), float(value)))
    return rows


def compare(
    quantity: str, benches: SHGDevice, controls: Weights, data: Data
) -> list[tuple[Any, ...]]:
    """Cosines between updates and the gradient of the benches themselves, which no method sees."""
    x = data.train_x
    target = data.train_y
    truth = back_propagated(benches.exact_twin(), controls, x, target)
    updates = directions(
        COMPARED,
        shg.twin(),
        benches,
        controls,
        x,
        target,
    )
    rows = []
    for name, update in updates.items():
        for module, values in enumerate(cosines(update, truth), start=1):
            for value in values.flatten():
                rows.append((quantity, name, float(module), float(value)))
    return rows


def cosine_ranges(table: pd.DataFrame, moment: str) -> pd.DataFrame:
    """Cosines of each direction and module at one of `MOMENTS`: centre, low, high (5-95 %), n."""
    rows = table[table.quantity == f"cosine, {moment}"]
    ranges = []
    for (name, module), draws in rows.groupby(["source", "position"], sort=False):
        cosines = draws.value.to_numpy()
        ranges.append(
            {
                "direction": name,
                "module": module,
                **summaries.spread(cosines),
            }
        )
    return pd.DataFrame(ranges)


EXPERIMENT = Experiment("shg-gradients", PROFILES, plan, run, population=True, gpu=False)
