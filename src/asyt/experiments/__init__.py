"""Run: a configuration becomes a tidy table. One file an experiment; the folder is the registry.

Nothing here draws or judges: no module of this package imports matplotlib, `asyt.figures` or
`asyt.claims`.
"""

from asyt.experiments.base import Config, Execution, Experiment
from asyt.experiments.findings import findings
from asyt.experiments.own import held, read, turned
from asyt.experiments.store import (
    _live,
    check_compute,
    checkpoint,
    chosen,
    compute,
    find,
    jobs,
    kept,
    origin,
    place,
    processor,
    profile,
    registry,
)
from asyt.experiments.tables import Shown, collected, joined, recompute, table

__all__ = [
    "Config",
    "Execution",
    "Experiment",
    "Shown",
    "_live",
    "check_compute",
    "checkpoint",
    "chosen",
    "collected",
    "compute",
    "find",
    "findings",
    "held",
    "jobs",
    "joined",
    "kept",
    "origin",
    "place",
    "processor",
    "profile",
    "read",
    "recompute",
    "registry",
    "table",
    "turned",
]
