"""Light-in-the-loop: accuracies of training by light and without, and what the light is for."""

from __future__ import annotations

from typing import Any

import pandas as pd

from asyt.claims.criteria import Measurement
from asyt.claims.published import number
from asyt.experiments import dfa, opu_concept, summaries

EXPERIMENTS = (dfa.EXPERIMENT, opu_concept.EXPERIMENT)
PAGE = "light-in-the-loop.html"
TRAINING = f"{PAGE}#fig-opu-training"
CLAIMS = (
    "opu-concept",
    "opu-s-network",
    "opu-optical",
    "opu-ternary",
    "opu-dfa",
    "opu-ternary-cost",
    "opu-inference",
)


def measure(table: pd.DataFrame, counters: pd.DataFrame) -> list[Measurement]:
    """The rows on training, and on what is left of the light after it."""
    (counted,) = counters.itertuples()
    return [
        _optical(table),
        _digital(table, "dfa-ternary", "opu-ternary"),
        _digital(table, "dfa", "opu-dfa"),
        *_ternary_cost(table),
        _network(dfa.PROFILES["paper"]),
        _inference(counted),
        _concept(table, counted),
    ]


def _optical(table: pd.DataFrame) -> Measurement:
    population = summaries.spread(dfa.finals(table, "dfa-optical", 0.01))
    return Measurement(
        "opu-optical",
        population["centre"],
        population["low"],
        population["high"],
        population["n"],
        "each run a medium and seed of its own; off-axis, 8 bits, dark patterns not shown",
        TRAINING,
        chance=10.0,
        ideal=float(dfa.finals(table, "bp", 0.001).mean()),
    )


def _digital(table: pd.DataFrame, method: str, claim: str) -> Measurement:
    mean = summaries.mean(dfa.finals(table, method, 0.001)[:, None])
    return Measurement(
        claim,
        mean["centre"],
        mean["low"],
        mean["high"],
        mean["n"],
        "inputs in [0, 1], batches of 128, mean gradients: ours",
        TRAINING,
    )


def _ternary_cost(table: pd.DataFrame) -> list[Measurement]:
    """Nothing from one pair: it has no bound."""
    cost = dfa.ternary_cost(table)
    if cost.n == 1:
        return []
    return [
        Measurement(
            "opu-ternary-cost",
            cost.mean,
            cost.low,
            cost.high,
            cost.n,
            "points of test accuracy, paired by seed",
            TRAINING,
            holds=cost.high <= number("opu-ternary-cost"),
        )
    ]


def _network(config: dfa.Config) -> Measurement:
    used = (config.layers, config.epochs, config.threshold)
    return Measurement(
        "opu-s-network",
        reading="2 x 1024 tanh, Adam at 0.01 and 0.001, 10 epochs, threshold 0.1",
        page=PAGE,
        holds=used == ((784, 1024, 1024, 10), 10, 0.1),
    )


def _inference(counted: Any) -> Measurement:
    return Measurement(
        "opu-inference",
        measured=float(counted.inference_frames),
        n=1,
        page=PAGE,
        holds=bool(counted.unchanged and counted.inference_frames == 0),
        reading="frames taken while a saved and reloaded network is used; its outputs are "
        "unchanged",
    )


def _concept(table: pd.DataFrame, counted: Any) -> Measurement:
    return Measurement(
        "opu-concept",
        measured=counted.frames,
        n=len(dfa.finals(table, "dfa-optical", 0.01)),
        page=f"{PAGE}#fig-opu-fig1",
        reading="frames a training sample; light in the feedback path only, none at inference",
        holds=counted.frames > 0 and counted.inference_frames == 0,
    )
