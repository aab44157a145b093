"""AsyT Fig. 3: three species of Iris on chips."""

from __future__ import annotations

import pandas as pd

from asyt.claims.criteria import Measurement
from asyt.claims.measured._chips import Evidence
from asyt.experiments.chips import iris_chip, summary

EXPERIMENTS = (iris_chip.EXPERIMENT,)
FIGURE = "iris-chip.html#fig-asyt-fig3"
CLAIMS = (
    "asyt-3a-insilico",
    "asyt-3a-pseudo",
    "asyt-3a-train",
    "asyt-3a-test",
    "asyt-3a-bp",
    "asyt-3a-gap",
    "asyt-3a-order",
    "asyt-3b-confusion",
    "asyt-3c-angle",
    "asyt-3c-magnitude",
    "asyt-3d-profiles",
)
LAYERS = (0, 1)


def measure(table: pd.DataFrame) -> list[Measurement]:
    """The rows of AsyT Fig. 3."""
    evidence = Evidence(table, "asyt-3a-bp", 100 / 3, FIGURE)
    return [
        evidence.accuracy("asyt-3a-insilico", "insilico-bp", "test"),
        evidence.accuracy("asyt-3a-pseudo", "pseudo-ip-bp", "train"),
        evidence.accuracy("asyt-3a-train", "asyt", "train"),
        evidence.accuracy("asyt-3a-test", "asyt", "test"),
        evidence.bp(),
        evidence.exceeds("asyt-3a-gap", "asyt", "pseudo-ip-bp"),
        evidence.exceeds("asyt-3a-order", "pseudo-ip-bp", "insilico-bp"),
        evidence.diagonal("asyt-3b-confusion", "asyt-3a-test"),
        _angle(evidence),
        _magnitude(evidence),
        _profiles(evidence),
    ]


def _profiles(evidence: Evidence) -> Measurement:
    """AsyT with each of the further estimation profiles."""
    deciding = summary.deciding(evidence.table, evidence.target)
    draws = [
        summary.draws(summary.select(deciding, profile=name), "asyt", "train")
        for name in iris_chip.FURTHER
    ]
    return evidence.populations("asyt-3d-profiles", *draws)


def _angle(evidence: Evidence) -> Measurement:
    series = _under_asyt(evidence, "angle")
    holds = all(falls_early_and_stays(layer) for layer in series)
    return _alignment("asyt-3c-angle", evidence, series[0], "degrees", holds)


def _magnitude(evidence: Evidence) -> Measurement:
    series = _under_asyt(evidence, "magnitude")
    holds = all(layer.centre.iloc[-1] < layer.centre.iloc[0] for layer in series)
    unit = "share of the digital magnitude"
    return _alignment("asyt-3c-magnitude", evidence, series[0], unit, holds)


def falls_early_and_stays(angle: pd.DataFrame) -> bool:
    """Half its initial value at one tenth of training, and at the end no more than 2 degrees above.

    Args:
        angle: `epoch` and `centre`, degrees.
    """
    early = angle.centre[angle.epoch >= 0.1 * angle.epoch.iloc[-1]].iloc[0]
    first, last = angle.centre.iloc[0], angle.centre.iloc[-1]
    return bool(early <= 0.5 * first and last <= early + 2)


def _under_asyt(evidence: Evidence, quantity: str) -> list[pd.DataFrame]:
    """The series of a quantity in each layer."""
    rows = summary.select(evidence.main, method="asyt")
    return [summary.series(summary.select(rows, layer=layer), quantity) for layer in LAYERS]


def _alignment(
    claim: str, evidence: Evidence, first_layer: pd.DataFrame, unit: str, holds: bool
) -> Measurement:
    """A test that must hold in both layers; the numbers given are those of the first."""
    last = first_layer.iloc[-1]
    judged = f"first layer at the end, {unit}; the test must hold in both layers"
    return Measurement(
        claim,
        last.centre,
        last.low,
        last.high,
        int(last.n),
        f"{evidence.reading}; {judged}",
        evidence.page,
        holds=holds,
    )
