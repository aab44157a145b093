"""Spoken vowels on second-harmonic generation, and what nobody can measure here of that source."""

from __future__ import annotations

import numpy as np
import pandas as pd

from asyt.claims.criteria import Measurement
from asyt.claims.measured._summarised import values
from asyt.experiments import summaries, vowel_draws, vowels

EXPERIMENTS = (vowels.EXPERIMENT,)
PAGE = "physical.html"
CHANCE = 100 / 7
CLAIMS = ("pnn-forward", "pnn-accuracy-vowels", "pnn-procedure", "pnn-inference-cost", "pnn-energy")


def measure(table: pd.DataFrame) -> list[Measurement]:
    """Test accuracies under PAT, and by how much it leads in-silico BP."""
    pat = summaries.spread(vowel_draws.draws(table, "pat"))
    ahead = vowel_draws.lead(table)
    text = "five SHG modules, 7 vowels, the original 210/49 split; PAT with the analytic twin"
    where = f"{PAGE}#fig-pnn-vowels"
    return [
        Measurement(
            "pnn-forward",
            **values(pat),
            reading=f"{text}; test accuracy, chance {CHANCE:.1f} %",
            page=where,
            holds=pat["centre"] >= 4 * CHANCE,
        ),
        Measurement(
            "pnn-accuracy-vowels",
            **values(pat),
            reading=f"{text}; Wright et al. report 93 % for this task, and 97 % for an MNIST "
            "hybrid",
            page=where,
            chance=CHANCE,
            ideal=float(np.median(vowel_draws.draws(table, "ideal-bp"))),
        ),
        Measurement(
            "pnn-procedure",
            **values(ahead),
            reading=f"{text}; points of test accuracy by which PAT leads in-silico BP on the same "
            "benches",
            page=where,
            holds=ahead["low"] > 0,
        ),
        Measurement("pnn-inference-cost", page=PAGE),
        Measurement("pnn-energy", page=PAGE),
    ]
