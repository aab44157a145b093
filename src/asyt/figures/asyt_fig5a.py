"""AsyT Fig. 5a: MNIST, accuracy against epoch."""

import pandas as pd

from asyt.experiments.mnist import EXPERIMENT as EXPERIMENT
from asyt.figures import _panels
from asyt.figures import _style as style

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


def draw(table: pd.DataFrame) -> style.Drawn:
    """One column a reading of the noise."""
    return _panels.accuracy_against_epoch(table, "asyt-5a")
