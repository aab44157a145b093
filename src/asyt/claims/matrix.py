"""Rows of the register against the readings of one group: what each explains, and what it fails."""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd

from asyt.claims.criteria import HOLDS
from asyt.claims.published import Row, as_list
from asyt.claims.reading import AND, readings

#: Verdict on a reading -> the sign of its cell, so that a matrix can be read without colour.
SIGNS = {**dict.fromkeys(HOLDS, "✓"), "not-reproduced": "✗"}
#: What a cell says where a reading was not judged.
NONE = "–"


@dataclass(frozen=True)
class Matrix:
    """The rows that were judged in readings of a group.

    Attributes:
        names: the readings of the group, in the order of data/readings.yml, then joined ones.
        rows: the rows of the register that have one of them.
    """

    names: list[str]
    rows: list[Row]

    @classmethod
    def of(cls, rows: Iterable[Row], group: str, also: str = "") -> "Matrix":
        """Of some rows and a group of data/readings.yml, alone and joined with reading `also`."""
        rows = list(rows)
        names = [name for name, reading in readings().items() if reading.group == group]
        if also:
            joined = [f"{name}{AND}{also}" for name in names]
            names += [name for name in joined if any(_find(row, name) for row in rows)]

        def judged(row: Row) -> bool:
            return any(_find(row, name) for name in names)

        return cls(names, list(filter(judged, rows)))

    def counts(self) -> pd.DataFrame:
        """A reading: how many rows it was judged on, how many hold, and which fail."""
        found = []
        for name in self.names:
            cells = {row["id"]: _find(row, name) for row in self.rows}
            judged = {claim: cell["verdict"] for claim, cell in cells.items() if cell}
            failed = [claim for claim, verdict in judged.items() if verdict not in HOLDS]
            found.append(
                {
                    "reading": name,
                    "holds": len(judged) - len(failed),
                    "judged": len(judged),
                    "fails": failed,
                }
            )
        return pd.DataFrame(found)

    def best(self) -> str:
        """The reading that explains most rows: holds in most; of equals, nearest to the sources."""
        counts = self.counts()
        return str(counts.loc[counts.holds.idxmax(), "reading"])

    def html(self) -> str:
        """The matrix as a table: a row a claim, a column a reading, a sign and our value a cell."""
        head = "".join(f"<th scope='col'>{escape(name)}</th>" for name in self.names)
        body = "".join(map(self._line, self.rows))
        top = (
            f"<thead><tr><th scope='col'>claim</th><th scope='col'>reported</th>{head}</tr></thead>"
        )
        return f"<table class='matrix'>{top}<tbody>{body}</tbody></table>"

    def _line(self, row: Row) -> str:
        reported = escape(_text(row["reported"]))
        claim = f"<th scope='row'><code>{escape(row['id'])}</code></th><td>{reported}</td>"
        cells = "".join(_cell(_find(row, name)) for name in self.names)
        return f"<tr>{claim}{cells}</tr>"


def _find(row: Row, name: str) -> Row | None:
    """The entry of a reading, alone or joined with others, if it was judged."""
    for one in row["readings"]:
        if one["reading"] == name and one["verdict"] in SIGNS:
            return one
    return None


def _cell(found: Row | None) -> str:
    if found is None:
        return f"<td>{NONE}</td>"
    verdict = found["verdict"]
    kind = "holds" if verdict in HOLDS else "fails"
    measured = escape(_text(found["measured"]))
    return f"<td class='{kind}'>{SIGNS[verdict]} {measured}</td>"


def _text(value: Any) -> str:
    return ", ".join(map(_number, as_list(value)))


def _number(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.1f}" if isinstance(value, float) else str(value)
