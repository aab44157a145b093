"""What the figures of the chips have in common: rows of a table judged in the deciding encoding."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from pandas import DataFrame

from asyt.claims.criteria import Measurement
from asyt.claims.published import reported
from asyt.experiments import summaries
from asyt.experiments.chips import summary


@dataclass(frozen=True)
class Evidence:
    """One experiment's table, and how its rows are judged.

    `claim` is the one on ideal BP, train and test; its reported training accuracy chooses the
    encoding, and `others` says where the other encodings are. `chance` is in percent.
    """

    table: DataFrame
    claim: str
    chance: float
    page: str
    others: str = "the others are on the page"

    @property
    def target(self) -> float:
        """Reported training accuracy of ideal BP."""
        return reported(self.claim)[0]

    @property
    def main(self) -> DataFrame:
        """The rows that are judged."""
        return summary.main(self.table, self.target)

    @property
    def encoding(self) -> str:
        """The encoding that decides."""
        return summary.primary(self.table, self.target)

    @property
    def reading(self) -> str:
        """Which encoding decides, and why."""
        nearest = f"this encoding's ideal BP comes nearest to the reported {self.target:g}"
        return f"{self.encoding}; {nearest}, {self.others}"

    def ideal(self, split: str) -> summary.Draws:
        """Ideal BP over its own set of splits, percent."""
        return summary.ideal(self.table, split, self.encoding)

    def accuracies(self, claims: Mapping[str, tuple[str, str]]) -> list[Measurement]:
        """`draw` rows: final accuracies of (method, split) for each claim; ideal BP comes last."""
        rows = [
            self.populations(claim, summary.draws(self.main, method, split))
            for claim, (method, split) in claims.items()
        ]
        ideal = self.populations(self.claim, self.ideal("train"), self.ideal("test"))
        return [*rows, ideal]

    def populations(self, claim: str, *draws: summary.Draws) -> Measurement:
        """A `draw` row: median and 5-95 % range of one population for each reported value."""
        ends = DataFrame([summaries.spread(values) for values in draws])
        found = ends.iloc[0] if len(ends) == 1 else {**ends.to_dict("list"), "n": ends.n.min()}
        limits = {"chance": self.chance, "ideal": float(np.median(self.ideal("train")))}
        return Measurement.of(claim, found, self.reading, self.page, **limits)

    def exceeds(self, claim: str, method: str, other: str) -> Measurement:
        """A `bound` row: mean training accuracy of one method above that of another, points."""
        lead = summary.lead(self.main, method, other)
        return Measurement.of(claim, lead, self.reading, self.page, holds=lead["low"] > 0)

    def diagonal(self, claim: str, test: str) -> Measurement:
        """Mean of the diagonal and reported test accuracy lie in the 5-95 % range of draws."""
        mean = summary.confusion(self.main).diagonal().mean()
        found = summaries.spread(summary.draws(self.main, "asyt", "test")) | {"centre": mean}
        both = (mean, reported(test))
        holds = found["low"] <= min(both) and max(both) <= found["high"]
        return Measurement.of(claim, found, self.reading, self.page, holds=holds)
