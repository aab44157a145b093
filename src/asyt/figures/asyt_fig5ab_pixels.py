"""Beside AsyT Figs. 5a and 5b: pixels from 0 to 1 instead of images of unit length."""

import pandas as pd

from asyt.experiments import authors_scale, input_scale, mnist
from asyt.figures import _panels
from asyt.figures import _style as style

EXPERIMENT = (authors_scale.EXPERIMENT, input_scale.EXPERIMENT)
CAPTION = (
    "Both data sets with pixels from 0 to 1, where Figs. 5a and 5b have images of unit length; a "
    "panel a data set and reading. Means with 95 % bands, over as many chips and orders or seeds "
    "as each title says; in-silico BP: median and 5-95 % range. Diamonds are the values that the "
    "paper reports, in the colour of their method. The axis is stretched towards 100 %."
)
ALT = (
    "Accuracy against epoch. On the authors' chip ideal BP reaches the reported values, AsyT rises "
    "for some epochs and falls back, and in-silico BP stays at chance. On independent chips AsyT "
    "stays just below ideal BP, and in-silico BP loses about half. With a noise floor AsyT rises "
    "and falls back to chance."
)
#: Data set -> the beginning of the ids of its claims.
PANELS = {"mnist": "asyt-5a", "fashion-mnist": "asyt-5b"}
TITLES = {"mnist": "MNIST", "fashion-mnist": "Fashion-MNIST"}


def draw(chip: pd.DataFrame, pixels: pd.DataFrame | None = None) -> style.Drawn:
    """A panel a data set and reading."""
    table = fig5(chip, pixels)
    shown = curves(table)
    panels = [
        (dataset, reading)
        for dataset in PANELS
        for reading in shown[shown.dataset == dataset].reading.unique()
    ]
    figure, axes = _panels.grid(
        len(panels), 0.42, xlabel="epoch", ylabel="test accuracy (%)", sharey=True
    )
    for ax, (dataset, reading) in zip(axes[:, 0], panels, strict=True):
        own = (shown.dataset == dataset) & (shown.reading == reading)
        _panels.family(ax, shown[own], PANELS[dataset], shown.epoch.max())
        trained = table[(table.dataset == dataset) & (table.reading == reading)]
        trained = trained[trained.method == "asyt"]
        what = "order" if reading.startswith("authors") else "seed"
        chips = reading.partition(" + ")[0]
        title = f"{TITLES[dataset]}\n{_panels.reading_title(chips)}"
        ax.set_title(f"{title}\n{_panels.draws(trained, what)}")
    style.stretched(axes[0, 0])
    _panels.family_legend(figure, axes[0, 0])
    return figure, shown


def fig5(chip: pd.DataFrame, pixels: pd.DataFrame | None = None) -> pd.DataFrame:
    """The rows of Fig. 5's methods with pixels from 0 to 1, with their data set."""
    found = []
    for dataset in PANELS:
        found.append(authors_scale.as_fig5(chip, dataset))
        if pixels is not None:
            found.append(input_scale.as_fig5(pixels, dataset))
    return pd.concat(found)


def curves(table: pd.DataFrame) -> pd.DataFrame:
    """`mnist.summary` of each data set, with its name."""
    found = []
    for dataset, rows in table.groupby("dataset", sort=False):
        summary = mnist.summary(rows[rows.fleet.isin(["digital", mnist.TRAINED])])
        found.append(summary.assign(dataset=dataset))
    return pd.concat(found, ignore_index=True)
