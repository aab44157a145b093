"""Beside AsyT Fig. 3: headroom on Iris."""

from asyt.experiments.chips.iris_chip import EXPERIMENT as EXPERIMENT
from asyt.figures._panels_chips import headrooms

CAPTION = (
    "Headroom on Iris, [4, 4, 3]: the share of the chips' range that the digital model uses, "
    "against the training accuracy that chips reach. Medians and 5-95 % ranges over chips, splits "
    "and initial values."
)
ALT = "Accuracy of AsyT and in-silico BP against headroom from 0.4 to 1."
draw = headrooms
