"""What the figures of the chips have in common: populations in every encoding and headroom."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from pandas import DataFrame

from asyt.claims.criteria import Measurement
from asyt.claims.published import reported
from asyt.claims.reading import AND
from asyt.experiments import summaries
from asyt.experiments.chips import summary

#: Encoding in the tables -> its reading.
ENCODINGS = {
    "non-negative, no bias": "drawn",
    "non-negative, bias light": "bias-light",
    "signed, bias light": "signed",
}


@dataclass(frozen=True)
class Evidence:
    """The chips of one reading under the paper's profile, with how they are judged.

    Attributes:
        reading: its name.
        table: the experiment's.
        encoding, headroom: which of its rows they are.
        chance: accuracy of guessing, percent.
    """

    reading: str
    table: DataFrame
    encoding: str
    headroom: float
    chance: float

    @functools.cached_property
    def rows(self) -> DataFrame:
        """The rows of these chips."""
        return summary.select(
            self.table,
            runs="chips",
            encoding=self.encoding,
            profile="eq4",
            headroom=self.headroom,
        )

    @functools.cached_property
    def limits(self) -> dict[str, float]:
        """Guessing and ideal BP, percent."""
        ideal = summary.ideal(self.table, "train", self.encoding)
        median = float(np.median(ideal))
        return {"chance": self.chance, "ideal": median}

    def has(self, method: str) -> bool:
        """Whether a method was run on these chips."""
        return method in set(self.rows.method)

    def accuracies(self, claims: Mapping[str, tuple[str, str]]) -> list[Measurement]:
        """`draw` rows: final accuracies of the method and split of each claim."""
        found = []
        for claim, (method, split) in claims.items():
            if self.has(method):
                draws = summary.draws(self.rows, method, split)
                found.append(self.drawn(claim, draws))
        return found

    def ideal(self, claim: str) -> Measurement:
        """The `draw` row on ideal BP, train and test, over own splits, the same at any headroom."""
        trained = summary.ideal(self.table, "train", self.encoding)
        tested = summary.ideal(self.table, "test", self.encoding)
        note = "over splits and initial values"
        return self.drawn(claim, trained, tested, note=note)

    def drawn(
        self,
        claim: str,
        *populations: np.ndarray,
        note: str = "chips x splits and initial values",
    ) -> Measurement:
        """A `draw` row: one population for each reported value."""
        return Measurement.drawn(
            claim,
            note,
            *populations,
            reading=self.reading,
            **self.limits,
        )

    def exceeds(self, claim: str, method: str, other: str) -> Measurement:
        """A `bound` row: mean training accuracy of one method above that of another, points."""
        lead = summary.lead(self.rows, method, other)
        holds = lead["low"] > 0
        note = "points of training accuracy, paired by chip and split"
        return Measurement.of(claim, lead, note, holds=holds, reading=self.reading)

    def diagonal(self, claim: str, test: str) -> Measurement:
        """Mean of the diagonal and reported test accuracy lie in the 5-95 % range of draws."""
        mean = summary.confusion(self.rows).diagonal().mean()
        draws = summary.draws(self.rows, "asyt", "test")
        tested = summaries.spread(draws)
        both = (mean, reported(test))
        holds = tested["low"] <= min(both) and max(both) <= tested["high"]
        found = tested | {"centre": mean}
        note = "mean of the diagonal; 5-95 % range of the test accuracy"
        return Measurement.of(claim, found, note, holds=holds, reading=self.reading)


def evidence(table: DataFrame, chance: float) -> list[Evidence]:
    """Every encoding at every headroom that a table has, the whole range first."""
    chips = table[(table.runs == "chips") & (table.profile == "eq4")]
    found = []
    for encoding, encoded in chips.groupby("encoding", sort=False):
        for headroom in sorted(encoded.headroom.unique(), reverse=True):
            reading = ENCODINGS[encoding]
            if headroom != 1:
                reading = f"{reading}{AND}headroom {headroom:g}"
            found.append(Evidence(reading, table, encoding, float(headroom), chance))
    return found


def whole_range(table: DataFrame, chance: float) -> list[Evidence]:
    """`evidence` without headroom: one an encoding."""
    return [one for one in evidence(table, chance) if one.headroom == 1]


def linked(measurements: list[Measurement], page: str) -> list[Measurement]:
    """The measurements with a link to the figure that shows them."""
    return [replace(one, page=page) for one in measurements]
