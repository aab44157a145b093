"""The optical processing unit by itself: holography and fidelity."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from asyt.experiments.opu import EXPERIMENT as EXPERIMENT
from asyt.figures import _style as style

CAPTION = (
    "The optical processing unit, simulated: one medium (a to c), means over three (d to f). (a) "
    "Part of an off-axis frame: the light on the pixels, and the speckle alone. (b) Spectrum of "
    "such frames: speckle intensity at low frequencies, the side-band that carries the field in "
    "the grey band. (c) Projections read from the camera against the true ones. (d) Their error "
    "against the electrons a pixel holds (no quantisation) and (e) against the camera's bits; "
    "lines are predictions from shot, read-out and rounding noise. (f) Saturated pixels and error "
    "against full scale; beyond the last diamond no pixel saturates."
)
ALT = (
    "Six panels: fringes along camera pixels; a spectrum with two separate bands; a straight line "
    "of dots; errors falling with the full well and with bits along their predictions, then flat; "
    "saturation falling with full scale."
)
#: Holography -> its label and the look that it borrows.
SCHEMES = {
    "off-axis": ("off-axis", "dfa"),
    "phase-shifting": ("phase-shifting", "hybrid"),
    "phase-shifting-3": ("phase-shifting, 3 frames", "dat"),
}
COLOUR = style.COLOURS["dfa"]
#: Ticks of the error in (f).
ERRORS = (0.3, 1, 3)


def draw(table: pd.DataFrame) -> style.Drawn:
    """Panels of the first medium (a to c), means over all media (d to f)."""
    figure, axes = style.panels(2, 3, 0.6)
    first = table[table.seed == table.seed.min()]
    _frame(axes[0, 0], first)
    _spectrum(axes[0, 1], first)
    _projections(axes[0, 2], first)
    _errors(axes[1, 0], table, "well", "electrons at full scale")
    _errors(axes[1, 1], table, "bits", "bits")
    axes[1, 0].set_xscale("log")
    axes[1, 0].set_ylim(bottom=0.005)
    axes[1, 0].legend(loc="lower left", fontsize=6, borderaxespad=0)
    _saturation(axes[1, 2], table)
    return figure, table


def _curve(table: pd.DataFrame, quantity: str, scheme: str = "off-axis") -> pd.Series:
    rows = table[(table.quantity == quantity) & (table.scheme == scheme)]
    return rows.groupby("x").value.mean()


def _frame(ax: Axes, table: pd.DataFrame) -> None:
    light = _curve(table, "light")
    ax.plot(
        light,
        color=COLOUR,
        drawstyle="steps-mid",
        linewidth=1,
        label="frame",
    )
    ax.plot(
        _curve(table, "speckle"),
        color="black",
        marker="s",
        markersize=2.5,
        linewidth=0.8,
        label=r"speckle $|F|^2$",
    )
    ax.set(xlabel="camera pixel", ylabel="intensity", ylim=(0, 1.35 * light.max()))
    ax.legend(loc="upper left", ncols=2)


def _spectrum(ax: Axes, table: pd.DataFrame) -> None:
    ax.axvspan(0.25, 0.5, color=style.COLOURS["reported"], alpha=0.15, linewidth=0)
    ax.semilogy(_curve(table, "spectrum"), color=COLOUR, linewidth=1)
    across = ax.get_xaxis_transform()
    for x, text in ((0.375, "side-band: $F$"), (0.125, "$|F|^2$")):
        ax.text(x, 0.95, text, transform=across, ha="center", va="top", fontsize=7)
    ax.set(xlabel="spatial frequency (cycles a pixel)", ylabel="power (normalised)")
    ax.set(xlim=(0, 0.5), ylim=(None, 8))


def _projections(ax: Axes, table: pd.DataFrame) -> None:
    points = table[table.quantity == "projection"]
    ends = np.array([points.x.min(), points.x.max()])
    ax.plot(ends, ends, color="black", linewidth=0.7)
    style.points(
        ax,
        points.x,
        points.value,
        "dfa",
        marker="o",
        markersize=2,
        alpha=0.6,
    )
    ax.set(xlabel="true projection", ylabel="measured projection")


def _errors(ax: Axes, table: pd.DataFrame, swept: str, label: str) -> None:
    """Measured errors as marks, predicted ones as lines."""
    for scheme, (name, look) in SCHEMES.items():
        residual = _curve(table, f"residual, {swept}", scheme)
        predicted = _curve(table, f"predicted, {swept}", scheme)
        style.line(ax, predicted.index, predicted, look, linewidth=0.9)
        style.points(
            ax,
            residual.index,
            residual,
            look,
            markersize=3.5,
            label=name,
        )
    ax.set(xlabel=label, ylabel="error of an entry", yscale="log")


def _saturation(ax: Axes, table: pd.DataFrame) -> None:
    """Saturated pixels on the left axis, the error on the right one, each in its colour."""
    saturated = _curve(table, "saturated")
    saturated = 100 * saturated[saturated > 0]  # a logarithmic axis has no zero
    style.points(
        ax,
        saturated.index,
        saturated,
        "reported",
        linestyle=":",
        markersize=3.5,
    )
    right = ax.twinx()
    right.plot(_curve(table, "residual, full scale"), color=COLOUR, marker="h", markersize=4)
    right.set(yscale="log", ylim=(0.2, 8))
    right.set_yticks(ERRORS, [f"{error:g}" for error in ERRORS])
    right.spines["right"].set_visible(True)
    right.set_ylabel("error of an entry", color=COLOUR)
    ax.set_ylabel("saturated pixels (%)", color=style.COLOURS["reported"])
    ax.set(xscale="log", yscale="log", xlabel="full scale (mean speckle intensity)")
    ticks = (8, 15, 30, 60, 120)
    ax.set_xticks(ticks, map(str, ticks))
    for each in (ax, right):
        each.minorticks_off()
