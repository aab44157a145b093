"""The authors' public demo on MNIST, in its own configuration: as shipped, and as the paper writes it.

The demo draws its device's errors from the seed of its initial weights, so the errors of the first
layer are exactly six times those weights ("tied"). In-silico BP is tested on such a chip and on one
with independent errors.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from asyt import streams
from asyt.claims import Measurement
from asyt.errors import AsytError
from asyt.experiments import tasks
from asyt.experiments.mnist import evaluated
from asyt.figures import Drawing
from asyt.figures import _style as style
from asyt.reference import Setup
from asyt.training import Schedule
from asyt.twins import Layer, Perceptron, Weights

#: The demo is not a published number: it answers no claim.
CLAIMS: tuple[str, ...] = ()
#: Final accuracies read off the figure the demo ships with, percent, to about one point.
DEMO_FIGURE = {"asyt": 93.0, "insilico-bp": 20.0}
FIGURES = {
    "mnist-demo": Drawing(
        "mnist-demo",
        "draw",
        "The configuration of the authors' public demo on MNIST. (a) AsyT as the demo ships it and "
        "with the digital "
        "update as the paper writes it. (b) In-silico BP on a chip whose first-layer errors are "
        "six times the initial "
        "weights, as in the demo, and on one with independent errors. One seed and one chip, as in "
        "the demo; dashed "
        "grey, the demo's own figure.",
        "Accuracy against epoch for AsyT and in-silico BP in the demo's configuration, two panels.",
    ),
}


@dataclass(frozen=True)
class Config:
    """One seed of the demo. All values are the demo's; none is in the paper, except the layers and the batch size."""

    dataset: str = "mnist"
    samples: int | None = None
    layers: tuple[int, ...] = (784, 256, 256, 10)
    weight_scale: float = 0.1
    bias_scale: float = 0.5
    epochs: int = 300
    batch_size: int = 600
    rate: float = 5e-5
    mixing: tuple[float, float] = (0.5, 0.5)
    distortion: float = 0.6
    update_error: float = 0.6
    seed: int = 0

    @property
    def label(self) -> str:
        """For progress lines and `--only`."""
        return f"{self.dataset} demo, update error {self.update_error:g}, seed {self.seed}"

    @property
    def columns(self) -> dict[str, object]:
        """What tells the runs of a profile apart."""
        return {"seed": self.seed, "update_error": self.update_error}


SEEDS = (
    0,
)  # three were planned; the others were stopped for want of computing time, before any result
PROFILES = {
    "smoke": Config(samples=3000, epochs=2),
    "quick": Config(epochs=10),
    "paper": Config(),
}


def jobs(profile: str, seeds: tuple[int, ...] = SEEDS, devices: int | None = None) -> list[Config]:
    """One run a seed, and one of a third of the epochs without update error.

    Raises:
        AsytError: `devices` other than None or 1; the demo trains a single chip.
    """
    if devices not in (None, 1):
        raise AsytError(
            f"--devices {devices}: the demo trains one chip; use 'asyt run mnist' for populations."
        )
    runs = [replace(PROFILES[profile], seed=seed) for seed in seeds]
    return [*runs, replace(runs[0], update_error=0.0, epochs=max(1, runs[0].epochs // 3))]


def masks(config: Config, stream: str, scale: float) -> Weights:
    """Gaussian relative errors a layer, (out, in) and (out,)."""
    drawn = []
    for l, (n_in, n_out) in enumerate(zip(config.layers, config.layers[1:], strict=False)):
        table = scale * streams.normal((n_out, n_in + 1), stream, config.seed, l).float()
        drawn.append(Layer(table[:, :-1].contiguous(), table[:, -1].contiguous()))
    return drawn


def setup(config: Config, compute: str = "cpu") -> Setup:
    """The demo's starting point, with two chips: "tied", as the demo draws it, and "independent"."""
    initial = Perceptron(config.layers).initial(config.seed, config.weight_scale, config.bias_scale)
    independent = masks(config, "fabrication", config.distortion)
    first = Layer(
        initial[0].weight * (config.distortion / config.weight_scale), independent[0].bias
    )
    chips = {"tied": [first, *independent[1:]], "independent": independent}
    return Setup(
        config.layers,
        tasks.load(config.dataset, samples=config.samples, compute=compute),
        None,
        Schedule(config.epochs, config.batch_size, config.rate, seed=config.seed),
        config.mixing,
        _moved(initial, compute),
        {name: _population(mask, compute) for name, mask in chips.items()},
        _moved(masks(config, "update", config.update_error), compute),
    )


def run(
    config: Config, *, compute: str = "cpu", checkpoint=None, progress: bool = False
) -> pd.DataFrame:
    """AsyT as shipped and as written on the tied chip; in-silico BP on the tied and an independent chip.

    The three trainings are short enough to start again: `checkpoint` is not used.

    Returns:
        Tidy rows: variant (shipped, written, insilico), epoch, method, fleet (tied, independent,
        digital), chip, split, accuracy.
    """
    both = setup(config, compute)
    tied = replace(both, masks={"tied": both.masks["tied"]})
    trainers = {
        "shipped": tied.asyt(),
        "written": tied.asyt(as_written=True),
        "insilico": both.insilico(),
    }
    return pd.concat(
        [
            pd.DataFrame(t.fit(evaluated, progress=progress)).assign(variant=name)
            for name, t in trainers.items()
        ],
        ignore_index=True,
    )


def _moved(weights: Weights, compute: str) -> Weights:
    return [Layer(layer.weight.to(compute), layer.bias.to(compute)) for layer in weights]


def _population(weights: Weights, compute: str) -> Weights:
    """One chip: a leading device axis of length 1."""
    return [
        Layer(layer.weight[None].to(compute), layer.bias[None].to(compute)) for layer in weights
    ]


def measurements() -> list[Measurement]:
    """None: see `CLAIMS`."""
    return []


#: (variant, method, fleet) -> (line style, legend text).
CURVES = {
    ("shipped", "asyt", "tied"): ("-", "AsyT, as shipped"),
    ("written", "asyt", "tied"): ("--", "AsyT, as written"),
    ("insilico", "insilico-bp", "tied"): ("-", "in-silico BP, errors tied to the weights"),
    ("insilico", "insilico-bp", "independent"): ("--", "in-silico BP, independent errors"),
}


def draw(table: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """AsyT as shipped and as written (left); in-silico BP on the tied and on an independent chip (right)."""
    figure, axes = plt.subplots(1, 2, figsize=(style.PAGE, 0.42 * style.PAGE))
    table = own(table)
    last = table.epoch.max()
    for (variant, name, fleet), (line, text) in CURVES.items():
        ax = axes[0 if name == "asyt" else 1]
        part = table[(table.variant == variant) & (table.method == name) & (table.fleet == fleet)]
        runs = 100 * part.pivot(index="epoch", columns="seed", values="accuracy")
        colour = style.COLOURS[name]
        ax.plot(runs.index, runs, color=colour, linestyle=line, linewidth=0.5, alpha=0.5)
        ax.plot(
            runs.index,
            runs.mean(axis=1),
            color=colour,
            linestyle=line,
            label=f"{text} (n = {runs.shape[1]})",
        )
    for ax, (name, value) in zip(axes, DEMO_FIGURE.items(), strict=True):
        style.reported(ax, value, "demo's figure")
        ax.set(xlabel="epoch", xlim=(0, last), ylim=(0, 100))
        ax.legend(loc="lower right" if name == "asyt" else "upper right")
    axes[0].set_ylabel("test accuracy (%)")
    style.panel_letters(axes)
    return figure, table


def own(table: pd.DataFrame) -> pd.DataFrame:
    """The runs with the demo's own update error."""
    return table[table.update_error == Config.update_error]


def final(table: pd.DataFrame) -> pd.DataFrame:
    """Mean, smallest and largest final test accuracy over seeds, a variant, method and chip, in percent."""
    own_runs = own(table)
    last = own_runs[own_runs.epoch == own_runs.epoch.max()]
    grouped = 100 * last.groupby(["variant", "method", "fleet"]).accuracy.agg(
        ["mean", "min", "max"]
    )
    return grouped.assign(
        n=last.groupby(["variant", "method", "fleet"]).seed.nunique()
    ).reset_index()


def without_update_error(table: pd.DataFrame) -> pd.DataFrame:
    """AsyT as shipped with the demo's update error and without, at the last epoch of the run without it, percent.

    Returns:
        A row an update error (index), with columns epoch and accuracy.
    """
    exact = table[table.update_error == 0]
    epoch, seed = exact.epoch.max(), exact.seed.iloc[0]
    same = (table.epoch == epoch) & (table.seed == seed)
    part = table[same & (table.variant == "shipped") & (table.method == "asyt")]
    return part.assign(accuracy=100 * part.accuracy).set_index("update_error")[
        ["epoch", "accuracy"]
    ]
