"""A summary of `asyt.experiments.summaries` as the numbers of a measurement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def values(summary: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments measured, low, high and n of a `Measurement`."""
    return {
        "measured": summary["centre"],
        "low": summary["low"],
        "high": summary["high"],
        "n": int(summary["n"]),
    }
