"""AsyT Fig. 3: three species of Iris on chips."""

from pandas import DataFrame

from asyt.claims.criteria import Measurement
from asyt.claims.measured._chips import Evidence
from asyt.experiments.chips import iris_chip, summary

EXPERIMENTS = (iris_chip.EXPERIMENT,)
FIGURE = "iris-chip.html#fig-asyt-fig3"
ACCURACIES = {
    "asyt-3a-insilico": ("insilico-bp", "test"),
    "asyt-3a-pseudo": ("pseudo-ip-bp", "train"),
    "asyt-3a-train": ("asyt", "train"),
    "asyt-3a-test": ("asyt", "test"),
}
LEADS = {
    "asyt-3a-gap": ("asyt", "pseudo-ip-bp"),
    "asyt-3a-order": ("pseudo-ip-bp", "insilico-bp"),
}
OTHERS = ("asyt-3b-confusion", "asyt-3c-angle", "asyt-3c-magnitude", "asyt-3d-profiles")
CLAIMS = (*ACCURACIES, "asyt-3a-bp", *LEADS, *OTHERS)


def measure(table: DataFrame) -> list[Measurement]:
    """The rows of AsyT Fig. 3."""
    evidence = Evidence(table, "asyt-3a-bp", 100 / 3, FIGURE)
    angles, magnitudes = _under_asyt(evidence, "angle"), _under_asyt(evidence, "magnitude")
    early = all(map(falls_early_and_stays, angles))
    less = all(layer.centre.iloc[-1] < layer.centre.iloc[0] for layer in magnitudes)
    share = "share of the digital magnitude"
    rows = summary.deciding(table, evidence.target)
    further = [summary.select(rows, profile=name) for name in iris_chip.FURTHER]
    profiles = [summary.draws(part, "asyt", "train") for part in further]
    return [
        *evidence.accuracies(ACCURACIES),
        *(evidence.exceeds(claim, *methods) for claim, methods in LEADS.items()),
        evidence.diagonal("asyt-3b-confusion", "asyt-3a-test"),
        _alignment("asyt-3c-angle", evidence, angles[0], "degrees", early),
        _alignment("asyt-3c-magnitude", evidence, magnitudes[0], share, less),
        evidence.populations("asyt-3d-profiles", *profiles),
    ]


def falls_early_and_stays(angle: DataFrame) -> bool:
    """Half the initial angle at one tenth of training, at the end no more than 2 degrees above."""
    early = angle.centre[angle.epoch >= 0.1 * angle.epoch.iloc[-1]].iloc[0]
    first, last = angle.centre.iloc[0], angle.centre.iloc[-1]
    return bool(early <= 0.5 * first and last <= early + 2)


def _under_asyt(evidence: Evidence, quantity: str) -> list[DataFrame]:
    """The series of a quantity in each layer."""
    rows = summary.select(evidence.main, method="asyt")
    return [summary.series(summary.select(rows, layer=layer), quantity) for layer in (0, 1)]


def _alignment(
    claim: str, evidence: Evidence, first_layer: DataFrame, unit: str, holds: bool
) -> Measurement:
    """A test that must hold in both layers; the numbers given are those of the first."""
    judged = f"first layer at the end, {unit}; the test must hold in both layers"
    reading = f"{evidence.reading}; {judged}"
    return Measurement.of(claim, first_layer.iloc[-1], reading, evidence.page, holds=holds)
