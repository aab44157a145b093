"""The optical power budget: what a signal loses and gains from the laser to the detector, in dB."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asyt.errors import AsytError

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Element:
    """One element of the light path: its loss, zero or above, and gain of a small signal, dB.

    Example:
        >>> from asyt.photonics import Element
        >>> Element("two facets", loss_db=2.0).gain_db
        0.0
    """

    name: str
    loss_db: float = 0.0
    gain_db: float = 0.0

    def __post_init__(self):
        if not 0 <= self.loss_db < math.inf:
            raise AsytError(
                f"loss of '{self.name}' {self.loss_db} dB: a loss is a positive number."
            )


@dataclass(frozen=True)
class PowerBudget:
    """What the light meets on its way, in order; `launched` is the power a channel, watts.

    Example:
        >>> from asyt.photonics import Element, PowerBudget
        >>> budget = PowerBudget(1e-3, (Element("facet", 1.0), Element("EDFA", gain_db=11.0)))
        >>> f"{1e3 * budget.received:.1f} mW"
        '10.0 mW'
    """

    launched: float
    elements: tuple[Element, ...]

    def __post_init__(self):
        if not 0 < self.launched < math.inf:
            raise AsytError(f"launched power {self.launched} W: give a positive number of watts.")

    @property
    def loss_db(self) -> float:
        """Sum of all losses, dB."""
        return sum(element.loss_db for element in self.elements)

    @property
    def gain_db(self) -> float:
        """Sum of all small-signal gains, dB."""
        return sum(element.gain_db for element in self.elements)

    @property
    def received(self) -> float:
        """Small-signal power at the detector with every cell open, watts."""
        return self.launched * 10 ** ((self.gain_db - self.loss_db) / 10)

    def table(self) -> pd.DataFrame:
        """Element, loss (dB), gain (dB) and the power behind it (dBm)."""
        level = 10 * math.log10(self.launched / 1e-3)
        rows = [("laser, a channel", 0.0, 0.0, level)]
        for e in self.elements:
            level += e.gain_db - e.loss_db
            rows.append((e.name, e.loss_db, e.gain_db, level))
        import pandas as pd  # slow, and most who import this module draw no table

        return pd.DataFrame(rows, columns=["element", "loss (dB)", "gain (dB)", "power (dBm)"])

    def __str__(self) -> str:
        return self.table().to_string(index=False, float_format="%.2f")
