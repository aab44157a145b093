"""Light-in-the-loop: what the runs of direct feedback alignment give, drawn and judged."""

from __future__ import annotations

from asyt.claims import Measurement
from asyt.figures import Drawing
from asyt.figures.dfa_runs import PROFILES, VARIANTS, Config, jobs, run

__all__ = ["CLAIMS", "PROFILES", "VARIANTS", "Config", "jobs", "run"]

CLAIMS: tuple[str, ...] = ()
FIGURES: dict[str, Drawing] = {}


def measurements() -> list[Measurement]:
    """The rows of the paper's training results."""
    return []
