"""Why AsyT collapses late on some vowel benches: draws of `vowels`, with one change each.

All benches, on the trajectory on which most had collapsed; the noise numbers are others, and
the reference shows how many collapse again.

Seen before: collapsing draws are well trained for long, and those of one trajectory, which share a
digital model, collapse within a few epochs of each other. Each cause said beforehand what its
change would do, to at most `RARE` percent of draws collapsed:

- noise: a bench without noise collapses rarely.
- range: controls without limits collapse rarely.
- mismatch: benches half as far from their twin collapse rarely.
- step: Adam divides by the root of a mean square gradient that it forgets; as gradients fade, steps
  for the same gradient grow until training is unstable. AMSGrad, which keeps the largest mean
  square, collapses rarely, and so does a third of the rate for as many epochs.
- digital: the digital model, long converged, wanders on, and takes states and weights of the update
  along. Held from the middle of the run on, it lets benches collapse rarely.
"""

from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import torch

from asyt.devices import SHGDevice, shg
from asyt.experiments import base, summaries, vowels
from asyt.experiments._interventions import Held
from asyt.experiments.base import HERE, Execution, Experiment
from asyt.methods import METHODS
from asyt.methods.contract import Method
from asyt.training import Branch, Data, Trainer, stack

#: Training accuracy below which a draw has collapsed.
HALF = 0.5
#: Percent of draws that a change leaves if it removes the cause.
RARE = 2.0
#: The trajectory of `vowels` on which most draws had collapsed, four of 13.
FAILED = (4,)
#: Cause -> change of the config that removes it.
CHANGES: dict[str, dict[str, Any]] = {
    "reference": {},
    "noise": {"noise": 0.0},
    "range": {"limit": None},
    "mismatch": {"strength": 0.5},
    "step: AMSGrad": {"amsgrad": True},
    "step: rate / 3": {"rate": 0.01 / 3},
    "digital": {"held_from": 0.5},
}


@dataclass(frozen=True)
class Config(vowels.Config):
    """The population of `vowels` under AsyT alone, with one change.

    Attributes:
        cause: that the change removes.
        noise: factor on the noise of a bench.
        limit: of controls and digital model.
        amsgrad: let Adam keep its largest mean square gradient.
        held_from: share of the run after which AsyT leans on the digital model of that moment.
    """

    by: ClassVar[tuple[str, ...]] = ("cause", "strength", "rate", "seed")

    cause: str = "reference"
    noise: float = 1.0
    limit: float | None = 1.0
    amsgrad: bool = False
    held_from: float = 1.0


PROFILES = {
    "smoke": Config(
        devices=2,
        trajectories=2,
        epochs=4,
    ),
    "quick": Config(
        devices=4,
        trajectories=2,
        epochs=60,
    ),
    "paper": Config(devices=13, trajectories=1),
}
#: What is published; of the others only the prediction stands.
RUN = ("reference", "mismatch", "step: AMSGrad", "digital")
VARIANTS = [{"cause": cause, **CHANGES[cause]} for cause in RUN]
plan = base.one_a_seed(PROFILES, FAILED, VARIANTS)


def build(config: Config, data: Data | None = None) -> Trainer:
    """The trajectories and benches of `vowels`, with the change."""
    data = data or vowels.vowels()
    starts = [shg.initial(config.seed + s, config.layers) for s in range(config.trajectories)]
    limits = None if config.limit is None else (-config.limit, config.limit)
    fleet = Branch(_method(config, data), benches(config), limits=limits)
    return Trainer(
        vowels.twin(config),
        stack(starts),
        Data.stack([data] * config.trajectories),
        vowels.schedule(config, amsgrad=config.amsgrad),
        branches={"asyt": fleet},
        digital_limits=limits,
    )


def _method(config: Config, data: Data) -> Method:
    """AsyT, or AsyT that leans on one digital model from some step on."""
    if config.held_from >= 1:
        return METHODS["asyt"]
    steps = config.epochs * (len(data.train_x) // config.batch_size)
    return Held(round(config.held_from * steps))


def benches(config: Config) -> SHGDevice:
    """The population of `vowels`, with the change."""
    spreads = shg.Spreads().scaled(config.strength)
    return SHGDevice(
        config.devices,
        vowels.BENCHES,
        spreads=replace(spreads, noise=config.noise * spreads.noise),
        layers=config.layers,
        slope=config.slope,
    )


def run(config: Config, execution: Execution = HERE) -> pd.DataFrame:
    """Train, and test on the training data every fifth epoch. Minutes: no checkpoint.

    Returns:
        Tidy rows: epoch, method (ideal-bp, asyt), trajectory, chip, quantity (accuracy, fraction;
        step, root mean square of what the controls moved
        since the row before), value.
    """
    trainer = build(config)
    controls = trainer.branches["asyt"].controls
    moved: list[dict[str, Any]] = []
    before = torch.stack([layer.weight for layer in controls])

    def when(epoch: int) -> bool:
        nonlocal before
        fifth = epoch % 5 == 0 or epoch == config.epochs
        if epoch == 0 or not fifth:
            return False
        after = torch.stack([layer.weight for layer in controls])
        moved.extend(_steps(epoch, after - before))
        before = after
        return True

    tested = trainer.fit(when, splits=("train",), progress=execution.progress)
    values = pd.DataFrame(tested).rename(columns={"accuracy": "value"})
    accuracy = values.assign(quantity="accuracy")
    rows = pd.concat([accuracy, pd.DataFrame(moved)])
    return rows[["epoch", "method", "trajectory", "chip", "quantity", "value"]]


def _steps(epoch: int, moves: torch.Tensor) -> list[dict[str, Any]]:
    """Root mean square of the moves, (layers, S, C, 1, WIDTH), of each draw."""
    mean_square = moves.square().mean((0, -2, -1))
    sizes = mean_square.sqrt().numpy()
    rows = []
    for (trajectory, chip), size in np.ndenumerate(sizes):
        rows.append(
            {
                "epoch": epoch,
                "method": "asyt",
                "quantity": "step",
                "trajectory": trajectory,
                "chip": chip,
                "value": float(size),
            }
        )
    return rows


def collapsed(table: pd.DataFrame) -> pd.DataFrame:
    """By cause and epoch: percent of the draws whose training accuracy is below one half."""
    asyt = table[table.method == "asyt"]
    accuracy = asyt[asyt.quantity == "accuracy"]
    low = accuracy.assign(value=100.0 * (accuracy.value < HALF))
    shares = low.groupby(["cause", "epoch"], sort=False).value.mean()
    return shares.reset_index()


def verdicts(table: pd.DataFrame) -> pd.DataFrame:
    """By cause: what its removal left at the end, against the prediction."""
    asyt = table[table.method == "asyt"]
    ends = asyt[asyt.epoch == table.epoch.max()]
    accuracy = ends[ends.quantity == "accuracy"]
    low = accuracy[accuracy.value < HALF]
    medians = ends.pivot_table(
        index="cause",
        columns="quantity",
        values="value",
        aggfunc="median",
    )
    last = summaries.final(collapsed(table))
    rows = []
    for cause, share in last.set_index("cause").value.items():
        is_reference = cause == "reference"
        verdict = "agrees" if share <= RARE else "contradicts"
        benches = low[low.cause == cause].chip
        rows.append(
            {
                "cause removed": cause,
                "predicted (%)": "" if is_reference else f"at most {RARE:g}",
                "collapsed (%)": share,
                "benches": ", ".join(map(str, benches)),
                "median accuracy (%)": 100 * medians.accuracy[cause],
                "median step (1e-3)": 1000 * medians.step[cause],
                "prediction": "" if is_reference else verdict,
            }
        )
    return pd.DataFrame(rows)


EXPERIMENT = Experiment("vowels-collapse", PROFILES, plan, run, gpu=False)
