"""Own runs beside the published ones: one figure drawn twice, one picture above the other.

Nothing here writes to the project's figures/.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from itertools import chain
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from asyt import experiments, paths, results
from asyt.experiments.base import Seeds
from asyt.experiments.settings import Settings
from asyt.figures import _style as style
from asyt.figures import drawing, export

PUBLISHED = "As published"
DPI = 300
TITLE = 0.3  # inches above each picture


@dataclass(frozen=True)
class Own:
    """Which runs: those of a profile with changed settings, or tables that `asyt run` stored."""

    profile: str = "paper"
    seeds: Seeds = None
    devices: int | None = None
    settings: Settings = ()
    tables: Sequence[Path] = ()

    @property
    def label(self) -> str:
        """What is drawn, in the words of the command line."""
        words = [f"seed={seed}" for seed in self.seeds or ()]
        if self.devices is not None:
            words.append(f"devices={self.devices}")
        words += self.settings
        words += [table.name for table in self.tables]
        scale = "" if self.profile == "paper" else f" ({self.profile} profile)"
        return f"Yours: {', '.join(words)}{scale}"

    def of(self, experiment: experiments.Experiment) -> list[experiments.Shown]:
        """The tables of one experiment; a ResultError if there are none."""
        if self.tables:
            return [experiments.read(experiment, table) for table in self.tables]
        return experiments.turned(
            experiment,
            self.profile,
            self.settings,
            self.seeds,
            self.devices,
        )


def publish(figure_id: str, own: Own, root: Path | None = None) -> Path:
    """Draw own runs beside the published ones and write the files of a figure.

    Returns:
        The folder: `root`/figures/<id>, by default in the user's cache.

    Raises:
        FigureError: `root` is the project's folder, the figure has no runs, or its drawing cannot
            show these.
    """
    root = root or paths.cache() / "own"
    if root.resolve() == paths.home().resolve():
        raise style.FigureError(
            f"figure '{figure_id}' of own runs would replace the published one in "
            f"{paths.home() / 'figures'}: give another folder with --out."
        )
    found = drawing.find(figure_id)
    sources = drawing.sources(found)
    if not sources:
        raise style.FigureError(f"figure '{figure_id}' is a schematic: no run changes it.")
    changed = _concerned(sources, own)
    tables = {}
    for source in sources:
        runs = own if source in changed else Own(own.profile)
        tables[source.name] = runs.of(source)
    above, published = _picture(lambda: drawing.draw(figure_id, "paper"))
    below, drawn = _picture(lambda: _draw(figure_id, tables))
    figure = stacked([above, below], (PUBLISHED, own.label))
    numbers = [
        published.assign(runs="published"),
        drawn.assign(runs=own.label),
    ]
    shown = list(chain.from_iterable(tables.values()))
    folder = export.export(
        figure,
        figure_id,
        pd.concat(numbers, ignore_index=True),
        {
            "own": own.label,
            "tables": {results.config_hash(run.config): run.sha256 for run in shown},
            "configurations": [results.plain(run.config) for run in shown],
        },
        alt=f"Above, {PUBLISHED.lower()}: {found.ALT} Below, {own.label}.",
        caption=f"{found.CAPTION} Above: {PUBLISHED.lower()}. Below: {own.label}.",
        root=root,
    )
    plt.close("all")
    return folder


def _concerned(
    sources: Sequence[experiments.Experiment], own: Own
) -> Sequence[experiments.Experiment]:
    """The experiments of a figure that own runs are of; of the others the published runs stay.

    These have every field that is set, or made the tables; a table without a record is of the
    first.
    """
    if own.tables:
        names = _made(own.tables)
        return [source for source in sources if source.name in names] or sources[:1]
    wanted = set(map(_field, own.settings))
    return [source for source in sources if wanted <= _fields(source, own.profile)] or sources


def _made(tables: Sequence[Path]) -> set[str]:
    """The experiments that made some tables, by the records beside them."""
    names = set()
    for table in tables:
        if table.with_suffix(".json").is_file():
            result = results.read(table.with_suffix(".csv"))
            names.add(result.provenance["experiment"])
    return names


def _field(setting: str) -> str:
    """The field of a configuration that a setting is about: `noise` of "noise.decibel=10"."""
    path, _, _ = setting.partition("=")
    field, _, _ = path.partition(".")
    return field.strip()


def _fields(experiment: experiments.Experiment, profile: str) -> set[str]:
    return {field.name for field in fields(experiment.profiles[profile])}


def stacked(pictures: Sequence[np.ndarray], titles: Sequence[str]) -> Figure:
    """Pictures (height, width, 4) one above the other, each under its title, at their size."""
    widths = [picture.shape[1] / DPI for picture in pictures]
    heights = [picture.shape[0] / DPI + TITLE for picture in pictures]
    page_width = max(widths)
    page_height = sum(heights)
    figure = Figure(figsize=(page_width, page_height))
    figure.set_layout_engine("none")
    top = page_height
    for picture, title, width, height in zip(pictures, titles, widths, heights, strict=True):
        top -= height
        box = (
            0,
            top / page_height,
            width / page_width,
            (height - TITLE) / page_height,
        )
        ax = figure.add_axes(box)
        ax.imshow(picture, interpolation="none", aspect="auto")
        ax.set_title(title, loc="left", fontweight="bold", pad=3)
        ax.axis("off")
    return figure


def _draw(figure_id: str, tables: drawing.Tables) -> style.Drawn:
    """A drawing of own tables.

    Raises:
        FigureError: the drawing looks for rows that these runs do not have.
    """
    try:
        return drawing.drawn(drawing.find(figure_id), tables)
    except (
        ArithmeticError,
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
    ) as error:
        raise style.FigureError(
            f"figure '{figure_id}' cannot show these runs, which lack what it draws "
            f"({type(error).__name__}: {error}); their tables are where `asyt run` said."
        ) from error


def _picture(draw: Callable[[], style.Drawn]) -> tuple[np.ndarray, pd.DataFrame]:
    """A drawing as a picture, with its numbers."""
    figure, plotted = draw()
    figure.set_dpi(DPI)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba()).copy(), plotted
