"""AsyT Fig. 2: the optical chain on two species of Iris, its cells and their control."""

from __future__ import annotations

import pandas as pd

from asyt.claims.criteria import Measurement
from asyt.claims.measured._chips import Evidence
from asyt.experiments import summaries
from asyt.experiments.chips import iris_optical, mzi_cells
from asyt.photonics import populations

EXPERIMENTS = (iris_optical.EXPERIMENT, mzi_cells.EXPERIMENT)
PAGE = "optical-chip.html"
FIGURE = f"{PAGE}#fig-asyt-fig2"
CLAIMS = (
    "asyt-2e-insilico",
    "asyt-2e-train",
    "asyt-2e-test",
    "asyt-2e-bp",
    "asyt-2f-profile",
    "asyt-2f-mismatch",
    "asyt-2-memory",
    "asyt-s-control",
)


def measure(table: pd.DataFrame, cells: pd.DataFrame) -> list[Measurement]:
    """The accuracies in the encoding that decides, the cells, and the control."""
    evidence = Evidence(table, "asyt-2e-bp", 50.0, FIGURE, "the other is on the page")
    return [
        evidence.accuracy("asyt-2e-insilico", "insilico-bp", "test"),
        evidence.accuracy("asyt-2e-train", "asyt", "train"),
        evidence.accuracy("asyt-2e-test", "asyt", "test"),
        evidence.bp(),
        _profile(cells),
        _mismatch(cells),
        _memory(),
        _control(),
    ]


def _profile(cells: pd.DataFrame) -> Measurement:
    """Eq. 4 against our profile and an ideal cell."""
    row = cells[cells.quantity == "error"].iloc[0]
    reading = "largest difference of our profile and of an ideal cell from Eq. 4, over 0 V to V_pi"
    holds = bool(row.value < 1e-12)
    return Measurement(
        "asyt-2f-profile", row.value, 0.0, row.value, int(row.n), reading, FIGURE, holds=holds
    )


def _mismatch(cells: pd.DataFrame) -> Measurement:
    """The cells of the population against the profile."""
    centre, low, high, n = summaries.spread(mzi_cells.mismatch(cells).worst.to_numpy()).values()
    reading = (
        "worst |T_device - T_profile| a device of two chips (32 cells); median and 5-95 % range"
    )
    return Measurement(
        "asyt-2f-mismatch", centre, low, high, n, reading, FIGURE, holds=bool(centre > 0.2)
    )


def _memory() -> Measurement:
    levels = iris_optical.BASE.levels
    counted = populations.memory(tuple(range(1, 101)), levels)
    share = counted.ratio / counted.M**2
    holds = bool((share == 1).all() and counted["profile (bytes)"].nunique() == 1)
    return Measurement(
        "asyt-2-memory",
        float(share.mean()),
        float(share.min()),
        float(share.max()),
        len(counted),
        "(bytes of tables / bytes of one profile) / M^2, counted at M = 1 to 100",
        PAGE,
        holds=holds,
    )


def _control() -> Measurement:
    config = iris_optical.BASE
    carried = [config.bits, int(config.v_max), config.levels]
    reading = "bits, volts, levels of `Control`"
    return Measurement("asyt-s-control", carries=carried, reading=reading, page=PAGE)
