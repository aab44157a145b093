"""Sweeps: a scheduler and workers as real processes on this machine, and what befalls them."""

import os
import signal
import textwrap
import threading
from dataclasses import replace

import pytest
import typer.testing

from asyt import cli, experiments, paths, results, stopping
from asyt.errors import AsytError, ResultError
from asyt.experiments import cluster
from asyt.experiments.cluster import Job
from asyt.experiments.trials import drill
from asyt.experiments.trials.drill import DRILL, Config
from asyt.experiments.trials.pool import Pool, until
from asyt.experiments.trials.stopped import ONE_DEATH, WORKER_BYTES

pytest.importorskip("distributed", reason="sweeps need dask.distributed: make venv")


@pytest.fixture
def own_cache(tmp_path, monkeypatch):
    """An empty cache, which processes that are started here have too."""
    monkeypatch.setenv("ASYT_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def dask(own_cache, tmp_path, monkeypatch):
    """A scheduler without workers; what runs on it waits a little every epoch."""
    assert not own_cache.exists()
    monkeypatch.setenv(drill.PAUSE, "50")
    started = Pool(tmp_path)
    yield started
    started.stop()


def drills(count):
    return [Job(DRILL, Config(seed=seed)) for seed in range(count)]


def tables(folder):
    return {csv.name: csv.read_bytes() for csv in (folder / "results").rglob("*.csv")}


def alone(jobs, folder, monkeypatch):
    """The tables of the same runs in this process, one after another."""
    with monkeypatch.context() as patch:
        patch.setenv("ASYT_CACHE_DIR", str(folder))
        patch.delenv(drill.PAUSE, raising=False)
        cluster.sweep(jobs, None, print)
    return tables(folder)


def test_three_experiments_have_the_bytes_of_a_serial_run(dask, own_cache, tmp_path, monkeypatch):
    dask.worker()
    jobs = drills(1)
    for name in ("access", "iris"):
        experiment = experiments.find(name)
        jobs.append(Job(experiment, experiment.jobs("smoke")[0]))
    own = [job for job in jobs if experiments.place(job.experiment, job.config) != paths.home()]
    cluster.sweep(own, dask.address, print, force=True)
    assert len(tables(own_cache)) == 3
    assert tables(own_cache) == alone(own, tmp_path / "alone", monkeypatch)


def test_the_run_of_a_killed_worker_is_continued_by_another(dask, own_cache, tmp_path, monkeypatch):
    worker, jobs, said = dask.worker(), drills(2), []
    sweep = threading.Thread(target=cluster.sweep, args=(jobs, dask.address, said.append))
    sweep.start()
    until(lambda: list((own_cache / "checkpoints").glob("*.pt")))
    os.kill(worker.pid, signal.SIGKILL)
    dask.worker()
    sweep.join(timeout=120)
    assert not sweep.is_alive()
    assert tables(own_cache) == alone(jobs, tmp_path / "alone", monkeypatch)
    assert [line.split()[0] for line in said] == ["2", "1/2", "2/2"]
    assert list((own_cache / "checkpoints").iterdir()) == []


def test_a_run_that_fills_its_worker_is_named_and_takes_no_other_with_it(
    own_cache, tmp_path, monkeypatch
):
    """Runs of four epochs never come to where it happens, but wait on the worker that dies."""
    for name, value in {**ONE_DEATH, drill.FILL: "8"}.items():
        monkeypatch.setenv(name, value)
    jobs = [Job(DRILL, Config(epochs=epochs, seed=seed)) for seed, epochs in enumerate((16, 4, 4))]
    dask = Pool(tmp_path)
    try:
        dask.worker(memory=WORKER_BYTES)
        with pytest.raises(ResultError, match=r"1 of 3 runs failed:\n  drill: seed 0: its worker"):
            cluster.sweep(jobs, dask.address, print)
    finally:
        dask.stop()
    monkeypatch.delenv(drill.FILL)
    assert tables(own_cache) == alone(jobs[1:], tmp_path / "others", monkeypatch)
    assert len(list((own_cache / "checkpoints").glob("*.pt"))) == 1
    cluster.sweep(jobs, None, print)
    assert tables(own_cache) == alone(jobs, tmp_path / "alone", monkeypatch)


def test_a_run_without_memory_is_named(dask, own_cache, tmp_path, monkeypatch):
    monkeypatch.setenv(drill.MEMORY, "8")
    dask.worker()
    with pytest.raises(ResultError, match="drill: seed 0: out of memory in 'seed 0' of 'drill'"):
        cluster.sweep(drills(1), dask.address, print)
    monkeypatch.delenv(drill.MEMORY)
    assert tables(own_cache) == {}
    cluster.sweep(drills(1), None, print)
    assert tables(own_cache) == alone(drills(1), tmp_path / "alone", monkeypatch)


def test_a_scheduler_that_is_lost_is_looked_for_again(dask, own_cache, tmp_path, monkeypatch):
    dask.worker()
    jobs, said = drills(2), []
    sweep = threading.Thread(target=cluster.sweep, args=(jobs, dask.address, said.append))
    sweep.start()
    until(lambda: list((own_cache / "checkpoints").glob("*.pt")))
    dask.stop()
    dask.scheduler()
    dask.worker()
    sweep.join(timeout=180)
    assert not sweep.is_alive()
    assert any("the scheduler was lost" in line for line in said)
    assert tables(own_cache) == alone(jobs, tmp_path / "alone", monkeypatch)


@pytest.mark.usefixtures("own_cache")
def test_what_is_stored_is_not_computed_again():
    said = []
    for _ in range(2):
        cluster.sweep(drills(1), None, said.append)
    assert said[0] == "1 runs, 0 of them stored already"
    assert said[2:] == ["1 runs, 1 of them stored already"]


def test_an_interrupted_sweep_says_how_far_it_came(toy, config):
    jobs = [Job(toy.experiment(), config(size, 0)) for size in (2, 13, 3)]
    with pytest.raises(KeyboardInterrupt, match="interrupted after 1 of 3 runs; they are stored"):
        cluster.sweep(jobs, None, print)
    assert [size for size in (2, 13, 3) if experiments.kept("toy", config(size, 0))] == [2]
    assert stopping.code(KeyboardInterrupt()) == 130


@pytest.mark.usefixtures("toy")
def test_a_run_that_fails_does_not_end_the_others(config, toy):
    def run(config, _):
        if config.size == 2:
            raise AsytError("as told")
        return toy.run(config, _)

    experiment = replace(toy.experiment(), run=run)
    jobs = [Job(experiment, config(size, 0)) for size in (1, 2, 3)]
    with pytest.raises(ResultError, match="1 of 3 runs failed:\n  toy: seed 0: as told"):
        cluster.sweep(jobs, None, print)
    assert [size for size in (1, 2, 3) if experiments.kept("toy", config(size, 0))] == [1, 3]


@pytest.mark.parametrize("address", ["lokal", "local:0", "slurm:x", "http://a", ""])
def test_an_unknown_cluster_is_refused(address):
    with pytest.raises(AsytError, match=r"use local, local:4, slurm, slurm:50 or tcp://host:8786"):
        cluster.sweep(drills(1), address, print, force=True)


def test_a_scheduler_that_is_not_there_is_told(monkeypatch):
    monkeypatch.setattr(cluster, "LOOK_SECONDS", 1)
    with pytest.raises(AsytError, match=r"no scheduler answers there .*dask scheduler"):
        cluster.sweep(drills(1), "tcp://127.0.0.1:9", print, force=True)


def test_gpu_workers_are_asked_for_where_a_run_needs_one():
    assert Job(DRILL, Config(), "cuda").resources == {}
    mnist = experiments.find("mnist")
    assert Job(mnist, mnist.jobs("smoke")[0], "cuda").resources == {"GPU": 1}
    assert Job(mnist, mnist.jobs("smoke")[0]).resources == {}


def test_all_runs_are_in_the_bag_the_longest_first():
    jobs = cluster.everything("paper")
    names = {job.experiment.name for job in jobs}
    assert names == experiments.registry().keys() - set(cluster.ALONE)
    known = [cluster.seconds(job) for job in jobs]
    assert known == sorted(known, reverse=True)
    assert known[0] > 0
    assert len({job.key for job in jobs}) == len(jobs)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run"], "either the name of an experiment or --all"),
        (["run", "iris", "--all"], "either the name of an experiment or --all"),
        (["run", "--all", "--seed", "1"], "--seed with --all"),
        (["run", "iris", "--profile", "smoke", "--cluster", "here"], "cluster 'here': use local"),
    ],
)
def test_the_command_line_refuses(own_cache, words, said):
    shown = typer.testing.CliRunner().invoke(cli.app, words)
    assert shown.exit_code == 2
    assert said in shown.output
    assert not own_cache.exists()


#: Stand for SLURM's commands: a job is a process of this machine. As SLURM does, the script is
#: copied when it is handed in.
STUBS = {
    "sbatch": """
        [ "$1" = --test-only ] && exec cat > "$STUBS/tested"
        cp "$1" "$STUBS/job.$$"
        setsid sh "$STUBS/job.$$" >> "$STUBS/log" 2>&1 &
        echo $! >> "$STUBS/started"
        echo "Submitted batch job $!"
    """,
    "scancel": """
        echo "$1" >> "$STUBS/cancelled"
        kill -- "-$1"
    """,
}


@pytest.fixture
def slurm(tmp_path, monkeypatch):
    """Puts stubs of SLURM's commands in front of whatever this machine has."""
    pytest.importorskip("dask_jobqueue", reason="SLURM needs dask-jobqueue: make venv")
    folder = tmp_path / "slurm"
    folder.mkdir()

    def put(**stubs):
        for name, lines in stubs.items():
            (folder / name).write_text(f"#!/bin/sh\n{textwrap.dedent(lines)}")
            (folder / name).chmod(0o755)
        monkeypatch.setenv("STUBS", str(folder))
        monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
        return folder

    return put


def test_slurm_workers_are_described_without_slurm(slurm):
    jobqueue = pytest.importorskip("dask_jobqueue", reason="SLURM needs dask-jobqueue: make venv")
    slurm(**STUBS)
    with cluster.STARTED["slurm"](3) as workers:
        assert isinstance(workers, jobqueue.SLURMCluster)
        script = workers.job_script()
    assert "#SBATCH --cpus-per-task=1" in script and "distributed.cli.dask_worker" in script


def test_jobs_of_a_stub_of_slurm_have_the_bytes_of_a_serial_run(
    slurm, own_cache, tmp_path, monkeypatch
):
    """Not SLURM: what it is asked for, and the jobs that it would start, as local processes."""
    folder, jobs = slurm(**STUBS), drills(3)
    cluster.sweep(jobs, "slurm:2", print)
    assert tables(own_cache) == alone(jobs, tmp_path / "alone", monkeypatch)
    assert len(tables(own_cache)) == 3
    assert "distributed.cli.dask_worker" in (folder / "tested").read_text()
    started = (folder / "started").read_text().split()
    assert len(started) >= 1
    assert set((folder / "cancelled").read_text().split()) <= set(started)
    until(lambda: not any(map(alive, started)))


def test_a_job_at_its_time_limit_is_replaced_by_another(slurm, own_cache, tmp_path, monkeypatch):
    """By the stub: the first job is asked to end as SLURM does it, in mid-run."""
    folder, jobs = slurm(**STUBS), drills(2)
    monkeypatch.setenv(drill.PAUSE, "50")
    sweep = threading.Thread(target=cluster.sweep, args=(jobs, "slurm:1", print))
    sweep.start()
    until(lambda: list((own_cache / "checkpoints").glob("*.pt")))
    os.killpg(int((folder / "started").read_text().split()[0]), signal.SIGTERM)
    sweep.join(timeout=180)
    assert not sweep.is_alive()
    assert len((folder / "started").read_text().split()) > 1
    assert tables(own_cache) == alone(jobs, tmp_path / "alone", monkeypatch)


def alive(group):
    """Whether a process of a group, of which the first one's number is given, still runs."""
    try:
        os.killpg(int(group), 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize(
    ("sbatch", "said"),
    [
        ("echo 'sbatch: error: invalid partition' >&2; exit 1", "refuses a worker .*partition"),
        ("exec sleep 60", "gives no answer within 1 s"),
    ],
)
def test_a_slurm_that_takes_no_job_is_told(slurm, own_cache, monkeypatch, sbatch, said):
    slurm(sbatch=sbatch)
    monkeypatch.setattr(cluster, "SLURM_SECONDS", 1)
    with pytest.raises(AsytError, match=f"cluster 'slurm': sbatch {said}"):
        cluster.sweep(drills(1), "slurm:2", print)
    assert tables(own_cache) == {}


@pytest.mark.usefixtures("own_cache")
def test_a_machine_without_slurm_is_told(tmp_path, monkeypatch):
    pytest.importorskip("dask_jobqueue", reason="SLURM needs dask-jobqueue: make venv")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(AsytError, match="no sbatch on this machine; start it on a login node"):
        cluster.sweep(drills(1), "slurm", print)


def test_results_of_another_disk_are_stored_here(own_cache, tmp_path, monkeypatch):
    (job,) = drills(1)
    with monkeypatch.context() as patch:
        patch.setenv("ASYT_CACHE_DIR", str(tmp_path / "theirs"))
        files = cluster.work(job)
    assert tables(own_cache) == {}
    cluster.bring(job, files)
    assert tables(own_cache) == tables(tmp_path / "theirs")
    assert results.load("drill", job.config, own_cache / "results").table.epoch.max() == 16
