"""The published numbers, the criteria, and our verdicts on them."""

from asyt.claims import index, record
from asyt.claims.criteria import PLACES, VERDICTS, Measurement, Place, place, verdict
from asyt.claims.matrix import Matrix
from asyt.claims.printing import (
    as_json,
    as_markdown,
    as_table,
    markdown_table,
    readings_table,
    summary,
)
from asyt.claims.published import KINDS, Claim, Register, register
from asyt.claims.reading import Reading, readings
from asyt.claims.report import collect, rows

__all__ = [
    "KINDS",
    "PLACES",
    "VERDICTS",
    "Claim",
    "Matrix",
    "Measurement",
    "Place",
    "Reading",
    "Register",
    "as_json",
    "as_markdown",
    "as_table",
    "collect",
    "index",
    "markdown_table",
    "place",
    "readings",
    "readings_table",
    "record",
    "register",
    "rows",
    "summary",
    "verdict",
]
