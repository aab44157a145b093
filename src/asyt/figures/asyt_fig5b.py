"""AsyT Fig. 5b: Fashion-MNIST, accuracy against epoch in the readings that have been run."""

from functools import partial

from asyt.experiments.fashion import EXPERIMENT as EXPERIMENT
from asyt.figures import _panels

CAPTION = (
    "Fashion-MNIST, [784, 256, 256, 10]: test accuracy in the reading mean-square; the others are "
    "still to be run. Lines are means with 95 % bands over chips and seeds, as many as each title "
    "says; in-silico BP: median and 5-95 % range. Diamonds are the values that the paper reports, "
    "in the colour of their method. The axis is stretched towards 100 %."
)
ALT = (
    "Accuracy against epoch: AsyT rises to two thirds and then falls to a fifth, ideal BP keeps "
    "rising, in-silico BP stays near 40 %."
)
draw = partial(_panels.accuracy_against_epoch, figure_id="asyt-5b")
