"""Rows of the register with our verdicts as JSON, as Markdown and as a table of the terminal."""

import json
import re
from collections import Counter
from collections.abc import Iterable
from itertools import zip_longest
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

from asyt.claims.criteria import DEPENDS, HOLDS, VERDICTS
from asyt.claims.published import Claim, Register, Row, as_list, is_number, listed, register
from asyt.claims.reading import STATED

COLOURS = {
    "reproduced": "green",
    "used": "green",
    DEPENDS: "yellow",
    "not-reproduced": "red",
}


def summary(table: Iterable[Row]) -> dict[str, int]:
    """How many rows have each verdict, in the order of `VERDICTS`."""
    counts = Counter(row["verdict"] for row in table)
    return {name: counts[name] for name in VERDICTS}


def as_json(table: list[Row]) -> str:
    """The rows as a JSON list."""
    return json.dumps(table, indent=2, ensure_ascii=False, allow_nan=False)


def as_markdown(table: list[Row], claims: Register | None = None) -> str:
    """The rows for the claims page: the count of each verdict, then a table a source.

    Links are as the rows have them: in the book, show it as the output of a code cell, which keeps
    them. `claims` is the register that the rows were made from.
    """
    claims = claims or register()
    lines = [f"{len(table)} claims: {_counts(table)}."]
    for source, title in claims.sources.items():
        own = [row for row in table if row["source"] == source]
        lines += ["", f"**{_escape(title)}**", "", markdown_table(own, claims)]
    return "\n".join(lines) + "\n"


def markdown_table(table: list[Row], claims: Register | None = None) -> str:
    """Some rows as one Markdown table: the claim, reported, ours, verdict and its readings."""
    claims = claims or register()
    lines = ["| Claim | Reported | Ours | Verdict |", "|---|---|---|---|"]
    for row in table:
        name = _named(row, claims.claims[row["id"]])
        reported = _escape(_text(row["reported"]))
        judged = f"**{words(row['verdict'])}**"
        if row["page"]:
            judged = f"[{judged}]({row['page']})"
        verdict = "<br>".join([judged, *map(_escape, in_which(row))])
        lines.append(f"| {name} | {reported} | {_ours(row)} | {verdict} |")
    return "\n".join(lines)


def _ours(row: Row) -> str:
    """What was measured, as a cell of Markdown: value, range, number of draws, place among them."""
    _, measured, between, n = _cells(row)
    lines = [
        measured,
        between and f"({between})",
        n and f"n = {n}",
        place(row),
    ]
    return "<br>".join(map(_escape, filter(None, lines)))


def readings_table(rows: Iterable[Row]) -> str:
    """Every reading of some rows as one Markdown table: value, range, n, verdict."""
    lines = ["| Claim | Reading | Ours | Verdict |", "|---|---|---|---|"]
    for row in rows:
        for one in row["readings"]:
            reading = _escape(one["reading"])
            ours = _ours({**row, **one})
            verdict = words(one["verdict"])
            lines.append(f"| `{row['id']}` | {reading} | {ours} | {verdict} |")
    return "\n".join(lines)


def words(verdict: str) -> str:
    """A verdict as a page says it."""
    return verdict.replace("-", " ")


def in_which(row: Row) -> list[str]:
    """In which of its readings a row holds, and in which it does not; nothing if it has one."""
    if len(row["readings"]) == 1:
        return []
    held = []
    failed = []
    for one in row["readings"]:
        if one["verdict"] in HOLDS:
            held.append(one["reading"])
        elif one["verdict"] == "not-reproduced":
            failed.append(one["reading"])
    if held and failed:
        return [f"holds in: {', '.join(held)}", f"fails in: {', '.join(failed)}"]
    judged = len(held) + len(failed)
    if judged < 2:
        return []
    share = "all" if held else "none of"
    return [f"in {share} {judged} readings"]


def place(row: Row) -> str:
    """Where the reported value lies among our draws; empty but for rows of kind draw."""
    if row["place"] is None:
        return ""
    percentiles = ", ".join(f"{percentile:.0f}" for percentile in as_list(row["percentile"]))
    wide = ", wide" if row["wide"] else ""
    return f"{row['place']}, percentile {percentiles}{wide}"


def _named(row: Row, claim: Claim) -> str:
    """The claim, with the reading that our value has, and how it was measured."""
    figure = _escape(row["figure"])
    if figure[0].isdigit():
        figure = f"Fig. {figure}"
    quantity = _escape(claim.quantity)
    name = f"{figure}: {quantity} (`{claim.id}`, {claim.kind})"
    reading = "" if row["reading"] == STATED else row["reading"]
    how = _escape("; ".join(filter(None, [reading, row["note"]])))
    return f"{name}<br>*{how}*" if how else name


def as_table(table: list[Row]) -> Table:
    """The rows for a terminal, with the count of each verdict below."""
    shown = Table(box=SIMPLE_HEAD, pad_edge=False, caption=_counts(table))
    for name in (
        "id",
        "figure",
        "reported",
        "measured",
        "range",
        "n",
        "holds in",
        "verdict",
    ):
        shown.add_column(name, no_wrap=name in ("id", "verdict"))
    for row in table:
        verdict = row["verdict"]
        colour = COLOURS.get(verdict, "dim")
        shown.add_row(
            row["id"],
            row["figure"],
            *_cells(row),
            _held(row),
            f"[{colour}]{verdict}[/]",
        )
    return shown


def _held(row: Row) -> str:
    """How many of the readings that were judged hold."""
    judged = [one["verdict"] for one in row["readings"]]
    held = sum(verdict in HOLDS for verdict in judged)
    failed = judged.count("not-reproduced")
    number = held + failed
    return f"{held} of {number}" if number > 1 else ""


def _counts(table: list[Row]) -> str:
    counts = summary(table).items()
    return ", ".join(f"{count} {words(name)}" for name, count in counts if count)


def _cells(row: Row) -> list[str]:
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
    intervals = []
    for start, end in zip_longest(as_list(low), as_list(high)):
        intervals.append(f"{_text(start) or '...'} to {_text(end) or '...'}")
    return ", ".join(intervals)


def _text(value: Any) -> str:
    if listed(value):
        return ", ".join(map(_text, value))
    if value is None:
        return ""
    return f"{value:.4g}" if is_number(value) else str(value)


def _escape(text: str) -> str:
    """Text for one cell of a Markdown table: one line, nothing that is markup."""
    line = " ".join(text.split())
    return re.sub(r"([\\`*_{}\[\]<>$|#])", r"\\\1", line)
