"""AsyT Figs. 5g and 5h: AsyT ends above PAT after a perturbation, and under heavy noise."""

from pandas import DataFrame

from asyt.claims.criteria import Measurement
from asyt.claims.measured._beside import beside
from asyt.experiments import robustness, robustness_schedule

EXPERIMENTS = (robustness.EXPERIMENT, robustness_schedule.EXPERIMENT)
PAGE = "methods-bench.html"
#: Claim -> reading -> its severities on the bench, in the order of `robustness.SEVERITIES`.
SEVERITIES = {
    "asyt-5g-perturb": {"independent": [row.name for row in robustness.PERTURBED]},
    "asyt-5h-noise": {
        "common-gain": ["common 10 dB", "common 0 dB"],
        "power": ["power 10 dB", "mean-square 10 dB = power 5 dB", "0 dB"],
        "mean-square": ["mean-square 10 dB = power 5 dB", "mean-square 5 dB", "0 dB"],
    },
}
#: Claim -> its severities on the paper's schedule, in every reading that has them.
SCHEDULE = {
    "asyt-5g-perturb": robustness_schedule.BLOWS,
    "asyt-5h-noise": robustness_schedule.RATIOS,
}
CLAIMS = tuple(SEVERITIES)
ON_BENCH = "on the bench of 30 epochs, each at its best rate"
ON_SCHEDULE = "on the schedule of Fig. 5a, both at its rate"
#: What the bench is called where the schedule has its reading, too.
BENCH = "bench"


def measure(bench: DataFrame, schedule: DataFrame | None = None) -> list[Measurement]:
    """A claim holds if AsyT leads by the 95 % bound of the paired difference at every severity.

    That was fixed before the runs. The measured value is the smallest difference; the note lists
    all.
    """
    leads = robustness.differences(bench).set_index("condition")
    found = []
    for claim, readings in SEVERITIES.items():
        for reading, conditions in readings.items():
            found.append(_smallest(claim, reading, leads.loc[conditions], ON_BENCH))
    if schedule is None:
        return found
    return beside(_on_schedule(schedule), found, BENCH)


def _on_schedule(table: DataFrame) -> list[Measurement]:
    leads = robustness_schedule.differences(table)
    found = []
    for claim, conditions in SCHEDULE.items():
        own = leads[leads.condition.isin(conditions)]
        for reading, rows in own.groupby("reading", sort=False):
            least = rows.set_index("condition")
            found.append(_smallest(claim, str(reading), least, ON_SCHEDULE))
    return found


def _smallest(claim: str, reading: str, leads: DataFrame, where: str) -> Measurement:
    texts = []
    for name, lead in leads.iterrows():
        ends = f"{lead.low:+.1f} to {lead.high:+.1f}"
        texts.append(f"{name} {lead.centre:+.1f} ({ends})")
    note = f"AsyT - PAT in points {where}, at every severity: {'; '.join(texts)}"
    least = leads.loc[leads.centre.idxmin()]
    holds = bool((leads.low > 0).all())
    return Measurement.of(claim, least, note, holds=holds, reading=reading)
