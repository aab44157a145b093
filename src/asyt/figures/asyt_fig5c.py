"""AsyT Fig. 5c: a substitute for KMNIST, accuracy against epoch in every reading."""

from functools import partial

from asyt.experiments import authors_kmnist, kmnist
from asyt.figures import _panels

EXPERIMENT = (kmnist.EXPERIMENT, authors_kmnist.EXPERIMENT)
CAPTION = (
    "A substitute for KMNIST (8,000 training and 2,000 test images out of its test set), [784, "
    "256, 256, 10]: test accuracy, a panel a reading of what the paper leaves open. The reported "
    "values are of the standard set, which this is not. Lines are means with 95 % bands over "
    "chips and seeds, as many as each title says; in-silico BP: median and 5-95 % range. Diamonds "
    "are the values that the paper reports, in the colour of their method. The axis is stretched "
    "towards 100 %."
)
ALT = (
    "Accuracy against epoch on the substitute, a panel a reading; ideal BP highest, AsyT below "
    "it, in-silico BP far below."
)
draw = partial(_panels.accuracy_against_epoch, figure_id="asyt-5c")
