"""The command line; nothing heavy is imported before a command needs it: --help is quick."""

import functools
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from typer import Argument, Option

from asyt import stopping
from asyt.errors import AsytError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # rich would take longer to import than all the rest
    help="Train photonic neural networks, and say which published numbers hold.",
)
data = typer.Typer(no_args_is_help=True, help="Data sets: list, fetch, verify.")
app.add_typer(data, name="data")


def _say(what: object, colour: str = "red") -> None:
    typer.secho(f"asyt: {what}", fg=colour, err=True)


def told(command):
    """Print an expected error as one line and exit with 2; a bug shows its traceback.

    Ctrl-C and a request to end (SIGTERM) are told too, and exit as a shell reports them.
    """

    @functools.wraps(command)
    def wrapped(*args, **kwargs):
        try:
            with stopping.heard():
                return command(*args, **kwargs)
        except AsytError as error:
            _say(error)
            raise typer.Exit(2) from error
        except KeyboardInterrupt as stop:
            _say(stop.args[0] if stop.args else f"{stopping.said(stop)}; nothing is half-written")
            raise typer.Exit(stopping.code(stop)) from None

    return wrapped


def _print(shown) -> None:
    """Print a table of rich: as wide as the terminal, in a file or a pipe as wide as its text."""
    from rich.console import Console

    width = None if sys.stdout.isatty() else 2000
    Console(width=width).print(shown)


def _table(frame, most: int = 30) -> None:
    """Print a data frame, of a long one the first rows."""
    from rich.table import Table

    shown = Table(*map(str, frame.columns))
    for row in frame.head(most).itertuples(index=False):
        shown.add_row(*map(_cell, row))
    _print(shown)
    if len(frame) > most:
        typer.echo(f"and {len(frame) - most} rows more")


def _cell(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


ClaimsFormat = StrEnum("ClaimsFormat", ["table", "json", "markdown", "csv"])
BenchFormat = StrEnum("BenchFormat", ["table", "json"])
Set = Annotated[
    list[str] | None,
    Option("--set", help="FIELD=VALUE of the configuration; may be given several times"),
]
DataNames = Annotated[list[str], Argument(help="data sets, or 'all'")]


@data.command("list")
@told
def data_list() -> None:
    """Every data set: whether it is held, from where, under which licence."""
    from rich.table import Table

    from asyt import datasets

    shown = Table("data set", "held", "where", "licence")
    for row in datasets.status():
        held = "yes" if row.held else "no"
        shown.add_row(row.name, held, row.where, row.licence)
    _print(shown)


@data.command("fetch")
@told
def data_fetch(names: DataNames) -> None:
    """Get data sets into the cache, each file checked by its sha256."""
    from asyt import datasets

    for name in datasets.NAMES if names == ["all"] else names:
        for path in datasets.fetch(name, functools.partial(typer.echo, err=True)):
            typer.echo(f"{name}: {path}")


@data.command("verify")
@told
def data_verify(names: DataNames) -> None:
    """Check the files in the cache against their sha256 again."""
    from asyt import datasets

    for name in datasets.NAMES if names == ["all"] else names:
        datasets.verify(name)
        typer.echo(f"{name}: verified")


@app.command()
@told
def run(
    experiment: Annotated[str | None, Argument(help="its name; a wrong one lists them all")] = None,
    profile: Annotated[
        str, Option(help="smoke (seconds), quick (minutes), paper (full scale)")
    ] = "quick",
    compute: Annotated[str, Option(help="cpu or cuda")] = "cpu",
    everything: Annotated[bool, Option("--all", help="every experiment, as one sweep")] = False,
    cluster: Annotated[
        str | None,
        Option(help="local, local:4, tcp://host:8786 or slurm: runs on many workers"),
    ] = None,
    seed: Annotated[
        list[int] | None, Option(help="training seed; may be given several times")
    ] = None,
    devices: Annotated[int | None, Option(help="number of chips to train")] = None,
    settings: Set = None,
    only: Annotated[str, Option(help="only runs whose label has these words")] = "",
    resume: Annotated[
        bool, Option("--resume", help="continue an unfinished run from its checkpoint")
    ] = False,
    force: Annotated[
        bool, Option("--force", help="compute again what is stored or unfinished")
    ] = False,
) -> None:
    """Compute the tables of an experiment, store them with their provenance, say what was found.

    Runs with other settings than the published ones are kept apart, in the user's cache.
    """
    from asyt import experiments, results

    experiments.check_compute(compute)
    seeds = tuple(seed) if seed else None
    if everything == (experiment is not None):
        raise AsytError("asyt run: give either the name of an experiment or --all")
    if experiment is None:
        refused = {
            "--seed": seed,
            "--devices": devices,
            "--set": settings,
            "--only": only,
        }
        if given := [name for name, value in refused.items() if value]:
            raise AsytError(f"{given[0]} with --all: experiments differ in what it means")
        from asyt.experiments import cluster as many

        many.sweep(many.everything(profile, compute), cluster, typer.echo, force)
        return
    planned = experiments.jobs(experiment, profile, seeds, devices, settings or ())
    runs = experiments.chosen(planned, only)
    if cluster is not None:
        from asyt.experiments import cluster as many

        jobs = [many.Job(experiments.find(experiment), config, compute) for config in runs]
        many.sweep(jobs, cluster, typer.echo, force)
    for config in runs if cluster is None else ():
        digest = results.config_hash(config)
        if not force and (held := experiments.kept(experiment, config)):
            origin = experiments.origin(experiment, held.provenance)
            stored = ", ".join(filter(None, ["stored already", origin]))
            typer.echo(f"{config.label}: {stored} ({digest}); --force computes it again")
            continue
        typer.echo(f"{config.label} ({digest})")
        try:
            experiments.compute(
                experiment,
                config,
                compute=compute,
                resume=resume,
                force=force,
                progress=sys.stderr.isatty(),
            )
        except KeyboardInterrupt as stop:
            unfinished = experiments.checkpoint(experiment, config).exists()
            left = "--resume continues it" if unfinished else "it left nothing to --resume"
            said = f"{stopping.said(stop)} '{config.label}'; {left}"
            raise type(stop)(said) from None
        typer.echo(f"  -> {experiments.place(experiment, config) / experiment / digest}.csv")
    held_runs = experiments.held(experiment, runs)
    found = experiments.findings(experiments.joined(held_runs))
    typer.echo("What was found:")
    _table(found)


@app.command()
@told
def figure(
    name: Annotated[str, Argument(help="figure id, or 'all'")],
    profile: Annotated[str, Option(help="paper; smoke or quick with --out")] = "paper",
    seed: Annotated[
        list[int] | None, Option(help="draw runs of this training seed; with --out")
    ] = None,
    devices: Annotated[
        int | None, Option(help="draw runs with this number of chips; with --out")
    ] = None,
    settings: Set = None,
    tables: Annotated[
        list[Path] | None,
        Option(
            "--from",
            help="CSV of an own run, as asyt run stored it; may be given several times",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        Option(help="folder whose figures/ is written; the project's by default"),
    ] = None,
) -> None:
    """Draw a figure from stored tables and publish it as SVG, PDF, PNG, CSV and provenance JSON.

    With --set or --from your own runs are drawn beside the published ones, in a folder of their
    own: --out, or the user's cache.
    """
    from asyt.figures import beside, drawing

    runs: dict[str, Any] = {
        "seeds": tuple(seed) if seed else None,
        "devices": devices,
    }
    if settings or tables:
        own = beside.Own(
            profile,
            **runs,
            settings=settings or (),
            tables=tables or (),
        )
        typer.echo(beside.publish(name, own, out))
        return
    for figure_id in drawing.figures() if name == "all" else [name]:
        typer.echo(drawing.publish(figure_id, profile, out, **runs))
        if profile != "paper" or any(runs.values()):
            for note in drawing.origins(figure_id, profile, **runs):
                _say(note, "yellow")


@app.command()
@told
def claims(
    format: Annotated[
        ClaimsFormat, Option(help="table, json, markdown or csv")
    ] = ClaimsFormat.table,
    publish: Annotated[
        bool, Option("--publish", help="write data/register/: JSON, CSV and the badge")
    ] = False,
) -> None:
    """Every published number: ours beside it, and whether it holds."""
    from asyt import claims as register
    from asyt.claims import kept

    rows = kept.all_rows()
    texts = {
        "json": register.as_json,
        "markdown": register.as_markdown,
        "csv": register.record.as_csv,
    }
    if publish:
        typer.echo(kept.publish())
    elif format == "table":
        _print(register.as_table(rows))
    else:
        typer.echo(texts[format](rows))


@app.command()
@told
def bench(
    format: Annotated[BenchFormat, Option(help="table or json")] = BenchFormat.table,
    last: Annotated[
        bool, Option("--last", help="show the stored measurement, measure nothing")
    ] = False,
    rounds: Annotated[int, Option(help="repetitions of ten steps of every contender")] = 8,
    compute: Annotated[str, Option(help="cpu, or cuda: steps alone, as CUDA graphs")] = "cpu",
) -> None:
    """Time training here, one thread: AsyT and the other methods over back-propagation."""
    import json

    from asyt import bench as timing
    from asyt import experiments

    experiments.check_compute(compute)
    progress = sys.stderr.isatty()
    if last:
        from asyt.experiments import speed

        found = speed.last()
    elif compute == "cpu":
        found = timing.ratios(timing.everything(rounds, progress=progress))
    else:
        import torch

        table = timing.measure(rounds, progress=progress, compute=compute)
        found = timing.ratios(table)
        found["machine"] = torch.cuda.get_device_name()
    if format == "json":
        typer.echo(json.dumps(found, indent=2))
        return
    from rich.table import Table

    title = f"{found['machine']}, {found['threads']} thread"
    shown = Table("ratio", "measured", "target", title=title)
    for row in timing.shown(found).itertuples(index=False):
        shown.add_row(*row)
    _print(shown)


@app.command()
@told
def cite(
    method: Annotated[str, Argument(help="its name; a wrong one lists them all")] = "",
    device: Annotated[str, Option(help="its name, or own; a wrong one lists them all")] = "own",
    dataset: Annotated[str, Option(help="name of a data set, or own")] = "own",
    figure: Annotated[str, Option(help="id of a figure to cite, in place of a method")] = "",
) -> None:
    """Print the BibTeX of what you ran, or of a figure."""
    from asyt import citing

    if not figure:
        typer.echo(citing.cite(method, device, dataset))
        return
    from asyt.figures import drawing

    drawing.find(figure)
    typer.echo(citing.figure(figure))


@app.command()
@told
def reference(
    file: Annotated[Path, Argument(help="a recorded run of the public demo, .npz")],
    as_written: Annotated[
        bool, Option("--as-written", help="digital update as the paper writes it")
    ] = False,
) -> None:
    """Rerun a recorded run of the authors' public demo; exit 0 if all arrays agree to 1e-10."""
    import numpy as np

    from asyt import reference as recorded

    found = recorded.differences(file, as_written)
    for name, difference in found.items():
        typer.echo(f"{name:32s} {difference:.3e}")
    worst = float(np.max(list(found.values())))  # NaN stays NaN
    agrees = worst < recorded.TOLERANCE
    said = "agrees" if agrees else "does not agree"
    typer.echo(f"largest difference {worst:.3e}: {said} to {recorded.TOLERANCE:g}")
    raise typer.Exit(0 if agrees else 1)
