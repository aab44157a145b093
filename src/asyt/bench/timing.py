"""How it is timed: one process, contenders interleaved, CPU time of ten steps, repeated; the smallest counts.

With more than one thread it is the CPU time of all of them together, waiting for each other
included.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import torch
from torch.profiler import ProfilerActivity, profile, record_function

from asyt.bench.contenders import CONTENDERS, EAGER, MNIST, captured, fleet, plain
from asyt.twins import products

STEPS = 10


def everything(rounds: int = 8, progress: bool = False) -> pd.DataFrame:
    """All that the ratios of one thread need; minutes."""
    return pd.concat(
        [memory(), starts(), profiled(), measure(rounds, progress=progress)], ignore_index=True
    )


def measure(
    rounds: int = 8,
    names: tuple[str, ...] = tuple(CONTENDERS),
    threads: int = 1,
    progress: bool = False,
    compute: str = "cpu",
) -> pd.DataFrame:
    """Time contenders and the machine's own products.

    On a GPU a step is one CUDA graph where it can be (`contenders.captured`), and its time is that
    of the clock.

    Args:
        rounds: repetitions.
        names: of `CONTENDERS`.
        threads: of torch.
        progress: say on stderr which round runs.
        compute: "cpu" or "cuda".

    Returns:
        One row a contender and repetition: quantity, name, threads, chips, repetition, value
        (seconds a step and chip).
    """
    rows = []
    with _threads(threads):
        steps = {name: (_ready(name, compute), CONTENDERS[name][1]) for name in names}
        for step, _ in steps.values():
            step()
        for repetition in range(rounds):
            if progress:
                print(f"{threads} thread(s), round {repetition + 1} of {rounds}", file=sys.stderr)
            for name, (step, chips) in steps.items():
                seconds = timed(step, compute=compute) / chips
                rows.append(
                    _row("seconds a step and chip", name, seconds, threads, chips, repetition)
                )
            rows.append(
                _row(
                    "seconds a step and chip",
                    "sgemm alone",
                    sgemm(16, compute),
                    threads,
                    16,
                    repetition,
                )
            )
    return pd.DataFrame(rows)


def _ready(name: str, compute: str) -> Callable[[], object]:
    """A contender's step on a device."""
    step = CONTENDERS[name][0](compute)
    return captured(step) if compute == "cuda" and name not in EAGER else step


def _row(
    quantity: str, name: str, value: float, threads: int = 1, chips: int = 1, repetition: int = 0
) -> dict:
    return {
        "quantity": quantity,
        "name": name,
        "threads": threads,
        "chips": chips,
        "repetition": repetition,
        "value": value,
    }


@contextmanager
def _threads(threads: int) -> Iterator[None]:
    """The number of threads, for a while."""
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def all_threads() -> int:
    """As many as this process may run on."""
    return len(os.sched_getaffinity(0))


def timed(step: Callable[[], object], steps: int = STEPS, compute: str = "cpu") -> float:
    """CPU seconds a step; of a GPU, seconds by the clock until it has done them all."""
    clock = time.process_time if compute == "cpu" else _finished
    start = clock()
    for _ in range(steps):
        step()
    return (clock() - start) / steps


def _finished() -> float:
    """The clock, once the GPU has nothing left to do."""
    torch.cuda.synchronize()
    return time.perf_counter()


def sgemm(chips: int, compute: str = "cpu") -> float:
    """Seconds a chip that the products of one network's step take alone, by the faster library, C of them as one."""
    seconds = 0.0
    for l, (n_out, n_in) in enumerate(MNIST.products):
        shapes = [
            (chips * n_out, n_in, MNIST.batch),
            (chips * n_out, MNIST.batch, n_in),
        ]  # forward, gradient
        shapes += [(chips * MNIST.batch, n_out, n_in)] if l else []  # backward
        for m, k, n in shapes:
            a, b = torch.rand(m, k, device=compute), torch.rand(n, k, device=compute)
            libraries = [
                lambda a=a, b=b: torch.matmul(a, b.mT),
                lambda a=a, b=b: products.forward(a, b),
            ]
            seconds += min(timed(library, 2, compute) for library in libraries)
    return seconds / chips


def cost(counts: tuple[int, ...], rounds: int = 3) -> pd.DataFrame:
    """Seconds of AsyT a step and chip against the number of chips, each beside plain BP; one thread."""
    rows = []
    with _threads(1):
        bp = plain(MNIST)
        for chips in counts:
            step = fleet("asyt", chips)
            step()
            for repetition in range(rounds):
                rows.append(_row("cost", "bp", timed(bp), chips=chips, repetition=repetition))
                seconds = timed(step, max(1, STEPS // chips)) / chips
                rows.append(_row("cost", "asyt", seconds, chips=chips, repetition=repetition))
    return pd.DataFrame(rows)


def profiled(chips: int = 16, steps: int = STEPS, rounds: int = 5) -> pd.DataFrame:
    """Where a step of AsyT spends its time: self time of each torch operator, and what is spent outside of all.

    Of some profiles the shortest counts. The profiler slows Python down at every operator, so that
    the share outside of operators is an upper bound.
    """
    with _threads(1):
        step = fleet("asyt", chips)
        step()
        profiles = [_profile(step, steps) for _ in range(rounds)]
    shortest = min(profiles, key=lambda spent: sum(spent.values()))
    return pd.DataFrame(
        _row("profile", name, value / steps / chips, chips=chips)
        for name, value in sorted(shortest.items(), key=lambda entry: -entry[1])
    )


def _profile(step: Callable[[], object], steps: int) -> dict[str, float]:
    """Seconds in each torch operator, and outside of all."""
    with profile(activities=[ProfilerActivity.CPU]) as found:
        for _ in range(steps):
            with record_function("step"):
                step()
    spent: dict[str, float] = {}
    for event in found.key_averages():
        name = event.key if event.key.startswith(("aten::", "mkldnn::")) else "outside of operators"
        spent[name] = spent.get(name, 0.0) + event.self_cpu_time_total / 1e6
    return spent


def memory(chips: int = 64) -> pd.DataFrame:
    """Peak memory of AsyT over what is counted on paper, measured in a process of its own.

    Counted, 4 bytes each: the weights of the digital model, the controls of the chips, the errors
    that make each chip what it is, and the activations of all layers of the digital model and of
    every chip. No gradient is counted.
    """
    weights = sum(n_out * (n_in + 1) for n_out, n_in in MNIST.products)
    activations = MNIST.batch * sum(MNIST.layers[1:])
    counted = 4.0 * (
        weights * (2 * chips + 1) + activations * (chips + 1) + MNIST.batch * MNIST.layers[0]
    )
    script = f"from asyt.bench.timing import peak; print(peak({chips}))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return pd.DataFrame(
        [
            _row("bytes", "peak", float(done.stdout), chips=chips),
            _row("bytes", "counted", counted, chips=chips),
        ]
    )


def peak(chips: int) -> int:
    """Bytes by which this process's largest resident size grows when C chips are made and trained for two steps."""
    torch.set_num_threads(1)
    fleet("asyt", 1)()  # libraries loaded, kernels made
    before = int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    step = fleet("asyt", chips)
    step()
    step()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before


def starts(rounds: int = 5) -> pd.DataFrame:
    """CPU seconds of new processes, the smallest of some: importing torch, importing the library, `asyt --help`."""
    programs = {
        "import torch": ["-c", "import torch"],
        "import asyt": ["-c", "import asyt.training, asyt.devices, asyt.methods, asyt.twins"],
        "asyt --help": ["-c", "from asyt.cli import app; app(['--help'])"],
    }
    rows = []
    for repetition in range(rounds):
        for name, arguments in programs.items():
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run([sys.executable, *arguments], capture_output=True, check=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            rows.append(_row("seconds to start", name, seconds, repetition=repetition))
    return pd.DataFrame(rows)
