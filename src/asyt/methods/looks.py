"""How each method is called and drawn: one colour a method, everywhere.

The palette starts from Okabe and Ito (Color Universal Design, 2008). Ideal BP, AsyT, PAT and
in-silico BP, which share most panels, are also spaced in lightness, so that a greyscale print keeps
them apart; line style and marker tell all the others apart without colour.

The marks stand in the rows of the methods; here they get the labels of a legend.
"""

from __future__ import annotations

from dataclasses import dataclass

from asyt.methods.table import ROWS


@dataclass(frozen=True)
class Look:
    """How one method is drawn.

    Attributes:
        label: display name.
        colour: hex.
        line: line style, in matplotlib's codes.
        marker: in matplotlib's codes.
    """

    label: str
    colour: str
    line: str | tuple[int, tuple[float, ...]]
    marker: str


def _capitalised(label: str) -> str:
    return label[0].upper() + label[1:]


LOOKS = {
    name: Look(_capitalised(row.label), *row.mark)
    for name, row in ROWS.items()
    if row.mark is not None
}
LABELS = {name: look.label for name, look in LOOKS.items()}
