"""What is looked at after a fault, the same for all of them."""

import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from asyt import results
from asyt.errors import ResultError
from asyt.experiments.trials.processes import Command, Ended

RUN = ("run", "drill", "--profile", "smoke")
RESUME = (*RUN, "--resume")


@dataclass
class Tried:
    """A fault and how often what held; a row of the table.

    Attributes:
        fault: what was done.
        how: by which means.
        tries: how often.
        stopped: tries that it stopped with a checkpoint behind them.
        told: tries that ended by themselves with a documented exit code and a remedy.
        wrong: tables that were read and had other numbers than the uninterrupted run's.
        half: files that were visible and could not be read.
        same: tries after which a resumed run stored the bytes of an uninterrupted one.
    """

    fault: str
    how: str
    tries: int = 0
    stopped: int = 0
    told: int = 0
    wrong: int = 0
    half: int = 0
    same: int = 0


@dataclass
class Bench:
    """A folder for the caches of tries, and the table of a run that nothing befell."""

    folder: Path
    whole: bytes = b""
    rows: list[Tried] = field(default_factory=list)

    def cache(self) -> Path:
        """A new cache folder."""
        folder = tempfile.mkdtemp(dir=self.folder)
        return Path(folder) / "cache"

    def row(self, fault: str, how: str) -> Tried:
        """The row of a fault, a new one at its first try."""
        for row in self.rows:
            if row.fault == fault:
                return row
        row = Tried(fault, how)
        self.rows.append(row)
        return row

    def look(
        self,
        row: Tried,
        cache: Path,
        ended: Ended | None = None,
        remedy: str = "",
    ) -> None:
        """Note what one try left: files, numbers, and whether it was told how to go on."""
        checkpoints = (cache / "checkpoints").glob("*.pt")
        row.tries += 1
        row.stopped += any(checkpoints)
        row.told += ended is not None and ended.code in TOLD and remedy in ended.said
        row.half += unreadable(cache)
        row.wrong += self.differ(cache)

    def resume(
        self,
        row: Tried,
        cache: Path,
        words: tuple[str, ...] = RESUME,
    ) -> None:
        """Go on, and compare with the run that nothing befell."""
        Command(words, cache).end()
        row.half += unreadable(cache)
        row.wrong += self.differ(cache)
        stored = [csv.read_bytes() for csv in tables(cache)]
        row.same += stored == [self.whole]

    def differ(self, cache: Path) -> int:
        """The number of tables that can be read and are not the uninterrupted run's."""
        texts = map(_numbers, tables(cache))
        return sum(text.encode() != self.whole for text in texts if text)


#: Exit codes of an error that is told, of Ctrl-C and of a request to end.
TOLD = (2, 130, 143)


def tables(cache: Path) -> list[Path]:
    """The visible tables of a cache."""
    folder = cache / "results"
    return sorted(folder.rglob("[!.]*.csv"))


def _numbers(csv: Path) -> str | None:
    """The text of a table that the store accepts; None for one that it refuses."""
    try:
        results.read(csv)
    except ResultError:
        return None
    return csv.read_text()


def unreadable(cache: Path) -> int:
    """The number of visible files that are no whole checkpoint, table or record."""
    visible = cache.rglob("[!.]*")
    return sum(not _whole(file) for file in visible if file.is_file())


def _whole(file: Path) -> bool:
    check = READ.get(file.suffix)
    try:
        return check is None or bool(check(file))
    except (ResultError, ValueError, OSError):
        return False


def _complete(csv: Path) -> bool:
    """Whether a table ends with a whole line; its record may not be there yet."""
    return csv.read_bytes().endswith(b"\n")


READ: dict[str, Callable[[Path], object]] = {
    ".pt": lambda file: results.Checkpoint(file).load(),
    ".json": lambda file: json.loads(file.read_text()),
    ".csv": _complete,
}
