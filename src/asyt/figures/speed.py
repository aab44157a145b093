"""What training costs a device: AsyT Fig. 6c, and the benchmark of this library."""

from __future__ import annotations

from dataclasses import dataclass, replace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from asyt.claims import Measurement, register
from asyt.errors import AsytError
from asyt.figures import Drawing
from asyt.figures import _style as style

EXPERIMENT = "speed"
PAGE = "speed.html"
CLAIMS = ("asyt-6c-overhead",)
FIGURES = {
    "asyt-fig6c": Drawing(
        "speed",
        "draw",
        "Cost of AsyT a device against the number of devices that share one digital model, [784, "
        "256, 256, 10], "
        "batch 600, one thread, relative to plain PyTorch back-propagation timed beside it. "
        "Points: measured, the "
        "smallest of all repetitions. Line: products counted, with the device simulated, 1 + 1/C. "
        "Dashed: the same "
        "for a real device, whose forward pass is light and costs the computer nothing.",
        "Cost of a device against the number of devices, falling from about two at one device and "
        "level from sixteen "
        "on; measured points lie near the counted curve.",
    ),
}


@dataclass(frozen=True)
class Config:
    """What is timed.

    Attributes:
        rounds: repetitions of ten steps of every contender.
        names: of `bench.contenders.CONTENDERS`; empty for all.
        threaded: repetitions with all threads.
        counts: numbers of devices of the cost curve.
        extras: whether to measure memory, start-up and the profile.
        seed: numbers the measurement; nothing that is timed depends on it.
    """

    rounds: int = 5
    names: tuple[str, ...] = ()
    threaded: int = 2
    counts: tuple[int, ...] = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)
    extras: bool = True
    seed: int = 0

    @property
    def label(self) -> str:
        """For progress lines and `--only`."""
        return f"{self.rounds} rounds, up to {max(self.counts)} devices, seed {self.seed}"

    @property
    def columns(self) -> dict[str, object]:
        """What tells the runs of a profile apart."""
        return {"seed": self.seed}


PROFILES = {
    "smoke": Config(
        1, ("bp, torch's products", "bp, our products", "asyt, C = 1"), 0, (1, 2, 4), False
    ),
    "quick": Config(3, threaded=1, counts=(1, 4, 16, 64)),
    "paper": Config(),
}


def jobs(profile: str, seeds: tuple[int, ...] = (0,), devices: int | None = None) -> list[Config]:
    """One run a seed."""
    return [replace(PROFILES[profile], seed=seed) for seed in seeds]


def run(
    config: Config, *, compute: str = "cpu", checkpoint=None, progress: bool = False
) -> pd.DataFrame:
    """All measurements, as `bench.timing` names them. They are of this machine, which should do nothing else.

    Raises:
        AsytError: for a device other than the CPU, which nothing here times.
    """
    from asyt.bench import timing

    if compute != "cpu":
        raise AsytError(f"device '{compute}': the benchmark times the CPU only; use --device cpu.")
    names = config.names or tuple(timing.CONTENDERS)
    parts = [timing.memory(), timing.starts(), timing.profiled()] if config.extras else []
    parts.append(timing.measure(config.rounds, names, progress=progress))
    if config.threaded:
        parts.append(
            timing.measure(config.threaded, names, threads=timing.all_threads(), progress=progress)
        )
    return pd.concat([*parts, timing.cost(config.counts)], ignore_index=True)


def costs(table: pd.DataFrame) -> pd.DataFrame:
    """Cost a device relative to plain BP: C, measured, counted with a simulated device, counted with a real one."""
    from asyt.bench.contenders import MNIST

    best = table[table.quantity == "cost"].groupby(["chips", "name"]).value.min().unstack()
    chips, flops = best.index.to_numpy(), MNIST.flops()
    return pd.DataFrame(
        {
            "C": chips,
            "measured": (best.asyt / best.bp).to_numpy(),
            "counted": 1 + 1 / chips,
            "counted, real device": flops["backward"] / flops["all"] + 1 / chips,
        }
    )


def profile(table: pd.DataFrame, rows: int = 12) -> pd.DataFrame:
    """Where a step of AsyT at C = 16 spends its time: the largest entries, and the rest together."""
    part = table[table.quantity == "profile"].set_index("name").value
    outside = part["outside of operators"]
    kernels = part.drop("outside of operators").sort_values(ascending=False)
    shown = [
        *kernels.head(rows).items(),
        (f"{len(kernels) - rows} other operators", kernels[rows:].sum()),
        ("outside of operators (Python)", outside),
    ]
    return pd.DataFrame(
        {
            "operator": [f"`{name}`" if ":" in name else name for name, _ in shown],
            "ms a step and chip": [f"{1e3 * value:.3f}" for _, value in shown],
            "share (%)": [100 * value / part.sum() for _, value in shown],
        }
    )


def times(table: pd.DataFrame) -> pd.DataFrame:
    """Smallest milliseconds a step and chip of each contender, for each number of threads."""
    part = table[table.quantity == "seconds a step and chip"]
    best = 1e3 * part.groupby(["name", "threads"], sort=False).value.min().unstack()
    best.columns = [
        f"ms a step and chip, {threads} thread{'s' if threads > 1 else ''}"
        for threads in best.columns
    ]
    return best.map("{:.2f}".format).reset_index().rename(columns={"name": "contender"})


def measurements() -> list[Measurement]:
    """The cost a device at C = 64, against the faster of two plain PyTorch loops."""
    from asyt import experiments
    from asyt.bench import ratios
    from asyt.bench.ratios import interval

    table = experiments.table(EXPERIMENT, "paper")
    found = ratios(table)
    low, high = interval(table, "asyt, C = 64")
    limit = float(register().claims["asyt-6c-overhead"].reported.split()[1])
    by_hand = found["asyt_over_handwritten_bp"]["64"]
    return [
        Measurement(
            "asyt-6c-overhead",
            measured=found["asyt_over_bp"]["64"],
            low=low,
            high=high,
            n=int(table[table.name == "asyt, C = 64"].repetition.nunique()),
            page=f"{PAGE}#fig-asyt-fig6c",
            holds=high <= limit,
            reading="CPU time of a simulated device, one thread, over the faster of two plain "
            "PyTorch "
            f"loops; over a loop written by hand without autograd {by_hand:.3f}",
        )
    ]


def draw(table: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """Cost a device against the number of devices."""
    shown = costs(table)
    figure, ax = plt.subplots(figsize=(style.COLUMN, 0.8 * style.COLUMN))
    line = np.geomspace(1, shown.C.max(), 200)
    real = shown["counted, real device"].iloc[0] - 1
    look = style.look("asyt")
    ax.plot(line, 1 + 1 / line, color="0.35", linewidth=1, label="counted, simulated device")
    ax.plot(
        line,
        real + 1 / line,
        color="0.35",
        linewidth=1,
        linestyle=(0, (4, 2)),
        label="counted, real device",
    )
    ax.plot(
        shown.C,
        shown.measured,
        color=look.colour,
        marker=look.marker,
        linestyle="none",
        label="measured",
    )
    ax.axhline(1, color=style.look("ideal-bp").colour, linewidth=0.6)
    ax.annotate(
        "plain BP",
        (0.9, 1),
        xytext=(0, -2),
        textcoords="offset points",
        ha="left",
        va="top",
        fontsize=7,
    )
    ax.set_xscale("log", base=2)
    ax.set(
        xlabel="devices that share one digital model, C",
        ylabel="cost a device / cost of BP",
        ylim=(0, 2.5),
    )
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    ax.legend(loc="upper right")
    return figure, shown
