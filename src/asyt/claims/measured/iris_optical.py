"""AsyT Fig. 2: the optical chain on two species of Iris, its cells and their control."""

from pandas import DataFrame

from asyt.claims.criteria import Measurement
from asyt.claims.measured._chips import evidence, linked, whole_range
from asyt.experiments import summaries
from asyt.experiments.chips import iris_optical, mzi_cells
from asyt.photonics import populations

EXPERIMENTS = (iris_optical.EXPERIMENT, mzi_cells.EXPERIMENT)
PAGE = "optical-chip.html"
FIGURE = f"{PAGE}#fig-asyt-fig2"
CHANCE = 50.0
ACCURACIES = {
    "asyt-2e-insilico": ("insilico-bp", "test"),
    "asyt-2e-train": ("asyt", "train"),
    "asyt-2e-test": ("asyt", "test"),
}
OTHERS = ("asyt-2f-profile", "asyt-2f-mismatch", "asyt-2-memory", "asyt-s-control")
CLAIMS = (*ACCURACIES, "asyt-2e-bp", *OTHERS)


def measure(table: DataFrame, cells: DataFrame) -> list[Measurement]:
    """The accuracies in every encoding and headroom, the cells, and the control."""
    found = [chips.ideal("asyt-2e-bp") for chips in whole_range(table, CHANCE)]
    for chips in evidence(table, CHANCE):
        found += chips.accuracies(ACCURACIES)
    config, note = iris_optical.BASE, "bits, volts, levels of `Control`"
    carried = [config.bits, int(config.v_max), config.levels]
    control = Measurement("asyt-s-control", note=note, carries=carried)
    return [*linked(found, FIGURE), *_cells(cells), _memory(config.levels), control]


def _cells(cells: DataFrame) -> list[Measurement]:
    """Eq. 4 against our profile and an ideal cell; the cells of the population against it."""
    row = cells[cells.quantity == "error"].iloc[0]
    error = {"centre": row.value, "low": 0.0, "high": row.value, "n": row.n}
    mismatch = summaries.spread(mzi_cells.mismatch(cells).worst.to_numpy())
    ideal = "largest difference of our profile and of an ideal cell from Eq. 4, over 0 V to V_pi"
    worst = "worst |T_device - T_profile| a device of two chips (32 cells); median and 5-95 % range"
    exact, apart = row.value < 1e-12, mismatch["centre"] > 0.2
    return [
        Measurement.of("asyt-2f-profile", error, ideal, FIGURE, holds=exact),
        Measurement.of("asyt-2f-mismatch", mismatch, worst, FIGURE, holds=apart),
    ]


def _memory(levels: int) -> Measurement:
    counted = populations.memory(tuple(range(1, 101)), levels)
    share = counted.ratio / counted.M**2
    found = {
        "centre": share.mean(),
        "low": share.min(),
        "high": share.max(),
        "n": len(share),
    }
    reading = "(bytes of tables / bytes of one profile) / M^2, counted at M = 1 to 100"
    holds = (share == 1).all() and counted["profile (bytes)"].nunique() == 1
    return Measurement.of("asyt-2-memory", found, reading, PAGE, holds=holds)
