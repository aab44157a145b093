"""AsyT Fig. 3: three species of Iris on chips."""

from pandas import DataFrame

from asyt.claims.criteria import Measurement
from asyt.claims.measured._chips import Evidence, evidence, whole_range
from asyt.experiments.chips import iris_chip, summary

EXPERIMENTS = (iris_chip.EXPERIMENT,)
PAGE = "iris-chip.html#fig-asyt-fig3"
CHANCE = 100 / 3
ACCURACIES = {
    "asyt-3a-insilico": ("insilico-bp", "test"),
    "asyt-3a-train": ("asyt", "train"),
    "asyt-3a-test": ("asyt", "test"),
}
CLAIMS = (
    *ACCURACIES,
    "asyt-3a-bp",
    "asyt-3b-confusion",
    "asyt-3c-angle",
    "asyt-3c-magnitude",
    "asyt-3d-profiles",
)


def measure(table: DataFrame) -> list[Measurement]:
    """The rows of AsyT Fig. 3 but those on pseudo IP-BP."""
    found = []
    for chips in evidence(table, CHANCE):
        found += chips.accuracies(ACCURACIES)
        found.append(chips.diagonal("asyt-3b-confusion", "asyt-3a-test"))
        found += _alignment(chips)
    for chips in whole_range(table, CHANCE):
        found.append(chips.ideal("asyt-3a-bp"))
        found.append(_profiles(chips))
    return found


def _profiles(chips: Evidence) -> Measurement:
    """AsyT with each of the further estimation profiles."""
    rows = summary.select(
        chips.table,
        runs="chips",
        encoding=chips.encoding,
        headroom=1.0,
    )
    draws = []
    for profile in iris_chip.FURTHER:
        fleet = summary.select(rows, profile=profile)
        draws.append(summary.draws(fleet, "asyt", "train"))
    return chips.drawn("asyt-3d-profiles", *draws)


def falls_early_and_stays(angle: DataFrame) -> bool:
    """Half the initial angle at one tenth of training, at the end no more than 2 degrees above."""
    tenth = 0.1 * angle.epoch.iloc[-1]
    first = angle.centre.iloc[0]
    early = angle.centre[angle.epoch >= tenth].iloc[0]
    last = angle.centre.iloc[-1]
    return bool(early <= 0.5 * first and last <= early + 2)


def falls(magnitude: DataFrame) -> bool:
    """The difference is smaller at the end than at the start."""
    return bool(magnitude.centre.iloc[-1] < magnitude.centre.iloc[0])


def _alignment(chips: Evidence) -> list[Measurement]:
    """Tests that must hold in both layers; the numbers given are those of the first."""
    tests = {
        "asyt-3c-angle": ("angle", falls_early_and_stays, "degrees"),
        "asyt-3c-magnitude": ("magnitude", falls, "share of the digital magnitude"),
    }
    rows = summary.select(chips.rows, method="asyt")
    found = []
    for claim, (quantity, test, unit) in tests.items():
        first = summary.series(summary.select(rows, layer=0), quantity)
        second = summary.series(summary.select(rows, layer=1), quantity)
        holds = test(first) and test(second)
        end = first.iloc[-1]
        note = f"first layer at the end, {unit}; the test must hold in both layers"
        found.append(Measurement.of(claim, end, note, holds=holds, reading=chips.reading))
    return found
