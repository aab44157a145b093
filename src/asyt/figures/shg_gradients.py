"""Why the backward pass needs a twin: one module of a bench beside its twins, and which gradient points downhill."""

from __future__ import annotations

from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import torch
from matplotlib.figure import Figure
from torch import Tensor

from asyt.devices import SHGDevice, shg
from asyt.figures import Drawing, style
from asyt.figures.vowel_runs import PAT, tensors
from asyt.methods import METHODS
from asyt.methods.gradient import DigitalStep
from asyt.twins import Functional, Layer, Weights, neural

EXPERIMENT = "shg-gradients"
CLAIMS = ()
FIGURES = {
    "pnn-gradients": Drawing(
        "shg-gradients", "draw",
        "Why the backward pass needs a twin, and which one. (a) One module: spectrum that a bench shows for one input, "
        "and what its analytic twin (wrong parameters) and a fitted twin expect. (b) Cosine between three update "
        "directions and the gradient of the benches themselves, which only a simulation knows, for each of the five "
        "modules: mean and 5-95 % range over benches and initial values.",
        "Three spectra that nearly coincide; and cosines against the module, near one for PAT and near zero for the "
        "pseudo update and for the gradient of the twin alone.",
    ),
}  # fmt: skip
DIRECTIONS = {"pat": "PAT: measured inputs", "pseudo-ip-bp": "pseudo update: twin's inputs",
              "insilico-bp": "twin alone"}  # fmt: skip


@dataclass(frozen=True)
class Config:
    """Benches and initial values; the batch is the training data."""

    devices: int = 20
    starts: int = 5
    epochs: int = 20  # of the fitted twin
    seed: int = 0

    @property
    def label(self) -> str:
        """For progress lines and `--only`."""
        return f"gradients of {self.devices} benches"

    @property
    def columns(self) -> dict[str, object]:
        """What tells the runs of a profile apart."""
        return {}


PROFILES = {"smoke": Config(3, 2, 2), "quick": Config(10, 3, 10), "paper": Config()}


def jobs(profile: str, seeds: tuple[int, ...] = (0,), devices: int | None = None) -> list[Config]:
    """The one run of a profile."""
    return [PROFILES[profile]]


@torch.no_grad()
def run(config: Config, *, device: str = "cpu", checkpoint=None, progress: bool = False) -> pd.DataFrame:
    """Spectra of one module, and cosines of update directions at the initial controls.

    Returns:
        Tidy rows: quantity (spectrum, cosine), source (bench, twin; or a direction), position (THz; or the module
        from 1), value.
    """
    return pd.DataFrame(_spectra(config) + _cosines(config))


def _spectra(config: Config) -> list[dict]:
    bench = SHGDevice(1, config.seed)
    parameters, a, reading = neural.record(bench, shg.WIDTH, 1, seed=7)
    fitted = neural.fit(bench, shg.WIDTH, shg.channels, shg.data_sheet(), seed=config.seed, epochs=config.epochs)
    shown = {"bench": reading, "analytic twin": shg.nominal().spectrum(parameters, a),
             "fitted twin": fitted(parameters, a)}  # fmt: skip
    detuning = shg.harmonic_detuning()
    return [{"quantity": "spectrum", "source": name, "position": float(f), "value": float(v)}
            for name, spectrum in shown.items() for f, v in zip(detuning, spectrum[0], strict=True)]  # fmt: skip


def _cosines(config: Config) -> list[dict]:
    data, twin, rows = tensors(), shg.twin(), []
    x, target = data.train_x, data.train_y
    benches = SHGDevice(config.devices, config.seed, encapsulated=False)
    for start in range(config.starts):
        digital = shg.initial(start)
        controls = [Layer(w.expand(config.devices, -1, -1), None) for w, _ in digital]
        states = twin.forward(digital, x)
        step = DigitalStep(digital, states, twin.error(states[-1], target))
        truth = _gradient(benches.exact_twin(), controls, x, target)
        found = {
            "pat": PAT.gradient(twin, step, benches, controls, x, target),
            "pseudo-ip-bp": METHODS["pseudo-ip-bp"].gradient(twin, step, benches, controls, x, target),
            "insilico-bp": twin.vjp(states, digital, step.error),
        }
        for name, gradient in found.items():
            for l, (one, other) in enumerate(zip(gradient, truth, strict=True), start=1):
                cosine = torch.cosine_similarity(one.weight.expand_as(other.weight), other.weight, dim=-1)
                rows += [{"quantity": "cosine", "source": name, "position": float(l), "value": float(v)}
                         for v in cosine.flatten()]  # fmt: skip
    return rows


def _gradient(twin: Functional, controls: Weights, x: Tensor, target: Tensor) -> Weights:
    states = twin.forward(controls, x)
    return twin.vjp(states, controls, twin.error(states[-1], target))


def draw(table: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """The spectra of one module, and the cosines against the module."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(style.PAGE, 0.4 * style.PAGE))
    spectra = table[table.quantity == "spectrum"]
    unit = spectra[spectra.source == "bench"].value.max()
    looks = {"bench": ("ideal-bp", 1.6), "analytic twin": ("pat", 1.0), "fitted twin": ("hybrid", 1.0)}
    for name, (method, width) in looks.items():
        part, look = spectra[spectra.source == name], style.look(method)
        left.plot(part.position, part.value / unit, color=look.colour, linestyle=look.line, linewidth=width, label=name)
    left.set(xlabel="detuning of the harmonic (THz)", ylabel="spectral power (norm.)", xlim=(-4, 4), ylim=(0, None))
    left.legend(loc="upper right")
    rows = []
    for name, label in DIRECTIONS.items():
        part = table[(table.quantity == "cosine") & (table.source == name)].groupby("position").value
        low, high = part.quantile(0.05), part.quantile(0.95)
        mean = np.clip(part.mean(), low, high)
        style.band(right, mean.index, mean, low, high, name, label=label, n=int(part.size().iloc[0]))
        rows.append(pd.DataFrame({"direction": name, "module": mean.index, "mean": part.mean().to_numpy(),
                                  "low": low.to_numpy(), "high": high.to_numpy()}))  # fmt: skip
    right.axhline(0, color="0.6", linewidth=0.6)
    right.set(xlabel="module", ylabel="cosine with the bench's own gradient", ylim=(-0.75, 1.05), xticks=range(1, 6))
    right.legend(loc="lower right")
    style.panel_letters((left, right))
    return figure, pd.concat(rows, ignore_index=True)


def measurements() -> list:
    """None: this figure explains."""
    return []
