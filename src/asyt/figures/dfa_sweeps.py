"""Beyond Light-in-the-loop: threshold, bits of the camera, dark frames, width, and Fashion-MNIST (short runs)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from asyt.claims import Measurement
from asyt.figures import Drawing, dfa_runs
from asyt.figures import _style as style

#: Beyond the paper: it answers no claim.
CLAIMS: tuple[str, ...] = ()
FIGURES = {
    "opu-sweeps": Drawing(
        "dfa-sweeps",
        "draw",
        "Optical DFA beyond the source, in short runs (12,800 training samples, five epochs, two "
        "at width 10,000, one "
        "seed). Test accuracy (a) against the threshold of the ternary error, (b) the bits of the "
        "camera, (c) the "
        "width of both hidden layers; (d) Fashion-MNIST at two rates beside back-propagation. Dots "
        "are runs.",
        "Four panels of test accuracies: against threshold, camera bits and width, and on "
        "Fashion-MNIST for "
        "back-propagation and two rates of optical DFA.",
    ),
}


@dataclass(frozen=True)
class Config(dfa_runs.Config):
    """A short run of one sweep; everything that is not swept is as in the published runs."""

    samples: int | None = 12_800
    epochs: int = 5
    sweep: str = "threshold"

    @property
    def label(self) -> str:
        """For progress lines and `--only`."""
        return f"{self.sweep} {self.columns['x']:g}, {super().label}"

    @property
    def columns(self) -> dict[str, object]:
        """What tells the runs of a profile apart; x is the swept setting."""
        x = {
            "threshold": self.threshold,
            "bits": self.bits,
            "width": self.layers[1],
            "fashion": self.rate,
            "dark": int(self.show_dark),
        }[self.sweep]
        return {"sweep": self.sweep, "x": float(x), **super().columns}


THRESHOLDS = (0.0, 0.1, 0.4)
BITS = (2, 4)
#: Width of both hidden layers -> epochs: the widest is dear.
WIDTHS = {64: 5, 256: 5, 10_000: 2}
FASHION = (("bp", 0.001), ("dfa-optical", 0.01), ("dfa-optical", 0.001))
PROFILES = {
    "smoke": Config(samples=640, epochs=1),
    "quick": Config(samples=2000, epochs=2),
    "paper": Config(),
}


def jobs(profile: str, seeds: tuple[int, ...] = (0,), devices: int | None = None) -> list[Config]:
    """Every sweep with its seeds; the run at threshold 0.1 belongs to the others too. Small profiles are narrow."""
    base, paper = PROFILES[profile], profile == "paper"
    swept = [replace(base, threshold=value) for value in THRESHOLDS]
    swept += [replace(base, sweep="bits", bits=bits) for bits in BITS]
    swept += [replace(base, sweep="dark", show_dark=True)]
    swept += [
        replace(
            base, sweep="width", layers=(784, w, w, 10), epochs=epochs if paper else base.epochs
        )
        for w, epochs in WIDTHS.items()
        if paper or w < 100
    ]
    swept += [
        replace(base, sweep="fashion", dataset="fashion-mnist", method=m, rate=rate)
        for m, rate in FASHION
    ]
    return [replace(config, seed=seed) for config in swept for seed in seeds]


run = dfa_runs.run


def measurements() -> list[Measurement]:
    """None: see `CLAIMS`."""
    return []


def finals(table: pd.DataFrame) -> pd.DataFrame:
    """Final test accuracy (percent) of every run: sweep, x, method, seed, accuracy; the shared run in every sweep."""
    rows = table[(table.quantity == "accuracy") & (table.split == "test")]
    rows = rows[rows.epoch == rows.groupby(["sweep", "x", "method", "seed"]).epoch.transform("max")]
    rows = rows.assign(accuracy=100 * rows.value)[["sweep", "x", "method", "seed", "accuracy"]]
    shared = rows[(rows.sweep == "threshold") & (rows.x == Config.threshold)]
    own = {"bits": Config.bits, "width": Config.layers[1], "dark": 0}
    return pd.concat(
        [rows, *(shared.assign(sweep=sweep, x=float(x)) for sweep, x in own.items())],
        ignore_index=True,
    )


def draw(table: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """One panel a sweep."""
    shown = finals(table)
    figure, axes = plt.subplots(1, 4, figsize=(style.PAGE, 0.36 * style.PAGE), sharey=True)
    look = style.look("dfa-optical")
    labels = {"threshold": "threshold of the error", "bits": "bits of the camera", "width": "width"}
    for ax, (sweep, label) in zip(axes, labels.items(), strict=False):
        part = shown[shown.sweep == sweep]
        mean = part.groupby("x").accuracy.mean()
        ax.plot(mean.index, mean, color=look.colour, linestyle=look.line, linewidth=1)
        ax.plot(
            part.x,
            part.accuracy,
            color=look.colour,
            marker=look.marker,
            linestyle="none",
            markersize=4,
        )
        ax.set_xlabel(label)
    axes[0].set(ylabel="test accuracy (%)", ylim=(0, 100))
    axes[2].set_xscale("log")
    part = shown[shown.sweep == "fashion"]
    names = {
        ("bp", 0.001): ("ideal-bp", "BP"),
        ("dfa-optical", 0.01): ("dfa-optical", "DFA\n0.01"),
        ("dfa-optical", 0.001): ("dfa-optical", "DFA\n0.001"),
    }
    for at, ((method, rate), (key, _)) in enumerate(names.items()):
        ends = part[(part.method == method) & (part.x == rate)].accuracy
        axes[3].plot(
            [at] * len(ends),
            ends,
            color=style.COLOURS[key],
            marker=style.MARKERS[key],
            linestyle="none",
        )
    axes[3].set_xticks(range(len(names)), [text for _, text in names.values()])
    axes[3].set(xlabel="Fashion-MNIST", xlim=(-0.6, len(names) - 0.4))
    style.panel_letters(axes)
    return figure, shown
