"""What the tables of `chip_runs` say: draws, the reading that decides, measurements, and the plots they share."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from asyt import statistics
from asyt.claims import Measurement
from asyt.errors import ResultError
from asyt.figures import _style as style

#: The chips as a designer would use them: the paper's profile, and a digital model with the same
#: range as the device.
PLAIN = {"profile": "eq4", "headroom": 1.0}


def select(table: pd.DataFrame, **wanted: object) -> pd.DataFrame:
    """The rows whose columns have these values.

    Raises:
        ResultError: if there are none.
    """
    found = table[np.logical_and.reduce([table[name] == value for name, value in wanted.items()])]
    if found.empty:
        raise ResultError(f"the table has no row with {wanted}.")
    return found


def draws(table: pd.DataFrame, method: str, split: str, **wanted: object) -> np.ndarray:
    """Final accuracies in percent, one a draw (trajectory and chip)."""
    rows = select(table, quantity="accuracy", method=method, split=split, **wanted)
    return 100 * np.repeat(rows.value.to_numpy(), rows["count"].to_numpy())


def ideal(table: pd.DataFrame, split: str, encoding: str) -> np.ndarray:
    """Ideal BP over its own, larger set of splits and initial values, in percent."""
    rows = table[table.runs == "ideal BP only"]
    return draws(rows, "ideal-bp", split, encoding=encoding)


def primary(table: pd.DataFrame, reported: float) -> str:
    """The encoding whose median ideal BP (training accuracy) is nearest to the reported one: it decides the verdicts.

    No chip has a say in the choice.
    """
    found = {
        name: abs(np.median(ideal(table, "train", name)) - reported)
        for name in dict.fromkeys(table.encoding)
    }
    return min(found, key=found.get)


def measured(
    claim: str, values: list[np.ndarray], best: np.ndarray, chance: float, reading: str, page: str
) -> Measurement:
    """A `draw` row: medians and 5-95 % ranges of one population for each reported value."""
    found = [statistics.population(v) for v in values]
    parts = {name: [getattr(f, name) for f in found] for name in ("median", "low", "high")}
    single = {name: part[0] if len(part) == 1 else part for name, part in parts.items()}
    return Measurement(
        claim,
        measured=single["median"],
        low=single["low"],
        high=single["high"],
        n=min(f.n for f in found),
        reading=reading,
        page=page,
        chance=chance,
        ideal=float(np.median(best)),
    )


def exceeds(
    claim: str,
    table: pd.DataFrame,
    method: str,
    other: str,
    reading: str,
    page: str,
    **wanted: object,
) -> Measurement:
    """A `bound` row: mean training accuracy of one method above that of another on the same chips, in points."""
    found = {
        what: select(
            table, quantity=f"lead over {other} {what}", method=method, split="train", **wanted
        ).iloc[0]
        for what in ("mean", "low", "high")
    }
    mean, low, high = (100 * row.value for row in found.values())
    return Measurement(
        claim,
        measured=mean,
        low=low,
        high=high,
        n=int(found["mean"]["count"]),
        reading=reading,
        page=page,
        holds=low > 0,
    )


def curve(
    ax: Axes,
    table: pd.DataFrame,
    method: str,
    split: str,
    label: str | None = None,
    look: str | None = None,
    **wanted: object,
) -> pd.DataFrame:
    """Median accuracy with its 5-95 % band against epoch; returns the plotted numbers."""
    rows = {
        what: select(
            table, quantity=f"accuracy {what}", method=method, split=split, **wanted
        ).set_index("epoch")
        for what in ("median", "low", "high")
    }
    epochs = rows["median"].index
    middle, low, high = (100 * rows[what].value for what in ("median", "low", "high"))
    style.band(
        ax,
        epochs,
        middle,
        low,
        high,
        look or method,
        label=label,
        n=int(rows["median"]["count"].iloc[0]),
    )
    return pd.DataFrame(
        {
            "quantity": "accuracy (%)",
            "method": method,
            "split": split,
            "epoch": epochs,
            "median": middle.to_numpy(),
            "low": low.to_numpy(),
            "high": high.to_numpy(),
        }
    )


def strips(ax: Axes, populations: list[tuple[str, str, np.ndarray, float | None]]) -> pd.DataFrame:
    """Dots, median and 5-95 % range of each population, with the reported value marked; returns the numbers.

    Args:
        ax: where to draw.
        populations: label, method, draws in percent, reported value or None.
    """
    rows = []
    for x, (label, method, values, reported) in enumerate(populations):
        style.population(ax, x, values, method, width=0.5)
        if reported is not None:
            style.reported(ax, reported, "", x=x + 0.42)
            ax.annotate(
                f"{reported:g}",
                (x + 0.42, reported),
                xytext=(0, -9),
                textcoords="offset points",
                ha="center",
                fontsize=6,
                color=style.COLOURS["reported"],
            )
        found = statistics.population(values)
        rows.append(
            {
                "quantity": "final accuracy (%)",
                "population": label.replace("\n", " "),
                "median": found.median,
                "low": found.low,
                "high": found.high,
                "n": found.n,
                "reported": reported,
            }
        )
    ax.set_xticks(range(len(populations)), [label for label, *_ in populations])
    ax.set_xlim(-0.6, len(populations) - 0.2)
    ax.set_ylim(0, 103)
    return pd.DataFrame(rows)


def confusion(ax: Axes, table: pd.DataFrame, classes: list[str], **wanted: object) -> pd.DataFrame:
    """Mean confusion matrix of the chips under AsyT on test data, in percent of a class; returns the numbers."""
    n = len(classes)
    matrix = np.array(
        [
            [
                100
                * select(table, quantity=f"confusion {i}-{j}", method="asyt", **wanted).value.iloc[
                    0
                ]
                for j in range(n)
            ]
            for i in range(n)
        ]
    )
    shade = LinearSegmentedColormap.from_list("asyt", ["#FFFFFF", style.COLOURS["asyt"]])
    ax.imshow(matrix, cmap=shade, vmin=0, vmax=100)
    for i, j in np.ndindex(n, n):
        ax.text(
            j,
            i,
            f"{matrix[i, j]:.0f}",
            ha="center",
            va="center",
            fontsize=7,
            color="white" if matrix[i, j] > 55 else "black",
        )
    turned = (
        {"rotation": 30, "ha": "right", "rotation_mode": "anchor"} if len(classes[0]) > 2 else {}
    )
    ax.set_xticks(range(n), classes, **turned)
    ax.set_yticks(range(n), classes)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.set(xlabel="said", ylabel="true", title="AsyT, test (%)")
    return pd.DataFrame(
        [
            {
                "quantity": "confusion (%)",
                "true": classes[i],
                "said": classes[j],
                "median": matrix[i, j],
            }
            for i, j in np.ndindex(n, n)
        ]
    )


def diagonal(table: pd.DataFrame, classes: int, **wanted: object) -> float:
    """Mean of the diagonal of the confusion matrix, percent."""
    cells = [
        select(table, quantity=f"confusion {i}-{i}", method="asyt", **wanted)
        for i in range(classes)
    ]
    return 100 * float(np.mean([cell.value.iloc[0] for cell in cells]))


def readings(table: pd.DataFrame) -> pd.DataFrame:
    """Every population of a table: encoding, method, profile, headroom, and its final accuracies (median, 5-95 %)."""
    rows = []
    finals = table[(table.quantity == "accuracy") & (table.runs == "chips")]
    keys = ["encoding", "method", "profile", "headroom"]
    for key, _ in finals.groupby(keys, sort=False):
        about = dict(zip(keys, key, strict=True))
        texts = {}
        same = {name: about[name] for name in keys if name != "method"}
        for split in ("train", "test"):
            found = statistics.population(draws(finals, about["method"], split, **same))
            texts[f"{split} (%)"] = f"{found.median:.0f} ({found.low:.0f} to {found.high:.0f})"
        rows.append({**about, "headroom": f"{about['headroom']:g}", **texts, "n": found.n})
    return pd.DataFrame(rows)


def headroom(
    ax: Axes, table: pd.DataFrame, encoding: str, shares: tuple[float, ...], split: str
) -> pd.DataFrame:
    """Median and 5-95 % range of AsyT and in-silico BP at each headroom, beside the median of ideal BP."""
    best = float(np.median(ideal(table, split, encoding)))
    ax.axhline(
        best,
        color=style.COLOURS["ideal-bp"],
        linewidth=1,
        label=f"{style.LABELS['ideal-bp']} (median)",
    )
    rows = []
    for method, shift in (("asyt", -0.008), ("insilico-bp", 0.008)):
        found = [
            statistics.population(
                draws(table, method, split, encoding=encoding, profile="eq4", headroom=share)
            )
            for share in shares
        ]
        x = np.array(shares) + shift
        style.interval(
            ax,
            x,
            [f.median for f in found],
            [f.low for f in found],
            [f.high for f in found],
            method,
            label=f"{style.LABELS[method]} (n = {found[0].n})",
        )
        rows += [
            {
                "encoding": encoding,
                "method": method,
                "headroom": share,
                "split": split,
                "median": f.median,
                "low": f.low,
                "high": f.high,
                "n": f.n,
                "ideal BP median": best,
            }
            for share, f in zip(shares, found, strict=True)
        ]
    ax.set(
        xlabel="headroom: the digital model's share", ylim=(0, 103), title=encoding, xticks=shares
    )
    return pd.DataFrame(rows)


def headrooms(table: pd.DataFrame, shares: tuple[float, ...]) -> tuple[Figure, pd.DataFrame]:
    """Training accuracy against headroom, one panel an encoding."""
    encodings = list(dict.fromkeys(table.encoding))
    width = style.PAGE if len(encodings) > 2 else 0.75 * style.PAGE
    figure, axes = plt.subplots(1, len(encodings), figsize=(width, 0.36 * style.PAGE), sharey=True)
    numbers = [
        headroom(ax, table, name, shares, "train") for ax, name in zip(axes, encodings, strict=True)
    ]
    axes[0].set_ylabel("training accuracy (%)")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=3)
    style.panel_letters(axes)
    return figure, pd.concat(numbers, ignore_index=True)


def diagonal_row(
    claim: str,
    table: pd.DataFrame,
    classes: int,
    reported: float,
    reading: str,
    page: str,
    **wanted: object,
) -> Measurement:
    """The test of Figs. 3b and 4c: mean of the diagonal and reported accuracy inside the 5-95 % range of draws."""
    values = draws(table, "asyt", "test", **wanted)
    low, high = (float(end) for end in np.quantile(values, [0.05, 0.95]))
    mean = diagonal(table, classes, **wanted)
    return Measurement(
        claim,
        measured=mean,
        low=low,
        high=high,
        n=values.size,
        reading=reading,
        page=page,
        holds=low <= mean <= high and low <= reported <= high,
    )
