"""AsyT Fig. 5a once more with products of bfloat16 numbers, beside float32: does rounding matter?

Five draws of each, in pairs: same start, batches and chips, and the same processor. Fixed before
any run: rounding matters where the paired difference of a method's accuracy is above 0.1 point.
"""

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from asyt.experiments import mnist, summaries
from asyt.experiments.base import Experiment, one_a_seed
from asyt.training import Schedule
from asyt.twins import kernels

SEEDS = (0, 1, 2, 3, 4)


@dataclass(frozen=True)
class Config(mnist.Config):
    """A run of Fig. 5a in some precision of its training."""

    by = ("precision", "seed")

    precision: str = "float32"

    def schedule(self) -> Schedule:
        """As on MNIST, in this precision."""
        return replace(super().schedule(), precision=self.precision)

    @property
    def columns(self) -> dict[str, Any]:
        """The precision and the seed."""
        return {"precision": self.precision, "seed": self.seed}


def differences(table: pd.DataFrame) -> pd.DataFrame:
    """Last accuracy in bf16 less that in float32, points, paired by draw and chip: a row a method.

    Returns:
        Rows method, centre, low, high, n (of the difference, with its 95 % interval).
    """
    last = summaries.final(table)
    trained = last[last.fleet.isin(["digital", mnist.TRAINED])]

    def apart(method: pd.DataFrame) -> dict[str, Any]:
        exact, rounded = (
            summaries.grid(method[method.precision == name]) for name in kernels.PRECISIONS
        )
        return summaries.mean(rounded - exact)

    return summaries.each(trained, ["method"], apart)


PROFILES = {name: Config(**vars(config)) for name, config in mnist.PROFILES.items()}
VARIANTS = [{"precision": name} for name in kernels.PRECISIONS]
plan = one_a_seed(PROFILES, SEEDS, VARIANTS, smoke=1)
EXPERIMENT = Experiment("mnist-precision", PROFILES, plan, mnist.run, population=True)
