"""Every method on five kinds of device."""

import pandas as pd

from asyt.experiments import methods
from asyt.experiments.summaries import final
from asyt.figures import _panels_methods as panels
from asyt.figures import _style as style

EXPERIMENT = methods.EXPERIMENT
CAPTION = (
    "Every method on five kinds of device (MNIST, [784, 128, 128, 10], 10,000 samples): test "
    "accuracy after 30 epochs. Each dot is one draw of task and chip, the bar their mean. The "
    "dashed line is ideal BP at the rate that AsyT has on the plain chip."
)
ALT = (
    "Five panels of dots, one row a method: close together on the plain chip and with 16 levels, "
    "far apart after the perturbation; SPSA lowest."
)


def draw(table: pd.DataFrame) -> style.Drawn:
    """One panel a kind of device, one row a method."""
    ends = panels.percent(final(methods.equal_shares(table)))
    ideal = panels.percent(final(methods.ideal(table)))
    goal = ideal[ideal.optimizer == "SGD"].accuracy.mean()
    names = methods.COMPARED[::-1]
    figure, axes = style.panels(
        1,
        5,
        0.42,
        xlabel="test accuracy (%)",
        sharex=True,
        sharey=True,
    )
    for ax, kind in zip(axes, methods.KINDS, strict=True):
        ax.axvline(
            goal,
            color="0.5",
            linewidth=0.8,
            linestyle="--",
            zorder=0,
        )
        for row, name in enumerate(names):
            cell = ends[(ends.condition == kind.name) & (ends.method == name)]
            panels.draws(ax, row, cell.accuracy, name, across=True)
        ax.set_title(kind.name.replace(" an epoch", "\nan epoch"))
        ax.set(xlim=(0, 100))
    axes[0].set_yticks(range(len(names)), [style.LABELS[name] for name in names])
    axes[0].set_ylabel(f"method (n = {ends.seed.nunique()} each)")
    return figure, ends
