"""What the runs of a data set of the MNIST family give, drawn and judged the same way for each."""

from __future__ import annotations

from dataclasses import dataclass, replace

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from asyt import experiments, statistics
from asyt.claims import Measurement, register, verdict
from asyt.figures import style
from asyt.figures.mnist_runs import TRAINED

#: The reading that decides the verdicts, fixed before any 300-epoch run had finished. The others
#: are shown beside it.
PRIMARY = "10 dB mean-square"


@dataclass(frozen=True)
class Task:
    """A data set of the family.

    Attributes:
        experiment: its name.
        page: of the book.
        claims: method -> the claim on its accuracy.
    """

    experiment: str
    page: str
    claims: dict[str, str]


def accuracy_claims(panel: str) -> dict[str, str]:
    """The claims of a panel of Fig. 5: "5a", "5b" or "5c"."""
    return {
        "asyt": f"asyt-{panel}-asyt",
        "ideal-bp": f"asyt-{panel}-bp",
        "insilico-bp": f"asyt-{panel}-insilico",
    }


def _noises(table: pd.DataFrame) -> list[str]:
    """The readings of the noise that a table has, in the order of `NOISE_TITLES`."""
    return [n for n in NOISE_TITLES if n in set(table.noise)]


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """Mean, interval and number of draws a noise reading, method and epoch, at the trained distortion, in percent.

    ideal-bp and asyt: mean with the 95 % interval of the crossed bootstrap over seeds and chips.
    insilico-bp: median with the 5-95 % range of the population.
    """
    rows = []
    for (noise, name, fleet, epoch), part in table.groupby(
        ["noise", "method", "fleet", "epoch"], sort=False
    ):
        grid = 100 * part.pivot(index="seed", columns="chip", values="accuracy").to_numpy()
        if name == "insilico-bp":
            found = statistics.population(grid)
            middle = found.median
        else:
            found = statistics.crossed_bootstrap(grid, n=2000)
            middle = found.mean
        low, high = (middle, middle) if grid.size == 1 else (found.low, found.high)
        rows.append(
            {
                "noise": noise,
                "method": name,
                "fleet": fleet,
                "epoch": epoch,
                "middle": middle,
                "low": low,
                "high": high,
                "n": grid.size,
            }
        )
    return pd.DataFrame(rows)


NOISE_TITLES = {
    "none": "no noise",
    "10 dB mean-square": "10 dB: noise 0.32 of the rms signal",
    "10 dB power": "10 dB: noise 0.10 of the rms signal",
}


def reported(task: Task, name: str) -> float:
    """What the paper reports for a method, percent."""
    return register().claims[task.claims[name]].reported


def draw(table: pd.DataFrame, task: Task) -> tuple[Figure, pd.DataFrame]:
    """Accuracy against epoch, one column a noise reading; the lower row enlarges the top of the upper one."""
    shown = summary(table)
    shown = shown[shown.fleet.isin(["digital", TRAINED])]
    noises = _noises(shown)
    figure, axes = plt.subplots(
        2,
        len(noises),
        figsize=(style.PAGE, 0.65 * style.PAGE),
        sharex=True,
        sharey="row",
        height_ratios=(1.5, 1),
        squeeze=False,
    )
    last, published = shown.epoch.max(), {name: reported(task, name) for name in task.claims}
    for column, noise in enumerate(noises):
        part = shown[shown.noise == noise]
        for ax in axes[:, column]:
            for name in ("ideal-bp", "asyt"):
                line = part[part.method == name]
                style.band(ax, line.epoch, line.middle, line.low, line.high, name)
            points = part[part.method == "insilico-bp"]
            style.interval(ax, points.epoch, points.middle, points.low, points.high, "insilico-bp")
            for value in published.values():
                style.reported(ax, value, "", x=1.05 * last)
            ax.set_xlim(0, 1.1 * last)
        trained = table[(table.noise == noise) & (table.method == "asyt")]
        axes[0, column].set_title(
            f"{NOISE_TITLES[noise]}\n{_counted(trained.chip.nunique(), 'chip')} x "
            f"{_counted(trained.seed.nunique(), 'seed')}"
        )
        axes[0, column].set_ylim(0, 100)
        axes[1, column].set_xlabel("epoch")
    best = shown[(shown.method == "ideal-bp") & (shown.epoch == last)].middle.max()
    axes[1, 0].set_ylim(min(published["asyt"], best) - 4, max(published["ideal-bp"], best) + 1)
    for ax in axes[:, 0]:
        ax.set_ylabel("test accuracy (%)")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    mark = style.look("reported")
    handles.append(Line2D([], [], color=mark.colour, marker=mark.marker, linestyle="none"))
    figure.legend(handles, [*labels, "reported"], loc="outside upper center", ncols=4)
    style.panel_letters(axes.flat)
    return figure, shown


def _counted(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"


def draw_distortion(table: pd.DataFrame, task: Task) -> tuple[Figure, pd.DataFrame]:
    """In-silico accuracy of the final digital weights against the distortion, one panel a noise reading."""
    part = table[(table.method == "insilico-bp") & (table.epoch == table.epoch.max())]
    noises = _noises(part)
    figure, axes = plt.subplots(
        1, len(noises), figsize=(style.PAGE, 0.36 * style.PAGE), sharey=True, squeeze=False
    )
    for ax, noise in zip(axes.flat, noises, strict=True):
        for fleet, chips in part[part.noise == noise].groupby("fleet"):
            style.population(ax, float(fleet), 100 * chips.accuracy, "insilico-bp", width=0.15)
        style.reported(
            ax, reported(task, "insilico-bp"), f"reported {reported(task, 'insilico-bp'):g}"
        )
        ax.set(
            title=NOISE_TITLES[noise],
            ylim=(0, 100),
            xlim=(0.05, 1.75),
            xticks=sorted(map(float, set(part.fleet))),
        )
        ax.set_xlabel(r"distortion (standard deviation of $\mathbf{P}_\mathrm{sys}$)")
    axes[0, 0].set_ylabel("in-silico test accuracy (%)")
    style.panel_letters(axes.flat)
    return figure, part


def final(table: pd.DataFrame) -> pd.DataFrame:
    """Accuracy after the last epoch in percent, as text: a row a reading of the noise, a column a method."""
    shown, rows = summary(table), []
    last = shown[(shown.epoch == shown.epoch.max()) & shown.fleet.isin(["digital", TRAINED])]
    for noise in _noises(last):
        part = last[last.noise == noise].set_index("method")
        rows.append(
            {
                "noise": noise,
                **{
                    style.LABELS[name]: _between(part.loc[name])
                    for name in ("ideal-bp", "asyt", "insilico-bp")
                },
            }
        )
    return pd.DataFrame(rows)


def _between(row: pd.Series) -> str:
    return f"{row.middle:.1f} ({row.low:.1f} to {row.high:.1f}), n = {row.n}"


def measurements(task: Task, profile: str = "paper") -> list[Measurement]:
    """Our values for the accuracies of a task, in the reading that decides; the others in `reading`."""
    shown = summary(experiments.table(task.experiment, profile))
    judged = {noise: _accuracies(shown, noise, task) for noise in _noises(shown)}
    found = []
    for i, measured in enumerate(judged[PRIMARY]):
        others = [
            f"{n} {judged[n][i].measured:.1f}, {_judge(judged[n][i])}"
            for n in judged
            if n != PRIMARY
        ]
        beside = f"; with other noise: {'; '.join(others)}" if others else ""
        found.append(replace(measured, reading=measured.reading + beside))
    return found


def _judge(measured: Measurement) -> str:
    return verdict(register().claims[measured.claim], measured)


def _accuracies(shown: pd.DataFrame, noise: str, task: Task) -> list[Measurement]:
    """The accuracies after the last epoch in one reading of the noise, in the order of `Task.claims`."""
    last = shown[(shown.epoch == shown.epoch.max()) & (shown.noise == noise)]
    last = last[(last.method != "insilico-bp") | (last.fleet == TRAINED)].set_index("method")
    ideal = float(last.loc["ideal-bp", "middle"])
    reading = f"distortion {TRAINED} on the weights, {noise} noise"
    return [
        Measurement(
            claim,
            row.middle,
            row.low,
            row.high,
            int(row.n),
            reading,
            task.page,
            chance=10.0,
            ideal=ideal,
        )
        for claim, row in ((claim, last.loc[name]) for name, claim in task.claims.items())
    ]


def readings(table: pd.DataFrame, task: Task) -> pd.DataFrame:
    """Every reading of the noise judged by the same criteria: one row a reading, our value and verdict a claim.

    ideal BP and AsyT: mean with its 95 % interval; in-silico BP: median with its 5-95 % range;
    percent.
    """
    shown, rows = summary(table), []
    for noise in _noises(shown):
        row = {"noise": noise}
        for name, measured in zip(task.claims, _accuracies(shown, noise, task), strict=True):
            value = f"{measured.measured:.1f} ({measured.low:.1f} to {measured.high:.1f}), n = {measured.n}"
            row[f"{style.LABELS[name]} (reported {reported(task, name):g})"] = (
                f"{value}: {_judge(measured)}"
            )
        rows.append(row)
    return pd.DataFrame(rows)
