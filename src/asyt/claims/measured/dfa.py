"""Light-in-the-loop: accuracies of training by light and without, and what the light is for."""

from dataclasses import astuple
from typing import Any

import numpy as np
from pandas import DataFrame

from asyt.claims.criteria import Measurement
from asyt.claims.published import number
from asyt.experiments import dfa, dfa_standardised, opu_concept, summaries

EXPERIMENTS = (dfa.EXPERIMENT, opu_concept.EXPERIMENT, dfa_standardised.EXPERIMENT)
PAGE = "light-in-the-loop.html"
#: How the runs of `dfa` scale the inputs.
PIXELS = "unit-pixels"
#: Reading -> where the book shows its runs.
SHOWN = {
    PIXELS: f"{PAGE}#fig-opu-training",
    dfa_standardised.READING: f"{PAGE}#what-standardised-pixels-change",
}
DIGITAL = {"opu-ternary": "dfa-ternary", "opu-dfa": "dfa"}
CLAIMS = (
    "opu-optical",
    *DIGITAL,
    "opu-ternary-cost",
    "opu-s-network",
    "opu-inference",
    "opu-concept",
)


def measure(
    table: DataFrame, counters: DataFrame, standardised: DataFrame | None = None
) -> list[Measurement]:
    """The rows on training in either reading, and on what is left of the light after it."""
    found = [
        *_settings(table, counters),
        *_accuracies(table, PIXELS),
        *_ternary_cost(table, PIXELS),
    ]
    if standardised is not None:
        reading = dfa_standardised.READING
        found += [
            *_accuracies(standardised, reading),
            *_ternary_cost(standardised, reading),
        ]
    return found


def _accuracies(table: DataFrame, reading: str) -> list[Measurement]:
    optical = np.asarray(dfa.finals(table, "dfa-optical", 0.01))
    ideal = float(dfa.finals(table, "bp", 0.001).mean())
    about: dict[str, Any] = {"reading": reading, "page": SHOWN[reading]}
    found = [
        Measurement.drawn(
            "opu-optical",
            "each run a medium and seed of its own; off-axis, 8 bits, dark patterns not shown",
            optical,
            chance=10.0,
            ideal=ideal,
            **about,
        )
    ]
    for claim, method in DIGITAL.items():
        mean = summaries.mean(dfa.finals(table, method, 0.001)[:, None])
        note = "batches of 128, mean gradients: ours"
        found.append(Measurement.of(claim, mean, note, **about))
    return found


def _ternary_cost(table: DataFrame, reading: str) -> list[Measurement]:
    """Nothing from one pair: it has no bound."""
    claim = "opu-ternary-cost"
    mean, low, high, n = astuple(dfa.ternary_cost(table))
    if n < 2:
        return []
    found = Measurement(
        claim,
        mean,
        low,
        high,
        n,
        note="points of test accuracy, paired by seed",
        page=SHOWN[reading],
        holds=high <= number(claim),
        reading=reading,
    )
    return [found]


def _settings(table: DataFrame, counters: DataFrame) -> list[Measurement]:
    config = dfa.PROFILES["paper"]
    used = (config.layers, config.epochs, config.threshold)
    (counted,) = counters.itertuples()
    stated = used == ((784, 1024, 1024, 10), 10, 0.1)
    network = "2 x 1024 tanh, Adam at 0.01 and 0.001, 10 epochs, threshold 0.1"
    frames = float(counted.inference_frames)
    after = "frames taken while a saved and reloaded network is used; its outputs are unchanged"
    unlit = counted.unchanged and frames == 0
    return [
        Measurement("opu-s-network", note=network, holds=stated),
        Measurement("opu-inference", frames, n=1, note=after, holds=unlit),
        Measurement(
            "opu-concept",
            counted.frames,
            n=len(dfa.finals(table, "dfa-optical", 0.01)),
            note="frames a training sample; light in the feedback path only, none at inference",
            page=f"{PAGE}#fig-opu-fig1",
            holds=counted.frames > 0 and frames == 0,
        ),
    ]
