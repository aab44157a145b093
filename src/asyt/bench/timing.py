"""How it is timed: one process, contenders interleaved, CPU time of ten steps; the smallest counts.

It is the CPU time of all threads together, waiting for each other included.
"""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pandas as pd
import torch
from threadpoolctl import threadpool_limits
from torch.profiler import ProfilerActivity, profile, record_function

from asyt.bench.contenders import (
    CONTENDERS,
    EAGER,
    MNIST,
    OPERATIONS,
    OTHERS,
    captured,
    fleet,
    operations,
    passed_on,
    plain,
)
from asyt.bench.pairs import pairs
from asyt.bench.system import all_threads as all_threads
from asyt.bench.system import check_measurable, children_seconds, grown
from asyt.errors import AsytError
from asyt.twins import products

STEPS = 10
SECONDS = "seconds a step and chip"
#: Contenders whose operations are counted.
COUNTED = ("bp, torch's products", *(f"{name}, C = 16" for name in OTHERS))
#: Programs whose start is timed, as arguments of Python.
PROGRAMS = {
    "import torch": "import torch",
    "import asyt": "import asyt.training, asyt.devices, asyt.methods, asyt.twins",
    "asyt --help": "from asyt.cli import app; app(['--help'])",
}


def everything(rounds: int = 8, progress: bool = False) -> pd.DataFrame:
    """All that the ratios of one thread need; raises as `measure` and `check_measurable`."""
    _check(rounds)
    measured = [
        memory(),
        starts(),
        profiled(),
        gate(),
        paired(),
        measure(rounds, progress=progress),
    ]
    return pd.concat(measured, ignore_index=True)


def _check(rounds: int) -> None:
    if rounds < 1:
        raise AsytError(f"--rounds {rounds}: time every contender at least once.")


def measure(
    rounds: int = 8,
    names: tuple[str, ...] = tuple(CONTENDERS),
    threads: int = 1,
    progress: bool = False,
    compute: str = "cpu",
) -> pd.DataFrame:
    """Time contenders and the machine's own products: one `row` each and repetition.

    On "cuda" a step is one CUDA graph where it can be (`contenders.captured`), and its time is that
    of the clock. `progress` says on stderr which round runs.

    Raises:
        AsytError: fewer than one round.
    """
    _check(rounds)
    rows = []
    with on_threads(threads):
        steps = {}
        for name in names:
            steps[name] = step = CONTENDERS[name].build(compute=compute)
            if compute == "cuda" and name not in EAGER:
                steps[name] = captured(step)
        for name, step in steps.items():
            step()
            if name in COUNTED and compute == "cpu":
                chips = CONTENDERS[name].chips
                counted = operations(step) / chips
                rows.append(row(OPERATIONS, name, counted, threads, chips))
        for repetition in range(rounds):
            if progress:
                print(
                    f"{threads} thread(s), round {repetition + 1} of {rounds}",
                    file=sys.stderr,
                )
            for name, step in steps.items():
                chips = CONTENDERS[name].chips
                seconds = timed(step, compute=compute) / chips
                rows.append(row(SECONDS, name, seconds, threads, chips, repetition))
            seconds = sgemm(16, compute)
            rows.append(row(SECONDS, "sgemm alone", seconds, threads, 16, repetition))
    return pd.DataFrame(rows)


def row(
    quantity: str,
    name: str,
    value: float,
    threads: int = 1,
    chips: int = 1,
    repetition: int = 0,
) -> dict[str, Any]:
    """One measurement, as tables have it."""
    return {
        "quantity": quantity,
        "name": name,
        "threads": threads,
        "chips": chips,
        "repetition": repetition,
        "value": value,
    }


@contextmanager
def on_threads(threads: int) -> Iterator[None]:
    """The number of threads, for a while: torch's, and those of the BLAS of NumPy.

    A thread of OpenBLAS spins for 0.1 s after its last product, in which it would be timed as part
    of whatever comes next.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        with threadpool_limits(threads, user_api="blas"):
            yield
    finally:
        torch.set_num_threads(before)


def timed(step: Callable[[], object], steps: int = STEPS, compute: str = "cpu") -> float:
    """CPU seconds a step; of a GPU, seconds by the clock until it has done them all."""

    def finished() -> float:
        torch.cuda.synchronize()
        return time.perf_counter()

    clock = time.process_time if compute == "cpu" else finished
    start = clock()
    for _ in range(steps):
        step()
    return (clock() - start) / steps


def sgemm(chips: int, compute: str = "cpu") -> float:
    """Seconds a chip that the products of a step take alone, those of C networks as one product."""
    seconds = 0.0
    for l, (n_out, n_in) in enumerate(MNIST.products):
        seconds += _product(chips * n_out, n_in, MNIST.batch, compute)  # forward
        seconds += _product(chips * n_out, MNIST.batch, n_in, compute)  # gradient
        if l:
            seconds += _product(chips * MNIST.batch, n_out, n_in, compute)  # backward
    return seconds / chips


def _product(m: int, k: int, n: int, compute: str) -> float:
    """Seconds of an (m, k) x (k, n) product, by the faster library."""
    a = torch.rand(m, k, device=compute)
    b = torch.rand(n, k, device=compute)
    torchs = timed(partial(torch.matmul, a, b.mT), 2, compute)
    ours = timed(partial(products.forward, a, b), 2, compute)
    return min(torchs, ours)


def cost(counts: tuple[int, ...], rounds: int = 3) -> pd.DataFrame:
    """Seconds of AsyT a step and chip against the number of chips, each beside plain BP."""
    rows = []
    with on_threads(1):
        bp = plain(MNIST)
        for chips in counts:
            step = fleet("asyt", chips)
            step()
            for repetition in range(rounds):
                of_bp = timed(bp)
                of_asyt = timed(step, max(1, STEPS // chips)) / chips
                rows.append(row("cost", "bp", of_bp, 1, chips, repetition))
                rows.append(row("cost", "asyt", of_asyt, 1, chips, repetition))
    return pd.DataFrame(rows)


def profiled(rounds: int = 5) -> pd.DataFrame:
    """Where a step of AsyT spends its time, the shortest of some profiles.

    The profiler slows Python down, so that the share outside of operators is an upper bound.
    """
    chips = 16
    with on_threads(1):
        step = fleet("asyt", chips)
        step()
        profiles = [_profile(step) for _ in range(rounds)]
    shortest = min(profiles, key=pd.Series.sum).sort_values(ascending=False)
    return pd.DataFrame(
        row("profile", name, seconds / STEPS / chips, chips=chips)
        for name, seconds in shortest.items()
    )


def _profile(step: Callable[[], object]) -> pd.Series:
    """Seconds of self time of some steps in each torch operator, and outside of all."""
    with profile(activities=[ProfilerActivity.CPU]) as found:
        for _ in range(STEPS):
            with record_function("step"):
                step()
    events = found.key_averages()
    spent = pd.Series([event.self_cpu_time_total / 1e6 for event in events])
    names = pd.Series([event.key for event in events])
    operator = names.str.startswith(("aten::", "mkldnn::"))
    return spent.groupby(names.where(operator, "outside of operators")).sum()


def gate(rounds: int = 5, chips: int = 16) -> pd.DataFrame:
    """What a step of AsyT takes, and what of it the gate does to a device that is not ours."""
    rows = []
    with on_threads(1):
        steps = {"in the gate": passed_on(chips), "a step": fleet("asyt", chips)}
        for step in steps.values():
            step()
        for repetition in range(rounds):
            for name, step in steps.items():
                seconds = timed(step)
                rows.append(row("gate", name, seconds, 1, chips, repetition))
    return pd.DataFrame(rows)


def paired(rounds: int = 5) -> pd.DataFrame:
    """Each of `pairs`, interleaved: rows "above" and "below", so that their ratio is the wanted."""
    rows = []
    with on_threads(1):
        found = pairs()
        for above, below, _ in found.values():
            above()
            below()
        for repetition in range(rounds):
            for name, (above, below, factor) in found.items():
                wanted = factor * timed(above, 3)
                unit = timed(below, 3)
                rows.append(row(name, "above", wanted, repetition=repetition))
                rows.append(row(name, "below", unit, repetition=repetition))
    return pd.DataFrame(rows)


def memory(chips: int = 64) -> pd.DataFrame:
    """Peak memory of AsyT in a process of its own, and what is counted on paper, bytes.

    Counted are the weights of the digital model, the controls and the errors of the chips, and the
    activations of all layers of both, float32; no gradient. Raises as `check_measurable`.
    """
    check_measurable()
    weights = sum(n_out * (n_in + 1) for n_out, n_in in MNIST.products)
    inputs, *widths = MNIST.layers
    activations = MNIST.batch * (inputs + sum(widths) * (chips + 1))
    counted = 4.0 * (weights * (2 * chips + 1) + activations)
    script = f"from asyt.bench.timing import peak; print(peak({chips}))"
    measured = float(_python(script))
    rows = [
        row("bytes", "peak", measured, chips=chips),
        row("bytes", "counted", counted, chips=chips),
    ]
    return pd.DataFrame(rows)


def _python(script: str) -> str:
    """What a new process prints."""
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def peak(chips: int) -> int:
    """Bytes by which this process grows when C chips are made and trained for two steps."""
    torch.set_num_threads(1)
    fleet("asyt", 1)()  # libraries loaded, kernels made

    def two_steps() -> None:
        step = fleet("asyt", chips)
        step()
        step()

    return grown(two_steps)


def starts(rounds: int = 5) -> pd.DataFrame:
    """CPU seconds of new processes: importing torch, importing the library, `asyt --help`."""
    rows = []
    for repetition in range(rounds):
        for name, program in PROGRAMS.items():
            before = children_seconds()
            _python(program)
            seconds = children_seconds() - before
            rows.append(row("seconds to start", name, seconds, repetition=repetition))
    return pd.DataFrame(rows)
