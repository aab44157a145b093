"""Spoken vowels on second-harmonic generation: what the runs give, drawn and judged."""

from asyt.figures.vowel_runs import PROFILES, Config, build, jobs, run

__all__ = ["CLAIMS", "PROFILES", "Config", "build", "jobs", "run"]

CLAIMS = ()
FIGURES = {}


def measurements():
    """None yet."""
    return []
