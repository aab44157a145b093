"""AsyT Fig. 5h: AsyT and PAT on a very noisy device."""

import pandas as pd

from asyt.experiments import robustness
from asyt.figures import _panels_methods as panels
from asyt.figures import _style as style

EXPERIMENT = robustness.EXPERIMENT
CAPTION = (
    "Noise on every net output at every pass (MNIST, [784, 128, 128, 10], 10,000 samples): "
    "independent for each neuron and sample in two readings of a ratio in decibels, and as one "
    "common gain a layer. Means with 95 % bands over 5 draws of task and chip."
)
ALT = (
    "Test accuracy against epoch in six panels, from weak to strong independent noise and for "
    "common noise; the stronger the noise the lower both methods end."
)


def draw(table: pd.DataFrame) -> style.Drawn:
    """One panel a reading and strength of the noise."""
    return panels.severities(table, robustness.NOISY, 0.56, struck=False)
