"""What the three sources are quoted for, ours beside it, and how many of all claims hold."""

import json

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from asyt import paths
from asyt.figures import _style as style

EXPERIMENT = None
CAPTION = (
    "What the sources are quoted for, and what holds. (a) The numbers that each source is quoted "
    "for (diamonds) beside ours in the reading nearest to the source: mean with 95 % interval, or "
    "median with 5-95 % range of simulated devices; colour and words give the verdict over all "
    "readings. (b) Number of claims of each source by verdict."
)
ALT = (
    "Eight reported accuracies beside ours, coloured by verdict, and a stacked bar a source with "
    "the number of claims that are reproduced, depend on the reading, are not reproduced, or could "
    "not be judged."
)
#: Verdict -> its colour and what it is called; all others are grey.
VERDICTS = {
    "reproduced": ("#00795A", "reproduced"),
    "depends-on-the-reading": ("#B87A00", "depends on the reading"),
    "not-reproduced": ("#C23B00", "not reproduced"),
}
REST = ("#8A8A8A", "not judged")
#: Headline claim -> what a row is called.
NAMES = {
    "asyt-2e-test": "Iris, two species, on a chip (Fig. 2e)",
    "asyt-3a-test": "Iris, three species, on a chip (Fig. 3a)",
    "asyt-4b-test": "Digits 0 to 3, on a chip (Fig. 4b)",
    "asyt-5a-asyt": "MNIST (Fig. 5a)",
    "asyt-5b-asyt": "Fashion-MNIST (Fig. 5b)",
    "asyt-5c-asyt": "KMNIST, ours a substitute (Fig. 5c)",
    "opu-optical": "MNIST, optical DFA",
    "pnn-accuracy-mnist": "MNIST, hybrid under PAT",
}
SOURCES = {"asyt": "AsyT", "opu": "Light in the loop", "pnn": "Physical networks"}


def draw(_: None) -> style.Drawn:
    """The published register, data/register/claims.json."""
    file = paths.published() / "data" / "register" / "claims.json"
    published = json.loads(file.read_text(encoding="utf-8"))
    rows = pd.DataFrame(published["claims"])
    by_claim = rows[rows.headline].set_index("id")
    headlines = by_claim.loc[list(NAMES)].reset_index()
    figure, axes = style.panels(1, 2, 0.42, width_ratios=(1.7, 1), letters=False)
    _numbers(axes[0], headlines)
    counts = _counts(axes[1], rows)
    style.panel_letters(axes)
    own = [
        "id",
        "source",
        "figure",
        "quantity",
        "reported",
        "measured",
        "low",
        "high",
        "n",
    ]
    listed = headlines[[*own, "verdict"]].assign(quantity="headline")
    return figure, pd.concat([listed, counts], ignore_index=True)


def _look(verdict: str) -> tuple[str, str]:
    return VERDICTS.get(verdict, REST)


def _numbers(ax: Axes, rows: pd.DataFrame) -> None:
    """A line a headline, the first on top: diamond, interval, dot and the verdict in words."""
    for at, row in enumerate(rows.itertuples()):
        colour, told = _look(row.verdict)
        ax.hlines(at, row.low, row.high, color=colour, linewidth=2.2)
        ax.plot(row.measured, at, "o", color=colour, markersize=5)
        style.points(
            ax,
            [row.reported],
            [at],
            "reported",
            markersize=6,
            fillstyle="none",
        )
        style.note(
            ax,
            told,
            (101, at),
            (3, 0),
            va="center",
            color=colour,
        )
    ax.set(xlim=(0, 101), ylim=(len(rows) - 0.4, -0.6), xlabel="test accuracy (%)")
    ax.set_yticks(range(len(rows)), list(NAMES.values()))
    ax.tick_params(axis="y", length=0)
    diamond = Line2D(
        [],
        [],
        linestyle="none",
        marker="D",
        fillstyle="none",
        color="#4D4D4D",
    )
    ours = Line2D([], [], color="0.3", marker="o", linewidth=2.2)
    looks = (*VERDICTS.values(), REST)
    patches = [Patch(color=colour) for colour, _ in looks]
    labels = ["reported", "ours and its range", *(told for _, told in looks)]
    ax.figure.legend(
        [diamond, ours, *patches],
        labels,
        loc="outside upper center",
        ncols=len(labels),
        handlelength=1.6,
        columnspacing=1.4,
    )


def _counts(ax: Axes, rows: pd.DataFrame) -> pd.DataFrame:
    """A stacked bar a source; each part says how many claims it stands for."""
    looks = (*VERDICTS.values(), REST)
    order = [told for _, told in looks]
    verdicts = rows.verdict.map(lambda verdict: _look(verdict)[1])
    table = pd.crosstab(rows.source, verdicts)
    table = table.reindex(index=list(SOURCES), columns=order, fill_value=0)
    left = pd.Series(0, index=table.index)
    for colour, told in looks:
        number = table[told]
        bars = ax.barh(
            range(len(table)),
            number,
            left=left,
            color=colour,
            height=0.55,
        )
        ax.bar_label(
            bars,
            [count if count > 2 else "" for count in number],
            label_type="center",
            color="white",
            fontsize=7,
        )
        left = left + number
    ax.set_yticks(range(len(table)), list(SOURCES.values()))
    ax.tick_params(axis="y", length=0)
    ax.invert_yaxis()
    ax.set(xlabel="claims")
    counts = table.stack().rename("n").reset_index()
    counts.columns = ["source", "verdict", "n"]
    return counts.assign(quantity="claims")
