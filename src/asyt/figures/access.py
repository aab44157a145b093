"""What a sample costs at the analogue-digital interface, counted by devices while they run: AsyT Fig. 6a and b."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import matplotlib.pyplot as plt
import pandas as pd
import torch
from matplotlib.figure import Figure

from asyt.claims import Measurement
from asyt.devices import DistortedDevice
from asyt.figures import Drawing
from asyt.figures import _style as style
from asyt.twins import Perceptron

EXPERIMENT = "access"
PAGE = "efficiency.html"
CLAIMS = ("asyt-6a-access", "asyt-6b-timesteps", "asyt-6-energy")
FIGURES = {
    "asyt-fig6ab": Drawing(
        "access",
        "draw",
        "The interface between light and electronics, on 10-class networks with 784 inputs. (a) "
        "Accesses a sample, "
        "reads and writes, against the width of four hidden layers. (b) Interface time-steps "
        "against the number of "
        "hidden layers of 256 neurons. (c) Least time to an output, which is also the energy of a "
        "chip of 1 W in that "
        "time, with one converter of each kind and with 64 in parallel. (d) Energy of the "
        "conversions themselves. "
        "Points in (a) and (b) are counted by simulated chips while they run; lines are the "
        "paper's formulas.",
        "Four panels. Encapsulated chips stay at 10 accesses, one time-step and about a "
        "nanosecond; truncated chips "
        "need more of each with every layer.",
    ),
}


@dataclass(frozen=True)
class Interface:
    """A converter technology, and the chip that waits for it.

    Attributes:
        read_s, write_s: seconds a conversion. 8-bit ADC of 10 GS/s and 14.8 mW (Liu et al. 2022),
        8-bit DAC of 14 GS/s
            and 50 mW (Caragiulo et al. 2020).
        read_j, write_j: joules a conversion, power over rate.
        channels: converters that work in parallel, e.g. one a wavelength.
        layer_s: propagation through a layer: ours, 2 cm of silicon nitride at a group index of 2.
        photonic_w: power of lasers, heaters and amplifiers while the chip waits: ours, a round
            number to scale by.
    """

    read_s: float = 1 / 10e9
    write_s: float = 1 / 14e9
    read_j: float = 14.8e-3 / 10e9
    write_j: float = 50e-3 / 14e9
    channels: int = 1
    layer_s: float = 0.02 * 2 / 3e8
    photonic_w: float = 1.0

    def extraction_s(self, layers: tuple[int, ...], encapsulated: bool) -> float:
        """T_extract = sum over layers of ceil(accesses / channels) * t + T_prop; layers follow each other."""
        hidden = () if encapsulated else layers[1:-1]
        reads = [math.ceil(n / self.channels) for n in (*hidden, layers[-1])]
        writes = [math.ceil(n / self.channels) for n in hidden]
        return (
            sum(reads) * self.read_s + sum(writes) * self.write_s + (len(layers) - 1) * self.layer_s
        )

    def photonic_j(self, layers: tuple[int, ...], encapsulated: bool) -> float:
        """E_photonic = P_photonic * T_extract."""
        return self.photonic_w * self.extraction_s(layers, encapsulated)

    def interface_j(self, reads: float, writes: float) -> float:
        """What the conversions themselves take."""
        return reads * self.read_j + writes * self.write_j


@dataclass(frozen=True)
class Config:
    """Networks to run: widths at a depth of 4 hidden layers, depths at a width of 256."""

    inputs: int = 784
    outputs: int = 10
    widths: tuple[int, ...] = (16, 32, 64, 128, 256, 512, 1024)
    depths: tuple[int, ...] = (1, 2, 3, 4, 6, 8, 12, 16)
    channels: tuple[int, ...] = (1, 64)
    samples: int = 7
    seed: int = 0

    @property
    def label(self) -> str:
        """For progress lines and `--only`."""
        return f"{len(self.widths)} widths, {len(self.depths)} depths, seed {self.seed}"

    @property
    def columns(self) -> dict[str, object]:
        """What tells the runs of a profile apart."""
        return {"seed": self.seed}


PROFILES = {"smoke": Config(widths=(16, 64), depths=(1, 4)), "quick": Config(), "paper": Config()}


def jobs(profile: str, seeds: tuple[int, ...] = (0,), devices: int | None = None) -> list[Config]:
    """One run a seed."""
    return [replace(PROFILES[profile], seed=seed) for seed in seeds]


def run(
    config: Config, *, compute: str = "cpu", checkpoint=None, progress: bool = False
) -> pd.DataFrame:
    """Run a batch through each network, encapsulated and truncated, and read the chips' counters.

    Returns:
        One row a network and way: sweep (width, depth), hidden, width, neurons (M), way, what was
        counted a sample, the formula's accesses and time-steps, and for each number of channels the
        extraction time and energies.
    """
    networks = [("width", 4, width) for width in config.widths] + [
        ("depth", depth, 256) for depth in config.depths
    ]
    rows = []
    for sweep, hidden, width in networks:
        layers = (config.inputs, *[width] * hidden, config.outputs)
        for encapsulated in (True, False):
            counted = count(layers, encapsulated, config.samples, config.seed, compute)
            outputs, neurons = layers[-1], sum(layers[1:])
            row = {
                "sweep": sweep,
                "hidden": hidden,
                "width": width,
                "neurons": neurons,
                "way": "encapsulated" if encapsulated else "truncated",
                **counted,
                "accesses by formula": float(outputs if encapsulated else 2 * neurons - outputs),
                "time-steps by formula": float(1 if encapsulated else hidden + 1),
            }
            for interface in (Interface(channels=channels) for channels in config.channels):
                row = {**row, "channels": interface.channels}
                row["extraction (s)"] = interface.extraction_s(layers, encapsulated)
                row["photonic energy (J)"] = interface.photonic_j(layers, encapsulated)
                row["interface energy (J)"] = interface.interface_j(
                    counted["reads"], counted["writes"]
                )
                rows.append(row)
    return pd.DataFrame(rows)


def count(
    layers: tuple[int, ...], encapsulated: bool, samples: int, seed: int = 0, compute: str = "cpu"
) -> dict[str, float]:
    """Reads, writes, accesses and time-steps a sample of a chip that really runs."""
    twin = Perceptron(layers)
    chip = DistortedDevice(twin, 1, 0, distortion=0.6, encapsulated=encapsulated, compute=compute)
    controls = [
        type(layer)(layer.weight.to(compute), layer.bias.to(compute))
        for layer in twin.initial(seed, 0.1, 0.5)
    ]
    x = torch.rand(samples, layers[0], device=compute)
    (chip if encapsulated else chip.layer_by_layer)(controls, x)
    return chip.accesses.a_sample()


def measurements() -> list[Measurement]:
    """The identities of Fig. 6a and b and of the energy."""
    from asyt import experiments

    table = experiments.table(EXPERIMENT, "paper")
    accesses = bool((table.accesses == table["accesses by formula"]).all())
    constant = set(table[table.way == "encapsulated"].accesses) == {10.0}
    steps = bool((table.time_steps == table["time-steps by formula"]).all())
    energy = bool(
        (table["photonic energy (J)"] == Interface().photonic_w * table["extraction (s)"]).all()
    )
    mnist = table[(table.sweep == "depth") & (table.hidden == 2) & (table.channels == 1)].set_index(
        "way"
    )
    networks = len(table) // (2 * table.channels.nunique())
    page, where = f"{PAGE}#fig-asyt-fig6ab", f"counted by running chips of {networks} networks"
    gain = mnist.loc["truncated", "extraction (s)"] / mnist.loc["encapsulated", "extraction (s)"]
    return [
        Measurement(
            "asyt-6a-access",
            measured=list(mnist.loc[["encapsulated", "truncated"], "accesses"]),
            n=networks,
            reading=f"{where}; the numbers are those of [784, 256, 256, 10], encapsulated and "
            "truncated",
            page=page,
            holds=accesses and constant,
        ),
        Measurement(
            "asyt-6b-timesteps",
            measured=list(mnist.loc[["encapsulated", "truncated"], "time_steps"]),
            n=networks,
            reading=f"{where}; of [784, 256, 256, 10]",
            page=page,
            holds=steps,
        ),
        Measurement(
            "asyt-6-energy",
            measured=gain,
            reading="ratio of the least energies, truncated over encapsulated, "
            "of [784, 256, 256, 10] with one converter of each kind",
            page=page,
            holds=energy,
        ),
    ]


#: Way -> (label, look): blue for the encapsulated, red for the truncated network, as in the paper.
WAYS = {"encapsulated": ("encapsulated (AsyT)", "asyt"), "truncated": ("truncated (IP-BP)", "pat")}


def draw(table: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """Accesses, time-steps, extraction time, energy of the conversions."""
    figure, axes = plt.subplots(1, 4, figsize=(style.PAGE, 0.36 * style.PAGE))
    first = table.channels.min()
    for way, (label, name) in WAYS.items():
        look = style.look(name)
        part = table[(table.way == way) & (table.channels == first)]
        for ax, sweep, x, counted in (
            (axes[0], "width", "width", "accesses"),
            (axes[1], "depth", "hidden", "time_steps"),
        ):
            rows = part[part.sweep == sweep]
            formula = {"accesses": "accesses by formula", "time_steps": "time-steps by formula"}[
                counted
            ]
            ax.plot(rows[x], rows[formula], color=look.colour, linestyle=look.line)
            ax.plot(
                rows[x],
                rows[counted],
                color=look.colour,
                marker=look.marker,
                linestyle="none",
                label=label,
            )
        for channels, fill in zip(sorted(set(table.channels)), ("full", "none"), strict=False):
            rows = table[
                (table.way == way) & (table.channels == channels) & (table.sweep == "depth")
            ]
            axes[2].plot(
                rows.hidden,
                1e9 * rows["extraction (s)"],
                color=look.colour,
                linestyle=look.line,
                marker=look.marker,
                fillstyle=fill,
                markersize=3.5,
                linewidth=0.9,
            )
        rows = part[part.sweep == "depth"]
        axes[3].plot(
            rows.hidden,
            1e9 * rows["interface energy (J)"],
            color=look.colour,
            linestyle=look.line,
            marker=look.marker,
            markersize=3.5,
            linewidth=0.9,
        )
    for channels, fill in zip(sorted(set(table.channels)), ("full", "none"), strict=False):
        label = f"{channels} in parallel (c)"
        axes[2].plot([], [], color="0.3", marker="o", fillstyle=fill, linestyle="none", label=label)
    axes[0].set(
        xscale="log", yscale="log", xlabel="neurons a hidden layer", ylabel="accesses a sample"
    )
    axes[1].set(xlabel="hidden layers", ylabel="interface time-steps a sample", ylim=(0, None))
    axes[2].set(
        yscale="log",
        xlabel="hidden layers",
        ylabel="extraction time (ns),\nphotonic energy at 1 W (nJ)",
    )
    axes[3].set(yscale="log", xlabel="hidden layers", ylabel="energy of conversions (nJ)")
    for ax in axes[1:]:
        ax.set_xticks(range(0, 17, 4))
    handles = [h for ax in (axes[0], axes[2]) for h in ax.get_legend_handles_labels()[0]]
    names = [n for ax in (axes[0], axes[2]) for n in ax.get_legend_handles_labels()[1]]
    figure.legend(handles, names, loc="outside upper center", ncols=4)
    style.panel_letters(axes)
    return figure, table


def scale(resolution: int = 2**16, layers: tuple[int, ...] = (784, 256, 256, 10)) -> pd.DataFrame:
    """What a training must store about the controls, 4 bytes an entry: O(R) with one profile, O(R M^2) with tables."""
    connections = sum(a * b for a, b in zip(layers, layers[1:], strict=False))
    rows = (("one estimation profile for all", 1), ("a table a connection", connections))
    return pd.DataFrame(
        {"what is stored": name, "tables": tables, "MB": 4e-6 * resolution * tables}
        for name, tables in rows
    )
