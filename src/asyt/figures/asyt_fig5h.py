"""AsyT Fig. 5h: AsyT and PAT on a very noisy device."""

from functools import partial
from itertools import product

from asyt.experiments import robustness, robustness_schedule
from asyt.figures._panels_methods import severities

EXPERIMENT = (robustness.EXPERIMENT, robustness_schedule.EXPERIMENT)
BENCH = (
    "Noise on every net output at every pass (MNIST, [784, 128, 128, 10], 10,000 samples): "
    "independent for each neuron and sample in two readings of a ratio in decibels, and as one "
    "common gain a layer. Means with 95 % bands over 5 draws of task and chip."
)
SCHEDULE = (
    "AsyT against PAT. Upper rows, a ratio each and a panel a reading: the schedule is that of "
    "Fig. 5a. The authors' chip has one noisy gain a layer, and draws there are orders of the "
    "samples. Below, the bench. "
)
ALONE = robustness_schedule.EXPERIMENT.planned
CAPTION = BENCH if ALONE else SCHEDULE + BENCH
ALT = (
    "Test accuracy against epoch in six panels, from weak to strong independent noise and for "
    "common noise; the stronger the noise the lower both methods end."
)
if not ALONE:
    ALT = f"Two rows of four panels, a reading each, then those of the bench. On the bench: {ALT}"
PANELS = [
    f"{reading}, {ratio}"
    for ratio, reading in product(robustness_schedule.RATIOS, robustness_schedule.NOISY)
]
draw = partial(
    severities,
    conditions=robustness.NOISY,
    panels=PANELS,
    columns=4,
    struck=False,
)
