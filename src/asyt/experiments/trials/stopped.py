"""Processes that end in mid-run: killed, interrupted, asked to end, out of memory."""

import os
import random
import signal
import time
from pathlib import Path

from asyt import results
from asyt.errors import ResultError
from asyt.experiments.trials import drill
from asyt.experiments.trials.outcome import RUN, Bench, tables
from asyt.experiments.trials.pool import Pool
from asyt.experiments.trials.processes import Command

#: Milliseconds an epoch of a run that is to be met in its middle.
PAUSE_MS = 60
SLOWLY = {drill.PAUSE: str(PAUSE_MS)}
#: Less than `drill.FILLED` and what a worker needs for itself.
WORKER_BYTES = 2**30
#: Dask counts a run as lost with its worker at the first death; `hand_out` tries it once more.
ONE_DEATH = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0"}


def whole(bench: Bench) -> float:
    """Run undisturbed; keep its table, and return how long it took."""
    cache = bench.cache()
    start = time.monotonic()
    ended = Command(RUN, cache, SLOWLY).end()
    if ended.code != 0:
        raise ResultError(f"the drill fails without any fault: {ended.said}")
    (csv,) = tables(cache)
    bench.whole = csv.read_bytes()
    return time.monotonic() - start


def killed(bench: Bench, seed: int, seconds: float) -> None:
    """SIGKILL at a random moment between start and end."""
    row = bench.row("the process is killed", "SIGKILL at random moments")
    cache = bench.cache()
    command = Command(RUN, cache, SLOWLY)
    moment = random.Random(seed).uniform(0.0, seconds)
    time.sleep(moment)
    command.send(signal.SIGKILL)
    command.end()
    bench.look(row, cache)
    bench.resume(row, cache)


def asked(bench: Bench, seed: int) -> None:
    """Ctrl-C, and the request to end of a batch system, once there is a checkpoint."""
    codes = {signal.SIGINT: 130, signal.SIGTERM: 143}
    for number, code in codes.items():
        row = bench.row(f"{number.name} in mid-run", f"the signal; exit code {code}")
        cache = bench.cache()
        command = begun(cache)
        moment = random.Random(seed).uniform(0.0, 4 * PAUSE_MS / 1000)
        time.sleep(moment)
        command.send(number)
        ended = command.end()
        as_documented = ended if ended.code == code else None
        bench.look(row, cache, as_documented, "resume")
        bench.resume(row, cache)


def begun(cache: Path) -> Command:
    """A run that has kept a checkpoint."""
    command = Command(RUN, cache, SLOWLY)
    folder = cache / "checkpoints"
    while command.runs() and not list(folder.glob("[!.]*.pt")):
        time.sleep(0.01)
    return command


def memory(bench: Bench, epoch: int) -> None:
    """More memory is asked for than the process may have."""
    row = bench.row("out of memory", "limit on the address space (RLIMIT_AS)")
    cache = bench.cache()
    variables = {drill.MEMORY: str(epoch)}
    ended = Command(RUN, cache, variables).end()
    bench.look(row, cache, ended, "out of memory")
    bench.resume(row, cache)


def worker(bench: Bench, epoch: int) -> None:
    """A worker of a cluster holds more memory than it may have: Dask ends it, each time again."""
    row = bench.row("out of memory in a worker", "memory limit of Dask's worker, two deaths")
    cache = bench.cache()
    cache.mkdir(parents=True)
    variables = {
        **os.environ,
        "ASYT_CACHE_DIR": str(cache),
        drill.FILL: str(epoch),
        **ONE_DEATH,
    }
    pool = Pool(cache.parent, variables)
    try:
        pool.worker(memory=WORKER_BYTES)
        words = (*RUN, "--cluster", pool.address)
        ended = Command(words, cache).end()
    finally:
        pool.stop()
    bench.look(row, cache, ended, "drill: seed 0: its worker died")
    bench.resume(row, cache)


def clock(bench: Bench, epoch: int) -> None:
    """The clock is set back an hour in mid-run; no computing time may be negative or too long."""
    row = bench.row("the clock is set back an hour", "time.time of the process in mid-run")
    cache = bench.cache()
    variables = {drill.CLOCK: str(epoch)}
    ended = Command(RUN, cache, variables).end()
    bench.look(row, cache)
    row.told += ended.code == 0 and _plausible(cache)
    bench.resume(row, cache)


def _plausible(cache: Path) -> bool:
    """Whether the computing times of all stored tables are those of drills."""
    for csv in tables(cache):
        seconds = results.read(csv).provenance["wall_time_s"]
        if not 0 < seconds < drill.HOUR:
            return False
    return True


def together(bench: Bench) -> None:
    """Two processes start the same run at once: one computes, the other says who does."""
    row = bench.row("two processes start one run", "at once")
    cache = bench.cache()
    commands = [Command(RUN, cache, SLOWLY) for _ in range(2)]
    endings = [command.end() for command in commands]
    codes = sorted(ended.code for ended in endings)
    refused = ["is computing this run" in ended.said for ended in endings]
    bench.look(row, cache)
    row.told += codes == [0, 2 * sum(refused)]
    bench.resume(row, cache)
