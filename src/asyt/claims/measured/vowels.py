"""Spoken vowels on second-harmonic generation, and what nobody can measure here of that source."""

import numpy as np
from pandas import DataFrame

from asyt.claims.criteria import Measurement
from asyt.experiments import summaries, vowel_draws, vowels

EXPERIMENTS = (vowels.EXPERIMENT,)
PAGE = "physical.html"
FIGURE = f"{PAGE}#fig-pnn-vowels"
CHANCE = 100 / 7
CLAIMS = (
    "pnn-forward",
    "pnn-accuracy-vowels",
    "pnn-procedure",
    "pnn-inference-cost",
    "pnn-energy",
)


def measure(table: DataFrame) -> list[Measurement]:
    """Test accuracies under PAT, and by how much it leads in-silico BP."""
    draws = np.asarray(vowel_draws.draws(table, "pat"))
    pat = summaries.spread(draws)
    lead = vowel_draws.lead(table)
    ideal = vowel_draws.draws(table, "ideal-bp")
    limits = {"chance": CHANCE, "ideal": float(np.median(ideal))}
    text = "five SHG modules, 7 vowels, the original 210/49 split; PAT with the analytic twin"
    far = f"{text}; test accuracy, chance {CHANCE:.1f} %"
    near = f"{text}; Wright et al. report 93 % for this task, and 97 % for an MNIST hybrid"
    ahead = f"{text}; points of test accuracy by which PAT leads in-silico BP on the same benches"
    return [
        Measurement.of("pnn-forward", pat, far, FIGURE, holds=pat["centre"] >= 4 * CHANCE),
        Measurement.drawn("pnn-accuracy-vowels", near, draws, page=FIGURE, **limits),
        Measurement.of("pnn-procedure", lead, ahead, FIGURE, holds=lead["low"] > 0),
        Measurement("pnn-inference-cost"),
        Measurement("pnn-energy"),
    ]
