"""Files a figure so that others can cite it: SVG, PDF, PNG, CSV of its numbers, provenance JSON."""

import hashlib
import io
import json
import os
import re
import tempfile
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

import matplotlib
import pandas
from matplotlib.figure import Figure
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from asyt import paths
from asyt.figures import _svg
from asyt.figures._style import FILES, FigureError

TITLE = "AsyT companion: training photonic neural networks, reproduced"  # as in CITATION.cff
LICENCE = "CC BY 4.0"
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_OWN = ("figure", "caption", "alt", "cite", "licence", "files")


def cite(figure_id: str) -> str:
    """The line a report puts under a figure it took from the book: figure, title, version, licence.

    Raises:
        FigureError: the id is malformed, or the package is not installed and so has no version.
    """
    if not _ID.fullmatch(figure_id):
        raise FigureError(f"figure id '{figure_id}': use lower-case letters, digits and hyphens.")
    try:
        version = metadata.version("asyt")
    except metadata.PackageNotFoundError:
        raise FigureError(
            "package 'asyt' has no version: install it with 'pip install -e .'"
        ) from None
    return f"Figure '{figure_id}' of {TITLE}, version {version}, {LICENCE}."


def export(
    figure: Figure,
    figure_id: str,
    table: pandas.DataFrame,
    provenance: Mapping[str, object],
    *,
    alt: str,
    caption: str,
    root: Path | str | None = None,
) -> Path:
    """Write figures/<id>/<id>.svg, .pdf, .png (300 dpi), .csv and .json, and return that folder.

    The same arguments give the same bytes: no dates, fixed element names. All files are written
    aside first, then moved in one by one, the JSON with the hashes of the others last; a failure
    while writing leaves the old files as they were.

    Args:
        figure: its size in inches is kept.
        figure_id: lower-case words joined by hyphens; also the folder and file name.
        table: the numbers drawn, one row a point; floats are written with 10 significant digits.
        provenance: configuration hash, seeds, versions, ...: JSON, no NaN, no times of day.
        alt: what the figure shows, for readers who cannot see it.
        caption: the caption it has in the book.
        root: the folder that holds figures/; default `asyt.paths.home()`.

    Raises:
        FigureError: malformed id, empty alt, caption or table, provenance that JSON cannot hold, or
            a folder that cannot be written.
    """
    line = cite(figure_id)
    needed = {
        "alternative text: write one sentence": alt.strip(),
        "caption: write one sentence": caption.strip(),
        "table: pass the numbers that are drawn": len(table),
    }
    for what, given in needed.items():
        if not given:
            raise FigureError(f"figure '{figure_id}' has an empty {what}.")
    taken = sorted(set(provenance) & set(_OWN))
    if taken:
        raise FigureError(
            f"provenance of '{figure_id}' uses the reserved keys {taken}: rename them."
        )
    try:
        json.dumps(dict(provenance), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise FigureError(
            f"provenance of figure '{figure_id}' is not JSON ({error}): use strings, finite "
            "numbers, lists."
        ) from error

    folder = (paths.home() if root is None else Path(root)) / "figures" / figure_id
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{figure_id}-", dir=folder.parent) as aside:
            names = _render(figure, Path(aside) / figure_id, table, caption, alt)
            record = {
                "figure": figure_id,
                "caption": caption,
                "alt": alt,
                "cite": line,
                "licence": LICENCE,
                **provenance,
                "files": {name: _sha256(Path(aside) / name) for name in names},
            }
            about = f"{figure_id}.json"
            (Path(aside) / about).write_text(_written(record), encoding="utf-8")
            for name in (*names, about):
                os.replace(Path(aside) / name, folder / name)
    except OSError as error:
        raise FigureError(
            f"cannot write figure '{figure_id}' to {folder} ({error}): make room there, or pass "
            "another root."
        ) from error
    return folder


def _written(record: dict[str, object]) -> str:
    """The record as JSON: a line a key, and a line a table or long value, which can be many."""
    lines = []
    for key, value in record.items():
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        if key in ("tables", "values") and isinstance(value, dict) and value:
            entries = [
                f"  {json.dumps(name)}: {json.dumps(entry)}" for name, entry in value.items()
            ]
            text = "{\n" + ",\n".join(entries) + "\n }"
        lines.append(f" {json.dumps(key)}: {text}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _render(
    figure: Figure, stem: Path, table: pandas.DataFrame, caption: str, alt: str
) -> list[str]:
    """Write the four content files beside each other; return their names."""
    about = {"Title": stem.name, "Creator": TITLE}
    formats: dict[str, dict[str, Any]] = {
        "pdf": {
            **about,
            "CreationDate": None,
            "Producer": None,
            "Subject": alt,
        },
        "png": {"Software": None, "Title": stem.name, "Description": caption},
    }
    picture = svg(figure, stem.name, alt)
    stem.with_suffix(".svg").write_text(picture, encoding="utf-8")
    with matplotlib.rc_context(FILES):
        for suffix, fields in formats.items():
            file = stem.with_suffix(f".{suffix}")
            figure.savefig(file, dpi=300, metadata=fields, bbox_inches=None)
    fewer_colours(stem.with_suffix(".png"))
    table.to_csv(
        stem.with_suffix(".csv"),
        index=False,
        float_format="%.10g",
        lineterminator="\n",
    )
    return [f"{stem.name}.{suffix}" for suffix in ("svg", *formats, "csv")]


def fewer_colours(file: Path) -> None:
    """Write a PNG again with its 128 most useful colours: a third of the bytes, the same text."""
    with Image.open(file) as picture:
        dots = picture.info["dpi"]
        text = PngInfo()
        for field in ("Title", "Description"):
            text.add_text(field, picture.info[field])
        few = picture.convert("RGB").quantize(
            128, Image.Quantize.MAXCOVERAGE, kmeans=1, dither=Image.Dither.NONE
        )
    few.save(file, optimize=True, pnginfo=text, dpi=dots)


def svg(figure: Figure, figure_id: str, alt: str) -> str:
    """A figure as its SVG file has it; the book shows the same."""
    fields = {"Title": figure_id, "Creator": TITLE, "Date": None}
    text = io.StringIO()
    with matplotlib.rc_context(FILES):
        about = {**fields, "Description": alt, "Rights": LICENCE}
        figure.savefig(
            text,
            format="svg",
            dpi=300,
            metadata=about,
            bbox_inches=None,
        )
    return _svg.plain(text.getvalue())


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
