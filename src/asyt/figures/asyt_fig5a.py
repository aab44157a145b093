"""AsyT Fig. 5a: MNIST, accuracy against epoch in every reading."""

from functools import partial

from asyt.experiments import authors, mnist
from asyt.figures import _panels

EXPERIMENT = (mnist.EXPERIMENT, authors.EXPERIMENT)
CAPTION = (
    "MNIST, [784, 256, 256, 10]: test accuracy, a panel a reading of what the paper leaves open. "
    "Lines are means with 95 % bands over chips and seeds, as many as each title says; in-silico "
    "BP: median and 5-95 % range. Diamonds are the values that the paper reports, in the colour "
    "of their method. The axis is stretched towards 100 %."
)
ALT = (
    "Accuracy against epoch, a panel a reading. On the authors' chip, without noise and with "
    "noise of a tenth of the signal AsyT ends near ideal BP. With a noise floor or one noisy gain "
    "a layer it ends some points below. With noise of a third of the signal it rises and falls."
)
draw = partial(_panels.accuracy_against_epoch, figure_id="asyt-5a")
