"""Light-in-the-loop: what the runs of direct feedback alignment give, drawn and judged."""

from __future__ import annotations

import io
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import torch
from matplotlib.figure import Figure

from asyt import experiments, statistics
from asyt.claims import Measurement, register
from asyt.devices import OpticalProcessingUnit
from asyt.devices.opu.unit import FRAME_RATE
from asyt.errors import ResultError
from asyt.figures import Drawing
from asyt.figures import _style as style
from asyt.figures.dfa_runs import PROFILES, VARIANTS, Config, initial, jobs, run
from asyt.methods import feedback
from asyt.twins import Layer, Perceptron

__all__ = ["CLAIMS", "PROFILES", "VARIANTS", "Config", "jobs", "measurements", "run"]

EXPERIMENT = "dfa"
PAGE = "light-in-the-loop.html"
CLAIMS = (
    "opu-concept",
    "opu-s-network",
    "opu-optical",
    "opu-ternary",
    "opu-dfa",
    "opu-ternary-cost",
    "opu-inference",
)
FIGURES = {
    "opu-training": Drawing(
        "dfa",
        "draw",
        "MNIST, [784, 1024, 1024, 10], ten epochs. (a) Test accuracy against epoch, mean with 95 % "
        "interval over "
        "seeds; first epochs of some runs lie below. (b) Where every run ends, with median and "
        "5-95 % range; diamonds "
        "are the values the source reports. (c) Angle between the gradient used and that of "
        "back-propagation, colours "
        "as in (a); 90 degrees is no relation.",
        "Accuracy of back-propagation, feedback alignment, DFA with and without ternary errors, "
        "optical DFA and "
        "training of the read-out alone; final accuracies as dots; angles falling from 90 degrees.",
    ),
}

#: (method, rate) of the tables -> its look.
LOOK = {
    ("bp", 0.001): "ideal-bp",
    ("fa", 0.001): "fa",
    ("dfa", 0.001): "dfa",
    ("dfa-ternary", 0.001): "dfa-ternary",
    ("dfa-optical", 0.01): "dfa-optical",
    ("readout-only", 0.001): "readout-only",
}
#: The claim on each accuracy.
ACCURACY = {
    ("dfa-optical", 0.01): "opu-optical",
    ("dfa-ternary", 0.001): "opu-ternary",
    ("dfa", 0.001): "opu-dfa",
}


def finals(table: pd.DataFrame, method: str, rate: float, split: str = "test") -> np.ndarray:
    """Final accuracies of a method, percent, by seed."""
    rows = table[(table.method == method) & (table.rate == rate) & (table.quantity == "accuracy")]
    rows = rows[(rows.epoch == table.epoch.max()) & (rows.split == split)].sort_values("seed")
    return 100 * rows.value.to_numpy()


def _curve(table: pd.DataFrame, quantity: str, scale: float = 1.0) -> pd.DataFrame:
    """Mean, 95 % interval and number of runs a (method, rate) and epoch."""
    rows = []
    part = table[
        (table.quantity == quantity)
        & (table.split == ("test" if quantity == "accuracy" else "train"))
    ]
    for (method, rate, epoch), group in part.groupby(["method", "rate", "epoch"]):
        values = scale * group.value.to_numpy()
        found = statistics.crossed_bootstrap(values[:, None], n=2000)
        low, high = (found.low, found.high) if len(values) > 1 else (found.mean, found.mean)
        rows.append(
            {
                "quantity": quantity,
                "method": method,
                "rate": rate,
                "epoch": epoch,
                "mean": found.mean,
                "low": low,
                "high": high,
                "n": len(values),
            }
        )
    return pd.DataFrame(rows)


def draw(table: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """Accuracy against epoch, final accuracies, alignment angles."""
    figure, axes = plt.subplots(
        1, 3, figsize=(style.PAGE, 0.46 * style.PAGE), width_ratios=(1, 1, 0.9)
    )
    accuracy = _curve(table, "accuracy", 100)
    claims, last = register().claims, table.epoch.max()
    shown = [(key, look) for key, look in LOOK.items() if len(finals(table, *key))]
    for at, ((method, rate), look) in enumerate(shown):
        part = accuracy[
            (accuracy.method == method) & (accuracy.rate == rate) & (accuracy.epoch > 0)
        ]
        style.band(
            axes[0], part.epoch, part["mean"], part.low, part.high, look, n=int(part.n.iloc[0])
        )
        ends = finals(table, method, rate)
        style.population(axes[1], at, ends, look)
        axes[1].plot(
            [at] * len(ends),
            ends,
            color=style.COLOURS[look],
            marker="o",
            markersize=3,
            linestyle="none",
        )
        if (method, rate) in ACCURACY:
            style.reported(axes[1], claims[ACCURACY[method, rate]].reported, "", x=at + 0.42)
    names = {
        "ideal-bp": "BP",
        "fa": "FA",
        "dfa": "DFA",
        "dfa-ternary": "ternary\nDFA",
        "dfa-optical": "optical\nDFA",
        "readout-only": "read-\nout",
    }
    top = accuracy["mean"].max()
    axes[0].set(
        xlabel="epoch",
        ylabel="test accuracy (%)",
        xlim=(0.5, last + 0.5),
        ylim=(0.9 * top, top + 1),
    )
    axes[1].set(ylabel="final test accuracy (%)", xlim=(-0.6, len(shown) - 0.3))
    axes[1].set_xticks(range(len(shown)), [names[look] for _, look in shown], fontsize=6)
    ends = pd.concat(
        [accuracy, *(_curve(table, f"angle-{layer}") for layer in (1, 2))], ignore_index=True
    )
    for layer, dash in ((1, "-"), (2, ":")):
        for method, rate in (("fa", 0.001), ("dfa", 0.001), ("dfa-ternary", 0.001)):
            part = ends[
                (ends.quantity == f"angle-{layer}") & (ends.method == method) & (ends.rate == rate)
            ]
            if len(part):
                colour = style.look(LOOK[method, rate]).colour
                axes[2].fill_between(
                    part.epoch, part.low, part.high, color=colour, alpha=0.18, linewidth=0
                )
                axes[2].plot(
                    part.epoch, part["mean"], color=colour, linestyle=dash, marker="o", markersize=2
                )
    for text, dash in (("layer 1", "-"), ("layer 2", ":")):
        axes[2].plot([], [], color=style.COLOURS["reported"], linestyle=dash, label=text)
    axes[2].set(
        xlabel="epoch", ylabel="angle to back-propagation (degrees)", ylim=(0, 95), xlim=(0, last)
    )
    axes[2].legend(loc="lower left")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=3)
    style.panel_letters(axes)
    return figure, ends


def counted(table: pd.DataFrame, profile: str) -> dict[str, float]:
    """Counters of the optical runs: frames, camera pixels read and values returned a training sample.

    The frames of inference are those a unit takes while a trained network is used: `inference`.
    Seconds are those all frames of one training take at 1.5 kHz.
    """
    config = PROFILES[profile]
    rows = table[(table.method == "dfa-optical") & (table.quantity == "exposures")]
    samples = config.samples or 60_000
    frames = float(rows.value.mean()) / (samples * config.epochs)
    unit = OpticalProcessingUnit(config.layers[-1], sum(config.layers[1:-1]), 0, config.holography)
    values = unit.project(torch.eye(config.layers[-1])).shape[1]
    return {
        "frames": frames,
        "pixels": frames * unit.pixels,
        "values": values,
        "inference_frames": inference()[1],
        "seconds": float(rows.value.mean()) / FRAME_RATE,
    }


def inference() -> tuple[bool, int]:
    """Take a step with an optical unit, save the network, load it, and use it.

    Returns:
        Whether the loaded network's outputs equal the trained one's, and how many frames the unit
        took for them.
    """
    twin = Perceptron((20, 16, 16, 10), activation="tanh")
    weights, x = initial(twin, 0), torch.linspace(-1, 1, 200).reshape(10, 20)
    unit = OpticalProcessingUnit(10, 32, 0)
    states = twin.forward(weights, x)
    error = twin.error(states[-1], torch.eye(10))
    for layer, update in zip(
        weights,
        feedback.dfa(twin, states, weights, error, unit.project(feedback.ternarise(error, 0.05))),
        strict=True,
    ):
        layer.weight.sub_(update.weight)
    file, before = io.BytesIO(), unit.exposures
    torch.save([tuple(layer) for layer in weights], file)
    expected = twin.forward(weights, x)[-1]
    file.seek(0)
    loaded = [Layer(*layer) for layer in torch.load(file)]
    return torch.equal(twin.forward(loaded, x)[-1], expected), unit.exposures - before


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """Final accuracies a method and rate: mean with 95 % interval, percent, and number of runs."""
    rows = []
    for method, rate, _ in VARIANTS:
        values = finals(table, method, rate)
        if not len(values):
            continue
        found = statistics.crossed_bootstrap(values[:, None])
        train = finals(table, method, rate, "train").mean()
        interval = f"{found.low:.2f} to {found.high:.2f}" if len(values) > 1 else "one run"
        rows.append(
            {
                "method": method,
                "rate": f"{rate:g}",
                "test (%)": f"{found.mean:.2f}",
                "95 % interval": interval,
                "smallest": f"{values.min():.2f}",
                "largest": f"{values.max():.2f}",
                "training (%)": f"{train:.2f}",
                "runs": len(values),
            }
        )
    return pd.DataFrame(rows)


#: Points by which the first epoch may differ where a processor rounds differently: training is
#: chaotic in the rounding.
LOOSE = 2.0


def first_epoch(profile: str) -> tuple[float, float]:
    """Test accuracy (percent) after the first epoch of digital ternary DFA, trained now, and as stored.

    Raises:
        ResultError: if they differ by more than `LOOSE` points.
    """
    config = next(c for c in jobs(profile) if (c.method, c.rate) == ("dfa-ternary", 0.001))
    stored = experiments.table(EXPERIMENT, profile, config.label)
    found = [
        float(
            100
            * rows[
                (rows.epoch == 1) & (rows.split == "test") & (rows.quantity == "accuracy")
            ].value.iloc[0]
        )
        for rows in (run(replace(config, epochs=1)), stored)
    ]
    if abs(found[0] - found[1]) > LOOSE:
        raise ResultError(
            f"'{config.label}' gives {found[0]:.2f} % after one epoch, its table says "
            f"{found[1]:.2f} %: "
            f"run `asyt run {EXPERIMENT} --profile {profile} --force`."
        )
    return found[0], found[1]


def ternary_cost(table: pd.DataFrame) -> statistics.Interval:
    """Points of test accuracy that ternary errors cost digital DFA at a rate of 0.001, paired by seed."""
    return statistics.paired_difference(
        *(finals(table, m, 0.001)[:, None] for m in ("dfa", "dfa-ternary"))
    )


def measurements() -> list[Measurement]:
    """The rows on training, from the stored tables."""
    table = experiments.table(EXPERIMENT, "paper")
    ideal = float(finals(table, "bp", 0.001).mean())
    page, config = f"{PAGE}#fig-opu-training", PROFILES["paper"]
    optical = statistics.population(finals(table, "dfa-optical", 0.01))
    found = [
        Measurement(
            "opu-optical",
            optical.median,
            optical.low,
            optical.high,
            optical.n,
            "each run a medium and seed of its own; off-axis, 8 bits, dark patterns not shown",
            page,
            chance=10.0,
            ideal=ideal,
        )
    ]
    for (method, rate), claim in ACCURACY.items():
        if method != "dfa-optical":
            interval = statistics.crossed_bootstrap(finals(table, method, rate)[:, None])
            found.append(
                Measurement(
                    claim,
                    interval.mean,
                    interval.low,
                    interval.high,
                    interval.n,
                    "inputs in [0, 1], batches of 128, mean gradients: ours",
                    page,
                )
            )
    cost = ternary_cost(table)
    if cost.n > 1:  # one pair has no interval
        found.append(
            Measurement(
                "opu-ternary-cost",
                cost.mean,
                cost.low,
                cost.high,
                cost.n,
                "points of test accuracy, paired by seed",
                page,
                holds=cost.high <= 0.5,
            )
        )
    stated = (config.layers, config.epochs, config.threshold) == ((784, 1024, 1024, 10), 10, 0.1)
    equal, frames = inference()
    counters = counted(table, "paper")
    return [
        *found,
        Measurement(
            "opu-s-network",
            reading="2 x 1024 tanh, Adam at 0.01 and 0.001, 10 epochs, threshold 0.1",
            page=PAGE,
            holds=stated,
        ),
        Measurement(
            "opu-inference",
            measured=frames,
            n=1,
            page=PAGE,
            holds=equal and frames == 0,
            reading="frames taken while a saved and reloaded network is used; its outputs are "
            "unchanged",
        ),
        Measurement(
            "opu-concept",
            measured=counters["frames"],
            n=optical.n,
            page=f"{PAGE}#fig-opu-fig1",
            reading="frames a training sample; light in the feedback path only, none at inference",
            holds=counters["frames"] > 0 and counters["inference_frames"] == 0,
        ),
    ]
