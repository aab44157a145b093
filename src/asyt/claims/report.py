"""The register with our measurements and verdicts: as rows, JSON, Markdown and a terminal table."""

from __future__ import annotations

import functools
import importlib
import json
import pkgutil
import re
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import zip_longest
from typing import Any, Protocol, cast

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.table import Table

from asyt import experiments
from asyt.claims.criteria import VERDICTS, Measurement, verdict
from asyt.claims.published import Claim, Register, is_number, listed, register
from asyt.errors import MissingResultError, ResultError, lookup
from asyt.experiments import Experiment

DECIMALS = {"point": 2, "draw": 2, "bound": 4}
COLOURS = {
    "reproduced": "green",
    "used": "green",
    "not-reproduced": "red",
    "uninformative": "yellow",
}


class Judge(Protocol):
    """What a file of `asyt.claims.measured` holds."""

    EXPERIMENTS: tuple[Experiment, ...]
    CLAIMS: tuple[str, ...]
    measure: Callable[..., list[Measurement]]


@functools.cache
def judges() -> tuple[Judge, ...]:
    """The files of `asyt.claims.measured`, in alphabetical order."""
    package = importlib.import_module("asyt.claims.measured")
    names = [entry.name for entry in pkgutil.iter_modules(package.__path__)]
    files = [importlib.import_module(f"asyt.claims.measured.{name}") for name in names]
    return tuple(cast(Judge, file) for file in files if hasattr(file, "CLAIMS")) + _unmoved()


def _unmoved() -> tuple[Any, ...]:
    """BRIDGE, to be deleted: verdicts that still live in modules of asyt.figures."""
    from types import SimpleNamespace

    names = dict.fromkeys(importlib.import_module("asyt.figures").EXPERIMENTS.values())
    old = [importlib.import_module(name) for name in names]
    return tuple(
        SimpleNamespace(EXPERIMENTS=(), CLAIMS=module.CLAIMS, measure=module.measurements)
        for module in old
    )


def collect(*prefixes: str) -> list[Measurement]:
    """All measurements of the files in `asyt.claims.measured`.

    With prefixes, only of files that answer a claim whose id begins with one of them. Where a
    stored table is missing or damaged, those rows carry the reason as their reading and no value;
    a missing one says nothing beyond a row's own `why`.
    """
    found: list[Measurement] = []
    read: dict[tuple[str, str], pd.DataFrame] = {}  # several judges read the same tables
    for judge in judges():
        if prefixes and not any(claim.startswith(prefixes) for claim in judge.CLAIMS):
            continue
        try:
            found.extend(judge.measure(*_tables(judge, read)))
        except ResultError as error:
            found.extend(_unmeasured(judge.CLAIMS, error))
    return found


def _tables(judge: Judge, read: dict[tuple[str, str], pd.DataFrame]) -> list[pd.DataFrame]:
    profile = getattr(judge, "PROFILE", "paper")
    found = []
    for experiment in judge.EXPERIMENTS:
        key = experiment.name, profile
        if key not in read:
            read[key] = experiments.table(experiment, profile)
        found.append(read[key])
    return found


def _unmeasured(names: Iterable[str], error: ResultError) -> list[Measurement]:
    claims = register().claims
    missing = isinstance(error, MissingResultError)
    reason = str(error).splitlines()[0]
    return [
        Measurement(name, reading=reason) for name in names if not (missing and claims[name].why)
    ]


def rows(
    measurements: Iterable[Measurement], claims: Register | None = None
) -> list[dict[str, Any]]:
    """One dict a claim, in the register's order, ready for JSON.

    Keys are id, source, figure, kind, reported, measured, low, high, n, verdict, reading and page.
    Percentages are rounded to 2 decimals and bounds to 4, after the verdict; numbers that are not
    finite are null.

    Raises:
        UnknownNameError: a measurement of a claim that is not in the register.
        ResultError: two measurements of one claim, or one that lacks what its criterion needs.
    """
    claims = register() if claims is None else claims
    by_claim: dict[str, Measurement] = {}
    for measurement in measurements:
        if lookup(measurement.claim, claims.claims, "claim") in by_claim:
            raise ResultError(
                f"two measurements of '{measurement.claim}': keep one, name other readings in its "
                "`reading`"
            )
        by_claim[measurement.claim] = measurement
    return [_row(claim, by_claim.get(claim.id)) for claim in claims.claims.values()]


def _row(claim: Claim, measurement: Measurement | None) -> dict[str, Any]:
    judged = verdict(claim, measurement)
    found = measurement or Measurement(claim.id)
    reading = found.reading or (claim.why if judged == "not-testable" else "")
    if claim.kind == "draw" and judged == "not-measured" and found.measured is not None:
        reading = f"{reading} ({found.n} of the {claim.min_n} draws needed)".strip()
    digits = DECIMALS.get(claim.kind)
    return {
        "id": claim.id,
        "source": claim.source,
        "figure": claim.figure,
        "kind": claim.kind,
        "reported": claim.reported,
        **{key: _json(getattr(found, key), digits) for key in ("measured", "low", "high")},
        "n": int(found.n),
        "verdict": judged,
        "reading": reading,
        "page": found.page,
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
    claims = register() if claims is None else claims
    counts = ", ".join(f"{count} {name}" for name, count in summary(table).items() if count)
    lines = [f"{len(table)} claims: {counts}."]
    for source, title in claims.sources.items():
        lines += [
            "",
            f"**{_escape(title)}**",
            "",
            markdown_table([r for r in table if r["source"] == source], claims),
        ]
    return "\n".join(lines) + "\n"


def markdown_table(table: list[dict[str, Any]], claims: Register | None = None) -> str:
    """Some rows as one Markdown table: the claim with our reading, reported, ours, verdict."""
    claims = register() if claims is None else claims
    lines = ["| Claim | Reported | Ours | Verdict |", "|---|---|---|---|"]
    for row in table:
        claim = claims.claims[row["id"]]
        figure = f"Fig. {row['figure']}" if row["figure"][0].isdigit() else row["figure"]
        name = f"{_escape(figure)}: {_escape(claim.quantity)} (`{claim.id}`, {claim.kind})"
        if row["reading"]:
            name += f"<br>*{_escape(row['reading'])}*"
        reported, measured, between, n = (_escape(cell) for cell in _cells(row))
        ours = "<br>".join(
            part for part in (measured, between and f"({between})", n and f"n = {n}") if part
        )
        judged = (
            f"[**{row['verdict']}**]({row['page']})" if row["page"] else f"**{row['verdict']}**"
        )
        lines.append(f"| {name} | {reported} | {ours} | {judged} |")
    return "\n".join(lines)


def as_table(table: list[dict[str, Any]]) -> Table:
    """The rows for a terminal, with the count of each verdict below."""
    counts = ", ".join(f"{count} {name}" for name, count in summary(table).items() if count)
    shown = Table(box=SIMPLE_HEAD, pad_edge=False, caption=counts)
    for name in ("id", "figure", "reported", "measured", "range", "n", "verdict"):
        shown.add_column(name, no_wrap=name in ("id", "verdict"))
    for row in table:
        colour = COLOURS.get(row["verdict"], "dim")
        shown.add_row(row["id"], row["figure"], *_cells(row), f"[{colour}]{row['verdict']}[/]")
    return shown


def _cells(row: dict[str, Any]) -> list[str]:
    """Reported, measured, range and n as text; empty where there is nothing."""
    ends = (row[key] if listed(row[key]) else [row[key]] for key in ("low", "high"))
    ranges = [f"{_text(a) or '...'} to {_text(b) or '...'}" for a, b in zip_longest(*ends)]
    shown = "" if row["low"] is None is row["high"] else ", ".join(ranges)
    return [_text(row["reported"]), _text(row["measured"]), shown, str(row["n"] or "")]


def _text(value: Any) -> str:
    if listed(value):
        return ", ".join(_text(entry) for entry in value)
    if value is None:
        return ""
    return f"{value:.4g}" if is_number(value) else str(value)


def _escape(text: str) -> str:
    """Text for one cell of a Markdown table: one line, nothing that is markup."""
    return re.sub(r"([\\`*_{}\[\]<>$|#])", r"\\\1", " ".join(text.split()))


def _json(value: Any, digits: int | None) -> Any:
    if listed(value):
        return [_json(entry, digits) for entry in value]
    if not is_number(value):
        return None
    number = float(value)
    return number if digits is None else round(number, digits)
