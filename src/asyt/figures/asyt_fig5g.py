"""AsyT Fig. 5g: AsyT and PAT after a sudden perturbation."""

from functools import partial
from itertools import product

from asyt.experiments import robustness, robustness_schedule
from asyt.figures._panels_methods import severities

EXPERIMENT = (robustness.EXPERIMENT, robustness_schedule.EXPERIMENT)
BENCH = (
    "A sudden perturbation in mid-training (MNIST, [784, 128, 128, 10], 10,000 samples): after "
    "epoch 15 every parameter of a chip has a second relative error of 0.6, 1.2 or 2.4. Means with "
    "95 % bands over 5 draws of task and chip."
)
SCHEDULE = (
    "AsyT against PAT, a row a reading. Network, batch, rate and length are Fig. 5a's, and a blow "
    "strikes after epoch 150. On the authors' chip draws are orders of the samples. Bands of 3 "
    "draws are wide where a method fails in some. Last row, the bench. "
)
CAPTION = SCHEDULE + BENCH
ALT = (
    "Test accuracy against epoch in rows of three panels, a reading each, then those of the bench. "
    "Both methods fall where the blow strikes. AsyT recovers but for the largest; PAT recovers "
    "from the smallest in some draws, and rarely from the others."
)
PANELS = [
    f"{reading}, {blow}"
    for reading, blow in product(robustness_schedule.PERTURBED, robustness_schedule.BLOWS)
]
draw = partial(
    severities,
    conditions=robustness.PERTURBED,
    panels=PANELS,
    columns=3,
    struck=True,
)
