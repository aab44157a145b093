"""Fuzz every reader by coverage: `make fuzz` (FUZZ_SECONDS=600 for all readers together).

Each reader gets an equal share of the time in a process of its own, with at most 2 GB of memory;
what is found stays in the folder that is named.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

import atheris

READING = ["checkpoints", "claims.published", "claims.reading", "fetching", "idx", "reference"]
INSTRUMENTED = [f"asyt.{name}" for name in [*READING, "results", "experiments.own"]]
with atheris.instrument_imports(include=[*INSTRUMENTED, "yaml", "zipfile", "gzip"]):
    from readers import READERS, check

MEMORY_MB = 2048
LONGEST = 4096  # bytes of an input


def one(name: str, seconds: int, folder: Path) -> None:
    """Fuzz a reader in this process; does not return."""
    corpus = folder / "corpus"
    corpus.mkdir()
    for i, seed in enumerate(READERS[name].seeds):
        (corpus / f"seed{i}").write_bytes(seed)
    work = Path(tempfile.mkdtemp(dir=folder))
    limits = [f"-max_total_time={seconds}", f"-rss_limit_mb={MEMORY_MB}", f"-max_len={LONGEST}"]
    options = [*limits, "-timeout=20", f"-artifact_prefix={folder}/", "-print_final_stats=1"]
    atheris.Setup([name, *options, str(corpus)], lambda data: check(READERS[name], data, work))
    atheris.Fuzz()


def everything(seconds: int) -> int:
    """Fuzz all readers after each other; returns the number of those with a finding."""
    failed = 0
    for name in READERS:
        folder = Path(tempfile.mkdtemp(prefix=f"asyt-fuzz-{name}-"))
        log, start = folder / "log", time.monotonic()
        child = os.fork()  # what was imported and instrumented is there already
        if child == 0:
            output = os.open(log, os.O_CREAT | os.O_WRONLY)
            os.dup2(output, 1)
            os.dup2(output, 2)
            one(name, max(1, seconds // len(READERS)), folder)
        status = os.waitpid(child, 0)[1]
        text, took = log.read_text(errors="replace"), time.monotonic() - start
        runs = [line.split()[-1] for line in text.splitlines() if "executed_units" in line]
        said = f"FINDING in {folder}" if status else "no finding"
        print(f"{name:12} {''.join(runs) or '?':>8} inputs in {took:4.0f} s: {said}", flush=True)
        if status:
            failed += 1
            print(text[-3000:])
    return failed


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description="Fuzz every reader by coverage.")
    asked.add_argument("--seconds", type=int, default=600, help="for all readers together")
    sys.exit(min(1, everything(asked.parse_args().seconds)))
