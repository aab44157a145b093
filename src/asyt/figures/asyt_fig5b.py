"""AsyT Fig. 5b: Fashion-MNIST, accuracy against epoch in every reading."""

from functools import partial

from asyt.experiments import authors_fashion, fashion
from asyt.figures import _panels

EXPERIMENT = (fashion.EXPERIMENT, authors_fashion.EXPERIMENT)
CAPTION = (
    "Fashion-MNIST, [784, 256, 256, 10]: test accuracy, a panel a reading of what the paper "
    "leaves open. Lines are means with 95 % bands over chips and seeds, as many as each title "
    "says; in-silico BP: median and 5-95 % range. Diamonds are the values that the paper reports, "
    "in the colour of their method. The axis is stretched towards 100 %."
)
ALT = (
    "Accuracy against epoch, a panel a reading: ideal BP keeps rising. AsyT ends beside it without "
    "noise on independent chips, and below it in the other readings. Where noise is a third of the "
    "signal it rises and falls back. In-silico BP stays far below."
)
draw = partial(_panels.accuracy_against_epoch, figure_id="asyt-5b")
