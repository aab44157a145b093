"""The published numbers, the criteria, and our verdicts on them."""

from asyt.claims.criteria import PLACES, VERDICTS, Measurement, Place, place, verdict
from asyt.claims.printing import as_json, as_markdown, as_table, markdown_table, summary
from asyt.claims.published import KINDS, Claim, Register, register
from asyt.claims.reading import Reading, readings
from asyt.claims.report import collect, rows

__all__ = [
    "KINDS",
    "PLACES",
    "VERDICTS",
    "Claim",
    "Measurement",
    "Place",
    "Reading",
    "Register",
    "as_json",
    "as_markdown",
    "as_table",
    "collect",
    "markdown_table",
    "place",
    "readings",
    "register",
    "rows",
    "summary",
    "verdict",
]
