"""Writes each page's .ipynb half and carries edits of either half over (`make notebooks`).

Times of files say nothing after a checkout, so the notebook half keeps the hash of the text that
both halves had: the half whose text has another one was edited.
"""

import hashlib
import sys
from pathlib import Path

import build
import jupytext
from jupytext.combine import combine_inputs_with_outputs
from jupytext.config import load_jupytext_config
from nbformat import NotebookNode

RECORD = "asyt_text"


def text_hash(page: Path) -> str:
    """Of a page's text, whichever half it is in."""
    return hashlib.sha256(build.text_of(page).encode()).hexdigest()


def recorded(pair: Path) -> str | None:
    """The hash of the text that both halves had when they last agreed."""
    return jupytext.read(pair).metadata.get(RECORD)


def write_notebook(source: Path, pair: Path) -> None:
    """Write the notebook half from the text, with the outputs that are there, and its record."""
    notebook = jupytext.read(source)
    if pair.exists():
        notebook = combine_inputs_with_outputs(notebook, jupytext.read(pair))
    save(notebook, pair, source)


def save(notebook: NotebookNode, pair: Path, source: Path) -> None:
    """Write a notebook half with its record; JupyterLab wants the text half to be the later."""
    notebook.metadata[RECORD] = text_hash(source)
    jupytext.write(notebook, pair)
    source.touch()


def write_text(pair: Path, source: Path) -> None:
    """Write the text from the notebook half, in jupytext's normal form."""
    notebook = jupytext.read(pair)
    notebook.metadata.pop(RECORD, None)
    config = load_jupytext_config(str(Path(__file__).parent))
    source.write_text(jupytext.writes(notebook, "md:myst", config=config), encoding="utf-8")
    save(notebook, pair, source)


def carry(source: Path) -> str:
    """Bring both halves of a page together and say what was done; nothing, where they agree.

    Raises:
        BuildError: both were edited since they agreed, or it is not known which was.
    """
    pair = source.with_suffix(".ipynb")
    if not pair.exists():
        write_notebook(source, pair)
        return f"wrote {pair.name}"
    text, notebook, agreed = text_hash(source), text_hash(pair), recorded(pair)
    if text == notebook:
        if agreed != text:
            save(jupytext.read(pair), pair, source)
        return ""
    if agreed == text:
        write_text(pair, source)
        return f"carried {pair.name} over to {source.name}"
    if agreed == notebook:
        write_notebook(source, pair)
        return f"carried {source.name} over to {pair.name}"
    raise build.BuildError(
        f"{pair.name} and {source.name} say different things, and both may have been edited: "
        "nothing was written. Delete or correct the wrong one, then run 'make notebooks' again."
    )


def main() -> int:
    """Command line."""
    wrong = 0
    for source in filter(build.is_notebook, sorted(build.BOOK.glob("*.md"))):
        try:
            if done := carry(source):
                print(done)
        except build.BuildError as error:
            print(f"error: {error}", file=sys.stderr)
            wrong += 1
    return min(wrong, 1)


if __name__ == "__main__":
    sys.exit(main())
