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
TRAINED_AT = (
    (1.0, 2.0, 3.0, 4.0),
    (0.25, 0.5, 0.75, 1.25, 1.5, 1.75),
)
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
    config = PROFILES[profile]
    population = tuple((noise, SEVERITIES) for noise in mnist.FIRST_NAMES)
    bases = [replace(config, tested=population)]
    for trained_at in TRAINED_AT:
        quiet = ("none", trained_at)
        bases.append(replace(config, trained=(quiet,)))
    noisy = ("10 dB mean-square", NOISY_AT)
    bases.append(replace(config, trained=(noisy,)))
    return _sweep.draws(bases, profile, seeds)


def trained(table: pd.DataFrame) -> list[str]:
    """The readings under which AsyT was trained."""
    asyt = table[table.method == "asyt"]
    return _readings(asyt)


def tested(table: pd.DataFrame) -> list[str]:
    """The readings under which in-silico BP was tested."""
    insilico = table[table.method == "insilico-bp"]
    return _readings(insilico)


def severities(table: pd.DataFrame, reading: str) -> list[float]:
    """Where AsyT was trained within the paper's range, units of one sigma_phy."""
    ends = _ends(table, "asyt", reading)
    in_range = ends.severity[ends.severity <= PAPER_RANGE[-1]]
    return sorted(in_range.unique())


def complete(table: pd.DataFrame, reading: str) -> bool:
    """Whether AsyT was trained at the paper's whole range; without noise 0 is ideal BP itself."""
    wanted = PAPER_RANGE[1:] if reading in QUIET else PAPER_RANGE
    trained_at = severities(table, reading)
    return set(wanted) <= set(trained_at)


def _readings(table: pd.DataFrame) -> list[str]:
    present = set(table.reading)
    return [name for name in _sweep.READINGS if name in present]


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """Centre, range and draws after the last epoch, percent: a method, reading and severity."""
    return _sweep.summary(table, "severity")


def asyt(table: pd.DataFrame, reading: str = "independent") -> pd.DataFrame:
    """AsyT after the last epoch, percent, by severity: centre, low, high, n and the worst draw."""
    draws = _ends(table, "asyt", reading)
    by_severity = draws.groupby("severity").accuracy
    worst = 100 * by_severity.min()
    centres = summary(draws).set_index("severity")
    return centres.assign(worst=worst).sort_index()


def inside(table: pd.DataFrame, reading: str = "independent") -> pd.DataFrame:
    """The rows of `asyt` within the paper's range."""
    every = asyt(table, reading)
    return every.loc[: PAPER_RANGE[-1]]


def lowest(table: pd.DataFrame, reading: str = "independent") -> pd.Series:
    """The row of `inside` with the lowest mean; its name is the severity."""
    in_range = inside(table, reading)
    severity = in_range.centre.idxmin()
    return in_range.loc[severity]


def peaks(table: pd.DataFrame, reading: str) -> pd.DataFrame:
    """The best mean of AsyT over all evaluated epochs, by severity: epoch, best (percent)."""
    draws = _draws(table, "asyt", reading)
    accuracy = draws.groupby(["epoch", "severity"]).accuracy
    means = 100 * accuracy.mean().unstack()
    return pd.DataFrame(
        {
            "epoch": means.idxmax(),
            "best": means.max(),
        }
    )


def early(table: pd.DataFrame, severity: float) -> float:
    """The mean of AsyT without noise after the last epoch of the first third, percent."""
    draws = _draws(table, "asyt", "independent")
    chips = draws[draws.severity == severity]
    third = table.epoch.max() / 3
    begun = chips[chips.epoch <= third]
    mean = summaries.final(begun).accuracy.mean()
    return float(100 * mean)


def fall(table: pd.DataFrame, reading: str) -> statistics.Interval:
    """Points that in-silico BP loses from 0 to 1 sigma_phy: mean, paired by seed and chip."""
    chips = _ends(table, "insilico-bp", reading)
    start = summaries.grid(chips[chips.severity == 0])
    one = summaries.grid(chips[chips.severity == 1])
    return statistics.paired_difference(start, one)


def _ends(
    table: pd.DataFrame,
    method: str,
    reading: str,
) -> pd.DataFrame:
    return _draws(_sweep.last(table), method, reading)


def _draws(
    table: pd.DataFrame,
    method: str,
    reading: str,
) -> pd.DataFrame:
    chips = table[table.method == method]
    return chips[chips.reading == reading]


EXPERIMENT = Experiment("mnist-distortion", PROFILES, plan, _sweep.run)
