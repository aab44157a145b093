"""Rows of the register with our verdicts as JSON, as Markdown and as a table of the terminal."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from itertools import zip_longest
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

from asyt.claims.criteria import VERDICTS
from asyt.claims.published import Claim, Register, is_number, listed, register

COLOURS = {
    "reproduced": "green",
    "used": "green",
    "not-reproduced": "red",
    "uninformative": "yellow",
}


def summary(table: Iterable[dict[str, Any]]) -> dict[str, int]:
    """How many rows have each verdict, in the order of `VERDICTS`."""
    counts = Counter(row["verdict"] for row in table)
    return {name: counts[name] for name in VERDICTS}


def as_json(table: list[dict[str, Any]]) -> str:
    """The rows as a JSON list."""
    return json.dumps(table, indent=2, ensure_ascii=False, allow_nan=False)


def as_markdown(table: list[dict[str, Any]], claims: Register | None = None) -> str:
    """The rows for the claims page: the count of each verdict, then a table a source.

    Links are as the rows have them: in the book, show it as the output of a code cell, which keeps
    them.

    Args:
        table: what `rows` returned.
        claims: the register the rows were made from; by default data/claims.yml.
    """
    if claims is None:
        claims = register()
    lines = [f"{len(table)} claims: {_counts(table)}."]
    for source, title in claims.sources.items():
        own = [row for row in table if row["source"] == source]
        lines += ["", f"**{_escape(title)}**", ""]
        lines.append(markdown_table(own, claims))
    return "\n".join(lines) + "\n"


def markdown_table(table: list[dict[str, Any]], claims: Register | None = None) -> str:
    """Some rows as one Markdown table: the claim with our reading, reported, ours, verdict."""
    if claims is None:
        claims = register()
    lines = ["| Claim | Reported | Ours | Verdict |", "|---|---|---|---|"]
    for row in table:
        cells = [_named(row, claims.claims[row["id"]])]
        cells.append(_escape(_text(row["reported"])))
        cells += [_ours(row), _judged(row)]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _named(row: dict[str, Any], claim: Claim) -> str:
    """The claim, with the reading that our value has."""
    figure = _escape(row["figure"])
    if figure[0].isdigit():
        figure = f"Fig. {figure}"
    quantity = _escape(claim.quantity)
    name = f"{figure}: {quantity} (`{claim.id}`, {claim.kind})"
    reading = _escape(row["reading"])
    return f"{name}<br>*{reading}*" if reading else name


def _ours(row: dict[str, Any]) -> str:
    _, measured, between, n = map(_escape, _cells(row))
    parts = [measured]
    if between:
        parts.append(f"({between})")
    if n:
        parts.append(f"n = {n}")
    return "<br>".join(filter(None, parts))


def _judged(row: dict[str, Any]) -> str:
    judged = f"**{row['verdict']}**"
    return f"[{judged}]({row['page']})" if row["page"] else judged


def as_table(table: list[dict[str, Any]]) -> Table:
    """The rows for a terminal, with the count of each verdict below."""
    shown = Table(box=SIMPLE_HEAD, pad_edge=False, caption=_counts(table))
    for name in ("id", "figure", "reported", "measured", "range", "n", "verdict"):
        shown.add_column(name, no_wrap=name in ("id", "verdict"))
    for row in table:
        colour = COLOURS.get(row["verdict"], "dim")
        judged = f"[{colour}]{row['verdict']}[/]"
        shown.add_row(row["id"], row["figure"], *_cells(row), judged)
    return shown


def _counts(table: list[dict[str, Any]]) -> str:
    """How many rows have each verdict, as a text."""
    counts = summary(table)
    return ", ".join(f"{counts[name]} {name}" for name in counts if counts[name])


def _cells(row: dict[str, Any]) -> list[str]:
    """Reported, measured, range and n as text; empty where there is nothing."""
    return [
        _text(row["reported"]),
        _text(row["measured"]),
        _range(row["low"], row["high"]),
        str(row["n"] or ""),
    ]


def _range(low: Any, high: Any) -> str:
    if low is None and high is None:
        return ""
    lows = low if listed(low) else [low]
    highs = high if listed(high) else [high]
    ranges = []
    for a, b in zip_longest(lows, highs):
        start = _text(a) or "..."
        end = _text(b) or "..."
        ranges.append(f"{start} to {end}")
    return ", ".join(ranges)


def _text(value: Any) -> str:
    if listed(value):
        return ", ".join(_text(entry) for entry in value)
    if value is None:
        return ""
    return f"{value:.4g}" if is_number(value) else str(value)


def _escape(text: str) -> str:
    """Text for one cell of a Markdown table: one line, nothing that is markup."""
    line = " ".join(text.split())
    return re.sub(r"([\\`*_{}\[\]<>$|#])", r"\\\1", line)
