"""What the pages of the book show: figures, verdicts, numbers in prose, and the live check of cached tables."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
import torch
from IPython.display import Markdown, display
from matplotlib_inline.backend_inline import set_matplotlib_formats
from myst_nb import glue

from asyt import claims, datasets, experiments, results
from asyt.errors import DataError, ResultError
from asyt.figures import drawing
from asyt.provenance import arithmetic

#: Largest difference in accuracy that the live prefix may show where rounding or noise can differ.
LOOSE = 0.005
#: The same for a median over hundreds of small networks, whose draws are chaotic in the rounding.
LOOSE_MEDIAN = 0.03


def scale() -> Markdown | None:
    """A notice where a page was executed at less than the published scale; None, which shows nothing, otherwise."""
    profile = experiments.profile()
    if profile == "paper":
        return None
    return Markdown(
        f"> **Executed at profile `{profile}`.** Figures and numbers on this page come from a run "
        "much "
        "smaller than the published one, and mean nothing beyond showing that the code runs."
    )


def profile(data_set: str) -> str:
    """The page's profile; "paper", after a visible notice, where a data set cannot be had (stored tables need none)."""
    try:
        datasets.load(data_set)
    except DataError as error:
        said = str(error).replace("\n", "\n> ")
        notice = (
            "> **The data could not be had.** The stored tables of the published runs are shown."
        )
        display(Markdown(f"{notice}\n>\n> {said}"))
        return "paper"
    return experiments.profile()


def figure(figure_id: str, profile: str | None = None) -> None:
    """Draw a figure from the tables of a profile, by default the page's; a paper build writes figures/<id>/ too."""
    profile = profile or experiments.profile()
    if experiments.profile() == "paper":
        drawing.publish(figure_id, profile)
    set_matplotlib_formats("svg")
    shown, _ = drawing.draw(figure_id, profile)
    display(shown)
    plt.close(shown)


def files(figure_id: str) -> Markdown:
    """Links to the files of a figure, the command that makes it and its module."""
    experiment = drawing.drawing(figure_id).experiment
    source = experiments.module(experiment).__name__
    links = ", ".join(
        f"[{kind.upper()}](figures/{figure_id}/{figure_id}.{kind})"
        for kind in ("svg", "pdf", "png", "csv", "json")
    )
    return Markdown(
        f"*Files:* {links}. *Made by* `asyt run {experiment} --profile paper` *and* "
        f"`asyt figure {figure_id}` *from* `{source}`. *Cite as:* "
        f"{drawing.export.cite(figure_id)}"
    )


def verdicts(*prefixes: str) -> Markdown:
    """The rows of the register whose ids begin with one of the prefixes, with our values and verdicts."""
    return Markdown(
        claims.markdown_table(
            [
                row
                for row in claims.rows(claims.collect(*prefixes))
                if row["id"].startswith(prefixes)
            ]
        )
    )


def table(frame: pd.DataFrame) -> Markdown:
    """A data frame as a table of the book; floats with two decimals below ten, else one."""

    def text(value: Any) -> str:
        return (
            f"{value:.{2 if abs(value) < 10 else 1}f}" if isinstance(value, float) else str(value)
        )

    rows = [map(text, row) for row in frame.itertuples(index=False)]
    lines = [map(str, frame.columns), ["---"] * frame.shape[1], *rows]
    return Markdown("\n".join("| " + " | ".join(line) + " |" for line in lines))


def number(**values: float) -> None:
    """Make numbers available to the prose of the page as {glue:text}`name:.1f`."""
    for name, value in values.items():
        glue(name, float(value), display=False)


def live(experiment: str) -> Markdown:
    """Compute all runs of an experiment now, at the page's full scale; figures and numbers below show these runs.

    At the paper profile they are compared with the stored tables that `asyt claims` reads: exactly
    where this processor rounds as the stored runs' did, else medians of final accuracies within
    `LOOSE_MEDIAN`.

    Raises:
        ResultError: if they differ, which fails the build.
    """
    profile, start = experiments.profile(), time.time()
    try:
        runs = experiments.recompute(experiment, profile)
    except DataError as error:
        said = str(error).replace("\n", "\n> ")
        return Markdown(
            "> **Not computed here: the data could not be had.** Stored tables are shown.\n>\n> "
            f"{said}"
        )
    said = f"All {len(runs)} runs of this page were computed while it was built, in {time.time() - start:.0f} s"
    if profile != "paper":
        return Markdown(f"{said}.")
    worst, same = 0.0, 0
    for config, table in runs:
        stored = results.load(
            experiment, config, experiments.store(experiment, config), profile=profile
        )
        if table.equals(stored.table):
            same += 1
        elif stored.provenance.get("arithmetic") == arithmetic():
            raise ResultError(
                f"'{config.label}' differs from its stored table: run `asyt run {experiment} "
                "--profile "
                "paper --force` with one thread."
            )
        else:
            worst = max(worst, _median_difference(table, stored.table))
    if worst > LOOSE_MEDIAN:
        raise ResultError(
            f"a median accuracy of '{experiment}' differs by {100 * worst:.1f} points from the "
            "stored."
        )
    rest = (
        ""
        if same == len(runs)
        else f"; in the others medians differ by at most {100 * worst:.1f} points"
    )
    return Markdown(
        f"{said}; {same} equal the stored tables, which `asyt claims` reads, exactly{rest}."
    )


def _median_difference(ours: pd.DataFrame, theirs: pd.DataFrame) -> float:
    """Largest difference of a median final accuracy, any fleet and split."""
    medians = [
        t[(t.quantity == "accuracy median") & (t.epoch == t.epoch.max())] for t in (ours, theirs)
    ]
    both = medians[0].merge(
        medians[1], on=["method", "profile", "headroom", "split"], validate="1:1"
    )
    apart = (both.value_x - both.value_y).abs()
    if not len(both) == len(medians[0]) == len(medians[1]) or both.empty or apart.isna().any():
        raise ResultError(
            f"{len(medians[0])} medians computed and {len(medians[1])} stored, {len(both)} in "
            "both, "
            f"{int(apart.isna().sum())} not a number: the tables cannot be compared."
        )
    return float(apart.max())


def beginning(experiment: str, config: Any, first: Callable[[Any], pd.DataFrame]) -> Markdown:
    """Repeat the beginning of a stored run that keeps only quantiles, and compare the medians of its draws.

    Args:
        experiment: its name.
        config: of a stored run.
        first: config -> table of a shorter run of it.

    Returns:
        A sentence; or a visible notice if the data cannot be had.

    Raises:
        ResultError: if a median differs by more than `LOOSE_MEDIAN`, which fails the build.
    """
    profile = experiments.profile()
    stored = results.load(
        experiment, config, experiments.store(experiment, config), profile=profile
    ).table
    try:
        live = first(config)
    except DataError as error:
        said = str(error).replace("\n", "\n> ")
        return Markdown(
            "> **Not checked here: the data could not be had.** Stored tables are shown.\n>\n> "
            f"{said}"
        )
    medians = [t[t.quantity == "median"] for t in (live, stored)]
    both = medians[0].merge(medians[1], on=["epoch", "method", "split"], validate="1:1")
    worst = float((both.value_x - both.value_y).abs().max())
    if len(both) != len(medians[0]) or worst > LOOSE_MEDIAN:
        raise ResultError(
            f"the beginning of '{config.label}' differs from its table by {100 * worst:.1f} "
            "points: "
            f"run `asyt run {experiment} --profile {profile} --force`."
        )
    return Markdown(
        f"The first {live.epoch.max()} epochs of *{config.label}* were repeated while this page "
        f"was built: {len(both)} "
        f"medians differ from the stored ones by at most {100 * worst:.1f} points."
    )


def prefix(experiment: str, config: Any, build: Callable, epochs: int, *, noisy: bool) -> Markdown:
    """Retrain the first epochs of a stored run, here and now, and compare with its table.

    They must agree exactly where no noise is drawn and this processor rounds as that of the stored
    run does, else within `LOOSE`.

    Args:
        experiment: its name.
        config: of a stored run.
        build: config -> trainer.
        epochs: how many to retrain.
        noisy: whether the run draws noise a pass.

    Returns:
        A sentence and a table; or a visible notice if the data cannot be had.

    Raises:
        ResultError: if the stored run is missing or the prefix does not agree, which fails the
            build.
    """
    stored = results.load(
        experiment, config, experiments.store(experiment, config), profile="paper"
    )
    made, evaluated = stored.provenance, set(stored.table.epoch)
    threads = torch.get_num_threads()
    torch.set_num_threads(made["threads"])  # the order of a sum, so its rounding, depends on them
    exact = not noisy and made.get("arithmetic") == arithmetic()
    try:
        trainer = build(config)
        for _ in range(epochs):
            trainer.run_epoch()
            if trainer.epoch in evaluated:
                trainer.evaluate()
    except DataError as error:
        said = str(error).replace("\n", "\n> ")
        return Markdown(
            "> **Not checked here: the data could not be had.** The cached table is shown.\n>\n> "
            f"{said}"
        )
    finally:
        torch.set_num_threads(threads)
    if not trainer.rows:
        raise ResultError(
            f"'{config.label}' was not evaluated in its first {epochs} epochs: retrain more of "
            "them."
        )
    keys = ["epoch", "method", "fleet", "chip", "split"]
    both = pd.DataFrame(trainer.rows).merge(
        stored.table, on=keys, suffixes=("_live", "_cached"), validate="1:1"
    )
    if len(both) != len(trainer.rows):
        raise ResultError(
            f"the table of '{config.label}' lacks {len(trainer.rows) - len(both)} of the live rows."
        )
    worst = (both.accuracy_live - both.accuracy_cached).abs().max()
    if worst > (0 if exact else LOOSE):
        raise ResultError(
            f"the first {epochs} epochs of '{config.label}' differ from the stored table by "
            f"{worst:.4f}: "
            f"run `asyt run {experiment} --profile paper --force`."
        )
    shown = (
        both.groupby(["epoch", "method"])[["accuracy_live", "accuracy_cached"]]
        .mean()
        .mul(100)
        .round(2)
    )
    display(shown.rename(columns={"accuracy_live": "live (%)", "accuracy_cached": "cached (%)"}))
    allowed = "exactly" if exact else f"within {100 * LOOSE:g} points"
    return Markdown(
        f"The first {epochs} epochs of *{config.label}*, retrained while this page was built, "
        f"agree {allowed} with "
        f"the cached table (largest difference {100 * worst:.3f} points over {len(both)} values)."
    )
