"""What stands under a figure: its files, how it is cited, the command and what it was made from."""

import json
from collections.abc import Iterable
from html import escape
from typing import Any

from asyt import citing, paths
from asyt.figures import drawing, export

KINDS = ("svg", "pdf", "png", "csv", "json")
#: Sizes of a population, as configurations call them.
POPULATIONS = ("devices", "population", "chips", "benches")


def html(figure_id: str) -> str:
    """Files and origin of a figure in a line, then what opens: how to cite it, how it was made.

    Raises:
        UnknownNameError: no such figure; suggests the nearest.
    """
    drawing.find(figure_id)
    links = ", ".join(f'<a href="{file(figure_id, kind)}">{kind.upper()}</a>' for kind in KINDS)
    anchor = f'<a href="{citing.anchor(figure_id)}"><code>{figure_id}</code></a>'
    line = f"<p>{anchor}: {links}. {_original(figure_id)}</p>"
    return f'<div class="under">{line}{_cite(figure_id)}{_made(figure_id)}</div>'


def file(figure_id: str, kind: str) -> str:
    """Address of a file of a figure, from a page of the book."""
    return f"figures/{figure_id}/{figure_id}.{kind}"


def command(figure_id: str) -> str:
    """What to type to compute the tables of a figure and draw it."""
    sources = drawing.sources(drawing.find(figure_id))
    runs = [f"asyt run {source.name} --profile paper" for source in sources]
    return " && ".join([*runs, f"asyt figure {figure_id}"])


def record(figure_id: str) -> dict[str, Any]:
    """What figures/<id>/<id>.json says; empty where the published figures are not at hand."""
    path = paths.home() / file(figure_id, "json")
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _original(figure_id: str) -> str:
    original = citing.original(figure_id)
    if original is None:
        return ""
    key, number = original
    doi = citing.dois()[key]
    paper = f'<a href="https://doi.org/{doi}">doi:{doi}</a>'
    if number:
        return f"After Fig. {number} of {paper}."
    return f"About {paper}."


def _cite(figure_id: str) -> str:
    typed = f"<code>asyt cite --figure {figure_id}</code>"
    line = escape(export.cite(figure_id))
    entry = f"<pre>{escape(citing.figure(figure_id))}</pre>"
    return f"<details><summary>Cite</summary><p>{line} {typed} prints:</p>{entry}</details>"


def _made(figure_id: str) -> str:
    typed = f"<pre>{escape(command(figure_id))}</pre>"
    facts = _facts(record(figure_id))
    items = ""
    for name, told in facts.items():
        if told:
            items += f"<dt>{name}</dt><dd>{told}</dd>"
    listed = f"<dl>{items}</dl>" if items else ""
    return f"<details><summary>How it was made</summary>{typed}{listed}</details>"


def _facts(made: dict[str, Any]) -> dict[str, str]:
    """What a record says, as names and HTML."""
    tables = made.get("tables", {})
    configs = [made.get("configuration", {})]
    configs += [table["configuration"] for table in tables.values()]
    versions = made.get("versions", [])
    hashes = {name: table["sha256"] for name, table in tables.items()}
    data_sets = made.get("data", {}).items()
    return {
        "profile": made.get("profile") or "",
        "seeds": _short(made.get("seeds", [])),
        "devices": _short(_sizes(configs)),
        "commit": _short(map(_commit, versions)),
        "versions": _short(_packages(versions)),
        "machine": _short(made.get("machines", [])),
        "wall time": _minutes(made.get("wall_time_s")),
        "tables": _hashes(hashes),
        "data": "; ".join(f"{name}: {_hashes(files)}" for name, files in data_sets),
        "files": _hashes(made.get("files", {})),
    }


def _sizes(configs: Iterable[dict[str, Any]]) -> list[str]:
    sizes = []
    for config in configs:
        named = [name for name in POPULATIONS if name in config]
        sizes += [f"{name} = {config[name]}" for name in named]
    return list(dict.fromkeys(sizes))


def _commit(version: dict[str, Any]) -> str:
    commit = str(version.get("commit"))
    dirty = " with changes" if version.get("dirty") else ""
    return f"{commit[:12]}{dirty}"


def _packages(versions: Iterable[dict[str, Any]]) -> list[str]:
    names = []
    for version in versions:
        others = version.get("packages") or {}
        packages = {"asyt": version.get("version"), **others}
        names += [f"{name} {number}" for name, number in packages.items() if number]
    return list(dict.fromkeys(names))


def _minutes(seconds: float | None) -> str:
    return f"{seconds / 60:.0f} minutes in all" if seconds else ""


def _short(values: Iterable[Any], most: int = 12) -> str:
    """Different values in a line; of many the first ones and how many there are."""
    texts = [escape(str(value)) for value in values]
    told = list(dict.fromkeys(texts))
    rest = ""
    if len(told) > most:
        rest = f" and {len(told) - most} more"
    return ", ".join(told[:most]) + rest


def _hashes(files: dict[str, str | None], most: int = 4) -> str:
    told = [f"{name} <code>{str(digest)[:16]}</code>" for name, digest in files.items()]
    rest = ""
    if len(told) > most:
        rest = f" and {len(told) - most} more, in the JSON file"
    return ", ".join(told[:most]) + rest
