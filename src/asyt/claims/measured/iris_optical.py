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
CLAIMS = (
    *ACCURACIES,
    "asyt-2e-bp",
    "asyt-2f-profile",
    "asyt-2f-mismatch",
    "asyt-2-memory",
    "asyt-s-control",
)


def measure(table: DataFrame, cells: DataFrame) -> list[Measurement]:
    """The accuracies in every encoding and headroom, the cells, and the control."""
    found = [chips.ideal("asyt-2e-bp") for chips in whole_range(table, CHANCE)]
    for chips in evidence(table, CHANCE):
        found += chips.accuracies(ACCURACIES)
    control = iris_optical.BASE
    return [
        *linked(found, FIGURE),
        *_cells(cells),
        _memory(control.levels),
        Measurement(
            "asyt-s-control",
            note="bits, volts, levels of `Control`",
            carries=[control.bits, int(control.v_max), control.levels],
        ),
    ]


def _cells(cells: DataFrame) -> list[Measurement]:
    """Eq. 4 against our profile and an ideal cell; the cells of the population against it."""
    row = cells[cells.quantity == "error"].iloc[0]
    error = {
        "centre": row.value,
        "low": 0.0,
        "high": row.value,
        "n": row.n,
    }
    exact = row.value < 1e-12
    ideal = "largest difference of our profile and of an ideal cell from Eq. 4, over 0 V to V_pi"
    mismatch = summaries.spread(mzi_cells.mismatch(cells).worst.to_numpy())
    apart = mismatch["centre"] > 0.2
    worst = "worst |T_device - T_profile| a device of two chips (32 cells); median and 5-95 % range"
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
    note = "(bytes of tables / bytes of one profile) / M^2, counted at M = 1 to 100"
    constant = counted["profile (bytes)"].nunique() == 1
    holds = (share == 1).all() and constant
    return Measurement.of("asyt-2-memory", found, note, PAGE, holds=holds)
