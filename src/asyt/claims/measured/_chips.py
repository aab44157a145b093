"""What the figures of the chips have in common: rows of a table judged in the deciding encoding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from asyt.claims.criteria import Measurement
from asyt.claims.published import reported
from asyt.experiments import summaries
from asyt.experiments.chips import summary


@dataclass(frozen=True)
class Evidence:
    """One experiment's table, and how its rows are judged.

    Attributes:
        table: all runs.
        claim: on ideal BP, train and test; its reported training accuracy chooses the encoding.
        chance: accuracy of guessing, percent.
        page: link to the figure.
        others: what is said of the other encodings.
    """

    table: pd.DataFrame
    claim: str
    chance: float
    page: str
    others: str = "the others are on the page"

    @property
    def target(self) -> float:
        """Reported training accuracy of ideal BP."""
        return reported(self.claim)[0]

    @property
    def main(self) -> pd.DataFrame:
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

    def bp(self) -> Measurement:
        """The row on ideal BP itself."""
        return self.populations(self.claim, self.ideal("train"), self.ideal("test"))

    def accuracy(self, claim: str, method: str, split: str) -> Measurement:
        """A `draw` row: final accuracies of the main fleet of a method."""
        return self.populations(claim, summary.draws(self.main, method, split))

    def populations(self, claim: str, *draws: summary.Draws) -> Measurement:
        """A `draw` row: median and 5-95 % range of one population for each reported value."""
        ends = pd.DataFrame([summaries.spread(values) for values in draws])

        def reported_like(values: pd.Series) -> Any:
            return values.tolist() if len(draws) > 1 else values.iloc[0]

        return Measurement(
            claim,
            reported_like(ends.centre),
            reported_like(ends.low),
            reported_like(ends.high),
            int(ends.n.min()),
            self.reading,
            self.page,
            chance=self.chance,
            ideal=float(np.median(self.ideal("train"))),
        )

    def exceeds(self, claim: str, method: str, other: str) -> Measurement:
        """A `bound` row: mean training accuracy of one method above that of another, points."""
        mean, low, high, n = summary.lead(self.main, method, other).values()
        return Measurement(claim, mean, low, high, n, self.reading, self.page, holds=bool(low > 0))

    def diagonal(self, claim: str, test: str) -> Measurement:
        """The test of Figs. 3b and 4c.

        Mean of the diagonal and reported test accuracy lie inside the 5-95 % range of draws.
        """
        matrix = summary.confusion(self.main)
        mean = float(matrix.diagonal().mean())
        draws = summary.draws(self.main, "asyt", "test")
        _, low, high, n = summaries.spread(draws).values()
        holds = low <= mean <= high and low <= reported(test) <= high
        return Measurement(claim, mean, low, high, n, self.reading, self.page, holds=holds)
