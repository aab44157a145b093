"""How large the controls of a device become under AsyT, with and without noise (beyond the paper; MNIST).

The noise of AsyT Eq. 9 is a ratio to the signal, so a device cannot outgrow it. Its output error
never vanishes, and AsyT goes on pushing the controls. This experiment follows their size.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from asyt.claims import Measurement
from asyt.experiments import mnist as mnist_runs
from asyt.figures import Drawing
from asyt.figures import _style as style
from asyt.training import Trainer

#: Beyond the paper: it answers no claim.
CLAIMS: tuple[str, ...] = ()
FIGURES = {
    "mnist-growth": Drawing(
        "mnist-growth",
        "draw",
        "One chip on MNIST under AsyT, in five readings of the device: without noise; 10 dB of "
        "independent noise in "
        "two readings; 10 dB as one common gain a layer; and 10 dB of independent noise with "
        "controls that cannot "
        "leave a range of one. Top, test accuracy; bottom, root mean square of all weights and "
        "biases.",
        "Accuracy and size of the parameters against epoch in five panels; with strong independent "
        "noise the controls "
        "of the device grow well beyond those of the digital model and its accuracy falls.",
    ),
}


@dataclass(frozen=True)
class Config(mnist_runs.Config):
    """The MNIST run with one chip and fewer epochs, and optionally a limited range of the controls."""

    epochs: int = 80
    devices: int = 1
    limit: float | None = None  # of a weight or bias; the digital model is not limited

    @property
    def columns(self) -> dict[str, object]:
        """What tells the runs of a profile apart."""
        own = super().columns
        limited = "" if self.limit is None else f", controls within {self.limit:g}"
        return {**own, "noise": own["noise"] + limited}


VARIANTS = (
    *mnist_runs.VARIANTS,
    {"noise_db": 10.0, "noise_reading": "mean-square", "noise_common": True},
    {"noise_db": 10.0, "noise_reading": "mean-square", "limit": 1.0},
)
PROFILES = {"smoke": Config(samples=3000, epochs=3), "quick": Config(epochs=10), "paper": Config()}


def jobs(profile: str, seeds: tuple[int, ...] = (0,), devices: int | None = None) -> list[Config]:
    """The runs of a profile: every noise variant with every seed."""
    base = PROFILES[profile] if devices is None else replace(PROFILES[profile], devices=devices)
    return [replace(base, **variant, seed=seed) for variant in VARIANTS for seed in seeds]


def run(
    config: Config, *, compute: str = "cpu", checkpoint=None, progress: bool = False
) -> pd.DataFrame:
    """Train; after each `evaluated` epoch test, and measure the controls.

    A run takes minutes; `checkpoint` is not used.

    Returns:
        Tidy rows: quantity (accuracy as a fraction; size, the root mean square of all weights and
        biases), epoch, method (ideal-bp stands for the digital model), chip, value.
    """
    trainer = mnist_runs.build(config, compute)
    (branch,) = trainer.branches.values()
    branch.limits = None if config.limit is None else (-config.limit, config.limit)
    rows = []
    for epoch in range(config.epochs + 1):
        if epoch:
            trainer.run_epoch()
        if mnist_runs.evaluated(epoch):
            rows += sizes(trainer)
            trainer.evaluate()
    accuracy = (
        pd.DataFrame(trainer.rows).rename(columns={"accuracy": "value"}).assign(quantity="accuracy")
    )
    return pd.concat(
        [accuracy.drop(columns=["fleet", "split"]), pd.DataFrame(rows)], ignore_index=True
    )


def sizes(trainer: Trainer) -> list[dict]:
    """Root mean square of all parameters of the digital model and of each chip's controls."""
    (branch,) = trainer.branches.values()
    rows = []
    for name, layers, chips in (
        ("ideal-bp", trainer.digital, 1),
        ("asyt", branch.controls, branch.device.population),
    ):
        parameters = [t.reshape(chips, -1) for layer in layers for t in layer]
        squares = sum(p.square().sum(1) for p in parameters) / sum(p.shape[1] for p in parameters)
        rows += [
            {
                "quantity": "size",
                "epoch": trainer.epoch,
                "method": name,
                "chip": chip,
                "value": value,
            }
            for chip, value in enumerate(squares.sqrt().tolist())
        ]
    return rows


def measurements() -> list[Measurement]:
    """None: see `CLAIMS`."""
    return []


def draw(table: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """Accuracy and size of the controls against epoch, one panel column a noise reading; thin lines are chips."""
    noises = list(dict.fromkeys(table.noise))
    figure, axes = plt.subplots(
        2, len(noises), figsize=(style.PAGE, 0.5 * style.PAGE), sharex=True, sharey="row"
    )
    for column, noise in zip(axes.T, noises, strict=True):
        part = table[table.noise == noise]
        for ax, quantity, scale in zip(column, ("accuracy", "size"), (100, 1), strict=True):
            for name in ("ideal-bp", "asyt"):
                lines = part[(part.quantity == quantity) & (part.method == name)]
                lines = scale * lines.pivot(index="epoch", columns=["seed", "chip"], values="value")
                look = style.look(name)
                ax.plot(lines.index, lines, color=look.colour, linestyle=look.line, linewidth=1)
        column[0].set_title(noise.replace(", ", ",\n").replace("10 dB ", "10 dB\n"), fontsize=7)
        column[1].set(xlabel="epoch")
    axes[0, 0].set(ylabel="test accuracy (%)", ylim=(0, 100))
    axes[1, 0].set_ylabel("rms of parameters")
    for name, text in (("ideal-bp", "digital model"), ("asyt", "device under AsyT")):
        axes[0, 0].plot(
            [], [], color=style.look(name).colour, linestyle=style.look(name).line, label=text
        )
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=2)
    style.panel_letters(axes[0])
    return figure, table


def final(table: pd.DataFrame) -> pd.DataFrame:
    """A noise reading: accuracy of the chip at its best epoch and at the end, and size of its controls at the end.

    Returns:
        Columns noise, peak (%), end (%), digital model (%), size ratio (controls over the digital
        model's parameters).
    """
    rows = []
    for noise, part in table.groupby("noise", sort=False):
        curve = part.pivot_table(index="epoch", columns=["quantity", "method"], values="value")
        end = curve.iloc[-1]
        accuracy = 100 * curve["accuracy"]["asyt"]
        rows.append(
            {
                "noise": noise,
                "peak (%)": accuracy.max(),
                "end (%)": accuracy.iloc[-1],
                "digital model (%)": 100 * end["accuracy", "ideal-bp"],
                "size ratio": end["size", "asyt"] / end["size", "ideal-bp"],
            }
        )
    return pd.DataFrame(rows)
