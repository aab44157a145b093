"""Panels that several figures share: table or summary in, axes drawn on."""

import pandas as pd
from matplotlib.lines import Line2D

from asyt.claims.published import reported
from asyt.experiments import mnist
from asyt.figures import _style as style

#: Reading of the noise -> what a panel is called.
NOISE_TITLES = {
    "none": "no noise",
    "10 dB mean-square": "10 dB: noise 0.32 of the rms signal",
    "10 dB power": "10 dB: noise 0.10 of the rms signal",
}
#: How each method of the family is drawn, and the end of the id of the claim on its accuracy.
FAMILY = {
    "ideal-bp": (style.band, "bp"),
    "asyt": (style.band, "asyt"),
    "insilico-bp": (style.interval, "insilico"),
}


def readings(table: pd.DataFrame) -> list[str]:
    """The readings of the noise that a table has: in the order of `NOISE_TITLES`, then others."""
    known = [noise for noise in NOISE_TITLES if noise in set(table.noise)]
    return known + sorted(set(table.noise) - set(known))


def noise_title(noise: str) -> str:
    """What the panel of a reading is called: by its name where the book has no title for it."""
    return NOISE_TITLES.get(noise, noise)


def accuracy_against_epoch(table: pd.DataFrame, figure_id: str) -> style.Drawn:
    """Accuracy of the MNIST family, a column a reading of the noise; below, the top enlarged.

    Marked are the reported values of the claims whose ids begin with that of the figure.
    """
    shown = mnist.summary(table)
    trained = shown[shown.method == "asyt"].fleet
    shown = shown[shown.fleet.isin({"digital", *trained})]
    noises = readings(shown)
    published = {name: reported(f"{figure_id}-{end}") for name, (_, end) in FAMILY.items()}
    figure, axes = style.panels(
        2,
        len(noises),
        0.65,
        xlabel="epoch",
        ylabel="test accuracy (%)",
        sharex=True,
        sharey="row",
        height_ratios=(1.5, 1),
        squeeze=False,
    )
    last = shown.epoch.max()
    for column, noise in zip(axes.T, noises, strict=True):
        rows = shown[shown.noise == noise]
        for ax in column:
            for method, (mark, _) in FAMILY.items():
                style.summary(ax, rows[rows.method == method], method, mark=mark)
            for method in sorted(FAMILY):
                style.reported(ax, published[method], "", x=1.05 * last)
            ax.set_xlim(0, 1.1 * last)
        column[0].set(title=f"{noise_title(noise)}\n{_draws(table, noise)}", ylim=(0, 100))
    ideal = shown[shown.method == "ideal-bp"]
    best = ideal[ideal.epoch == last].centre.max()
    lowest, highest = min(published["asyt"], best), max(published["ideal-bp"], best)
    axes[1, 0].set_ylim(lowest - 4, highest + 1)
    handles, labels = axes[0, 0].get_legend_handles_labels()
    look = style.look("reported")
    diamond = Line2D([], [], color=look.colour, marker=look.marker, linestyle="none")
    entries = [*handles, diamond], [*labels, "reported"]
    figure.legend(*entries, loc="outside upper center", ncols=4)
    return figure, shown


def _draws(table: pd.DataFrame, noise: str) -> str:
    trained = table[(table.method == "asyt") & (table.noise == noise)]
    chips, seeds = trained.chip.nunique(), trained.seed.nunique()
    return f"{chips} chip{'s' * (chips != 1)} x {seeds} seed{'s' * (seeds != 1)}"
