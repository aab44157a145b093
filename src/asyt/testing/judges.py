"""Whether two ways to read agree, or differ: exactly, or above noise at a stated error rate.

A way to read is a function without arguments that makes passes and returns the last, (C, B, P).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from asyt.testing.permutation import p_values

Reading = Callable[[], Tensor]
#: Chance that a device that does not respond is taken for one that does, for each chip and tensor.
MISSED = 1e-3


class Verdict(NamedTuple):
    """Whether two ways to read agree, and what was seen."""

    agree: bool
    seen: str


class Exact:
    """Of a device without noise one pass tells.

    Args:
        tolerance: of rounding, in units of a chip's largest read-out.
    """

    sees_each = True  # read-out by itself, not only chips
    doubt = ""

    def __init__(self, tolerance: float):
        self._tolerance = tolerance

    def compare(self, first: Reading, second: Reading) -> Verdict:
        """Whether both give the same."""
        one, other = first(), second()
        largest = torch.maximum(one.abs(), other.abs()).amax((-2, -1), keepdim=True)
        unit = largest.clamp_min(torch.finfo(one.dtype).tiny)
        apart = float(((one - other).abs() / unit).amax())
        return Verdict(apart <= self._tolerance, f"apart by {apart:.1g} of the largest read-out")

    def changed(self, first: Reading, second: Reading) -> Tensor:
        """Where they differ at all, (C, B, P)."""
        return first() != second()

    def share(self, tests: int) -> None:
        """Without noise there is no error rate to share."""


class Statistical:
    """Of a device with noise many passes tell, in random order, by a permutation test.

    Args:
        tolerance: as of `Exact`.
        passes: of each of two ways to read.
        rate: chance that any two that agree are said to differ, in all comparisons together.
        at: sets the moment of a pass, so that it has noise of its own.
    """

    sees_each = False
    doubt = ", or its noise hides it: give more passes=, or controls= further apart"

    def __init__(self, tolerance: float, passes: int, rate: float, at: Callable[[int], None]):
        self._tolerance, self.each, self._rate, self._at = tolerance, passes, rate, at
        self._generator = torch.Generator().manual_seed(0)
        self._moments, self._level = 0, rate

    def share(self, tests: int) -> None:
        """Share the rate between so many comparisons (Bonferroni)."""
        self._level = self._rate / tests

    def compare(self, first: Reading, second: Reading, shuffled: bool = True) -> Verdict:
        """Whether both have the same mean; unshuffled, all of the first come first."""
        labels, readings = self._readings(first, second, shuffled)
        p = float(self._p(labels, readings.flatten(1).unsqueeze(1), self._level)[0])
        return Verdict(p > self._level, f"p = {p:.2g}")

    def changed(self, first: Reading, second: Reading) -> Tensor:
        """Chips whose means differ, (C, 1, 1)."""
        labels, readings = self._readings(first, second, True)
        return (self._p(labels, readings.flatten(2), MISSED) <= MISSED)[:, None, None]

    def _readings(self, first: Reading, second: Reading, shuffled: bool) -> tuple[Tensor, Tensor]:
        """Labels (2 passes,), and readings (2 passes, C, B, P)."""
        labels = torch.arange(2 * self.each) // self.each
        if shuffled:
            labels = labels[torch.randperm(len(labels), generator=self._generator)]
        readings = []
        for label in labels.tolist():
            self._moments += 1
            self._at(self._moments)
            readings.append(second() if label else first())
        return labels, torch.stack(readings)

    def _p(self, labels: Tensor, readings: Tensor, level: float) -> Tensor:
        blur = self._tolerance * float(readings.abs().amax())
        return p_values(labels, readings, level, self._generator, blur)


class Addressed(Statistical):
    """Of a device whose noise `at` sets: whether it responds can be seen with equal noise."""

    sees_each = True
    doubt = ""

    def changed(self, first: Reading, second: Reading) -> Tensor:
        """Where they differ at all at one moment, (C, B, P)."""
        self._at(0)
        one = first()
        self._at(0)
        return one != second()
