"""AsyT Fig. 5g: AsyT and PAT after a sudden perturbation."""

import pandas as pd

from asyt.experiments import robustness
from asyt.figures import _panels_methods as panels
from asyt.figures import _style as style

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


def draw(table: pd.DataFrame) -> style.Drawn:
    """One panel a severity."""
    return panels.severities(table, robustness.PERTURBED, 0.36, struck=True)
