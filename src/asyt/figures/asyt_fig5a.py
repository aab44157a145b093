"""AsyT Fig. 5a: MNIST, accuracy against epoch."""

from functools import partial

from asyt.experiments.mnist import EXPERIMENT as EXPERIMENT
from asyt.figures import _panels

CAPTION = (
    "MNIST, [784, 256, 256, 10]: test accuracy under three readings of the paper's noise. Lines "
    "are means with 95 % bands over 5 chips x 3 seeds (in-silico BP: median and 5-95 % range of "
    "100 chips x 3 seeds); diamonds are the values the paper reports. The lower row enlarges the "
    "top of the upper."
)
ALT = (
    "Accuracy against epoch in three panels, without noise and with 10 dB in two readings; ideal "
    "BP highest, AsyT below it, in-silico BP far below."
)
draw = partial(_panels.accuracy_against_epoch, figure_id="asyt-5a")
