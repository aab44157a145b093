"""What the kit says: a table of promises, or the first one that is broken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from asyt.errors import DeviceOutputError

KEPT = "kept"
NOT_CHECKED = "not checked: "


class Row(NamedTuple):
    """One promise, how it was checked, and the outcome.

    Example:
        >>> from asyt.testing import Row
        >>> Row("finite", "60 passes", "kept").outcome
        'kept'
    """

    promise: str
    how: str
    outcome: str


@dataclass(repr=False)
class Report(Sequence):
    """The names of the promises that were checked; printed, the table of them.

    Attributes:
        rows: in the order of the checks.

    Example:
        >>> from asyt.testing import Report, Row
        >>> list(Report([Row("finite", "60 passes", "kept")]))
        ['finite']
    """

    rows: list[Row] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index):
        return [row.promise for row in self.rows][index]

    def __repr__(self) -> str:
        rows = [Row("promise", "how", "outcome"), *self.rows]
        promise = max(len(row.promise) for row in rows)
        how = max(len(row.how) for row in rows)
        lines = [f"{row.promise:{promise}}  {row.how:{how}}  {row.outcome}" for row in rows]
        return "\n".join(lines)


class ConformanceError(DeviceOutputError):
    """A device breaks the contract; the message says which promise, and what was seen.

    Attributes:
        promise: its name, as in the table.
        report: what was checked until then.

    Example:
        >>> import torch
        >>> from asyt.devices import Device
        >>> from asyt.testing import ConformanceError, check_device
        >>> deaf = lambda: Device.of(lambda c, x: torch.zeros(len(x), 3), layers=(4, 3))
        >>> try:
        ...     check_device(deaf)
        ... except ConformanceError as broken:
        ...     print(broken.promise)
        hears_weights
    """

    def __init__(self, promise: str, seen: str):
        super().__init__(f"{promise}: {seen}")
        self.promise = promise
        self.report = Report()


def require(promise: str, kept: bool, seen: str) -> None:
    """A `ConformanceError` unless the promise is kept."""
    if not kept:
        raise ConformanceError(promise, seen)
