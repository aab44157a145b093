"""Energy of a random projection: the optical unit against a GPU."""

import numpy as np
import pandas as pd

from asyt.devices.opu import energy
from asyt.figures import _style as style

EXPERIMENT = None
CAPTION = (
    "Energy of one random projection with n inputs and n outputs: the optical unit at 30 W and 1.5 "
    "kHz (one and two frames), against one V100 GPU with 300 W at its peak rate. On the GPU many "
    "projections share a stored matrix (arithmetic), or one projection reads it from memory. "
    "Published numbers, not measurements of ours."
)
ALT = (
    "Four lines in a log-log plot: the optical unit's are flat up to 1e5, the GPU's rise with the "
    "square of the size and cross them."
)


def draw(_table: None) -> style.Drawn:
    """Energy against size."""
    size = np.logspace(2, 6, 81)
    joules = energy.projection(size)
    figure, ax = style.panels(1, 1, 0.42, 0.75)
    looks = (
        ("dfa-optical", "-"),
        ("dfa-optical", "--"),
        ("reported", "-"),
        ("reported", ":"),
    )
    for (name, needed), (look, dash) in zip(joules.items(), looks, strict=True):
        style.line(
            ax,
            size,
            needed,
            look,
            linestyle=dash,
            label=name,
        )
    ax.set(xlabel="inputs and outputs n", ylabel="energy of a projection (J)")
    ax.set(xscale="log", yscale="log", xlim=(1e2, 1e6))
    ax.legend(loc="upper left")
    return figure, pd.DataFrame({"n": size, **joules})
