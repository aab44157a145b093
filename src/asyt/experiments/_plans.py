"""Plans of runs that several experiments share."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from asyt.experiments.base import Seeds


def one_a_seed(
    profiles: Mapping[str, Any], published: tuple[int, ...] = (0,)
) -> Callable[..., list[Any]]:
    """A plan of one run a seed, by default of the `published` ones."""

    def plan(profile: str, seeds: Seeds = None, devices: int | None = None) -> list[Any]:
        sized = profiles[profile]
        if devices is not None:
            sized = replace(sized, devices=devices)
        return [replace(sized, seed=seed) for seed in seeds or published]

    return plan
