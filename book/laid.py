"""Lays files out so that one which says the same keeps its time: Sphinx reads again what is newer.

What Sphinx keeps of a page is good only while everything else that reading depends on is the same:
the settings, the code whose docstrings it shows, the packages, which pages there are. `Read` says
whether it is.
"""

import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import record

#: What decides how a page is read, besides its text and the files that it includes.
GROUND = ("src/asyt/**/*.py", "book/*.py", "book/*.bib", "book/*.yml", "book/sphinxext/*.py")


def files(folder: Path) -> set[Path]:
    """The files in a folder, relative to it."""
    return {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}


def update(old: Path, new: Path) -> None:
    """Make `old` say what `new` says."""
    wanted = files(new)
    for gone in files(old) - wanted:
        (old / gone).unlink()
    for name in sorted(wanted):
        content, target = (new / name).read_bytes(), old / name
        if not target.is_file() or target.read_bytes() != content:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)  # its time is now, later than any reading before


@dataclass(frozen=True)
class Read:
    """What Sphinx has read, in a folder of its own.

    Attributes:
        folder: of what it keeps.
        source: of what it reads.
        root: the project.
    """

    folder: Path
    source: Path
    root: Path

    @property
    def _ground(self) -> str:
        settings = (self.source / "_config.yml").read_text(encoding="utf-8")
        pages = sorted(page.name for page in self.source.glob("*.*"))
        code = record.sum_of(self.root, GROUND)
        text = json.dumps([str(self.source), settings, pages, code, record.surroundings()])
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def _stamp(self) -> Path:
        return self.folder / "ground"

    def usable(self) -> bool:
        """Whether what was read before may stand where the text of a page is the same."""
        return self._stamp.is_file() and self._stamp.read_text() == self._ground

    def forget(self) -> None:
        """Read everything anew."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)

    def begin(self) -> None:
        """What is begun is not usable until it is `done`: a warning is told only when reading."""
        self._stamp.unlink(missing_ok=True)

    def done(self) -> None:
        """All pages were read and written without a warning."""
        self._stamp.write_text(self._ground)
