"""AsyT Fig. 5b: Fashion-MNIST, accuracy against epoch."""

from functools import partial

from asyt.experiments.fashion import EXPERIMENT as EXPERIMENT
from asyt.figures import _panels

CAPTION = (
    "Fashion-MNIST, [784, 256, 256, 10]: test accuracy under 10 dB of noise in the reading that "
    "decides. Lines are means with 95 % bands over 5 chips x 3 seeds; in-silico BP: median and "
    "5-95 % range of 100 chips x 3 seeds. Diamonds are the values the paper reports. The lower "
    "row enlarges the top of the upper."
)
ALT = (
    "Accuracy against epoch: AsyT rises to two thirds and then falls to a fifth, ideal BP keeps "
    "rising, in-silico BP stays near 40 %."
)
draw = partial(_panels.accuracy_against_epoch, figure_id="asyt-5b")
