"""How each method is called and drawn: one colour a method, everywhere.

From Okabe and Ito (Color Universal Design, 2008). Ideal BP, AsyT, PAT and in-silico BP are also
spaced in lightness, for grey prints; line style and marker tell all the others apart.
"""

from __future__ import annotations

from typing import NamedTuple

from asyt.methods.table import ROWS


class Look(NamedTuple):
    """A `Mark` with the label of a legend."""

    label: str
    colour: str
    line: str | tuple[int, tuple[float, ...]]
    marker: str


LOOKS = {
    name: Look(row.label[0].upper() + row.label[1:], *row.mark)
    for name, row in ROWS.items()
    if row.mark is not None
}
LABELS = {name: look.label for name, look in LOOKS.items()}
