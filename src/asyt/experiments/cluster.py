"""A sweep as a bag of runs on many machines, on dask.distributed (`pip install 'asyt[cluster]'`).

Why not submitit: it hands every run to SLURM as a job of its own. A run of seconds then waits in a
queue of minutes, nothing works without SLURM, and a run whose node is lost stays lost unless SLURM
puts it back. Dask has one scheduler for workers from anywhere (this machine, addresses, SLURM by
dask-jobqueue), gives the runs of a lost worker to another one, and reserves GPUs by resource tags.

Whoever reaches a scheduler can execute code on its workers: keep it on a trusted network.
"""

from __future__ import annotations

import contextlib
import re
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asyt import results, stopping
from asyt.checkpoints import write_atomically
from asyt.errors import AsytError, ResultError
from asyt.experiments.base import Experiment
from asyt.experiments.store import checkpoint, compute, kept, place, registry

if TYPE_CHECKING:
    from distributed import Client

#: `local` or `local:4`, `slurm` or `slurm:50`, or the address of a scheduler.
ADDRESS = re.compile(r"(?P<kind>local|slurm)(:(?P<most>[1-9]\d*))?|(?P<url>(tcp|tls)://.+)")
#: How often a scheduler that was lost is looked for again, and how long each time.
LOOKS = 5
LOOK_SECONDS = 20
#: How long SLURM has to say whether it would take a job.
SLURM_SECONDS = 60
#: How often a run may lose its worker before it counts as failed.
LOST_WORKERS = 10
#: Experiments that measure the machine they run on, and so have to run there and alone.
ALONE = ("faults", "opu-scale", "rounding", "scaling", "speed")
#: What is told of an interrupted sweep.
REST = "they are stored, the same command continues with the rest"
Report = Callable[[str], None]


@dataclass(frozen=True)
class Job:
    """One run of an experiment, known by the hash of its configuration.

    Attributes:
        compute: cpu or cuda; an experiment without `gpu` runs on the CPU in any case.
    """

    experiment: Experiment
    config: Any
    compute: str = "cpu"

    @property
    def key(self) -> str:
        """Its name on the scheduler: whoever asks for the same run waits for the same one."""
        return f"{self.experiment.name}-{results.config_hash(self.config)}"

    @property
    def resources(self) -> dict[str, int]:
        """What a worker must have to get it."""
        if self.compute == "cuda" and self.experiment.gpu:
            return {"GPU": 1}
        return {}

    def __str__(self) -> str:
        return f"{self.experiment.name}: {self.config.label}"


def everything(profile: str, compute: str = "cpu") -> list[Job]:
    """Every run of every experiment but those of `ALONE`; what took longest before is first."""
    runs = []
    for experiment in registry().values():
        if experiment.name in ALONE:
            continue
        for config in experiment.jobs(profile):
            runs.append(Job(experiment, config, compute))
    return sorted(runs, key=lambda job: -seconds(job))


def seconds(job: Job) -> float:
    """How long a run took when it was stored; 0 where it is not."""
    try:
        stored = kept(job.experiment, job.config)
    except ResultError:
        return 0.0
    return stored.provenance["wall_time_s"] if stored else 0.0


def sweep(jobs: Sequence[Job], cluster: str | None, report: Report, force: bool = False) -> None:
    """Compute what is not stored yet; continue what is unfinished.

    Ctrl-C ends the sweep: what has ended is stored, and the same call goes on with the rest.

    Args:
        jobs: the runs, those that take longest first if that is known.
        cluster: `local`, `local:N`, `slurm`, `slurm:N`, `tcp://...`; None for this process.
        report: gets a line for every run.
        force: compute stored ones again too.

    Raises:
        AsytError: no such cluster, or it cannot be reached.
        ResultError: some runs failed; the others are stored.
    """
    waiting = {}
    for job in jobs:
        if force or not _stored(job):
            waiting[job.key] = job
    report(f"{len(jobs)} runs, {len(jobs) - len(waiting)} of them stored already")
    board = _Board(len(waiting), report)
    if cluster is None:
        _here(waiting, board)
    else:
        _on_cluster(waiting, cluster, board)
    if board.failed:
        told = "\n".join(f"  {job}: {why}" for job, why in board.failed.items())
        raise ResultError(f"{len(board.failed)} of {len(jobs)} runs failed:\n{told}")


def _stored(job: Job) -> bool:
    """Whether its table is there and whole; a damaged one is computed again."""
    try:
        return kept(job.experiment, job.config) is not None
    except ResultError:
        return False


class _Board:
    """How far a sweep is."""

    def __init__(self, count: int, report: Report):
        self.count = count
        self.report = report
        self.done = 0
        self.failed: dict[str, str] = {}
        self._since = time.monotonic()

    def tell(self, job: Job, error: BaseException | None = None) -> None:
        """A run has ended."""
        self.done += 1
        if error is not None:
            self.failed[str(job)] = str(error) or type(error).__name__
        said = "failed" if error else "stored"
        took = time.monotonic() - self._since
        self.report(f"{self.done}/{self.count} {said} after {took:.0f} s: {job}")

    @contextlib.contextmanager
    def stoppable(self) -> Iterator[None]:
        """Let whatever stops the sweep say how far it came."""
        try:
            yield
        except KeyboardInterrupt as stop:
            stop.args = (f"{stopping.said(stop)} after {self.done} of {self.count} runs; {REST}",)
            raise


def _here(waiting: dict[str, Job], board: _Board) -> None:
    """In this process, one after another."""
    with board.stoppable():
        for job in waiting.values():
            error = None
            try:
                compute(job.experiment, job.config, compute=job.compute, resume=True)
            except AsytError as failed:
                error = failed
            board.tell(job, error)


def work(job: Job) -> dict[str, bytes]:
    """In a worker: continue or compute a run, store it there, and hand over what was stored."""
    import torch

    torch.set_num_threads(1)
    compute(job.experiment, job.config, compute=job.compute, resume=True)
    csv = _csv(job)
    record = csv.with_suffix(".json")
    return {
        csv.name: csv.read_bytes(),
        record.name: record.read_bytes(),
    }


def _csv(job: Job) -> Path:
    root = place(job.experiment, job.config, write=True)
    return root / job.experiment.name / f"{results.config_hash(job.config)}.csv"


def bring(job: Job, files: dict[str, bytes]) -> None:
    """Store here what a worker stored, which may have had another disk."""
    folder = _csv(job).parent
    brought = {folder / name: content for name, content in files.items()}
    here = {file: file.read_bytes() for file in brought if file.is_file()}
    if here != brought:
        write_atomically(brought)
    checkpoint(job.experiment, job.config).remove()


def _on_cluster(waiting: dict[str, Job], cluster: str, board: _Board) -> None:
    """Hand out all runs; where the scheduler is lost, look for it again and hand out the rest."""
    for _ in range(LOOKS):
        if not waiting:
            return
        with connected(cluster) as client, board.stoppable():
            hand_out(waiting, client, board)
        if waiting:
            board.report(f"the scheduler was lost with {len(waiting)} runs to go; looking for it")
    if waiting:
        raise AsytError(f"cluster '{cluster}': the scheduler was lost {LOOKS} times; run it again.")


def hand_out(waiting: dict[str, Job], client: Client, board: _Board | None = None) -> None:
    """Until every run has ended, or the scheduler is lost; what has ended waits no more.

    A worker that dies takes along the runs that only waited there. So those that lost their workers
    are tried once more when all others have ended, one a thread: then only the cause is lost again.
    """
    from distributed import KilledWorker, as_completed

    futures = []
    for rank, (key, job) in enumerate(waiting.items()):
        future = client.submit(
            work,
            job,
            key=key,
            resources=job.resources or None,
            priority=-rank,
        )
        futures.append(future)
    ended = as_completed(futures)
    lost: list[Any] = []
    again: set[str] = set()
    for future in ended:
        if future.status == "cancelled":  # with the scheduler all runs are lost
            return
        error = future.exception()
        if isinstance(error, KilledWorker) and future.key not in again:
            lost.append(future)
        else:
            _settle(waiting.pop(future.key), future, error, board)
            future.release()  # else the scheduler repeats it when the worker that holds it dies
        if ended.is_empty() and lost:
            threads = sum(client.nthreads().values()) or 1
            few = lost[:threads]
            lost = lost[threads:]
            again |= {future.key for future in few}
            client.retry(few)
            ended.update(few)


def _settle(
    job: Job,
    future: Any,
    error: BaseException | None,
    board: _Board | None = None,
) -> None:
    """Store what a run has brought, or tell why it failed."""
    from distributed import KilledWorker

    if error is None:
        bring(job, future.result())
    if isinstance(error, KilledWorker):
        error = AsytError(
            f"its worker died each time, the last one was {error.last_worker.address}. Most likely "
            "its memory was used up: take fewer workers with more memory each, or fewer chips "
            "(--devices); the same command continues it"
        )
    if board is not None:
        board.tell(job, error)


@contextlib.contextmanager
def connected(cluster: str) -> Iterator[Client]:
    """A client of a cluster, which is started and ended here unless an address is given.

    Raises:
        AsytError: no such cluster, dask is not installed, or nobody answers.
    """
    known = ADDRESS.fullmatch(cluster)
    if known is None:
        raise AsytError(
            f"cluster '{cluster}': use local, local:4, slurm, slurm:50 or tcp://host:8786."
        )
    try:
        from dask import config
        from distributed import Client
    except ImportError:
        raise AsytError(
            f"cluster '{cluster}' needs dask.distributed: pip install 'asyt[cluster]'"
        ) from None
    with contextlib.ExitStack() as opened:
        where = known["url"]
        if where is None:
            config.set({"distributed.scheduler.allowed-failures": LOST_WORKERS})
            start = STARTED[known["kind"]]
            where = opened.enter_context(start(int(known["most"] or 0)))
        try:
            client = opened.enter_context(Client(where, timeout=LOOK_SECONDS))
        except OSError as error:
            raise AsytError(
                f"cluster '{cluster}': no scheduler answers there ({error}); start one with "
                "`dask scheduler`."
            ) from error
        yield client


def _local(most: int) -> Any:
    """Workers on this machine, one thread each; as many as it has processors."""
    import os

    import torch
    from distributed import LocalCluster

    gpus = torch.cuda.device_count()
    workers = most or gpus or os.cpu_count() or 1
    options: dict[str, Any] = {"resources": {"GPU": 1}} if gpus else {}
    return LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        dashboard_address=None,
        host="127.0.0.1",
        **options,
    )


def _slurm(most: int) -> Any:
    """Workers as jobs of SLURM, as ~/.config/dask/jobqueue.yaml describes them, at most 100."""
    from dask import config

    try:
        from dask_jobqueue import SLURMCluster
    except ImportError:
        raise AsytError(
            "cluster 'slurm' needs dask-jobqueue: pip install 'asyt[cluster]'"
        ) from None
    described = config.get("jobqueue.slurm", {})
    asked: dict[str, Any] = {
        "cores": 1,
        "processes": 1,
        "memory": "4GB",
    }
    missing = {}
    for name, value in asked.items():
        if described.get(name) is None:
            missing[name] = value
    workers = SLURMCluster(**missing)
    try:
        _check_slurm(workers.job_script())
    except AsytError:
        workers.close()
        raise
    workers.adapt(minimum=0, maximum=most or 100)
    return workers


def _check_slurm(script: str) -> None:
    """See that SLURM would take such a job; it starts none. Dask would ask it again for ever.

    Raises:
        AsytError: there is no SLURM here, or it refuses the job.
    """
    command = ["sbatch", "--test-only"]  # which reads the script from its input
    try:
        done = subprocess.run(
            command,
            input=script,
            capture_output=True,
            text=True,
            timeout=SLURM_SECONDS,
        )
    except FileNotFoundError:
        raise AsytError(
            "cluster 'slurm': there is no sbatch on this machine; start it on a login node of a "
            "cluster that has SLURM."
        ) from None
    except subprocess.TimeoutExpired:
        raise AsytError(
            f"cluster 'slurm': sbatch gives no answer within {SLURM_SECONDS} s; see whether "
            "`sinfo` does."
        ) from None
    if done.returncode != 0:
        raise AsytError(
            f"cluster 'slurm': sbatch refuses a worker ({done.stderr.strip()}); describe one that "
            "it takes in ~/.config/dask/jobqueue.yaml."
        )


STARTED: dict[str, Callable[[int], Any]] = {"local": _local, "slurm": _slurm}
