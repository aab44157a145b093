"""MNIST on a hybrid network: digital linear layers around second-harmonic generation, trained as one by PyTorch.

The 97 % of Wright et al. (2022, Fig. 4) is of this kind: trainable linear layers in front of SHG
modules. Ours is 784 -> linear -> 8 pulses of 24 amplitudes -> one SHG module a pulse -> linear ->
10, with each pulse's 24 parameters.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import torch
from matplotlib.figure import Figure
from torch import Tensor, nn

from asyt import datasets, experiments, statistics, streams
from asyt.claims import Measurement
from asyt.devices import SHGDevice, shg
from asyt.figures import Drawing
from asyt.figures import _style as style
from asyt.physical import PhysicalModule
from asyt.twins import Functional, Layer

EXPERIMENT = "mnist-hybrid"
PAGE = "physical.html"
CLAIMS = ("pnn-accuracy-mnist", "pnn-hybrid")
FIGURES = {
    "pnn-mnist": Drawing(
        "mnist-hybrid",
        "draw",
        "MNIST on a hybrid network: 784, linear, 8 pulses through second-harmonic generation, "
        "linear, 10. (a) Mean "
        "test accuracy against epoch, with the range of 5 benches. (b) Every bench after the last "
        "epoch; the diamond "
        "is the 97 % that the blog reports.",
        "Test accuracy against epoch for physics-aware training, the nominal twin, the twin's "
        "settings on the bench, "
        "and the linear layers alone; and the final accuracies of five benches.",
    ),
}
METHODS = {
    "ideal-bp": "Twin alone",
    "pat": "PAT",
    "insilico-bp": "In-silico BP",
    "linear": "Linear layers alone",
}
LOOK = {name: name if name in style.LOOKS else "spsa" for name in METHODS}


@dataclass(frozen=True)
class Config:
    """One bench and one seed, all methods. All settings are ours and not tuned.

    Epochs and batch size were changed once, for computing time, after one short run had been seen.
    """

    seed: int = 0
    pulses: int = 8
    epochs: int = 3
    batch_size: int = 200
    rate: float = 0.002  # of Adam, falling to zero along a cosine
    samples: int | None = None  # training images used; None is all

    @property
    def label(self) -> str:
        """For progress lines and `--only`."""
        return f"hybrid, bench and seed {self.seed}"

    @property
    def columns(self) -> dict[str, object]:
        """What tells the runs of a profile apart."""
        return {"seed": self.seed}


PROFILES = {
    "smoke": Config(epochs=2, samples=500),
    "quick": Config(samples=10_000),
    "paper": Config(),
}


def jobs(
    profile: str, seeds: tuple[int, ...] = (0, 1, 2, 3, 4), devices: int | None = None
) -> list[Config]:
    """One run a bench; bench j starts from seed j."""
    return [
        replace(PROFILES[profile], seed=seed)
        for seed in (seeds[:2] if profile == "smoke" else seeds)
    ]


class Hybrid(nn.Module):
    """Linear, second-harmonic generation of several pulses, linear; or, without a method, the linear layers alone."""

    def __init__(self, config: Config, method: str | None):
        super().__init__()
        width = config.pulses * shg.WIDTH
        self.before, self.after = nn.Linear(784, width), nn.Linear(width, 10)
        self.pulses, self.physical = config.pulses, None
        if method:
            bench = SHGDevice(1, 2000 + config.seed, layers=(shg.WIDTH, shg.WIDTH))
            twin: Functional = shg.twin((shg.WIDTH, shg.WIDTH))
            drawn = streams.generator("initial", config.seed, 0, 0).uniform(
                -1, 1, (config.pulses, 1, 1, shg.WIDTH)
            )
            start = [Layer(torch.from_numpy(drawn).float(), None)]
            self.physical = PhysicalModule(
                bench, lambda c, a: twin.forward(c, a)[-1], start, method
            )

    def forward(self, x: Tensor) -> Tensor:
        """Images (B, 784) -> scores (B, 10)."""
        a = self.before(x)
        if self.physical is not None:
            pulses = (
                a.unflatten(-1, (self.pulses, shg.WIDTH)).transpose(0, 1).unsqueeze(1)
            )  # (pulses, 1, B, WIDTH)
            a = self.physical(pulses).squeeze(1).transpose(0, 1).flatten(1)
        return self.after(a)


def run(
    config: Config, *, compute: str = "cpu", checkpoint=None, progress: bool = False
) -> pd.DataFrame:
    """Train the linear layers alone, the hybrid under PAT, and the hybrid on its twin (tested there and on the bench).

    Returns:
        Tidy rows: epoch, method, accuracy (test, fraction).
    """
    data = datasets.load("mnist")
    x, test_x = (torch.tensor(part) for part in (data.train_x, data.test_x))
    y, test_y = (torch.tensor(part) for part in (data.train_y, data.test_y))
    if config.samples is not None:
        chosen = streams.permutation(len(x), "subset", 0, 0)[: config.samples]
        x, y, test_x, test_y = (
            x[chosen],
            y[chosen],
            test_x[: config.samples],
            test_y[: config.samples],
        )

    def accuracy(network: Callable[[Tensor], Tensor]) -> float:
        with torch.no_grad():
            return float((network(test_x).argmax(-1) == test_y).double().mean())

    done = (checkpoint.load() if checkpoint is not None else None) or {}
    for method in (None, "pat", "in-silico"):
        if str(method) not in done:
            done[str(method)] = _train(config, method, x, y, accuracy)
            if checkpoint is not None:
                checkpoint.save(done)
    return pd.DataFrame([row for rows in done.values() for row in rows])


def _train(
    config: Config, method: str | None, x: Tensor, y: Tensor, accuracy: Callable
) -> list[dict]:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        network = Hybrid(config, method)
    optimizer = torch.optim.Adam(network.parameters(), lr=config.rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, config.epochs)
    rows = []
    for epoch in range(config.epochs):
        network.train()
        for batch in streams.permutation(len(x), "batches", config.seed, epoch).split(
            config.batch_size
        ):
            optimizer.zero_grad()
            nn.functional.cross_entropy(network(x[batch]), y[batch]).backward()
            optimizer.step()
            if network.physical is not None:
                network.physical.controls[0].data.clamp_(-1, 1)
        schedule.step()
        if method == "in-silico":
            rows.append({"epoch": epoch + 1, "method": "ideal-bp", "accuracy": accuracy(network)})
        name = {None: "linear", "pat": "pat", "in-silico": "insilico-bp"}[method]
        rows.append({"epoch": epoch + 1, "method": name, "accuracy": accuracy(network.eval())})
    return rows


def final(table: pd.DataFrame) -> pd.DataFrame:
    """Accuracies after the last epoch in percent, one row a seed, one column a method."""
    last = table[table.epoch == table.epoch.max()]
    return 100 * last.pivot(index="seed", columns="method", values="accuracy")


def draw(table: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """Accuracy against epoch, and each bench at the end."""
    figure, (left, right) = plt.subplots(
        1, 2, figsize=(style.PAGE, 0.42 * style.PAGE), width_ratios=(1.2, 1)
    )
    for name, label in METHODS.items():
        curves = 100 * table[table.method == name].pivot(
            index="epoch", columns="seed", values="accuracy"
        )
        style.band(
            left,
            curves.index,
            curves.mean(axis=1),
            curves.min(axis=1),
            curves.max(axis=1),
            LOOK[name],
            label=label,
            n=curves.shape[1],
        )
    left.set(xlabel="epoch", ylabel="test accuracy (%)", xticks=sorted(set(table.epoch)))
    left.legend(loc="center right")
    ends = final(table)
    order = ["linear", "pat", "ideal-bp"]
    for x, name in enumerate(order):
        values = ends[name].to_numpy()
        spread = np.linspace(-0.15, 0.15, len(values))
        look = style.look(LOOK[name])
        right.plot(x + spread, values, color=look.colour, marker=look.marker, linestyle="none")
        right.hlines(values.mean(), x - 0.25, x + 0.25, color=look.colour)
    style.reported(right, 97.0, "97", x=1.35)
    right.set_xticks(range(len(order)), ["linear layers\nalone", "PAT", "twin alone"])
    right.set(ylabel="final test accuracy (%)", xlim=(-0.5, 2.6))
    style.panel_letters((left, right))
    return figure, ends.reset_index()


def measurements(profile: str = "paper") -> list[Measurement]:
    """The rows of the hybrid."""
    ends = final(experiments.table(EXPERIMENT, profile))
    pat, alone = statistics.population(ends.pat), ends.pat - ends.linear
    lead = statistics.crossed_bootstrap(alone.to_numpy()[:, None])
    return [
        Measurement(
            "pnn-accuracy-mnist",
            pat.median,
            pat.low,
            pat.high,
            pat.n,
            "hybrid, one SHG module for each of 8 "
            "pulses between two linear layers; benches differ, seeds with them",
            PAGE,
            chance=10.0,
            ideal=float(ends["ideal-bp"].median()),
        ),
        Measurement(
            "pnn-hybrid",
            lead.mean,
            lead.low,
            lead.high,
            lead.n,
            "points by which the hybrid under PAT "
            "exceeds its own linear layers trained alone; every bench must lead",
            PAGE,
            holds=bool((alone > 0).all()),
        ),
    ]
