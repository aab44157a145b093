"""What the sweeps of AsyT Figs. 5d to 5f give, summed up, drawn and judged."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from asyt import statistics
from asyt.claims import Measurement
from asyt.experiments.mnist import PRIMARY
from asyt.figures import _style as style
from asyt.figures._panels import NOISE_TITLES

#: A draw is a seed and its chip: draws are bootstrapped as one axis, and AsyT and ideal BP are
#: paired by them.


def final(table: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Accuracy after the last epoch in percent, a method, noise and setting of `keys`: middle, low, high, n.

    ideal-bp and asyt: mean and 95 % interval over draws; insilico-bp: median and 5-95 % range of
    all chips and draws.
    """
    rows = []
    last = table[table.epoch == table.epoch.max()]
    last = last.drop_duplicates(
        ["method", "noise", *keys, "seed", "fleet", "chip"]
    )  # runs of a draw share ideal BP
    for (name, noise, *setting), part in last.groupby(["method", "noise", *keys], sort=False):
        values = 100 * part.accuracy.to_numpy()
        if name == "insilico-bp":
            found = statistics.population(values)
            middle, low, high = found.median, found.low, found.high
        else:
            found = statistics.crossed_bootstrap(values[:, None])
            middle, (low, high) = (
                found.mean,
                (found.mean,) * 2 if found.n == 1 else (found.low, found.high),
            )
        rows.append(
            {
                "method": name,
                "noise": noise,
                **dict(zip(keys, setting, strict=True)),
                "middle": middle,
                "low": low,
                "high": high,
                "n": found.n,
            }
        )
    return pd.DataFrame(rows)


def each_gap(table: pd.DataFrame, key: str) -> dict[str, dict[float, pd.Series]]:
    """Ideal BP minus AsyT after the last epoch, points: noise -> value of `key` -> a gap a draw, by seed."""
    last = table[(table.epoch == table.epoch.max()) & (table.method != "insilico-bp")]
    found: dict[str, dict[float, pd.Series]] = {}
    for value, part in last.groupby(key):
        ideal = part[part.method == "ideal-bp"].set_index("seed").accuracy.sort_index()
        for noise, asyt in part[part.method == "asyt"].groupby("noise"):
            gap = 100 * (ideal - asyt.set_index("seed").accuracy.sort_index())
            found.setdefault(noise, {})[value] = gap
    return found


def gaps(table: pd.DataFrame, key: str) -> pd.DataFrame:
    """The mean gap over draws with its 95 % interval, a noise and value of `key`."""
    rows, found = [], each_gap(table, key)
    for noise in (n for n in NOISE_TITLES if n in found):
        for value, gap in found[noise].items():
            mean = statistics.crossed_bootstrap(gap.to_numpy()[:, None])
            low, high = (mean.mean,) * 2 if mean.n == 1 else (mean.low, mean.high)
            rows.append(
                {
                    "noise": noise,
                    key: value,
                    "gap": mean.mean,
                    "low": low,
                    "high": high,
                    "n": mean.n,
                }
            )
    return pd.DataFrame(rows)


def draw_gaps(
    table: pd.DataFrame, key: str, label: str, bound: float
) -> tuple[Figure, pd.DataFrame]:
    """Accuracy of ideal BP and AsyT (left column) and their gap (right) against `key`, a row a reading of the noise."""
    shown, apart = final(table, [key]), gaps(table, key)
    noises = [n for n in NOISE_TITLES if n in set(apart.noise)]
    figure, axes = plt.subplots(
        2,
        len(noises),
        figsize=(style.PAGE, 0.6 * style.PAGE),
        sharex=True,
        sharey="row",
        squeeze=False,
    )
    ideal = shown[shown.method == "ideal-bp"].sort_values(key)
    values = sorted(set(apart[key]))
    for column, noise in zip(axes.T, noises, strict=True):
        asyt = shown[(shown.method == "asyt") & (shown.noise == noise)].sort_values(key)
        for name, line in (("ideal-bp", ideal), ("asyt", asyt)):
            style.band(
                column[0], line[key], line.middle, line.low, line.high, name, n=int(line.n.iloc[0])
            )
            column[0].plot(
                line[key],
                line.middle,
                linestyle="none",
                color=style.COLOURS[name],
                marker=style.MARKERS[name],
            )
        part = apart[apart.noise == noise]
        style.interval(column[1], part[key], part.gap, part.low, part.high, "asyt")
        style.reported(column[1], bound, f"reported: below {bound:g}" if noise == noises[0] else "")
        column[0].set_title(NOISE_TITLES[noise])
        column[1].set(xlabel=label, xticks=values)
        if key == "width":
            column[1].set_xscale("log", base=2)
            column[1].set_xticks(values, [str(w) for w in values])
            column[1].minorticks_off()
    axes[0, 0].set(ylabel="test accuracy (%)", ylim=(0, 100))
    axes[1, 0].set_ylabel("ideal BP minus AsyT (points)")
    axes[1, 0].set_yscale("symlog", linthresh=1)  # from tenths of a point to all that can be lost
    axes[1, 0].set_yticks([0, 1, 3, 10, 30, 100], ["0", "1", "3", "10", "30", "100"])
    axes[1, 0].set_ylim(min(0, apart.gap.min()), 100)
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=2)
    style.panel_letters(axes.flat)
    return figure, pd.concat([shown, apart], ignore_index=True)


def largest_gap(table: pd.DataFrame, key: str, claim: str, bound: float, page: str) -> Measurement:
    """The largest gap over all values of `key` in the deciding reading; it holds if the upper ends of all lie below."""
    apart = gaps(table, key)
    largest = {
        noise: part.loc[part.gap.idxmax()] for noise, part in apart.groupby("noise", sort=False)
    }
    worst = largest[PRIMARY]
    others = "; ".join(
        f"{n} {row.gap:.1f} at {row[key]:g}" for n, row in largest.items() if n != PRIMARY
    )
    reading = (
        f"largest gap, at {key} {worst[key]:g}, {PRIMARY} noise, {table.epoch.max()} epochs; with "
        "other noise: "
        f"{others}"
    )
    below = bool((apart[apart.noise == PRIMARY].high < bound).all())
    return Measurement(
        claim, worst.gap, worst.low, worst.high, int(worst.n), reading, page, holds=below
    )


def another_draw(table: pd.DataFrame, drawn: pd.DataFrame) -> pd.DataFrame:
    """The accuracies of one more draw beside the 95 % prediction intervals of the published ones, percent.

    Args:
        table: the published runs of one structure.
        drawn: a run of it with a seed of one's own.

    Returns:
        A row a method and reading of the noise: published mean, low, high, n; the draw; whether it
        lies inside.
    """
    rows = []
    ours = drawn[drawn.epoch == drawn.epoch.max()]
    for (method, noise), part in table[table.epoch == table.epoch.max()].groupby(
        ["method", "noise"], sort=False
    ):
        found = statistics.prediction(100 * part.accuracy)
        value = 100 * ours[(ours.method == method) & (ours.noise == noise)].accuracy.item()
        rows.append(
            {
                "method": style.LABELS[method],
                "noise": noise,
                "published mean": found.mean,
                "low": found.low,
                "high": found.high,
                "n": found.n,
                "this draw": value,
                "inside": found.low <= value <= found.high,
            }
        )
    return pd.DataFrame(rows)
