"""AsyT Fig. 5h: AsyT and PAT on a very noisy device."""

from functools import partial

from asyt.experiments import robustness
from asyt.figures._panels_methods import severities

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
draw = partial(severities, conditions=robustness.NOISY, height=0.56, struck=False)
