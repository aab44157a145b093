"""AsyT Fig. 5c: a substitute for KMNIST, accuracy against epoch."""

from functools import partial

from asyt.experiments.kmnist import EXPERIMENT as EXPERIMENT
from asyt.figures import _panels

CAPTION = (
    "A substitute for KMNIST (8,000 training and 2,000 test images out of its test set), [784, "
    "256, 256, 10]: test accuracy without noise and under 10 dB in the reading that decides for "
    "the other data sets. Lines are means with 95 % bands over chips and seeds, as many as each "
    "title says; in-silico BP: median and 5-95 % range of 100 chips a seed. Diamonds are the "
    "values the paper reports for the standard set, which this is not. The lower row enlarges "
    "the top of the upper."
)
ALT = (
    "Accuracy against epoch in two panels, without noise and with it; ideal BP highest, AsyT "
    "below it, in-silico BP far below."
)
draw = partial(_panels.accuracy_against_epoch, figure_id="asyt-5c")
