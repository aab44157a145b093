"""Files that a disk or a hand has damaged: cut off, or with one bit turned."""

import random
import shutil
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path

from asyt import results
from asyt.errors import ResultError
from asyt.experiments.trials.outcome import RESUME, RUN, Bench, Tried, tables
from asyt.experiments.trials.processes import Command
from asyt.experiments.trials.stopped import begun

Damage = Callable[[bytes, random.Random], bytes]


def _cut(content: bytes, chance: random.Random) -> bytes:
    length = chance.randrange(len(content))
    return content[:length]


def _flip(content: bytes, chance: random.Random) -> bytes:
    damaged = bytearray(content)
    place = chance.randrange(len(damaged))
    damaged[place] ^= 1 << chance.randrange(8)
    return bytes(damaged)


DAMAGES: dict[str, Damage] = {"cut off": _cut, "one bit flipped": _flip}


def stored(bench: Bench, tries: int) -> None:
    """Damage a table and a record that are stored, and read them."""
    cache = bench.cache()
    Command(RUN, cache).end()
    (csv,) = tables(cache)
    files = {"table": csv, "provenance": csv.with_suffix(".json")}

    def read() -> str:
        return results.read(csv).table.to_csv(index=False)

    for what, file in files.items():
        for name, damage in DAMAGES.items():
            row = bench.row(f"{what} {name}", f"{tries} random places")
            _each(row, file, damage, tries, read)


def _each(
    row: Tried,
    file: Path,
    damage: Damage,
    tries: int,
    read: Callable[[], object],
) -> None:
    """Damage a file anew each time; what is read must be refused, or be what it was."""
    whole = file.read_bytes()
    chance = random.Random(1)
    wanted = read()
    for _ in range(tries):
        file.write_bytes(damage(whole, chance))
        row.tries += 1
        try:
            row.wrong += read() != wanted
        except ResultError as error:
            row.told += file.stem in str(error)
        file.write_bytes(whole)
        row.same += read() == wanted


def checkpoint(bench: Bench, tries: int) -> None:
    """Damage the checkpoint of a killed run, and go on from it."""
    cache = bench.cache()
    command = begun(cache)
    command.send(signal.SIGKILL)
    command.end()
    folder = cache / "checkpoints"
    for name, damage in DAMAGES.items():
        row = bench.row(f"checkpoint {name}", f"{tries} random places, first by asyt run")
        files = sorted(folder.glob("*.pt"))
        for file in files:
            _each(row, file, damage, tries, partial(_loaded, file))
        row.stopped += len(files)
        _by_command(bench, row, cache, damage)


def _loaded(file: Path) -> str:
    content = results.Checkpoint(file).load()
    return str(content)


def _by_command(
    bench: Bench,
    row: Tried,
    killed: Path,
    damage: Damage,
) -> None:
    """`asyt run --resume` refuses a damaged checkpoint; once it is deleted it starts again."""
    cache = bench.cache()
    shutil.copytree(killed, cache)
    for file in (cache / "checkpoints").glob("*.pt"):
        damaged = damage(file.read_bytes(), random.Random(2))
        file.write_bytes(damaged)
        ended = Command(RESUME, cache).end()
        row.tries += 1
        row.told += ended.code == 2 and "damaged checkpoint" in ended.said
        row.wrong += bench.differ(cache)
        file.unlink()
    bench.resume(row, cache)
