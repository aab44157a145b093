"""AsyT Fig. 3: pseudo IP-BP, in every reading of it and every encoding of the chips."""

from dataclasses import replace

from pandas import DataFrame

from asyt.claims.criteria import Measurement
from asyt.claims.measured._chips import Evidence, whole_range
from asyt.claims.measured.iris_chip import CHANCE
from asyt.claims.reading import AND
from asyt.experiments.chips import iris_chip, iris_pseudo, summary

EXPERIMENTS = (iris_chip.EXPERIMENT, iris_pseudo.EXPERIMENT)
PAGE = "pseudo-ip-bp.html"
CLAIMS = ("asyt-3a-pseudo", "asyt-3a-gap", "asyt-3a-order")
#: What exceeds what on training data.
LEADS = {
    "asyt-3a-gap": ("asyt", "pseudo-ip-bp"),
    "asyt-3a-order": ("pseudo-ip-bp", "insilico-bp"),
}
#: Method in the tables -> its reading.
METHODS = {
    "pseudo-ip-bp": "fair-twin",
    "no-digital-error": "no-digital-error",
    "output-layer-only": "output-layer-only",
    "unknown-hidden": "unknown-hidden",
    "frozen-twin": "frozen-twin",
}


def measure(table: DataFrame, pseudo: DataFrame) -> list[Measurement]:
    """Its accuracy, by how much AsyT exceeds it, and by how much it exceeds in-silico BP."""
    found = []
    for chips in whole_range(table, CHANCE):
        rows = summary.select(pseudo, encoding=chips.encoding)
        for method, name in METHODS.items():
            found += _one(chips, rows, method, f"{chips.reading}{AND}{name}")
    return found


def _one(chips: Evidence, rows: DataFrame, method: str, reading: str) -> list[Measurement]:
    """The three claims in one reading; `rows` have AsyT and the readings of pseudo IP-BP."""
    if chips.has(method):  # trained beside in-silico BP, so paired by chip
        found = [chips.exceeds(claim, *pair) for claim, pair in LEADS.items()]
        draws = summary.draws(chips.rows, method, "train")
        found.append(chips.drawn("asyt-3a-pseudo", draws))
        return [replace(one, reading=reading) for one in found]
    draws = summary.draws(rows, method, "train")
    population = chips.drawn("asyt-3a-pseudo", draws)
    gap = summary.lead(rows, "asyt", method)
    order = summary.lead_of_trajectories(rows, method, chips.rows, "insilico-bp")
    paired = "points of training accuracy, paired by"
    return [
        replace(population, reading=reading),
        Measurement.of(
            "asyt-3a-gap",
            gap,
            f"{paired} chip and split",
            holds=gap["low"] > 0,
            reading=reading,
        ),
        Measurement.of(
            "asyt-3a-order",
            order,
            f"{paired} split, over the same chips",
            holds=order["low"] > 0,
            reading=reading,
        ),
    ]
