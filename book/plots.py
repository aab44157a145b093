"""Writes the numbers of the sweeps of AsyT Figs. 5d to 5h and 6 for plots that a reader can ask.

A figure's curves are the numbers published with it; single draws come from the stored tables. What
is drawn of each stands in `PLOTS`: no page says anything of it. `_static/plots.js` finds the
figure on a page by the link to its files and loads what is written here when it is opened.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from asyt import experiments, paths
from asyt.experiments import (
    _sweep,
    authors_distortion,
    authors_structure,
    mnist_structure,
    robustness,
    robustness_schedule,
)
from asyt.figures import asyt_fig5g, asyt_fig5h, drawing
from asyt.figures._panels import reading_title
from asyt.methods import LOOKS

#: What a curve is; a panel is chosen, curves are toggled.
COLUMNS = ["panel", "curve", "x", "centre", "low", "high", "n"]
INDEX = "plots-index.js"
OTHER = {"label": "", "colour": "#7F7F7F", "dash": []}


@dataclass(frozen=True)
class Plot:
    """How the published numbers of a figure become curves.

    Attributes:
        x: name of the axis.
        y: of the other.
        curves: published numbers -> rows of `COLUMNS`.
        draws: tables, as the figure's `draw` gets them -> panel, curve, draw, x, y; None where a
            figure has none.
        logarithmic: whether x is on a logarithmic axis of base 2, and whether y is of base 10.
    """

    x: str
    y: str
    curves: Callable[[pd.DataFrame], pd.DataFrame]
    draws: Callable[..., pd.DataFrame] | None = None
    logarithmic: tuple[bool, bool] = (False, False)


def sweep(panel: str, key: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """Curves of a sweep: a panel a reading or condition."""

    def curves(numbers: pd.DataFrame) -> pd.DataFrame:
        numbers = numbers.dropna(subset=["centre"])
        return numbers.rename(columns={panel: "panel", "method": "curve", key: "x"})[COLUMNS]

    return curves


def final(key: str, runs: Callable[..., pd.DataFrame]) -> Any:
    """Single draws of a sweep after the last epoch; `runs` makes one table of those of a figure."""

    def draws(*tables: pd.DataFrame | None) -> pd.DataFrame:
        last = _sweep.last(runs(*tables))
        found = named(last, "reading", key)
        return found.drop_duplicates(["panel", "curve", "draw", "x"])  # runs share ideal BP

    return draws


def widths(*tables: pd.DataFrame | None) -> pd.DataFrame:
    """The runs of Fig. 5e."""
    return mnist_structure.by_width(authors_structure.fig5ef(*tables))


def depths(*tables: pd.DataFrame | None) -> pd.DataFrame:
    """The runs of Fig. 5f."""
    return mnist_structure.by_depth(authors_structure.fig5ef(*tables))


def named(rows: pd.DataFrame, panel: str, key: str) -> pd.DataFrame:
    """Accuracies in percent, each with the name of its draw."""
    draw = "seed " + rows.seed.astype(str) + ", chip " + rows.chip.astype(str)
    found = rows.assign(draw=draw, y=(100 * rows.accuracy).round(3))
    columns = {panel: "panel", "method": "curve", key: "x"}
    return found.rename(columns=columns)[["panel", "curve", "draw", "x", "y"]]


def conditions(rows: tuple[robustness.Condition, ...], panels: list[str]) -> Any:
    """Single draws under some conditions of the bench, and in some panels of the schedule."""
    names = [condition.name for condition in rows]

    def draws(bench: pd.DataFrame, schedule: pd.DataFrame | None = None) -> pd.DataFrame:
        parts = [bench[(bench.split == "test") & bench.condition.isin(names)]]
        if schedule is not None:
            labelled = robustness_schedule.labelled(schedule)
            parts.append(labelled[labelled.condition.isin(panels)])
        return named(pd.concat(parts), "condition", "epoch")

    return draws


def interface(numbers: pd.DataFrame) -> pd.DataFrame:
    """Fig. 6a and b: a panel a quantity; what it is against width or depth."""
    shown = {
        ("width", "accesses"): "accesses a sample, against neurons a hidden layer",
        ("depth", "time_steps"): "time-steps a sample, against hidden layers",
        ("depth", "extraction (s)"): "seconds to an output, against hidden layers",
        ("depth", "interface energy (J)"): "joules of the conversions, against hidden layers",
    }
    parts = []
    for (way, quantity), panel in shown.items():
        rows = numbers[numbers.sweep == way]
        rows = rows if "extraction" in quantity else rows[rows.channels == rows.channels.min()]
        curve = rows.way
        if "extraction" in quantity:
            curve = rows.way + ", " + rows.channels.astype(str) + " in parallel"
        x = rows.width if way == "width" else rows.hidden
        y = rows[quantity]
        parts.append(rows.assign(panel=panel, curve=curve, x=x, centre=y, low=y, high=y, n=1))
    return pd.concat(parts)[COLUMNS]


def cost(numbers: pd.DataFrame) -> pd.DataFrame:
    """Fig. 6c: measured and counted."""
    parts = []
    for curve in ("measured", "counted", "counted, real device"):
        y = numbers[curve]
        parts.append(pd.DataFrame({"curve": curve, "x": numbers.C, "centre": y}))
    rows = pd.concat(parts).assign(panel="cost", n=1)
    return rows.assign(low=rows.centre, high=rows.centre)[COLUMNS]


ACCURACY = "test accuracy (%)"
PLOTS = {
    "asyt-fig5d": Plot(
        "distortion (sigma_phy)",
        ACCURACY,
        sweep("reading", "severity"),
        final("severity", authors_distortion.fig5d),
    ),
    "asyt-fig5e": Plot(
        "neurons in each of two hidden layers",
        ACCURACY,
        sweep("reading", "width"),
        final("width", widths),
        (True, False),
    ),
    "asyt-fig5f": Plot(
        "hidden layers of 128 neurons",
        ACCURACY,
        sweep("reading", "depth"),
        final("depth", depths),
    ),
    "asyt-fig5g": Plot(
        "epoch",
        ACCURACY,
        sweep("condition", "epoch"),
        conditions(robustness.PERTURBED, asyt_fig5g.PANELS),
    ),
    "asyt-fig5h": Plot(
        "epoch",
        ACCURACY,
        sweep("condition", "epoch"),
        conditions(robustness.NOISY, asyt_fig5h.PANELS),
    ),
    "asyt-fig6ab": Plot("size of the network", "a sample", interface, None, (True, True)),
    "asyt-fig6c": Plot("devices, C", "cost a device / cost of BP", cost, None, (True, False)),
}


def plot(figure_id: str) -> dict[str, Any]:
    """All that is drawn of a figure."""
    made = PLOTS[figure_id]
    numbers = pd.read_csv(paths.home() / "figures" / figure_id / f"{figure_id}.csv")
    rows = made.curves(numbers).sort_values("x")
    draws = []
    if made.draws:
        found = drawing.find(figure_id)
        sources = drawing.sources(found)
        tables = {one.name: experiments.collected(one, "paper") for one in sources}
        draws = _series(made.draws(*drawing.given(found, tables)).sort_values("x"))
    panels = list(dict.fromkeys(rows.sort_index().panel))
    return {
        "x": made.x,
        "y": made.y,
        "logarithmic": made.logarithmic,
        "panels": {name: reading_title(name) for name in panels},
        "looks": {name: _look(name) for name in sorted(set(rows.curve))},
        "curves": _rows(rows),
        "draws": draws,
    }


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return frame.astype(object).to_dict("records")


def _series(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """A row a draw, with all its x and y: its names, most of the bytes, are written once."""
    drawn = frame.groupby(["panel", "curve", "draw"], sort=False)
    return _rows(drawn[["x", "y"]].agg(list).reset_index())


def _look(name: str) -> dict[str, Any]:
    """One colour a method; of Fig. 6 that of the method whose access it is."""
    kin = {"encapsulated": "asyt", "truncated": "pat", "measured": "asyt"}
    key = kin.get(name.partition(",")[0], name)
    if key not in LOOKS:
        return {**OTHER, "label": name, "dash": [6, 3] if "," in name else []}
    label, colour, line, _ = LOOKS[key]
    dashes = [] if isinstance(line, str) else [2 * length for length in line[1]]
    return {"label": label if key == name else name, "colour": colour, "dash": dashes}


def write(static: Path, extra: Path) -> None:
    """Write the list of plots, which every page loads, and each plot, loaded when it is opened."""
    (extra / "plots").mkdir(parents=True, exist_ok=True)
    index = f"window.AsyTPlots = {{ ids: {json.dumps(list(PLOTS))}, data: {{}} }};\n"
    (static / INDEX).write_text(index, encoding="utf-8")
    for figure_id in PLOTS:
        text = json.dumps(plot(figure_id), separators=(",", ":"), allow_nan=False)
        script = f'AsyTPlots.data["{figure_id}"] = {text};\n'
        (extra / "plots" / f"{figure_id}.js").write_text(script, encoding="utf-8")


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    (folder / "_static").mkdir()
    write(folder / "_static", folder / "extra")
