"""How each method is called and drawn: one colour a method, everywhere.

The palette starts from Okabe and Ito (Color Universal Design, 2008). Ideal BP, AsyT, PAT and
in-silico BP, which share most panels, are also spaced in lightness, so that a greyscale print keeps
them apart; line style and marker tell all the others apart without colour.
"""

from __future__ import annotations

from dataclasses import dataclass


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


LOOKS: dict[str, Look] = {
    "ideal-bp": Look("Ideal BP", "#000000", "-", "s"),
    "insilico-bp": Look("In-silico BP", "#E69F00", (0, (1, 1)), "v"),
    "pseudo-ip-bp": Look("Pseudo IP-BP", "#CC79A7", (0, (5, 1.5, 1, 1.5)), "^"),
    "asyt": Look("AsyT", "#005B96", "-", "o"),
    "pat": Look("PAT", "#D55E00", (0, (5, 1.5)), "X"),
    "pat-readout": Look("PAT, read-out derivative", "#8C3A00", (0, (2.5, 1.5)), "P"),
    "dfa": Look("DFA", "#009E73", (0, (7, 2)), "h"),
    "dfa-ternary": Look("DFA, ternary error", "#3DAE9A", (0, (3, 1.5)), "d"),
    "dfa-optical": Look("DFA, optical", "#6B8E00", (0, (8, 1.5, 1, 1.5)), "p"),
    "readout-only": Look("Read-out only", "#7F7F7F", (0, (1, 3)), "1"),
    "fa": Look("FA", "#00614A", (0, (7, 2, 2, 2)), "H"),
    "hybrid": Look("Hybrid training", "#56B4E9", (0, (3, 1, 1, 1)), "<"),
    "dat": Look("Dual adaptive training", "#7A3B8F", (0, (3, 1, 1, 1, 1, 1)), ">"),
    "spsa": Look("SPSA", "#8A8A8A", (0, (1, 2)), "x"),
    "forward-only": Look("Forward-only", "#9C8F00", (0, (4, 3)), "+"),
}

LABELS = {name: look.label for name, look in LOOKS.items()}
