"""Beside AsyT Fig. 5b: one seed of Fashion-MNIST trained on, four times as long."""

import pandas as pd
from matplotlib.axes import Axes

from asyt.claims.published import reported
from asyt.experiments import mnist
from asyt.experiments.fashion_long import EXPERIMENT as EXPERIMENT
from asyt.figures import _panels
from asyt.figures import _style as style

CAPTION = (
    "Fashion-MNIST, independent chips without noise, four times as long as Fig. 5b: one seed, one "
    "chip trained (n = 1, so no interval), 20 chips tested with the digital weights (median and "
    "5-95 % range). (a) All methods, the axis stretched towards 100 %. (b) Ideal BP and AsyT "
    "alone. Diamonds are the values that the paper reports, in the colour of their method; the "
    "grey line is where the runs of Fig. 5b end."
)
ALT = (
    "Accuracy against 1,200 epochs: ideal BP and AsyT rise slowly beyond epoch 300, jump by a "
    "point from test to test, and reach the reported values; in-silico BP stays far above its own."
)
TRAINED = ("ideal-bp", "asyt")


def draw(table: pd.DataFrame) -> style.Drawn:
    """All methods, and beside them the trained ones larger."""
    shown = mnist.summary(table)
    shown = shown[shown.fleet.isin(["digital", mnist.TRAINED])]
    last = table.epoch.max()
    figure, axes = style.panels(
        1,
        2,
        0.42,
        xlabel="epoch",
        ylabel="test accuracy (%)",
        sharex=True,
    )
    for ax, methods in zip(axes, (_panels.FAMILY, TRAINED), strict=True):
        for method in methods:
            _curve(ax, shown, method)
        ax.axvline(last / 4, color="0.75", linewidth=0.8, zorder=0)
    style.stretched(axes[0])
    top = shown.centre.max()
    axes[1].set(xlim=(0, 1.08 * last), ylim=(top - 5, top + 0.5))
    style.legend_above(axes[0], 3)
    return figure, shown


def _curve(ax: Axes, shown: pd.DataFrame, method: str) -> None:
    mark, end = _panels.FAMILY[method]
    rows = shown[shown.method == method]
    style.summary(ax, rows, method, mark=mark, counted=True)
    beyond = 1.04 * shown.epoch.max()
    value = reported(f"asyt-5b-{end}")
    style.points(ax, [beyond], [value], method, **_panels.REPORTED)
