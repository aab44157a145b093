"""What "pseudo IP-BP" could mean: every reading of it on the chips of AsyT Fig. 3."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from asyt import statistics
from asyt.claims import Measurement
from asyt.figures import Drawing, chip_results, chip_runs, iris_chip
from asyt.figures import _style as style
from asyt.figures.chip_runs import Config, Fleet, Scale
from asyt.methods.pseudo import readings

EXPERIMENT = "iris-pseudo"
PAGE = "pseudo-ip-bp.html"
#: The rows on pseudo IP-BP are answered by `iris_chip`, with the fair reading.
CLAIMS: tuple[str, ...] = ()
FIGURES = {
    "asyt-fig3-pseudo": Drawing(
        "iris-pseudo",
        "draw",
        "Pseudo IP-BP on three-class Iris, [4, 4, 3], in every reading we could think of, beside "
        "AsyT: final training "
        "accuracy of every draw, with medians and 5-95 % ranges, in three encodings of the "
        "weights. The dashed line is "
        "the value the paper reports.",
        "Three rows of dot clouds, one column a reading of pseudo IP-BP, with a line at 64 %.",
    ),
}

REPORTED = 64
ENCODINGS = iris_chip.ENCODINGS
FLEETS = {"readings": tuple(Fleet(name) for name in readings())}
SCALES = {
    "smoke": Scale(4, 3, 2, 2, 4),
    "quick": Scale(100, 3, 2, 2, 60),
    "paper": Scale(100, 3, 4, 4, 60),
}
PROFILES = iris_chip.PROFILES


def jobs(
    profile: str, seeds: tuple[int, ...] | None = None, devices: int | None = None
) -> list[Config]:
    """Every encoding with all readings."""
    return [
        job
        for job in chip_runs.parts(ENCODINGS, FLEETS, SCALES[profile], devices, seeds)
        if job.fleets
    ]


def run(
    config: Config, *, compute: str = "cpu", checkpoint=None, progress: bool = False
) -> pd.DataFrame:
    """As `chip_runs.run`, with the readings as methods."""
    return chip_runs.run(config, compute=compute, methods=readings())


def draw(table: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """One row an encoding, one strip a reading."""
    encodings = list(dict.fromkeys(table.encoding))
    labels = {name: method.label.replace(" ", "\n", 1) for name, method in readings().items()}
    figure, axes = plt.subplots(
        len(encodings), 1, figsize=(style.PAGE, 0.8 * style.PAGE), sharex=True
    )
    numbers = []
    for ax, encoding in zip(axes, encodings, strict=True):
        strips = [
            (
                labels[name],
                "asyt" if name == "asyt" else "pseudo-ip-bp",
                chip_results.draws(table, name, "train", encoding=encoding),
                None,
            )
            for name in labels
        ]
        numbers.append(chip_results.strips(ax, strips).assign(encoding=encoding))
        style.reported(ax, REPORTED, f"{REPORTED}")
        ax.set(ylabel="training\naccuracy (%)")
        ax.set_title(encoding, loc="left")
    style.panel_letters(axes)
    return figure, pd.concat(numbers, ignore_index=True)


def shares(table: pd.DataFrame, within: float = 5.0) -> pd.DataFrame:
    """Each reading and encoding: median, 5-95 % range, and the share of draws within some points of the reported 64."""
    rows = []
    for encoding in dict.fromkeys(table.encoding):
        for name, method in readings().items():
            values = chip_results.draws(table, name, "train", encoding=encoding)
            found = statistics.population(values)
            near = float(np.mean(np.abs(values - REPORTED) <= within))
            rows.append(
                {
                    "encoding": encoding,
                    "reading": method.label,
                    "median (%)": found.median,
                    "5 % (%)": found.low,
                    "95 % (%)": found.high,
                    f"within {within:g} points of {REPORTED} (%)": 100 * near,
                    "n": found.n,
                }
            )
    return pd.DataFrame(rows)


def measurements() -> list[Measurement]:
    """None: see `CLAIMS`."""
    return []
