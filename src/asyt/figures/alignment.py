"""The two alignment statements of AsyT's Methods: how likely distortion breaks it, and the 90 degree criterion.

With a distortion P of standard deviation s, in units of the tunable range, one connection becomes
(1 + P) W. Beyond the whole range, |P| > 1, the paper counts the alignment as broken. That event is
too rare to be met by chance, so it is sampled where it happens: from N(1, s^2), each draw weighted
by how much rarer N(0, s^2) makes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import torch
from matplotlib.figure import Figure
from scipy.special import erfc, ndtr

from asyt import experiments, streams
from asyt.claims import Measurement, register
from asyt.errors import ResultError
from asyt.experiments import mnist as mnist_runs
from asyt.figures import Drawing
from asyt.figures import _style as style
from asyt.methods.gradient import DigitalStep
from asyt.training import TRAINING, Trainer

EXPERIMENT = "alignment"
PAGE = "alignment.html"
#: The distortions the paper names, as shares of the tunable range.
NAMED = {"asyt-m-10percent": 0.10, "asyt-m-25percent": 0.25}
CLAIMS = (*NAMED, "asyt-m-90degrees")
FIGURES = {
    "asyt-alignment": Drawing(
        "alignment",
        "draw_probability",
        "How likely distortion breaks the alignment. (a) One connection: the formula (line), "
        "importance sampling with "
        "95 % intervals (dots) and the two values the paper prints (diamonds). (b) A layer with "
        "Gaussian weights: the "
        "probability that its angle to the digital layer exceeds 90 degrees, against its number of "
        "connections; lines "
        "are means over weights of the exact probability, crosses the share of random layers where "
        "any were seen.",
        "Two panels on logarithmic axes. Probability rising steeply with distortion, sampled "
        "values on the curve; "
        "probability falling steeply with the number of connections of a layer.",
    ),
    "asyt-alignment-angle": Drawing(
        "alignment",
        "draw_angle",
        "The angle between the AsyT and the digital update of a layer against the ratio of the "
        "magnitudes of pseudo "
        "and digital update, MNIST, one sigma_phy, mixing ratios 0.5. Each dot is one layer of one "
        "chip at one step. "
        "Dashed, the largest angle that geometry allows at a ratio; shaded, similar magnitudes: "
        "within a factor of "
        "two.",
        "Two panels of dots, without noise and with 10 dB of noise, all below 90 degrees, most "
        "near a ratio of one and "
        "below 20 degrees; the dashed bound rises to 90 degrees at a ratio of one.",
    ),
}
#: Similar magnitudes: within a factor of two either way. Ours, fixed before any angle was measured.
SIMILAR = 2.0
RANGE = tuple(round(0.05 * k, 2) for k in range(2, 25))  # distortions sampled for one connection
LAYER_DISTORTIONS = (0.25, 0.6, 1.2)
LAYERS = {"1": 1, "2x2": 4, "4x4": 16, "8x4": 32, "16x16": 256}


@dataclass(frozen=True)
class Config:
    """One seed: samples of the rare event, random layers, and a short MNIST training under two readings of the noise.

    Rate, mixing, distortion and initial values are those of Fig. 5a; all else is ours.
    """

    draws: int = 100_000
    samples: int = 6000
    epochs: int = 30
    every: int = 10  # steps between two measurements of the updates, after as many at every step
    devices: int = 3
    seed: int = 0

    @property
    def label(self) -> str:
        """For progress lines and `--only`."""
        return f"alignment, seed {self.seed}"

    @property
    def columns(self) -> dict[str, object]:
        """What tells the runs of a profile apart."""
        return {"seed": self.seed}


SEEDS = (0, 1, 2, 3, 4)
PROFILES = {
    "smoke": Config(draws=2000, samples=1200, epochs=2, every=1, devices=2),
    "quick": Config(epochs=10),
    "paper": Config(),
}


def jobs(profile: str, seeds: tuple[int, ...] = SEEDS, devices: int | None = None) -> list[Config]:
    """One run a seed."""
    base = PROFILES[profile] if devices is None else replace(PROFILES[profile], devices=devices)
    return [replace(base, seed=seed) for seed in seeds]


def broken(distortion: float) -> float:
    """P(|P_sys| > 1) of one connection, P_sys ~ N(0, s^2): erfc(1 / (s sqrt 2))."""
    return float(erfc(1 / (distortion * np.sqrt(2))))


def sampled(distortion: float, draws: int, seed: int) -> tuple[float, float]:
    """The same by importance sampling: mean and standard error.

    P(|P| > 1) = 2 E_q[1{x > 1} p(x) / q(x)], q = N(1, s^2), p / q = exp((1 - 2 x) / (2 s^2)).
    """
    normal = streams.generator("fabrication", seed, 0, 0, 0).standard_normal(draws)
    x = 1 + distortion * normal
    weight = np.where(x > 1, 2 * np.exp((1 - 2 * x) / (2 * distortion**2)), 0.0)
    return float(weight.mean()), float(weight.std(ddof=1) / np.sqrt(draws))


def layers(distortion: float, connections: int, draws: int, seed: int) -> tuple[float, float]:
    """Random layers W and their devices (1 + P) W: the share with cos(beta) < 0, and the mean exact probability of it.

    cos(beta) has the sign of sum W^2 (1 + P), which is normal given W: P(cos(beta) < 0) =
    Phi(-sum W^2 / (s sqrt(sum W^4))).
    """
    weight = streams.generator("initial", seed, 0, 0).standard_normal((draws, connections))
    error = distortion * streams.generator("fabrication", seed, 1, 0, 0).standard_normal(
        (draws, connections)
    )
    power = weight**2
    exact = ndtr(-power.sum(1) / (distortion * np.sqrt((power**2).sum(1))))
    return float(((power * (1 + error)).sum(1) < 0).mean()), float(exact.mean())


def run(
    config: Config, *, compute: str = "cpu", checkpoint=None, progress: bool = False
) -> pd.DataFrame:
    """Everything of one seed; a minute, so `checkpoint` is not used.

    Returns:
        Tidy rows: quantity (connection, layer, update), distortion, noise, size (connections of a
        layer; number of the layer of an update), step, chip, value, extra. connection: value =
        sampled probability, extra = its standard error. layer: value = exact probability, extra =
        share of random layers beyond 90 degrees. update: value = angle between AsyT and digital
        update in degrees, extra = magnitude of the pseudo over that of the digital.
    """
    rows = []
    for s in RANGE:
        value, error = sampled(s, config.draws, config.seed)
        rows.append(
            {"quantity": "connection", "distortion": s, "size": 1, "value": value, "extra": error}
        )
    for s in LAYER_DISTORTIONS:
        for connections in LAYERS.values():
            share, exact = layers(s, connections, config.draws, config.seed)
            rows.append(
                {
                    "quantity": "layer",
                    "distortion": s,
                    "size": connections,
                    "value": exact,
                    "extra": share,
                }
            )
    rows = [{**row, "noise": "none", "step": 0, "chip": 0} for row in rows]
    for variant in mnist_runs.VARIANTS[:2]:
        trained = mnist_runs.Config(
            samples=config.samples,
            epochs=config.epochs,
            devices=config.devices,
            seed=config.seed,
            **variant,
        )
        found = updates(mnist_runs.build(trained, compute), config.every)
        rows += [
            {**row, "noise": trained.reading, "distortion": trained.distortion} for row in found
        ]
    return pd.DataFrame(rows)


@torch.no_grad()
def updates(trainer: Trainer, every: int) -> Iterator[dict]:
    """Train; before each of the first `every` steps, then before every so many, compare the updates layer by layer."""
    (branch,) = trainer.branches.values()
    size, data, step = trainer.schedule.batch_size, trainer.data, 0
    for epoch in range(trainer.schedule.epochs):
        branch.device.at(trainer.schedule.seed, epoch, TRAINING)
        order = streams.permutation(len(data.train_x), "batches", trainer.schedule.seed, epoch)
        for rows in order.to(data.train_x.device).split(size):
            x, target = data.train_x[rows], data.train_y[rows]
            if step < every or step % every == 0:
                yield from _compare(trainer, branch, x, target, step)
            trainer.step(x, target)
            step += 1


def _compare(trainer: Trainer, branch, x, target, step: int) -> Iterator[dict]:
    twin, digital = trainer.twin, trainer.digital
    states = twin.forward(digital, x)
    now = DigitalStep(digital, states, twin.error(states[-1], target))
    ideal = twin.vjp(states, digital, now.error)
    asyt = branch.method.gradient(twin, now, branch.device, branch.controls, x, target)
    for l, (mixed, dig) in enumerate(zip(asyt, ideal, strict=True)):
        a, d = _flat(mixed), _flat(dig)
        pseudo = (
            a - branch.method.digital * d
        ) / branch.method.physical  # Eq. 3 solved for the pseudo update
        cosine = (a * d).sum(-1) / (a.norm(dim=-1) * d.norm(dim=-1))
        angles, ratios = cosine.clamp(-1, 1).acos().rad2deg(), pseudo.norm(dim=-1) / d.norm(dim=-1)
        for chip, (angle, ratio) in enumerate(zip(angles.tolist(), ratios.tolist(), strict=True)):
            yield {
                "quantity": "update",
                "size": l + 1,
                "step": step,
                "chip": chip,
                "value": angle,
                "extra": ratio,
            }


def _flat(layer) -> torch.Tensor:
    """Weights and biases of a layer as one vector a chip, float64."""
    return torch.cat([layer.weight.flatten(-2), layer.bias], -1).double()


def largest(ratio: np.ndarray) -> np.ndarray:
    """The largest angle between d and d + p, in degrees, over all p of magnitude r |d|: arcsin(r), and 180 beyond 1."""
    return np.where(ratio < 1, np.rad2deg(np.arcsin(np.clip(ratio, 0, 1))), 180.0)


def pooled(table: pd.DataFrame, quantity: str) -> pd.DataFrame:
    """Over seeds, a distortion and size: the mean value; of `extra` the mean share, or the error of the mean value."""
    part = table[table.quantity == quantity].groupby(["distortion", "size"])
    root_sum = part.extra.apply(lambda e: float(np.sqrt((e**2).sum())))
    extra = part.extra.mean() if quantity == "layer" else root_sum / part.extra.count()
    return pd.DataFrame({"value": part.value.mean(), "extra": extra}).reset_index()


def reported(claim: str) -> float:
    """A published probability, "1.5e-21 %", as a number."""
    return float(register().claims[claim].reported.removesuffix("%")) / 100


def draw_probability(table: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """The probability for one connection against distortion, and for layers against their size."""
    figure, axes = plt.subplots(1, 2, figsize=(style.PAGE, 0.42 * style.PAGE))
    one, many = pooled(table, "connection"), pooled(table, "layer")
    s = np.linspace(0.095, 1.25, 300)
    axes[0].plot(100 * s, [broken(x) for x in s], color="black", linewidth=1, label="formula")
    axes[0].errorbar(
        100 * one.distortion,
        one.value,
        1.96 * one.extra,
        fmt="o",
        color=style.COLOURS["asyt"],
        markersize=3,
        label="importance sampling",
    )
    for claim, distortion in NAMED.items():
        style.reported(
            axes[0],
            reported(claim),
            f"reported: {register().claims[claim].reported}",
            x=100 * distortion,
        )
    axes[0].set(
        xlabel="distortion (% of the tunable range)",
        ylabel="P(|distortion| > range)",
        ylim=(1e-25, 3),
    )
    axes[0].legend(loc="lower right")
    shades = (style.COLOURS["dfa"], style.COLOURS["asyt"], style.COLOURS["pat"])
    for (distortion, part), mark, shade in zip(
        many.groupby("distortion"), "os^", shades, strict=True
    ):
        axes[1].plot(
            part["size"],
            part.value,
            color=shade,
            marker=mark,
            markerfacecolor="white",
            label=f"{100 * distortion:.0f} % of the range",
        )
        seen = part[part.extra > 0]
        axes[1].plot(seen["size"], seen.extra, color="black", marker="x", linestyle="none")
    axes[1].plot([], [], color="black", marker="x", linestyle="none", label="counted")
    axes[1].set(
        xlabel="connections in the layer",
        ylabel=r"P(cos $\beta$ < 0)",
        xscale="log",
        ylim=(1e-12, 30),
    )
    axes[1].set_xticks(list(LAYERS.values()), [f"{n}\n({name})" for name, n in LAYERS.items()])
    axes[1].minorticks_off()
    axes[1].legend(loc="upper right")
    for ax in axes:
        ax.set_yscale("log")
    style.panel_letters(axes)
    return figure, pd.concat(
        [one.assign(quantity="connection"), many.assign(quantity="layer")], ignore_index=True
    )


def draw_angle(table: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """Angle of the updates against the ratio of magnitudes, one panel a reading of the noise."""
    part = table[table.quantity == "update"]
    figure, axes = plt.subplots(
        1, 2, figsize=(style.PAGE, 0.42 * style.PAGE), sharey=True, sharex=True
    )
    shades = (style.COLOURS["dfa"], style.COLOURS["asyt"], style.COLOURS["pat"])
    ratio = np.linspace(0.2, 1, 400)
    for ax, (noise, found) in zip(axes, part.groupby("noise", sort=False), strict=True):
        ax.axvspan(1 / SIMILAR, SIMILAR, color="0.92", zorder=0)
        ax.axhline(90, color="black", linewidth=0.8, linestyle=(0, (1, 1)))
        ax.plot(
            ratio,
            largest(ratio),
            color="black",
            linestyle=(0, (5, 2)),
            linewidth=1,
            label="largest possible",
        )
        for (layer, points), mark, shade in zip(found.groupby("size"), "os^", shades, strict=True):
            ax.plot(
                points.extra,
                points.value,
                marker=mark,
                linestyle="none",
                markersize=2,
                alpha=0.5,
                color=shade,
                markeredgewidth=0,
                label=f"layer {layer}",
            )
        ax.set(
            title=f"noise: {noise}",
            xlabel="magnitude of pseudo over digital update",
            xscale="log",
            xlim=(0.25, 4),
            ylim=(0, 100),
        )
        ax.set_xticks([0.25, 0.5, 1, 2, 4], ["0.25", "0.5", "1", "2", "4"])
        ax.minorticks_off()
    axes[0].set_ylabel("angle to the digital update (degrees)")
    figure.legend(
        *axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=4, markerscale=2.5
    )
    style.panel_letters(axes)
    return figure, part


def similar(table: pd.DataFrame) -> pd.DataFrame:
    """The updates of similar magnitude (`SIMILAR`)."""
    return table[(table.quantity == "update") & table.extra.between(1 / SIMILAR, SIMILAR)]


def measurements(profile: str = "paper") -> list[Measurement]:
    """The two probabilities, and the largest angle among updates of similar magnitude."""
    table = experiments.table(EXPERIMENT, profile)
    one = pooled(table, "connection").set_index("distortion")
    found = []
    for claim, s in NAMED.items():
        value, error = (float(one.loc[s, name]) for name in ("value", "extra"))
        text = f"{100 * broken(s):.1e}".replace("e-0", "e-") + " %"  # to the digits printed
        found.append(
            Measurement(
                claim,
                100 * broken(s),
                100 * (value - 1.96 * error),
                100 * (value + 1.96 * error),
                0,
                "percent, two-sided: erfc(1 / (s sqrt 2)), distortion beyond the whole range; 95 % "
                "interval of importance "
                "sampling",
                PAGE,
                holds=text == register().claims[claim].reported,
            )
        )
    near = similar(table)
    found.append(
        Measurement(
            "asyt-m-90degrees",
            float(near.value.max()),
            n=len(near),
            page=PAGE,
            holds=bool((near.value < 90).all()),
            reading=f"largest angle in degrees, any layer, chip and step of {table.seed.nunique()} "
            "short MNIST trainings "
            f"without and with 10 dB noise; similar: within a factor of {SIMILAR:g}",
        )
    )
    return found


def check(live: pd.DataFrame, profile: str) -> float:
    """The largest angle of the claim, live and stored: their difference in degrees.

    Raises:
        ResultError: if it is more than 3 degrees, or the sampled probabilities differ.
    """
    stored = experiments.table(EXPERIMENT, profile)
    difference = abs(float(similar(live).value.max() - similar(stored).value.max()))
    same = np.allclose(
        pooled(live, "connection").value, pooled(stored, "connection").value, rtol=1e-6, atol=0
    )
    if difference > 3 or not same:
        raise ResultError(
            f"'{EXPERIMENT}' differs from its stored table by {difference:.1f} degrees: "
            f"run `asyt run {EXPERIMENT} --profile paper --force`."
        )
    return difference
