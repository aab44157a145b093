"""The published numbers, the criteria, and our verdicts on them."""

from asyt.claims.criteria import VERDICTS, Measurement, verdict
from asyt.claims.printing import as_json, as_markdown, as_table, markdown_table, summary
from asyt.claims.published import KINDS, Claim, Register, register
from asyt.claims.report import collect, rows

__all__ = [
    "KINDS",
    "VERDICTS",
    "Claim",
    "Measurement",
    "Register",
    "as_json",
    "as_markdown",
    "as_table",
    "collect",
    "markdown_table",
    "register",
    "rows",
    "summary",
    "verdict",
]
