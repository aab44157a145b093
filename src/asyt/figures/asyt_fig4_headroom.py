"""Beside AsyT Fig. 4: headroom on digits."""

from asyt.experiments.chips.digits_chip import EXPERIMENT as EXPERIMENT
from asyt.figures._panels_chips import headrooms

CAPTION = (
    "Headroom on digits, [8, 4, 4]: the share of the chips' range that the digital model uses, "
    "against the training accuracy that chips reach. Medians and 5-95 % ranges over chips, samples "
    "and initial values."
)
ALT = "Accuracy of AsyT and in-silico BP against headroom from 0.4 to 1."
draw = headrooms
