"""The register as files that others read: JSON with its schema, CSV, and a badge for a README."""

import csv
import io
import json
from html import escape
from importlib import metadata
from pathlib import Path
from typing import Any

from asyt import paths
from asyt.claims.criteria import DEPENDS
from asyt.claims.printing import summary
from asyt.claims.published import Register, Row, as_list, register
from asyt.errors import DataError

#: Where the files are published.
FOLDER = Path("data") / "register"
ROWS = "claims.json"
SCHEMA = "claims.schema.json"
#: Columns of the CSV: of the claim, of the measurement shown, of the readings.
CLAIM = (
    "id",
    "source",
    "figure",
    "kind",
    "headline",
    "quantity",
    "unit",
    "reported",
)
FOUND = (
    "measured",
    "low",
    "high",
    "n",
    "reading",
    "verdict",
    "place",
    "wide",
    "page",
)
#: What the register says of a claim, put into each row that is published.
ABOUT = ("quantity", "unit", "headline", "test")
#: Colours of the counts of the badge.
COLOURS = {"reproduced": "#1f6f3a", DEPENDS: "#7a5b00", "not-reproduced": "#98290f"}
WORDS = {
    "reproduced": "reproduced",
    DEPENDS: "depend",
    "not-reproduced": "not reproduced",
}
LABEL = "published numbers"


def document(table: list[Row], claims: Register | None = None) -> dict[str, Any]:
    """All rows with what the register says of them, as data/register/claims.schema.json has it."""
    claims = claims or register()
    entries = []
    for row in table:
        claim = claims.claims[row["id"]]
        unit = "%" if row["kind"] in ("point", "draw") else claim.unit
        facts = (claim.quantity, unit, claim.headline, claim.test)
        about = dict(zip(ABOUT, facts, strict=True))
        entries.append({"id": row["id"], **about, **row})
    return {
        "$schema": SCHEMA,
        "version": metadata.version("asyt"),
        "licence": "CC BY 4.0",
        "sources": claims.sources,
        "counts": summary(table),
        "claims": entries,
    }


def as_csv(table: list[Row], claims: Register | None = None) -> str:
    """One line a claim, without its readings; several values of a claim are joined by spaces."""
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow([*CLAIM, *FOUND, "readings", "holds in"])
    for entry in document(table, claims)["claims"]:
        judged = [one["verdict"] for one in entry["readings"]]
        held = sum(verdict in ("reproduced", "used") for verdict in judged)
        cells = [_cell(entry[key]) for key in (*CLAIM, *FOUND)]
        writer.writerow([*cells, len(judged), held])
    return lines.getvalue()


def _cell(value: Any) -> str:
    texts = ["" if one is None else str(one) for one in as_list(value)]
    return " ".join(texts)


def badge(table: list[Row]) -> str:
    """The counts as a small picture (SVG) for a README."""
    counts = summary(table)
    boxes = _box(0, LABEL, "#3f4448")
    x = _width(LABEL)
    texts = []
    for name, colour in COLOURS.items():
        text = f"{counts[name]} {WORDS[name]}"
        texts.append(text)
        boxes += _box(x, text, colour)
        x += _width(text)
    told = escape(", ".join(texts))
    about = f'role="img" aria-label="{LABEL}: {told}"'
    size = f'width="{x}" height="20" font-family="Verdana, DejaVu Sans, sans-serif" font-size="11"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} {about}>'
    return f"{head}{boxes}</svg>\n"


def _width(text: str) -> int:
    return 7 * len(text) + 10


def _box(x: int, text: str, colour: str) -> str:
    width = _width(text)
    middle = x + width / 2
    box = f'<rect x="{x}" width="{width}" height="20" fill="{colour}"/>'
    at = f'x="{middle:g}" y="14" fill="#fff" text-anchor="middle" textLength="{width - 10}"'
    return f"{box}<text {at}>{escape(text)}</text>"


def files(table: list[Row], claims: Register | None = None) -> dict[str, str]:
    """Name and content of each file but the schema, which is written by hand."""
    whole = json.dumps(
        document(table, claims),
        indent=1,
        ensure_ascii=False,
        allow_nan=False,
    )
    return {
        ROWS: whole + "\n",
        "claims.csv": as_csv(table, claims),
        "claims.svg": badge(table),
    }


def publish(table: list[Row], root: Path | None = None) -> Path:
    """Write the files to data/register/ below `root`, by default the project's; return that folder.

    Raises:
        DataError: they cannot be written.
    """
    folder = (root or paths.home()) / FOLDER
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files(table).items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise DataError(f"cannot write the register to {folder} ({error})") from error
    return folder


def published() -> list[Row]:
    """The rows as they were published, without judging any table again.

    Raises:
        DataError: the file is missing or no register.
    """
    file = paths.published() / FOLDER / ROWS
    try:
        rows = json.loads(file.read_text(encoding="utf-8"))["claims"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        remedy = "'asyt claims --publish' writes it."
        raise DataError(f"cannot read the published register {file} ({error}): {remedy}") from error
    return list(rows)
