"""Beyond Light-in-the-loop, in short runs: threshold, camera bits, dark frames, width, Fashion."""

from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import pandas as pd

from asyt.experiments import _dfa
from asyt.experiments.base import Experiment, Seeds


@dataclass(frozen=True)
class Config(_dfa.Config):
    """A short run of one sweep; everything that is not swept is as in the published runs."""

    by = ("sweep", "x", "method", "rate", "seed")

    samples: int | None = 12_800
    epochs: int = 5
    sweep: str = "threshold"

    @property
    def x(self) -> float:
        """The swept setting."""
        if self.sweep == "width":
            return float(self.layers[1])
        return float(getattr(self, SETTINGS[self.sweep]))

    @property
    def label(self) -> str:
        """The sweep with its setting, then what tells the published runs apart."""
        return f"{self.sweep} {self.x:g}, {self.method}, rate {self.rate:g}, seed {self.seed}"


#: Sweep -> the setting that it changes; "width" changes the hidden layers.
SETTINGS = {
    "threshold": "threshold",
    "bits": "bits",
    "fashion": "rate",
    "dark": "show_dark",
}
#: Changes of a config.
Changes = list[dict[str, Any]]
#: What the sweeps change, in the order of the runs.
SHORT: Changes = [
    {"threshold": 0.0},
    {"threshold": 0.1},
    {"threshold": 0.4},
    {"sweep": "bits", "bits": 2},
    {"sweep": "bits", "bits": 4},
    {"sweep": "dark", "show_dark": True},
]
FASHION: Changes = [
    {"sweep": "fashion", "dataset": "fashion-mnist", "method": "bp", "rate": 0.001},
    {"sweep": "fashion", "dataset": "fashion-mnist", "method": "dfa-optical", "rate": 0.01},
    {"sweep": "fashion", "dataset": "fashion-mnist", "method": "dfa-optical", "rate": 0.001},
]
#: Width of both hidden layers -> epochs of the paper profile: the widest is dear.
WIDTHS = {64: 5, 256: 5, 10_000: 2}
#: The widest of small profiles.
NARROW = 100
PROFILES = {
    "smoke": Config(samples=640, epochs=1),
    "quick": Config(samples=2000, epochs=2),
    "paper": Config(),
}


def plan(profile: str, seeds: Seeds = None) -> list[Config]:
    """Every sweep with its seeds; the run at threshold 0.1 belongs to the others too."""
    base = PROFILES[profile]
    widths = WIDTHS
    if profile != "paper":
        widths = {width: base.epochs for width in WIDTHS if width < NARROW}
    wide: Changes = []
    for width, epochs in widths.items():
        change = {
            "sweep": "width",
            "layers": (784, width, width, 10),
            "epochs": epochs,
        }
        wide.append(change)
    runs = product(SHORT + wide + FASHION, seeds or (0,))
    return [replace(base, **changes, seed=seed) for changes, seed in runs]


EXPERIMENT = Experiment(
    "dfa-sweeps",
    PROFILES,
    plan,
    _dfa.run,
    gpu=False,
)


def finals(table: pd.DataFrame) -> pd.DataFrame:
    """Final test accuracy (percent) of every run, the shared run in every sweep.

    Returns:
        Columns sweep, x, method, seed, accuracy.
    """
    run = ["sweep", "x", "method", "seed"]
    rows = table[(table.quantity == "accuracy") & (table.split == "test")]
    last_epoch = rows.groupby(run).epoch.transform("max")
    rows = rows[rows.epoch == last_epoch]
    rows = rows.assign(accuracy=100 * rows.value)
    rows = rows[[*run, "accuracy"]]
    thresholds = rows[rows.sweep == "threshold"]
    shared = thresholds[thresholds.x == Config.threshold]
    parts = [rows]
    for sweep in ("bits", "width", "dark"):
        setting = Config(sweep=sweep).x
        parts.append(shared.assign(sweep=sweep, x=setting))
    return pd.concat(parts, ignore_index=True)
