"""What the pages of the book show: figures, verdicts, numbers in prose, live checks of tables."""

import math
import os
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
from IPython import get_ipython
from IPython.display import HTML, Markdown, display
from matplotlib.figure import Figure
from matplotlib_inline.backend_inline import set_matplotlib_formats
from myst_nb import glue
from torch import get_num_threads

from asyt import claims, datasets, experiments
from asyt import knobs as knob
from asyt.claims.kept import all_rows
from asyt.claims.published import Row
from asyt.errors import DataError, ResultError, lookup
from asyt.experiments import check
from asyt.figures import drawing, export, index, under
from asyt.training import Trainer

PROFILES = ("smoke", "quick", "paper")
#: What names a row of a trainer.
ROW = ["epoch", "method", "fleet", "chip", "split"]
_check_medians = partial(check.check, value="value", points=check.MEDIAN_POINTS)


#: The knobs that a page was executed with, where they are not the published ones.
_turned = ""


def scale() -> Markdown | None:
    """`knobs` of a page that has none."""
    return knobs()


def knobs(**published: Any) -> Markdown | None:
    """Check the knobs of a page, which its first cell sets and papermill may have set again.

    Figures that are made from here on say which knobs differ from the published ones. The knob
    `profile` (smoke, quick, paper) is one of every page.

    Args:
        published: name and published value of each knob.

    Returns:
        A notice, where the page is executed with other knobs or below the published scale; None,
        so nothing, elsewhere.

    Raises:
        UnknownNameError: a knob or profile that does not exist; suggests the nearest.
        SettingError: a value of another type than the published one.
    """
    global _turned
    shell = get_ipython()
    names = shell.user_ns if shell else published
    injected = knob.injected(names.get("In", ()))
    given = knob.turned(injected, published)
    set_here = {name: names[name] for name in published}
    values = knob.turned(set_here, published)
    names.update(values)
    if knob.PROFILE in given:
        profile = given[knob.PROFILE]
        os.environ["ASYT_PROFILE"] = lookup(profile, PROFILES, "profile")
    _turned = knob.said(values, published)
    plt.rcParams["figure.hooks"] = ["asyt.pages:mark"] if _turned else []
    return _said_first(experiments.profile())


def mark(figure: Figure) -> None:
    """Write below a figure which knobs it was made with; matplotlib calls this for new figures."""
    figure.text(
        0,
        0,
        f"Not as published: {_turned}",
        fontsize=6,
        color="#B00020",
        va="top",
    )


def _said_first(profile: str) -> Markdown | None:
    """The notice at the head of a page."""
    notices = []
    if _turned:
        notices.append(f"> **Executed with other knobs than the published ones:** {_turned}.")
    if profile != "paper":
        notices.append(
            f"> **Executed at profile `{profile}`.** Figures and numbers on this page come from a "
            "run much smaller than the published one, and mean nothing beyond showing that the "
            "code runs."
        )
    return Markdown("\n>\n".join(notices)) if notices else None


def profile(data_set: str) -> str:
    """The page's profile; where data are missing a notice, and "paper", whose tables are stored."""
    try:
        datasets.load(data_set)
    except DataError as error:
        stored = "The stored tables of the published runs are shown."
        display(_notice(f"**The data could not be had.** {stored}", error))
        return "paper"
    return experiments.profile()


def figure(figure_id: str, profile: str | None = None) -> None:
    """Show a figure drawn from the tables of a profile, by default the page's; writes nothing.

    The book's build adds the caption and the alternative text that the figure's file has.
    """
    set_matplotlib_formats("svg")  # of what the page itself draws
    alt = drawing.find(figure_id).ALT
    with plt.rc_context({"figure.hooks": []}):  # stored runs have no knobs
        shown, _ = drawing.draw(figure_id, profile or experiments.profile())
        picture = export.svg(shown, figure_id, alt)  # ticks follow settings
    display(Picture(picture))
    plt.close(shown)


class Picture:
    """A figure as its published file has it: the book shows the same bytes."""

    def __init__(self, svg: str):
        self._svg = svg

    def _repr_svg_(self) -> str:
        return self._svg


def files(figure_id: str) -> HTML:
    """Links to the files of a figure, how it is cited, the command that makes it and its source."""
    return HTML(under.html(figure_id))


def register() -> HTML:
    """Every published number beside ours: counts, filters, a table, from the stored tables."""
    return HTML(claims.index.page(all_rows(), figures=tuple(drawing.figures())))


def totals() -> HTML:
    """The counts of the verdicts, as they were published, each leading to its rows."""
    return HTML(claims.index.totals(claims.record.published(), "claims.html"))


def thumbnails(*figure_ids: str) -> HTML:
    """Small pictures of published figures, by default of all, each leading to its entry."""
    return HTML(index.thumbnails(figure_ids or tuple(drawing.figures())))


def figures() -> HTML:
    """The index of the figures: each small, with caption, files, citation and origin."""
    return HTML(index.entries())


def verdicts(*prefixes: str) -> Markdown:
    """The rows of the register whose ids begin with one of the prefixes, with our verdicts."""
    return Markdown(claims.markdown_table(_rows(prefixes)))


def readings(*prefixes: str) -> Markdown:
    """As `verdicts`, every reading of the rows with its own verdict."""
    return Markdown(claims.readings_table(_rows(prefixes)))


def matrix(group: str, *prefixes: str, also: str = "") -> HTML:
    """Rows of the register, by default all, against the readings of a group.

    Those joined with reading `also` of another group follow.
    """
    found = claims.Matrix.of(_rows(prefixes or ("",)), group, also)
    return HTML(found.html())


def _rows(prefixes: tuple[str, ...]) -> list[Row]:
    """The rows of the register whose ids begin with one of the prefixes."""
    rows = claims.rows(claims.collect(*prefixes))
    return [row for row in rows if row["id"].startswith(prefixes)]


def table(frame: pd.DataFrame) -> Markdown:
    """A table of the book: two decimals below ten, else one; a dash where there is no number."""
    lines = [_line(map(str, frame.columns)), _line(["---"] * frame.shape[1])]
    for row in frame.itertuples(index=False):
        lines.append(_line(map(_cell, row)))
    return Markdown("\n".join(lines))


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _cell(value: Any) -> str:
    if not isinstance(value, float):
        return str(value)
    if not math.isfinite(value):
        return "–"
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"


def number(**values: float) -> None:
    """Make finite numbers available to the prose of the page as {glue:text}`name:.1f`."""
    for name, value in values.items():
        if not math.isfinite(value):
            raise ResultError(f"the number '{name}' of this page is {value}: mend what computes it")
        glue(name, float(value), display=False)


def missing(data_set: str) -> Markdown:
    """What the book's build puts in place of a cell that needs a data set which cannot be had."""
    try:
        datasets.load(data_set)
    except DataError as error:
        return _absent("Not run here", error)
    raise ResultError(f"data set '{data_set}' is here: run the cell that needs it.")


def _notice(notice: str, error: DataError) -> Markdown:
    said = str(error).replace("\n", "\n> ")
    return Markdown(f"> {notice}\n>\n> {said}")


def _absent(what: str, error: DataError) -> Markdown:
    """A visible notice where a data set cannot be had."""
    return _notice(f"**{what}: the data could not be had.** Stored tables are shown.", error)


def live(experiment: str, first: Callable[[Any], pd.DataFrame], only: str = "") -> Markdown:
    """Repeat the beginning of the stored runs whose label has the words `only`.

    The table of a beginning is what `first` makes of a config. At other profiles than paper all
    runs are computed, and figures and numbers below show them.

    Raises:
        ResultError: if live and stored tables differ (`check.repeated`), which fails the build.
    """
    profile = experiments.profile()
    start = time.time()
    try:
        if profile != "paper":
            count = len(experiments.recompute(experiment, profile))
            said = f"All {count} runs of this page were computed while it was built"
            return Markdown(f"{said}, in {time.time() - start:.0f} s.")
        runs = experiments.chosen(experiments.jobs(experiment, profile), only)
        tables = [first(run) for run in runs]
    except DataError as error:
        return _absent("Not computed here", error)
    keys = ["quantity", "epoch", "method", "profile", "headroom", "split"]
    differences = []
    for run, beginning in zip(runs, tables, strict=True):
        differences.append(check.repeated(experiment, run, beginning, keys, _medians))
    worst = max(differences)
    return Markdown(
        f"The first {tables[0].epoch.max()} epochs of {len(runs)} stored runs were repeated "
        f"while this page was built, in {time.time() - start:.0f} s: median "
        f"accuracies differ from the stored ones by at most {worst:.1f} points."
    )


def _medians(table: pd.DataFrame) -> pd.DataFrame:
    return table[table.quantity == "accuracy median"]


def beginning(experiment: str, config: Any, first: Callable[[Any], pd.DataFrame]) -> Markdown:
    """Repeat the beginning of a stored run that keeps only quantiles; compare its medians.

    `first` makes the table of a shorter run of a config. A notice says where data cannot be had.

    Raises:
        ResultError: if a median differs too much, which fails the build.
    """
    try:
        table = first(config)
    except DataError as error:
        return _absent("Not checked here", error)
    medians = table[table.quantity == "median"]
    keys = ["quantity", "epoch", "method", "split"]
    compared = _check_medians(experiment, config, medians, keys)
    return Markdown(
        f"The first {table.epoch.max()} epochs of *{config.label}* were repeated while this page "
        f"was built: {len(compared.rows)} medians differ from the stored ones by at most "
        f"{compared.worst:.1f} points."
    )


def prefix(
    experiment: str,
    config: Any,
    build: Callable[[Any], Trainer],
    epochs: int,
    *,
    noisy: bool,
) -> Markdown:
    """Retrain the first epochs of a stored run, here and now, and compare with its table.

    `build` makes the trainer; `noisy` is a run that draws noise a pass. A notice says where data
    cannot be had.

    Raises:
        ResultError: the stored run is missing or the two do not agree, which fails the build.
    """
    try:
        rows = check.first_epochs(experiment, config, build, epochs)
    except DataError as error:
        return _absent("Not checked here", error)
    compared = check.check(experiment, config, rows, ROW, noisy=noisy)
    means = compared.rows.groupby(["epoch", "method"])[["live", "stored"]].mean()
    display(means.mul(100).round(2).add_suffix(" (%)"))
    return _agreed(f"first {epochs} epochs of", config, compared)


def repeated(
    experiment: str, rows: pd.DataFrame, only: str = "", *, noisy: bool = False
) -> Markdown:
    """Compare what the cells of a page have trained with the stored run of the paper profile.

    `rows` are those of a `Trainer`, with the fleets' stored names; `only` are words of the label of
    the run; `noisy` is as in `prefix`. With other knobs than the published ones nothing is stored.

    Raises:
        ResultError: as `prefix`.
    """
    if _turned:
        return Markdown("With other knobs there is no stored run to compare these epochs with.")
    config, *_ = experiments.chosen(experiments.jobs(experiment, "paper"), only)
    threads = check.stored(experiment, config).provenance["threads"]
    noisy = noisy or threads != get_num_threads()  # their number sets the order of a sum
    return _agreed(
        "epochs above, of",
        config,
        check.check(experiment, config, rows, ROW, noisy=noisy),
    )


def _agreed(what: str, config: Any, compared: check.Agreement) -> Markdown:
    allowed = f"within {compared.allowed:g} points" if compared.allowed else "exactly"
    return Markdown(
        f"The {what} *{config.label}*, trained while this page was built, agree {allowed} with the "
        f"stored table: the largest difference is {compared.worst:.3f} points over "
        f"{len(compared.rows)} values."
    )
