"""AsyT Figs. 5e and 5f: the largest gap between ideal BP and AsyT over widths and over depths."""

from pandas import DataFrame

from asyt.claims.criteria import Measurement
from asyt.claims.measured._beside import beside
from asyt.claims.published import number
from asyt.experiments import authors_structure, mnist_structure, structure_readings

EXPERIMENTS = (
    mnist_structure.EXPERIMENT,
    authors_structure.EXPERIMENT,
    structure_readings.EXPERIMENT,
)
PAGE = "sweeps.html"
CLAIMS = ("asyt-5e-width", "asyt-5f-depth")
#: What the first runs are called where a reading has longer ones.
FIRST = "20 epochs"


def measure(
    swept: DataFrame, chip: DataFrame | None = None, longer: DataFrame | None = None
) -> list[Measurement]:
    """The largest gap in every reading."""
    first = _gaps(authors_structure.fig5ef(swept))
    if chip is None and longer is None:
        return first
    further = _gaps(authors_structure.fig5ef(chip=chip, longer=longer))
    return beside(further, first, FIRST)


def _gaps(table: DataFrame) -> list[Measurement]:
    widths = mnist_structure.by_width(table)
    depths = mnist_structure.by_depth(table)
    return [
        *_largest(widths, "width", "asyt-5e-width"),
        *_largest(depths, "depth", "asyt-5f-depth"),
    ]


def _largest(table: DataFrame, key: str, claim: str) -> list[Measurement]:
    """The largest gap; the claim holds if the upper ends of all lie below the bound."""
    found = []
    for reading, gaps in mnist_structure.gaps(table, key).groupby("reading", sort=False):
        worst = gaps.loc[gaps.centre.idxmax()]
        values = ", ".join(f"{value:g}" for value in gaps[key])
        epochs = table[table.reading == reading].epoch.max()
        note = (
            f"largest gap, at {key} {worst[key]:g}, of {key} {values}; {epochs} epochs, "
            "where the paper trains 300"
        )
        below = (gaps.high < number(claim)).all()
        found.append(
            Measurement.of(
                claim,
                worst,
                note,
                holds=bool(below),
                reading=str(reading),
            )
        )
    return found
