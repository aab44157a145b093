"""Run: a configuration becomes a tidy table. One file an experiment; the folder is the registry.

Nothing here draws or judges: no module of this package imports matplotlib, `asyt.figures` or
`asyt.claims`.
"""

from asyt.experiments.base import Config, Execution, Experiment
from asyt.experiments.store import (
    check_compute,
    checkpoint,
    chosen,
    compute,
    find,
    jobs,
    place,
    processor,
    profile,
    recompute,
    registry,
    table,
)

__all__ = [
    "Config",
    "Execution",
    "Experiment",
    "check_compute",
    "checkpoint",
    "chosen",
    "compute",
    "find",
    "jobs",
    "place",
    "processor",
    "profile",
    "recompute",
    "registry",
    "table",
]
