"""What scripts make for the site, made again only if something that they used has changed.

A script writes to the folder that it is given; a record of its run says what it used (record.py).
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import kernels
import record

BOOK = Path(__file__).resolve().parent


def add(name: str, stage: Path, build: Path) -> None:
    """Lay over a staged book what the script of that name makes.

    Raises:
        subprocess.CalledProcessError: if it fails.
    """
    made, kept = build / "products" / name, build / "products" / f"{name}.json"
    before = record.read(kept)
    base = record.base_of_script()
    if before is None or before.changed(base, BOOK.parent) or not made.is_dir():
        kept.unlink(missing_ok=True)
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir(parents=True)
        run(name, made, build).write(kept)
    shutil.copytree(made, stage, dirs_exist_ok=True)


def run(name: str, made: Path, build: Path) -> record.Record:
    """Run a script; returns the record of what it used."""
    lines = made.with_suffix(".uses")
    environment = kernels.recording(lines, BOOK.parent, build, dict(os.environ))
    script = [sys.executable, str(BOOK / f"{name}.py"), str(made)]
    subprocess.run(script, check=True, env=environment)
    found = record.made(lines, record.base_of_script(), 0.0, BOOK.parent)
    lines.unlink()
    return found
