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
    "quick": Config(
        devices=4,
        trajectories=1,
        epochs=60,
        examined_from=40,
    ),
    "paper": Config(devices=13, trajectories=1),
}


def plan(profile: str, seeds: base.Seeds = None) -> list[Config]:
    """The trajectory that was seen, with hard and soft targets; then the others."""
    config = PROFILES[profile]
    hard = seeds
    if not hard:
        hard = (SEEN,) if profile == "smoke" else (SEEN, *FRESH)
    runs = [replace(config, seed=seed) for seed in hard]
    soft = replace(config, seed=hard[0], softness=0.1)
    return [*runs, soft]


def softened(data: Data, softness: float) -> Data:
    """The task with targets (1 - softness) * one-hot + softness / classes to train on."""
    classes = data.train_y.shape[-1]
    soft = data.train_y * (1 - softness) + softness / classes
    return replace(data, train_y=soft)


def build(config: Config, data: Data | None = None) -> Trainer:
    """The trainer of `vowels_collapse`, on softened targets, by default of the vowels."""
    data = data or vowels.vowels()
    return vowels_collapse.build(config, softened(data, config.softness))


def run(config: Config, execution: Execution = HERE) -> pd.DataFrame:
    """Train; test on the training data every fifth epoch. Minutes: no checkpoint.

    Returns:
        Tidy rows: epoch, method, chip, quantity (accuracy, fraction; growth, a natural logarithm
        an epoch; growing, number of modes that do; samples, the effective number of those with an
        error), value.
    """
    trainer = build(config)
    quiet = vowels_collapse.benches(replace(config, noise=0.0))
    rows: list[dict[str, Any]] = []

    def when(epoch: int) -> bool:
        if epoch >= config.examined_from and epoch % config.every == 0:
            for row in examined(trainer, quiet):
                rows.append({"epoch": epoch, **row})
        return epoch > 0 and epoch % 5 == 0

    tested = trainer.fit(when, splits=("train",), progress=execution.progress)
    values = pd.DataFrame(tested).rename(columns={"accuracy": "value"})
    accuracy = values.assign(quantity="accuracy")
    examinations = pd.DataFrame(rows).assign(method="asyt")
    both = pd.concat([accuracy, examinations])
    return both[["epoch", "method", "chip", "quantity", "value"]]


@torch.no_grad()
def examined(trainer: Trainer, quiet: Device) -> Iterator[dict[str, Any]]:
    """What the Jacobian of the update says of every chip of the one trajectory."""
    branch = trainer.branches["asyt"]
    jacobian = jacobians(trainer, quiet, branch.controls)[0]
    divisor, (momentum, _) = adam(trainer)
    scaled = jacobian / divisor[0, ..., None]
    controls = _parameters(branch.controls)[0]
    used = samples(trainer, quiet, branch.controls)
    plan = trainer.schedule
    steps = trainer.data.train_x.shape[-2] // plan.batch_size
    for chip, matrix in enumerate(scaled):
        free = (controls[chip].abs() < 1).numpy()  # a control at its limit stays there
        of_free = matrix.numpy()[np.ix_(free, free)]
        an_epoch = steps * growths(of_free, plan.rate, momentum)
        growing = (an_epoch > GROWING).sum()
        yield {
            "chip": chip,
            "quantity": "growth",
            "value": float(an_epoch.max()),
        }
        yield {
            "chip": chip,
            "quantity": "growing",
            "value": float(growing),
        }
        yield {
            "chip": chip,
            "quantity": "samples",
            "value": float(used[chip]),
        }


def _parameters(weights: Weights) -> Tensor:
    """The parameters of all layers side by side, (S, C, parameters)."""
    rows = [layer.weight.flatten(-2) for layer in weights]
    return torch.cat(rows, -1)


def update(trainer: Trainer, device: Device, controls: Weights) -> Tensor:
    """AsyT's gradient on all training samples, (S, C, parameters)."""
    x = trainer.data.train_x
    target = trainer.data.train_y
    scale = 1.0 / x.shape[-2]
    states = trainer.twin.forward(trainer.digital, x)
    error = trainer.twin.error(states[-1], target) * scale
    step = DigitalStep(trainer.digital, states, error)
    batch = Batch(
        trainer.twin,
        step,
        device,
        controls,
        x,
        target,
        scale,
    )
    return _parameters(METHODS["asyt"].update(batch))


def jacobians(trainer: Trainer, device: Device, controls: Weights) -> Tensor:
    """Of the update, by central differences: float64 (S, C, parameters, parameters)."""
    columns = []
    for l, layer in enumerate(controls):
        for j in range(layer.weight.shape[-1]):
            above = update(trainer, device, _moved(controls, l, j, STEP))
            below = update(trainer, device, _moved(controls, l, j, -STEP))
            difference = above.double() - below.double()
            columns.append(difference / (2 * STEP))
    return torch.stack(columns, -1)


def _moved(controls: Weights, l: int, j: int, step: float) -> Weights:
    """Controls of which parameter j of layer l is moved by a step."""
    weight = controls[l].weight.clone()
    weight[..., 0, j] += step
    moved = list(controls)
    moved[l] = Layer(weight, None)
    return moved


def adam(trainer: Trainer) -> tuple[Tensor, tuple[float, float]]:
    """What Adam divides the gradients of the benches by, (S, C, parameters), and its two betas."""
    state = trainer.state()["optimizers"]["asyt"]
    group = state["param_groups"][0]
    beta = group["betas"][1]
    parts = []
    for index in group["params"]:
        kept = state["state"][index]
        steps = float(kept["step"])
        mean_square = kept["exp_avg_sq"].double() / (1 - beta**steps)
        divisor = mean_square.sqrt() + group["eps"]
        parts.append(divisor.flatten(-2))
    return torch.cat(parts, -1), group["betas"]


def growths(
    matrix: np.ndarray,
    rate: float,
    momentum: float,
) -> np.ndarray:
    """Growth a step, natural logarithm, of every mode of a linear update under momentum.

    With m' = b m + (1 - b) A w and w' = w - r m' a mode of eigenvalue a is multiplied by the roots
    of z^2 - (1 + b - r (1 - b) a) z + b = 0; the larger one decides.
    """
    eigenvalues = np.linalg.eigvals(matrix)
    middle = 1 + momentum - rate * (1 - momentum) * eigenvalues
    root = np.sqrt(middle.astype(complex) ** 2 - 4 * momentum)
    larger = np.maximum(abs(middle + root), abs(middle - root))
    return np.log(larger / 2)


def samples(trainer: Trainer, device: Device, controls: Weights) -> Tensor:
    """Effective number of samples that the Jacobian is made of, (C,).

    The error p - t of a sample moves with its read-out as p (1 - p), summed over classes; with
    these weights it is (sum w)^2 / sum w^2.
    """
    readout = device(controls, trainer.data.train_x)
    p = (vowels.Config.scale * readout).softmax(-1)
    weight = (p * (1 - p)).sum(-1)
    square_of_sum = weight.sum(-1).square()
    sum_of_squares = weight.square().sum(-1)
    return (square_of_sum / sum_of_squares)[0]


def draws(table: pd.DataFrame) -> pd.DataFrame:
    """A trajectory and chip: when it grew first, when it collapsed (epochs, NaN for never).

    To collapse is to fall below one half after the best accuracy.
    """
    by = ["softness", "seed", "chip"]
    asyt = table[table.method == "asyt"]
    accuracy = asyt[asyt.quantity == "accuracy"]
    curves = accuracy.sort_values("epoch").reset_index()
    best_rows = curves.groupby(by).value.idxmax()
    best = curves.loc[best_rows].set_index(by).epoch
    since = curves.join(best.rename("best"), on=by)
    after = since[since.epoch > since.best]
    low = after[after.value < vowels_collapse.HALF]
    growth = asyt[asyt.quantity == "growth"]
    grew = growth[growth.value > GROWING]
    found = pd.DataFrame(
        {
            "grew": grew.groupby(by).epoch.min(),
            "collapsed": low.groupby(by).epoch.min(),
        },
        index=best.index,
    )
    return found.reset_index()


def verdicts(table: pd.DataFrame) -> pd.DataFrame:
    """The predictions, on the trajectories they were made for; open where no draw tests one."""
    found = draws(table)
    hard = found[found.softness == 0]
    fresh = hard[hard.seed.isin(FRESH)]
    lost = fresh[fresh.collapsed.notna()]
    before = lost.grew < lost.collapsed
    quiet = fresh[fresh.grew.isna()]
    hold = quiet.collapsed.isna()
    soft = found[found.softness > 0].collapsed.notna()
    rows = [
        ("before", "of the draws that collapse, grew before", *_all(before)),
        ("only", "of the draws that never grew, hold", *_all(hold)),
        ("soft", "of the draws with soft targets, collapsed", *_rare(soft)),
    ]
    return pd.DataFrame(rows, columns=["prediction", "what", "found", "verdict"])


def _all(held: pd.Series) -> tuple[str, str]:
    """How many draws do as predicted, and whether all do."""
    agrees = held.all()
    return _counted(held, bool(agrees))


def _rare(fell: pd.Series) -> tuple[str, str]:
    """How many draws fall, and whether that is rare."""
    agrees = 100 * fell.mean() <= vowels_collapse.RARE
    return _counted(fell, bool(agrees))


def _counted(which: pd.Series, agrees: bool) -> tuple[str, str]:
    if which.empty:
        return "no draw", "open"
    count = f"{int(which.sum())} of {len(which)}"
    return count, "agrees" if agrees else "contradicts"


def at_end(table: pd.DataFrame) -> pd.DataFrame:
    """By softness: medians of the first trajectory's draws that hold, after the last epoch.

    Columns accuracy (fraction, training) and samples.
    """
    fates = draws(table)
    held = fates[fates.collapsed.isna()]
    first = held[held.seed == table.seed.iloc[0]]
    asyt = table[table.method == "asyt"]
    shown = asyt[asyt.quantity.isin(["accuracy", "samples"])]
    last = shown[shown.epoch == shown.epoch.max()]
    of_draws = last.merge(first, on=["softness", "seed", "chip"])
    return of_draws.pivot_table("value", "softness", "quantity", aggfunc="median")


EXPERIMENT = Experiment("vowels-stability", PROFILES, plan, run, gpu=False)
