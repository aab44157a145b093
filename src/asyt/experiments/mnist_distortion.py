"""MNIST accuracy against the distortion of the device (AsyT Fig. 5d)."""

from dataclasses import replace

import pandas as pd

from asyt import statistics
from asyt.experiments import _sweep, mnist, summaries
from asyt.experiments.base import Experiment, Seeds

PAPER_RANGE = tuple(step / 4 for step in range(9))  # 0 to 2 sigma_phy
#: The paper's range, then on to where it breaks.
SEVERITIES = (*PAPER_RANGE, 2.5, 3.0, 4.0)
#: Of these, where AsyT is trained, a job each. At 0 it is ideal BP itself: chip and digital model
#: are then the same.
TRAINED_AT = ((1.0, 2.0, 3.0, 4.0), (0.25, 0.5, 0.75, 1.25, 1.5, 1.75))
#: Where AsyT is trained under the reading mean-square: fewer, for their cost.
NOISY_AT = (0.0, 1.0, 2.0)
#: The readings without noise.
QUIET = ("authors", "independent")
PROFILES = {
    "smoke": _sweep.Config(samples=1200, epochs=1, population=1),
    "quick": _sweep.Config(epochs=20),
    "paper": _sweep.Config(),
}


def plan(profile: str, seeds: Seeds = None) -> list[_sweep.Config]:
    """Four runs a draw: digital weights on chips under every noise; AsyT without and with it."""
    base = PROFILES[profile]
    bases = [replace(base, tested=tuple((noise, SEVERITIES) for noise in mnist.FIRST_NAMES))]
    bases += [replace(base, trained=(("none", severities),)) for severities in TRAINED_AT]
    bases.append(replace(base, trained=(("10 dB mean-square", NOISY_AT),)))
    return _sweep.draws(bases, profile, seeds)


def trained(table: pd.DataFrame) -> list[str]:
    """The readings under which AsyT was trained."""
    return _readings(table[table.method == "asyt"])


def tested(table: pd.DataFrame) -> list[str]:
    """The readings under which in-silico BP was tested."""
    return _readings(table[table.method == "insilico-bp"])


def severities(table: pd.DataFrame, reading: str) -> list[float]:
    """Where AsyT was trained within the paper's range, units of one sigma_phy."""
    found = _ends(table, "asyt", reading).severity.unique()
    return sorted(severity for severity in found if severity <= PAPER_RANGE[-1])


def complete(table: pd.DataFrame, reading: str) -> bool:
    """Whether AsyT was trained at the paper's whole range; without noise 0 is ideal BP itself."""
    wanted = PAPER_RANGE[1:] if reading in QUIET else PAPER_RANGE
    return set(wanted) <= set(severities(table, reading))


def _readings(table: pd.DataFrame) -> list[str]:
    return [name for name in _sweep.READINGS if name in set(table.reading)]


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """Centre, range and draws after the last epoch, percent: a method, reading and severity."""
    return _sweep.summary(table, "severity")


def asyt(table: pd.DataFrame, reading: str = "independent") -> pd.DataFrame:
    """AsyT after the last epoch, percent, by severity: centre, low, high, n and the worst draw."""
    draws = _ends(table, "asyt", reading)
    worst = 100 * draws.groupby("severity").accuracy.min()
    return summary(draws).set_index("severity").assign(worst=worst).sort_index()


def inside(table: pd.DataFrame, reading: str = "independent") -> pd.DataFrame:
    """The rows of `asyt` within the paper's range."""
    return asyt(table, reading).loc[: PAPER_RANGE[-1]]


def lowest(table: pd.DataFrame, reading: str = "independent") -> pd.Series:
    """The row of `inside` with the lowest mean; its name is the severity."""
    found = inside(table, reading)
    return found.loc[found.centre.idxmin()]


def peaks(table: pd.DataFrame, reading: str) -> pd.DataFrame:
    """The best mean of AsyT over all evaluated epochs, by severity: epoch, best (percent)."""
    draws = table[(table.method == "asyt") & (table.reading == reading)]
    means = 100 * draws.groupby(["epoch", "severity"]).accuracy.mean().unstack()
    return pd.DataFrame({"epoch": means.idxmax(), "best": means.max()})


def early(table: pd.DataFrame, severity: float) -> float:
    """The mean of AsyT without noise after the last epoch of the first third, percent."""
    draws = table[(table.method == "asyt") & (table.reading == "independent")]
    begun = draws[(draws.severity == severity) & (draws.epoch <= table.epoch.max() / 3)]
    return float(100 * summaries.final(begun).accuracy.mean())


def fall(table: pd.DataFrame, reading: str) -> statistics.Interval:
    """Points that in-silico BP loses from 0 to 1 sigma_phy: mean, paired by seed and chip."""
    chips = _ends(table, "insilico-bp", reading)
    start, one = chips[chips.severity == 0], chips[chips.severity == 1]
    return statistics.paired_difference(summaries.grid(start), summaries.grid(one))


def _ends(table: pd.DataFrame, method: str, reading: str) -> pd.DataFrame:
    last = _sweep.last(table)
    return last[(last.method == method) & (last.reading == reading)]


EXPERIMENT = Experiment("mnist-distortion", PROFILES, plan, _sweep.run)
