"""AsyT Fig. 5d: MNIST accuracy against the distortion of the device, in every reading."""

import pandas as pd
from matplotlib.axes import Axes

from asyt.claims.published import number
from asyt.experiments import _sweep, authors_distortion, distortion_readings, mnist_distortion
from asyt.figures import _panels
from asyt.figures import _style as style

EXPERIMENT = (
    mnist_distortion.EXPERIMENT,
    authors_distortion.EXPERIMENT,
    distortion_readings.EXPERIMENT,
)
CAPTION = (
    "MNIST against the distortion of the device, after 300 epochs, a panel a reading of what the "
    "paper leaves open. AsyT: mean and 95 % band of as many draws as each title says, and each "
    "draw as a dot. A draw is a seed with its chip, on the authors' chip an order of the samples. "
    "A chip keeps its pattern of errors from one distortion to the next. Without noise AsyT is "
    "ideal BP itself at 0. In-silico BP: the same digital weights put on 20 chips a seed, on the "
    "authors' chip those of the demo's procedure; median and 5-95 % range. Shaded, the range of "
    "the paper's Fig. 5d; dashed, the bound it reports for AsyT. The axis is stretched towards "
    "100 %."
)
ALT = (
    "Six panels of accuracy against distortion, a reading each. In all of them in-silico BP falls "
    "to 13 to 22 % at 2 sigma_phy. AsyT stays above 90 % up to there on the authors' chip "
    "and on independent chips without noise. It ends just below with a noise floor, dips once in "
    "one draw with a noisy gain, and is far below where noise grows with the signal."
)
INSIDE = {"xycoords": "axes fraction", "ha": "center", "color": style.COLOURS["asyt"]}


def draw(
    swept: pd.DataFrame,
    chip: pd.DataFrame | None = None,
    further: pd.DataFrame | None = None,
) -> style.Drawn:
    """A panel a reading; AsyT in those it was trained under."""
    table = authors_distortion.fig5d(swept, chip, further)
    shown = mnist_distortion.summary(table).sort_values("severity")
    draws = _sweep.last(table)
    draws = draws[draws.method == "asyt"]
    names = _panels.readings(shown)
    figure, axes = _panels.grid(
        len(names),
        0.38,
        xlabel=r"distortion ($\sigma_\mathrm{phy}$)",
        ylabel="test accuracy (%)",
        sharey=True,
    )
    for ax, name in zip(axes[:, 0], names, strict=True):
        _panel(ax, shown[shown.reading == name], draws[draws.reading == name])
        ax.set_title(f"{_panels.reading_title(name)}\n{_drawn(shown, name)}")
    style.stretched(axes[0, 0])
    style.legend_above(axes[0, 0], 3)
    return figure, shown


def _drawn(shown: pd.DataFrame, reading: str) -> str:
    """How many draws a reading has of the two methods that use its chips."""
    counts = shown[shown.reading == reading].groupby("method").n.max()
    methods = [name for name in ("asyt", "insilico-bp") if name in counts]
    return ", ".join(f"{style.LABELS[name]}: n = {counts[name]}" for name in methods)


def _panel(ax: Axes, shown: pd.DataFrame, draws: pd.DataFrame) -> None:
    """One reading."""
    ax.axvspan(0, mnist_distortion.PAPER_RANGE[-1], color="0.94", zorder=0)
    ideal = shown[shown.method == "ideal-bp"]
    across = pd.concat([ideal, ideal]).assign(severity=[0, shown.severity.max()])
    style.summary(ax, across, "ideal-bp", x="severity")
    chips = shown[shown.method == "insilico-bp"]
    style.summary(ax, chips, "insilico-bp", x="severity", mark=style.interval)
    if draws.empty:
        style.note(ax, "AsyT was not trained here", (0.55, 0.7), (0, 0), **INSIDE)
        return
    style.summary(ax, shown[shown.method == "asyt"], "asyt", x="severity")
    style.points(
        ax,
        draws.severity,
        100 * draws.accuracy,
        "asyt",
        markersize=2,
        alpha=0.6,
    )
    bound = number("asyt-5d-asyt")
    style.reported(ax, bound, f"reported: > {bound:g}")
