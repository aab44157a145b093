"""Whether AsyT's late collapse on vowel benches is an instability of its own update.

Near controls w an AsyT update is g(w) + A dw, where A is the Jacobian of the update over Adam's
divisor. The digital part of the update does not depend on w; the pseudo update does, through the
bench's error, but goes back through the twin at the digital controls. If that were the bench at its
own, A could not repel. As it is, a deviation dw can grow by a factor an epoch.

Why late: samples that are classified well have hardly an error left, so that A is made of ever
fewer samples, and that the wrong twin is right on average counts for less.

Seen first, on trajectory 4 of `vowels`: modes that grow appear from epoch 150 on, on the benches
that collapse. Said then, before other trajectories and softer targets were run:

- before: a draw that collapses has a growth above `GROWING` at a measurement before it does.
- only: a draw without such a growth does not collapse.
- soft: targets of 0.9 and 0.1 shared, which leave every sample an error, let at most
  `vowels_collapse.RARE` percent collapse.

Examined from epoch 100 on at first; on trajectory 2 a draw had collapsed by then, so that all were
run again and examined from epoch 20 on.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from asyt.devices import Device
from asyt.experiments import base, vowels, vowels_collapse
from asyt.experiments.base import HERE, Execution, Experiment
from asyt.methods import METHODS
from asyt.methods.sources import Batch, DigitalStep
from asyt.training import Data, Trainer
from asyt.twins import Layer, Weights

#: Growth of a deviation, natural logarithm an epoch, from which a draw counts as unstable.
GROWING = 0.01
#: Step of the central differences; controls are of order one.
STEP = 1e-2
#: Trajectory on which the explanation was found, and those on which it is tested.
SEEN, FRESH = 4, (2, 7)


@dataclass(frozen=True)
class Config(vowels_collapse.Config):
    """A trajectory of `vowels` under AsyT, whose update is examined on the way.

    Attributes:
        softness: of the targets: this share is spread over all classes.
        examined_from: first epoch at which the Jacobian is taken, and again every `every`.
    """

    by = ("softness", "seed")

    softness: float = 0.0
    examined_from: int = 20
    every: int = 10


PROFILES = {
    "smoke": Config(
        layers=(12, 24, 7),
        devices=2,
        trajectories=1,
        epochs=4,
        examined_from=4,
        every=4,
    ),
    "quick": Config(devices=4, trajectories=1, epochs=60, examined_from=40),
    "paper": Config(devices=13, trajectories=1),
}


def plan(profile: str, seeds: base.Seeds = None) -> list[Config]:
    """The trajectory that was seen, with hard and soft targets; then the others."""
    config = PROFILES[profile]
    hard = seeds or ((SEEN,) if profile == "smoke" else (SEEN, *FRESH))
    runs = [replace(config, seed=seed) for seed in hard]
    return [*runs, replace(config, seed=hard[0], softness=0.1)]


def softened(data: Data, softness: float) -> Data:
    """The task with targets (1 - softness) * one-hot + softness / classes to train on."""
    soft = data.train_y * (1 - softness) + softness / data.train_y.shape[-1]
    return replace(data, train_y=soft)


def build(config: Config, data: Data | None = None) -> Trainer:
    """The trainer of `vowels_collapse`, on softened targets, by default of the vowels."""
    return vowels_collapse.build(config, softened(data or vowels.vowels(), config.softness))


def run(config: Config, execution: Execution = HERE) -> pd.DataFrame:
    """Train; test on the training data every fifth epoch. Minutes: no checkpoint.

    Returns:
        Tidy rows: epoch, method, chip, quantity (accuracy, fraction; growth, a natural logarithm
        an epoch; growing, number of modes that do; samples, the effective number of those with an
        error), value.
    """
    trainer = build(config)
    quiet = vowels_collapse.benches(replace(config, noise=0.0))
    found: list[dict[str, Any]] = []

    def when(epoch: int) -> bool:
        if epoch >= config.examined_from and epoch % config.every == 0:
            found.extend({"epoch": epoch, **row} for row in examined(trainer, quiet))
        return epoch > 0 and epoch % 5 == 0

    tested = pd.DataFrame(trainer.fit(when, splits=("train",), progress=execution.progress))
    accuracy = tested.rename(columns={"accuracy": "value"}).assign(quantity="accuracy")
    rows = pd.concat([accuracy, pd.DataFrame(found).assign(method="asyt")])
    return rows[["epoch", "method", "chip", "quantity", "value"]]


@torch.no_grad()
def examined(trainer: Trainer, quiet: Device) -> Iterator[dict[str, Any]]:
    """What the Jacobian of the update says of every chip of the one trajectory."""
    branch = trainer.branches["asyt"]
    jacobian = jacobians(trainer, quiet, branch.controls)[0]
    divisor, (momentum, _) = adam(trainer)
    controls = torch.cat([layer.weight.flatten(-2) for layer in branch.controls], -1)[0]
    used = samples(trainer, quiet, branch.controls)
    plan = trainer.schedule
    steps = trainer.data.train_x.shape[-2] // plan.batch_size
    for chip, matrix in enumerate(jacobian / divisor[0, ..., None]):
        free = (controls[chip].abs() < 1).numpy()  # a control at its limit stays there
        a_step = growths(matrix.numpy()[np.ix_(free, free)], plan.rate, momentum)
        rates = steps * a_step
        yield {"chip": chip, "quantity": "growth", "value": float(rates.max())}
        yield {
            "chip": chip,
            "quantity": "growing",
            "value": float((rates > GROWING).sum()),
        }
        yield {"chip": chip, "quantity": "samples", "value": float(used[chip])}


def update(trainer: Trainer, device: Device, controls: Weights) -> Tensor:
    """AsyT's gradient on all training samples, (S, C, parameters)."""
    x, target = trainer.data.train_x, trainer.data.train_y
    scale = 1.0 / x.shape[-2]
    states = trainer.twin.forward(trainer.digital, x)
    error = trainer.twin.error(states[-1], target) * scale
    step = DigitalStep(trainer.digital, states, error)
    batch = Batch(trainer.twin, step, device, controls, x, target, scale)
    gradient = METHODS["asyt"].update(batch)
    return torch.cat([layer.weight.flatten(-2) for layer in gradient], -1)


def jacobians(trainer: Trainer, device: Device, controls: Weights) -> Tensor:
    """Of the update, by central differences: float64 (S, C, parameters, parameters)."""
    columns = []
    for l, layer in enumerate(controls):
        for j in range(layer.weight.shape[-1]):
            ends = []
            for step in (STEP, -STEP):
                moved = list(controls)
                weight = layer.weight.clone()
                weight[..., 0, j] += step
                moved[l] = Layer(weight, None)
                ends.append(update(trainer, device, moved).double())
            columns.append((ends[0] - ends[1]) / (2 * STEP))
    return torch.stack(columns, -1)


def adam(trainer: Trainer) -> tuple[Tensor, tuple[float, float]]:
    """What Adam divides the gradients of the benches by, (S, C, parameters), and its two betas."""
    state = trainer.state()["optimizers"]["asyt"]
    group = state["param_groups"][0]
    parts = []
    for index in group["params"]:
        kept = state["state"][index]
        mean_square = kept["exp_avg_sq"].double() / (1 - group["betas"][1] ** float(kept["step"]))
        parts.append(mean_square.sqrt().flatten(-2) + group["eps"])
    return torch.cat(parts, -1), group["betas"]


def growths(matrix: np.ndarray, rate: float, momentum: float) -> np.ndarray:
    """Growth a step, natural logarithm, of every mode of a linear update under momentum.

    With m' = b m + (1 - b) A w and w' = w - r m' a mode of eigenvalue a is multiplied by the roots
    of z^2 - (1 + b - r (1 - b) a) z + b = 0; the larger one decides.
    """
    middle = 1 + momentum - rate * (1 - momentum) * np.linalg.eigvals(matrix)
    root = np.sqrt(middle.astype(complex) ** 2 - 4 * momentum)
    return np.log(np.maximum(abs(middle + root), abs(middle - root)) / 2)


def samples(trainer: Trainer, device: Device, controls: Weights) -> Tensor:
    """Effective number of samples that the Jacobian is made of, (C,).

    The error p - t of a sample moves with its read-out as p (1 - p), summed over classes; with
    these weights it is (sum w)^2 / sum w^2.
    """
    readout = device(controls, trainer.data.train_x)
    p = (vowels.Config.scale * readout).softmax(-1)
    weight = (p * (1 - p)).sum(-1)
    return (weight.sum(-1).square() / weight.square().sum(-1))[0]


def draws(table: pd.DataFrame) -> pd.DataFrame:
    """A trajectory and chip: when it grew first, when it collapsed (epochs, NaN for never).

    To collapse is to fall below one half after the best accuracy.
    """
    by = ["softness", "seed", "chip"]
    asyt = table[table.method == "asyt"]
    accuracy = asyt[asyt.quantity == "accuracy"].sort_values("epoch").reset_index()
    best = accuracy.loc[accuracy.groupby(by).value.idxmax()].set_index(by).epoch
    after = accuracy.join(best.rename("best"), on=by)
    low = after[(after.epoch > after.best) & (after.value < vowels_collapse.HALF)]
    grew = asyt[(asyt.quantity == "growth") & (asyt.value > GROWING)]
    found = pd.DataFrame({"grew": grew.groupby(by).epoch.min()}, index=best.index)
    return found.assign(collapsed=low.groupby(by).epoch.min()).reset_index()


def verdicts(table: pd.DataFrame) -> pd.DataFrame:
    """The predictions, on the trajectories they were made for; open where no draw tests one."""
    found = draws(table)
    fresh = found[found.seed.isin(FRESH) & (found.softness == 0)]
    lost, kept = fresh[fresh.collapsed.notna()], fresh[fresh.grew.isna()]
    soft = found[found.softness > 0].collapsed.notna()
    rows = [
        (
            "before",
            "of the draws that collapse, grew before",
            *_all(lost.grew < lost.collapsed),
        ),
        ("only", "of the draws that never grew, hold", *_all(kept.collapsed.isna())),
        ("soft", "of the draws with soft targets, collapsed", *_rare(soft)),
    ]
    return pd.DataFrame(rows, columns=["prediction", "what", "found", "verdict"])


def _all(held: pd.Series) -> tuple[str, str]:
    """How many draws do as predicted, and whether all do."""
    return _counted(held, bool(held.all()))


def _rare(fell: pd.Series) -> tuple[str, str]:
    """How many draws fall, and whether that is rare."""
    return _counted(fell, bool(100 * fell.mean() <= vowels_collapse.RARE))


def _counted(which: pd.Series, agrees: bool) -> tuple[str, str]:
    if which.empty:
        return "no draw", "open"
    return f"{int(which.sum())} of {len(which)}", "agrees" if agrees else "contradicts"


def at_end(table: pd.DataFrame) -> pd.DataFrame:
    """By softness: medians of the first trajectory's draws that hold, after the last epoch.

    Columns accuracy (fraction, training) and samples.
    """
    fates = draws(table)
    held = fates[(fates.seed == table.seed.iloc[0]) & fates.collapsed.isna()]
    asyt = table[(table.method == "asyt") & table.quantity.isin(["accuracy", "samples"])]
    last = asyt[asyt.epoch == asyt.epoch.max()].merge(held, on=["softness", "seed", "chip"])
    return last.pivot_table("value", "softness", "quantity", aggfunc="median")


EXPERIMENT = Experiment("vowels-stability", PROFILES, plan, run, gpu=False)
