"""AsyT Fig. 5a: MNIST on a population of distorted devices, trained by AsyT from one digital trajectory."""

from __future__ import annotations

from dataclasses import dataclass, replace

import matplotlib.pyplot as plt
import pandas as pd
import torch
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from asyt import datasets, experiments, statistics, streams
from asyt.claims import Measurement, register, verdict
from asyt.devices import DistortedDevice, Noise
from asyt.figures import style
from asyt.methods import METHODS
from asyt.training import Branch, Data, Schedule, Trainer
from asyt.twins import Perceptron

EXPERIMENT = "mnist"
PAGE = "mnist.html"
CLAIMS = ("asyt-5a-asyt", "asyt-5a-bp", "asyt-5a-insilico", "asyt-s-mixing", "asyt-s-noise", "asyt-s-training",
          "asyt-s-same-init")  # fmt: skip
#: Seed of the fabrication stream: the chips are the same for every training seed (devices and seeds are crossed).
CHIPS = 0


@dataclass(frozen=True)
class Config:
    """One training run: one seed, one digital trajectory, one population.

    From the paper: layers, batch_size, optimizer, rate (its upper end), mixing, 10 dB. From the public demo: epochs,
    reduction, weight_scale, bias_scale, rows of unit length, distortion 0.6 for one sigma_phy, acting on the weights.
    Ours: population sizes, seeds and when to evaluate.
    """

    dataset: str = "mnist"
    samples: int | None = None  # training samples used; None is all
    layers: tuple[int, ...] = (784, 256, 256, 10)
    clip: float = 1.0
    weight_scale: float = 0.1
    bias_scale: float = 0.5
    epochs: int = 300
    batch_size: int = 600
    rate: float = 1e-4
    optimizer: str = "SGD"
    reduction: str = "sum"
    mixing: tuple[float, float] = (0.5, 0.5)
    distortion: float = 0.6
    acts_on: str = "weights"
    noise_db: float | None = None
    noise_reading: str = "mean-square"
    noise_common: bool = False
    devices: int = 5  # chips trained
    population: int = 100  # chips tested with the digital weights
    population_epochs: tuple[int, ...] = (0, 10, 30, 100, 200)  # and the last
    scan: tuple[float, ...] = (0.2, 0.4, 0.8, 1.0, 1.2)  # other distortions, in-silico, after the last epoch
    seed: int = 0

    @property
    def label(self) -> str:
        """For progress lines and `--only`."""
        return f"{self.dataset}, {self.columns['noise']}, seed {self.seed}"

    @property
    def columns(self) -> dict[str, object]:
        """What tells the runs of a profile apart."""
        if self.noise_db is None:
            return {"noise": "none", "seed": self.seed}
        reading = f"{self.noise_db:g} dB {self.noise_reading}{' common' if self.noise_common else ''}"
        return {"noise": reading, "seed": self.seed}

    @property
    def noise(self) -> Noise | None:
        """The noise of a pass."""
        return None if self.noise_db is None else Noise(self.noise_db, self.noise_reading, self.noise_common)


#: The fleet that is trained, by its distortion.
TRAINED = f"{Config().distortion:g}"
SEEDS = (0, 1, 2)
VARIANTS = (
    {},
    {"noise_db": 10.0, "noise_reading": "mean-square"},
    {"noise_db": 10.0, "noise_reading": "power"},
)
PROFILES = {
    "smoke": Config(samples=3000, epochs=2, devices=2, population=4, population_epochs=(), scan=(1.2,)),
    "quick": Config(epochs=20, devices=5, population=20, population_epochs=(0, 10), scan=(1.2,)),
    "paper": Config(),
}


def jobs(profile: str, seeds: tuple[int, ...] = SEEDS, devices: int | None = None) -> list[Config]:
    """The runs of a profile: every noise variant with every seed."""
    base = PROFILES[profile] if devices is None else replace(PROFILES[profile], devices=devices)
    return [replace(base, **variant, seed=seed) for variant in VARIANTS for seed in seeds]


def tensors(name: str, samples: int | None, device: str = "cpu") -> Data:
    """A data set with rows of unit length and one-hot targets, on a device.

    Args:
        name: of the data set.
        samples: take that many training samples, drawn from stream `subset`; None takes all.
        device: torch device.
    """
    data = datasets.load(name)
    x, y = torch.from_numpy(data.train_x), torch.from_numpy(data.train_y)
    if samples is not None:
        chosen = streams.permutation(len(x), "subset", 0)[:samples]
        x, y = x[chosen], y[chosen]
    unit = torch.nn.functional.normalize
    classes = len(data.classes)

    def one_hot(labels):
        return torch.nn.functional.one_hot(labels, classes).to(torch.float32).to(device)

    test_x, test_y = torch.from_numpy(data.test_x), torch.from_numpy(data.test_y)
    return Data(unit(x).to(device), one_hot(y), unit(test_x).to(device), one_hot(test_y))


def evaluated(epoch: int) -> bool:
    """Each of the first ten epochs, then every fifth."""
    return epoch <= 10 or epoch % 5 == 0


def build(config: Config, device: str = "cpu", data: Data | None = None) -> Trainer:
    """The trainer of a config: the digital trajectory and the population of chips trained along it.

    Args:
        config: of the run.
        device: torch device.
        data: the task; by default the config's data set.
    """
    twin = Perceptron(config.layers, clip=config.clip)
    data = tensors(config.dataset, config.samples, device) if data is None else data
    chips = _chips(config, config.devices, config.distortion, device)
    initial = twin.initial(config.seed, config.weight_scale, config.bias_scale)
    initial = [type(layer)(layer.weight.to(device), layer.bias.to(device)) for layer in initial]
    schedule = Schedule(config.epochs, config.batch_size, config.rate, config.optimizer, config.reduction, config.seed)
    asyt = METHODS["asyt"].mixing(*config.mixing)
    return Trainer(twin, initial, data, schedule, branches={f"{config.distortion:g}": Branch(asyt, chips)})


def _chips(config: Config, population: int, distortion: float, device: str) -> DistortedDevice:
    twin = Perceptron(config.layers, clip=config.clip)
    return DistortedDevice(twin, population, CHIPS, distortion=distortion, acts_on=config.acts_on,
                           noise=config.noise, device=device)  # fmt: skip


def run(config: Config, *, device: str = "cpu", checkpoint=None, progress: bool = False) -> pd.DataFrame:
    """Train, and test after each `evaluated` epoch.

    Returns:
        Tidy rows: epoch, method (ideal-bp, asyt, insilico-bp), fleet (distortion of the chips; "digital"), chip,
        split, accuracy (fraction).
    """
    trainer = build(config, device)
    stops = [*(e for e in config.population_epochs if e < config.epochs), config.epochs]

    def when(epoch: int) -> bool:
        population = _chips(config, config.population, config.distortion, device) if epoch in stops else None
        trainer.insilico = {f"{config.distortion:g}": population} if population else {}
        return evaluated(epoch)

    trainer.fit(when, checkpoint, progress=progress)
    others = [s for s in config.scan if s != config.distortion]
    return pd.DataFrame(trainer.rows + [row for s in others for row in _insilico(trainer, config, s, device)])


def _insilico(trainer: Trainer, config: Config, distortion: float, device: str) -> list[dict]:
    """The final digital weights on a population with another distortion."""
    population = _chips(config, config.population, distortion, device)
    return trainer.test("insilico-bp", f"{distortion:g}", population, lambda x: population(trainer.digital, x))


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """Mean, interval and number of draws a noise reading, method and epoch, at the trained distortion, in percent.

    ideal-bp and asyt: mean with the 95 % interval of the crossed bootstrap over seeds and chips. insilico-bp: median
    with the 5-95 % range of the population.
    """
    rows = []
    for (noise, name, fleet, epoch), part in table.groupby(["noise", "method", "fleet", "epoch"], sort=False):
        grid = 100 * part.pivot(index="seed", columns="chip", values="accuracy").to_numpy()
        if name == "insilico-bp":
            found = statistics.population(grid)
            middle = found.median
        else:
            found = statistics.crossed_bootstrap(grid, n=2000)
            middle = found.mean
        low, high = (middle, middle) if grid.size == 1 else (found.low, found.high)
        rows.append({"noise": noise, "method": name, "fleet": fleet, "epoch": epoch, "middle": middle,
                     "low": low, "high": high, "n": grid.size})  # fmt: skip
    return pd.DataFrame(rows)


NOISE_TITLES = {
    "none": "no noise",
    "10 dB mean-square": "10 dB: noise 0.32 of the rms signal",
    "10 dB power": "10 dB: noise 0.10 of the rms signal",
}


def reported(name: str) -> float:
    """What the paper reports for a method, percent."""
    return register().claims[ACCURACY[name]].reported


def draw(table: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """Accuracy against epoch, one column a noise reading; the lower row enlarges the top of the upper one."""
    shown = summary(table)
    shown = shown[shown.fleet.isin(["digital", TRAINED])]
    noises = [n for n in NOISE_TITLES if n in set(shown.noise)]
    figure, axes = plt.subplots(2, len(noises), figsize=(style.PAGE, 0.62 * style.PAGE), sharex=True, sharey="row",
                                height_ratios=(1.5, 1), squeeze=False)  # fmt: skip
    last, published = shown.epoch.max(), {name: reported(name) for name in ACCURACY}
    for column, noise in enumerate(noises):
        part = shown[shown.noise == noise]
        for ax in axes[:, column]:
            for name in ("ideal-bp", "asyt"):
                line = part[part.method == name]
                style.band(ax, line.epoch, line.middle, line.low, line.high, name, n=int(line.n.iloc[0]))
            points = part[part.method == "insilico-bp"]
            style.interval(ax, points.epoch, points.middle, points.low, points.high, "insilico-bp",
                           label=f"{style.LABELS['insilico-bp']} (n = {points.n.iloc[0]})")  # fmt: skip
            for value in published.values():
                style.reported(ax, value, "", x=1.05 * last)
            ax.set_xlim(0, 1.1 * last)
        axes[0, column].set_title(NOISE_TITLES[noise])
        axes[0, column].set_ylim(0, 100)
        axes[1, column].set_xlabel("epoch")
    best = shown[(shown.method != "insilico-bp") & (shown.epoch == last)]
    axes[1, 0].set_ylim(min(best.low.min(), published["asyt"]) - 4, max(best.high.max(), published["ideal-bp"]) + 1)
    for ax in axes[:, 0]:
        ax.set_ylabel("test accuracy (%)")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    mark = style.look("reported")
    handles.append(Line2D([], [], color=mark.colour, marker=mark.marker, linestyle="none"))
    figure.legend(handles, [*labels, "reported"], loc="outside upper center", ncols=4)
    style.panel_letters(axes.flat)
    return figure, shown


def draw_distortion(table: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """In-silico accuracy of the final digital weights against the distortion, one panel a noise reading."""
    part = table[(table.method == "insilico-bp") & (table.epoch == table.epoch.max())]
    noises = [n for n in NOISE_TITLES if n in set(part.noise)]
    figure, axes = plt.subplots(1, len(noises), figsize=(style.PAGE, 0.36 * style.PAGE), sharey=True, squeeze=False)
    for ax, noise in zip(axes.flat, noises, strict=True):
        for fleet, chips in part[part.noise == noise].groupby("fleet"):
            style.population(ax, float(fleet), 100 * chips.accuracy, "insilico-bp", width=0.15)
        style.reported(ax, reported("insilico-bp"), f"reported {reported('insilico-bp'):g}")
        ax.set(title=NOISE_TITLES[noise], ylim=(0, 100), xlim=(0.05, 1.75), xticks=sorted(map(float, set(part.fleet))))
        ax.set_xlabel(r"distortion (standard deviation of $\mathbf{P}_\mathrm{sys}$)")
    axes[0, 0].set_ylabel("in-silico test accuracy (%)")
    style.panel_letters(axes.flat)
    return figure, part


#: The claim on each method's accuracy.
ACCURACY = {"asyt": "asyt-5a-asyt", "ideal-bp": "asyt-5a-bp", "insilico-bp": "asyt-5a-insilico"}
#: The reading that decides the verdicts, fixed before any 300-epoch run had finished. The others are shown beside it.
PRIMARY = "10 dB mean-square"


def measurements(profile: str = "paper") -> list[Measurement]:
    """Our values for the rows of Fig. 5a, in the reading that decides, and for its settings."""
    found = _accuracies(summary(experiments.table(EXPERIMENT, profile)), PRIMARY)
    return found + _settings(PROFILES[profile])


def _accuracies(shown: pd.DataFrame, noise: str) -> list[Measurement]:
    """The accuracies after the last epoch in one reading of the noise; the text names those of the others."""
    last = shown[(shown.epoch == shown.epoch.max()) & ((shown.method != "insilico-bp") | (shown.fleet == TRAINED))]
    last = last.set_index(["noise", "method"])
    ideal = float(last.loc[(noise, "ideal-bp"), "middle"])
    found = []
    for name, claim in ACCURACY.items():
        row = last.loc[(noise, name)]
        others = "; ".join(f"{n}: {last.loc[(n, name), 'middle']:.1f}" for n in NOISE_TITLES if n != noise)
        reading = f"distortion {TRAINED} on the weights, {noise} noise (other readings: {others})"
        found.append(
            Measurement(claim, row.middle, row.low, row.high, int(row.n), reading, PAGE, chance=10.0, ideal=ideal)
        )
    return found


def readings(table: pd.DataFrame) -> pd.DataFrame:
    """Every reading of the noise judged by the same criteria: one row a reading, our value and verdict a claim.

    ideal BP and AsyT: mean with its 95 % interval; in-silico BP: median with its 5-95 % range; percent.
    """
    shown, rows = summary(table), []
    for noise in NOISE_TITLES:
        row = {"noise": noise}
        for name, measured in zip(ACCURACY, _accuracies(shown, noise), strict=True):
            judged = verdict(register().claims[measured.claim], measured)
            value = f"{measured.measured:.1f} ({measured.low:.1f} to {measured.high:.1f}), n = {measured.n}: {judged}"
            row[f"{style.LABELS[name]} (reported {reported(name):g})"] = value
        rows.append(row)
    return pd.DataFrame(rows)


def _settings(config: Config) -> list[Measurement]:
    """Whether the configuration carries what the paper states about its simulation."""
    noise = f"{VARIANTS[1]['noise_db']:g} dB"
    blank = torch.zeros(config.batch_size, config.layers[0]), torch.zeros(config.batch_size, config.layers[-1])
    trainer = build(replace(config, devices=1), data=Data(*blank, *blank))
    network = trainer.twin
    used = (network.activation, network.output, config.optimizer, config.batch_size)
    stated = used == ("relu", "softmax", "SGD", 600) and 3e-5 <= config.rate <= 1e-4
    trained = f"batch {config.batch_size}, gradient descent, rate {config.rate:g}, ReLU, softmax, reshuffled each epoch"
    same = all(
        bool((control == start).all())
        for branch in trainer.branches.values()
        for layer, initial in zip(branch.controls, trainer.digital, strict=True)
        for control, start in zip(layer, initial, strict=True)
    )
    return [
        Measurement("asyt-s-mixing", reading="as configured", page=PAGE, carries=list(config.mixing)),
        Measurement("asyt-s-noise", reading="as configured, in two readings", page=PAGE, carries=noise),
        Measurement("asyt-s-training", reading=trained, page=PAGE, holds=stated),
        Measurement("asyt-s-same-init", reading="compared before the first step", page=PAGE, holds=same),
    ]
