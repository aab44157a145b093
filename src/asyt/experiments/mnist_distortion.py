"""MNIST accuracy against the distortion of the device (AsyT Fig. 5d)."""

from dataclasses import replace

import pandas as pd

from asyt import statistics
from asyt.experiments import _sweep, summaries
from asyt.experiments.base import Experiment, Seeds
from asyt.experiments.mnist import PRIMARY

PAPER_RANGE = tuple(step / 4 for step in range(9))  # 0 to 2 sigma_phy
#: The paper's range, then on to where it breaks.
SEVERITIES = (*PAPER_RANGE, 2.5, 3.0, 4.0)
#: Of these, where AsyT is trained, a job each. At 0 it is ideal BP itself: chip and digital model
#: are then the same.
TRAINED_AT = ((1.0, 2.0, 3.0, 4.0), (0.25, 0.5, 0.75, 1.25, 1.5, 1.75))
#: Where AsyT is trained under the noise that decides: fewer, for their cost.
NOISY_AT = (0.0, 1.0, 2.0)
PROFILES = {
    "smoke": _sweep.Config(samples=1200, epochs=1, population=1),
    "quick": _sweep.Config(epochs=20),
    "paper": _sweep.Config(),
}


def plan(profile: str, seeds: Seeds = None) -> list[_sweep.Config]:
    """Four runs a draw: digital weights on chips under every noise; AsyT without and with it."""
    base = PROFILES[profile]
    bases = [replace(base, tested=tuple((noise, SEVERITIES) for noise in _sweep.NOISES))]
    bases += [replace(base, trained=(("none", severities),)) for severities in TRAINED_AT]
    bases.append(replace(base, trained=((PRIMARY, NOISY_AT),)))
    return _sweep.draws(bases, profile, seeds)


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """Centre, range and draws after the last epoch, percent: a method, noise and severity."""
    return _sweep.summary(table, "severity")


def asyt(table: pd.DataFrame, noise: str = "none") -> pd.DataFrame:
    """AsyT after the last epoch, percent, by severity: centre, low, high, n and the worst draw."""
    draws = _ends(table, "asyt", noise)
    worst = 100 * draws.groupby("severity").accuracy.min()
    return summary(draws).set_index("severity").assign(worst=worst).sort_index()


def lowest(table: pd.DataFrame, noise: str = "none") -> pd.Series:
    """The row of `asyt` with the lowest mean within the paper's range; its name is the severity."""
    inside = asyt(table, noise).loc[: PAPER_RANGE[-1]]
    return inside.loc[inside.centre.idxmin()]


def fall(table: pd.DataFrame, noise: str) -> statistics.Interval:
    """Points that in-silico BP loses from 0 to 1 sigma_phy: mean, paired by seed and chip."""
    chips = _ends(table, "insilico-bp", noise)
    start, one = chips[chips.severity == 0], chips[chips.severity == 1]
    return statistics.paired_difference(summaries.grid(start), summaries.grid(one))


def _ends(table: pd.DataFrame, method: str, noise: str) -> pd.DataFrame:
    last = summaries.final(table)
    return last[(last.method == method) & (last.noise == noise)]


EXPERIMENT = Experiment("mnist-distortion", PROFILES, plan, _sweep.run)
