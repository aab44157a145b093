"""What an experiment is: a name, sizes, the runs of each size, and how a run becomes a table."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any, ClassVar

import pandas as pd

from asyt.checkpoints import Checkpoint
from asyt.errors import AsytError, lookup
from asyt.experiments.settings import Settings, changed

#: Published seeds; None asks for those that the book publishes.
Seeds = tuple[int, ...] | None


class Config:
    """All settings of one run; a frozen dataclass whose field values name its stored table.

    Attributes:
        seed: of the run.
        by: the attributes that tell the runs of a profile apart; they become columns of its table.
    """

    seed: int
    by: ClassVar[tuple[str, ...]] = ("seed",)

    @property
    def columns(self) -> dict[str, Any]:
        """The columns put in front of the run's table."""
        return {name: getattr(self, name) for name in self.by}

    def read(self, table: pd.DataFrame) -> pd.DataFrame:
        """The run's stored table as it is used: a place to name old columns anew."""
        return table

    @property
    def label(self) -> str:
        """For progress lines and `--only`."""
        return ", ".join(f"{name} {value}" for name, value in self.columns.items())


@dataclass(frozen=True)
class Execution:
    """How a run is carried out: nothing that changes a number beyond rounding."""

    compute: str = "cpu"  # or "cuda"
    checkpoint: Checkpoint | None = None  # where an unfinished run is kept
    progress: bool = False  # show a bar


#: On the CPU, silently, without a checkpoint.
HERE = Execution()


def seeds_of(
    profile: str,
    seeds: Seeds,
    published: tuple[int, ...],
    smoke: int | None = 1,
) -> tuple[int, ...]:
    """The seeds that are asked for, else the published; at smoke scale the first `smoke` of them.

    With `smoke` None all of them at smoke scale too.
    """
    if seeds:
        return seeds
    if profile == "smoke":
        return published[:smoke]
    return published


def one_a_seed(
    profiles: Mapping[str, Any],
    published: tuple[int, ...] = (0,),
    variants: Sequence[Mapping[str, Any]] = ({},),
    smoke: int | None = None,
) -> Callable[..., list[Any]]:
    """A plan: each variant (changes to the profile's config) with each seed.

    Published are these seeds, at smoke scale the first `smoke` of them.
    """

    def plan(profile: str, seeds: Seeds = None, devices: int | None = None) -> list[Any]:
        config = profiles[profile]
        if devices is not None:
            config = replace(config, devices=devices)
        runs = product(variants, seeds_of(profile, seeds, published, smoke))
        return [replace(config, **variant, seed=seed) for variant, seed in runs]

    return plan


@dataclass(frozen=True)
class Experiment:
    """What `asyt run` runs. A module of `asyt.experiments` that has one as `EXPERIMENT` is found.

    Attributes:
        name: as in `asyt run NAME` and data/results/NAME.
        profiles: size -> a config of that size: smoke (seconds), quick (minutes), paper.
        plan: (profile, seeds) -> the runs; with `population` also (profile, seeds, devices).
        run: (config, execution) -> tidy table.
        population: whether a run has a number of chips that can be varied.
        gpu: whether it can run on a GPU.
    """

    name: str
    profiles: Mapping[str, Any]
    plan: Callable[..., list[Any]] = field(repr=False)
    run: Callable[[Any, Execution], pd.DataFrame] = field(repr=False)
    population: bool = False
    gpu: bool = True

    def jobs(
        self,
        profile: str,
        seeds: Seeds = None,
        devices: int | None = None,
        settings: Settings = (),
    ) -> list[Any]:
        """The runs of a profile, by default with the seeds and chips that the book publishes.

        `settings` change fields of every run; see `settings.changed`, which also says what it
        raises.

        Raises:
            UnknownNameError: a profile that does not exist.
            AsytError: `devices` where the number of chips cannot be varied, or below 1.
        """
        lookup(profile, self.profiles, "profile")
        return changed(self._planned(profile, seeds, devices), settings)

    def _planned(self, profile: str, seeds: Seeds, devices: int | None) -> list[Any]:
        if devices is None:
            return self.plan(profile, seeds)
        if not self.population:
            raise AsytError(
                f"--devices {devices}: '{self.name}' has no number of chips to vary; "
                "give other draws with --seed."
            )
        if devices < 1:
            raise AsytError(f"--devices {devices}: a run has at least one chip.")
        return self.plan(profile, seeds, devices)
