"""Whether two ways to read agree, or differ: exactly, or above noise at a stated error rate.

A way to read is a function without arguments that makes passes and returns the last, (C, B, P).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from asyt.errors import AsytError
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
        return self.alike(self.series(first), self.series(second))

    def series(self, reading: Reading) -> Tensor:
        """What is read, (C, B, P)."""
        return reading()

    def alike(self, first: Tensor, second: Tensor) -> Verdict:
        """Whether two read-outs (C, B, P) are the same."""
        magnitude = torch.maximum(first.abs(), second.abs())
        largest = magnitude.amax((-2, -1), keepdim=True)
        unit = largest.clamp_min(torch.finfo(first.dtype).tiny)
        distance = (first - second).abs() / unit
        apart = float(distance.amax())
        agree = apart <= self._tolerance
        return Verdict(agree, f"apart by {apart:.1g} of the largest read-out")

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

    def __init__(
        self,
        tolerance: float,
        passes: int,
        rate: float,
        at: Callable[[int], None],
    ):
        self._tolerance = tolerance
        self.each = passes
        self._rate = rate
        self._level = rate
        self._at = at
        self._moments = 0
        self._generator = torch.Generator().manual_seed(0)

    def share(self, tests: int) -> None:
        """Share the rate between so many comparisons (Bonferroni).

        Raises:
            AsytError: so few passes that none of their orders is as rare as that.
        """
        self._level = self._rate / tests
        orders = math.comb(2 * self.each, self.each)
        if 4 / orders > self._level:  # two ends, two distances
            raise AsytError(
                f"passes {self.each}: too few for false_alarms {self._rate:g} in {tests} "
                "comparisons; give more passes."
            )

    def compare(self, first: Reading, second: Reading) -> Verdict:
        """Whether both have the same mean."""
        return self.alike(*self._readings(first, second))

    def alike(self, first: Tensor, second: Tensor) -> Verdict:
        """Whether two series (passes, C, B, P) have the same mean."""
        mean = first.mean(0)
        other = second.mean(0)
        largest = torch.stack([mean, other]).abs().amax()
        apart = (mean - other).abs().amax()
        if apart <= self._tolerance * largest:
            return Verdict(True, "means apart by rounding")
        one_group = first.flatten(1)[:, None]
        other_group = second.flatten(1)[:, None]
        p = float(self._p(one_group, other_group, self._level))
        return Verdict(p > self._level, f"p = {p:.2g}")

    def changed(self, first: Reading, second: Reading) -> Tensor:
        """Chips whose means differ, (C, 1, 1)."""
        one, other = self._readings(first, second)
        p = self._p(one.flatten(2), other.flatten(2), MISSED)
        return (p <= MISSED)[:, None, None]

    def series(self, reading: Reading) -> Tensor:
        """Readings one after the other, (passes, C, B, P)."""
        return torch.stack([self._once(reading) for _ in range(self.each)])

    def _readings(self, first: Reading, second: Reading) -> tuple[Tensor, Tensor]:
        """Both series, read in random order."""
        firsts = []
        seconds = []
        order = torch.randperm(2 * self.each, generator=self._generator)
        for number in order.tolist():
            if number % 2 == 0:
                firsts.append(self._once(first))
            else:
                seconds.append(self._once(second))
        return torch.stack(firsts), torch.stack(seconds)

    def _once(self, reading: Reading) -> Tensor:
        self._moments += 1
        self._at(self._moments)
        return reading()

    def _p(self, first: Tensor, second: Tensor, level: float) -> Tensor:
        """One p a group of values, of series (passes, G, n)."""
        return p_values(first, second, level, self._generator)


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
