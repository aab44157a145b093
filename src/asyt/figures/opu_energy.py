"""Energy of a random projection: the optical unit against a GPU."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from asyt.devices.opu import energy
from asyt.figures import _style as style

EXPERIMENT = None
CAPTION = (
    "Energy of one random projection with n inputs and n outputs: the optical unit at 30 W and 1.5 "
    "kHz (one and two frames), against one V100 GPU at its peak rate and 300 W, when many "
    "projections share a stored matrix (arithmetic) and when one projection reads it from memory. "
    "Published numbers, not measurements of ours."
)
ALT = (
    "Four lines in a log-log plot: the optical unit's are flat up to 1e5, the GPU's rise with the "
    "square of the size and cross them."
)


def draw(_table: None) -> tuple[Figure, pd.DataFrame]:
    """Energy against size."""
    size = np.logspace(2, 6, 81)
    joules = energy.projection(size)
    figure, ax = plt.subplots(figsize=(0.75 * style.PAGE, 0.42 * style.PAGE))
    green, grey = style.COLOURS["dfa-optical"], style.COLOURS["reported"]
    looks = ((green, "-"), (green, "--"), (grey, "-"), (grey, ":"))
    for (name, needed), (colour, line) in zip(joules.items(), looks, strict=True):
        ax.loglog(
            size,
            needed,
            color=colour,
            linestyle=line,
            label=name,
        )
    ax.set(xlabel="inputs and outputs n", ylabel="energy of a projection (J)", xlim=(1e2, 1e6))
    ax.legend(loc="upper left")
    return figure, pd.DataFrame({"n": size, **joules})
