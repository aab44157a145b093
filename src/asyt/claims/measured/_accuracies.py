"""The accuracies of a panel of AsyT Fig. 5, in every reading: AsyT, ideal BP, in-silico BP."""

from collections.abc import Mapping
from typing import Any

from pandas import DataFrame, concat

from asyt.claims.criteria import Measurement
from asyt.experiments import authors, authors_scale, input_scale, mnist, summaries

#: Method -> the claim on its accuracy.
Claims = Mapping[str, str]
HOW = {
    "asyt": "mean over chips and seeds",
    "ideal-bp": "mean over seeds",
    "insilico-bp": "digital weights put on chips; median and 5-95 % range",
}
#: In the readings of `authors`, whose chip is one.
FIXED = {
    "asyt": "mean over orders of the samples",
    "ideal-bp": "mean over orders of the samples",
    "insilico-bp": "the demo's procedure with its update error; median over orders of the samples",
}
CHANCE = 10.0


def measure(
    table: DataFrame,
    demo: DataFrame | None = None,
    chip: DataFrame | None = None,
    pixels: DataFrame | None = None,
    *,
    claims: Claims,
    dataset: str = "",
    **more: Any,
) -> list[Measurement]:
    """Our value of each claim in each reading that the tables have, after their last epoch.

    `demo` holds runs of `authors`, whose reading comes first. With pixels from 0 to 1, `chip` and
    `pixels` hold runs of several data sets on the demo's chip and on independent ones.
    """
    parts = [table]
    if demo is not None:
        parts.insert(0, authors.as_fig5(demo))
    if chip is not None:
        parts.append(authors_scale.as_fig5(chip, dataset))
    if pixels is not None:
        parts.append(input_scale.as_fig5(pixels, dataset))
    table = concat(parts)
    trained = table[table.fleet.isin(["digital", mnist.TRAINED])]
    found = []
    for reading, rows in trained.groupby("reading", sort=False):
        last = summaries.final(rows)
        for method, claim in claims.items():
            found.append(_one(last, str(reading), method, claim, more))
    return found


def _one(
    rows: DataFrame, reading: str, method: str, claim: str, more: Mapping[str, Any]
) -> Measurement:
    fixed = reading.startswith("authors")
    how = FIXED if fixed else HOW
    note = f"{how[method]}, {rows.epoch.max()} epochs"
    own = rows[rows.method == method]
    about: dict[str, Any] = {"reading": reading, "fixed": fixed, **more}
    if method == "insilico-bp":
        ideal = rows[rows.method == "ideal-bp"].accuracy.mean()
        draws = 100 * own.accuracy.to_numpy()
        return Measurement.drawn(
            claim,
            note,
            draws,
            chance=CHANCE,
            ideal=100 * float(ideal),
            **about,
        )
    mean = summaries.mean(summaries.grid(own))
    return Measurement.of(claim, mean, note, **about)
