"""AsyT Fig. 5g: AsyT and PAT after a sudden perturbation."""

from functools import partial

from asyt.experiments import robustness
from asyt.figures._panels_methods import severities

EXPERIMENT = robustness.EXPERIMENT
CAPTION = (
    "A sudden perturbation in mid-training (MNIST, [784, 128, 128, 10], 10,000 samples): after "
    "epoch 15 every parameter of a chip has a second relative error of 0.6, 1.2 or 2.4. Means with "
    "95 % bands over 5 draws of task and chip."
)
ALT = (
    "Test accuracy against epoch in three panels; both methods fall at epoch 15. AsyT recovers but "
    "for the largest perturbation; PAT recovers in some draws and then fails."
)
draw = partial(severities, conditions=robustness.PERTURBED, height=0.36, struck=True)
