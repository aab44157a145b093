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
    "samples. Bands of 3 draws are wide where a method fails in some. Below, the bench. "
)
CAPTION = SCHEDULE + BENCH
ALT = (
    "Test accuracy against epoch in two rows of four panels, a reading each, and six of the bench. "
    "On the noise floor AsyT is far above PAT at 0 dB; under noise that grows with the signal PAT "
    "is far above AsyT. On the bench both end lower the stronger the noise."
)
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
