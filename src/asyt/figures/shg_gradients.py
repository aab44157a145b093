"""Why the backward pass needs a twin: one module of a bench beside its twins, and which gradient points downhill."""

from __future__ import annotations

from dataclasses import dataclass, replace

import matplotlib.pyplot as plt
import pandas as pd
import torch
from matplotlib.figure import Figure
from torch import Tensor

from asyt.devices import SHGDevice, shg
from asyt.figures import Drawing
from asyt.figures import _style as style
from asyt.figures.vowel_runs import PAT, tensors
from asyt.figures.vowel_runs import Config as Settings
from asyt.methods import METHODS
from asyt.methods.sources import DigitalStep
from asyt.training import Branch, Data, Schedule, Trainer, stack
from asyt.twins import Functional, Layer, Weights

EXPERIMENT = "shg-gradients"
CLAIMS = ()
FIGURES = {
    "pnn-gradients": Drawing(
        "shg-gradients",
        "draw",
        "Why the backward pass needs a twin, and which one. (a) One module: reading of a bench for "
        "one input, and what "
        "its analytic twin (wrong parameters) and a fitted twin expect. (b) Cosine between three "
        "update "
        "directions and the gradient of the benches themselves, which only a simulation knows, at "
        "random controls, for "
        "each of the five modules: median and 5-95 % range over benches and initial values. (c) "
        "The same where "
        "60 epochs of physics-aware training have brought each bench.",
        "Three readings that nearly coincide; cosines against the module. At trained controls PAT "
        "stays near one, the "
        "pseudo update falls for some draws, and the gradient of the twin alone points anywhere.",
    ),
}
DIRECTIONS = {"pat": "PAT", "pseudo-ip-bp": "pseudo update", "insilico-bp": "twin alone"}
MOMENTS = {"random": "random controls", "trained": "controls trained by PAT"}


@dataclass(frozen=True)
class Config:
    """Benches and initial values; the batch is the training data."""

    devices: int = 10
    starts: int = 3
    fit_epochs: int = 20  # of the fitted twin
    epochs: int = 60  # of physics-aware training
    seed: int = 0

    @property
    def label(self) -> str:
        """For progress lines and `--only`."""
        return f"gradients of {self.devices} benches"

    @property
    def columns(self) -> dict[str, object]:
        """What tells the runs of a profile apart."""
        return {}


PROFILES = {"smoke": Config(3, 2, 2, 2), "quick": Config(5, 2, 10, 30), "paper": Config()}


def jobs(profile: str, seeds: tuple[int, ...] = (0,), devices: int | None = None) -> list[Config]:
    """One run a seed, of the benches and of the recording."""
    return [replace(PROFILES[profile], seed=seed) for seed in seeds]


@torch.no_grad()
def run(
    config: Config, *, compute: str = "cpu", checkpoint=None, progress: bool = False
) -> pd.DataFrame:
    """Readings of one module, and cosines of update directions before and after physics-aware training.

    Returns:
        Tidy rows: quantity (reading; or cosine and at which controls), source (bench, twin; or a
        direction), position (the channel, or the module, from 1), value.
    """
    data, rows = Data.stack([tensors()] * config.starts), _readings(config)
    benches = SHGDevice(config.devices, config.seed, encapsulated=False)
    initial = stack([shg.initial(start) for start in range(config.starts)])
    settings = Settings()
    schedule = Schedule(
        config.epochs, settings.batch_size, settings.rate, settings.optimizer, "mean"
    )
    trainer = Trainer(
        shg.twin(),
        initial,
        data,
        schedule,
        branches={"pat": Branch(PAT, benches, limits=(-1, 1))},
        digital_limits=(-1, 1),
    )
    for moment in MOMENTS:
        if moment == "trained":
            trainer.fit(lambda epoch: False, splits=())
        for start in range(config.starts):
            controls = [Layer(w[start], None) for w, _ in trainer.branches["pat"].controls]
            rows += _cosines(f"cosine, {moment}", benches, controls)
    return pd.DataFrame(rows)


def _readings(config: Config) -> list[dict]:
    bench = SHGDevice(1, config.seed)
    parameters, a, reading = shg.record(bench, 1, seed=7)
    fitted = shg.fitted(bench, config.seed, epochs=config.fit_epochs)
    shown = {
        "bench": reading,
        "analytic twin": shg.nominal().spectrum(parameters, a),
        "fitted twin": fitted(parameters, a),
    }
    return [
        {"quantity": "reading", "source": name, "position": float(k), "value": float(v)}
        for name, spectrum in shown.items()
        for k, v in enumerate(shg.contrast(spectrum[0], shg.WIDTH), start=1)
    ]


def _cosines(quantity: str, benches: SHGDevice, controls: Weights) -> list[dict]:
    data, twin, rows = tensors(), shg.twin(), []
    x, target = data.train_x, data.train_y
    states = twin.forward(controls, x)
    step = DigitalStep(controls, states, twin.error(states[-1], target))
    truth = _gradient(benches.exact_twin(), controls, x, target)
    found = {
        "pat": PAT.gradient(twin, step, benches, controls, x, target),
        "pseudo-ip-bp": METHODS["pseudo-ip-bp"].gradient(twin, step, benches, controls, x, target),
        "insilico-bp": twin.vjp(states, controls, step.error),
    }
    for name, gradient in found.items():
        for l, (one, other) in enumerate(zip(gradient, truth, strict=True), start=1):
            cosine = torch.cosine_similarity(one.weight, other.weight, dim=-1)
            rows += [
                {"quantity": quantity, "source": name, "position": float(l), "value": float(v)}
                for v in cosine.flatten()
            ]
    return rows


def _gradient(twin: Functional, controls: Weights, x: Tensor, target: Tensor) -> Weights:
    states = twin.forward(controls, x)
    return twin.vjp(states, controls, twin.error(states[-1], target))


def draw(table: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """The readings of one module, and the cosines against the module."""
    figure, axes = plt.subplots(1, 3, figsize=(style.PAGE, 0.36 * style.PAGE))
    left = axes[0]
    readings = table[table.quantity == "reading"]
    looks = {
        "bench": ("ideal-bp", 1.6),
        "analytic twin": ("pat", 1.0),
        "fitted twin": ("hybrid", 1.0),
    }
    for name, (method, width) in looks.items():
        part, look = readings[readings.source == name], style.look(method)
        left.plot(
            part.position,
            part.value,
            color=look.colour,
            linestyle=look.line,
            linewidth=width,
            label=name,
        )
    left.set(xlabel="channel of the reading", ylabel="contrast", title="one module, one input")
    left.legend(loc="upper left")
    rows = []
    for ax, (moment, title) in zip(axes[1:], MOMENTS.items(), strict=True):
        cosines = table[table.quantity == f"cosine, {moment}"]
        for name, label in DIRECTIONS.items():
            part = cosines[cosines.source == name].groupby("position").value
            low, middle, high = (part.quantile(q) for q in (0.05, 0.5, 0.95))
            style.band(ax, middle.index, middle, low, high, name, label=label)
            rows.append(
                pd.DataFrame(
                    {
                        "controls": moment,
                        "direction": name,
                        "module": middle.index,
                        "median": middle.to_numpy(),
                        "low": low.to_numpy(),
                        "high": high.to_numpy(),
                        "n": part.size().to_numpy(),
                    }
                )
            )
        ax.axhline(0, color="0.6", linewidth=0.6)
        ax.set(xlabel="module", ylim=(-1, 1.05), xticks=range(1, 6), title=title)
    axes[1].set_ylabel("cosine with the bench's gradient")
    axes[1].legend(loc="lower left", title=f"n = {rows[0].n.iloc[0]}", title_fontsize=7)
    style.panel_letters(axes)
    return figure, pd.concat(rows, ignore_index=True)


def measurements() -> list:
    """None: this figure explains."""
    return []
