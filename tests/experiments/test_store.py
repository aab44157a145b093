"""Experiments by name, where tables are kept, and what happens to unfinished runs."""

import time

import pytest

from asyt import experiments, paths, provenance, results
from asyt.errors import AsytError, ResultError, UnknownNameError
from asyt.experiments import store


def test_unknown_names_are_refused(toy, config):
    with pytest.raises(UnknownNameError, match="unknown experiment 'toyy': did you mean 'toy'"):
        experiments.jobs("toyy", "smoke")
    with pytest.raises(UnknownNameError, match="unknown compute 'cpi': did you mean 'cpu'"):
        experiments.compute("toy", config(), compute="cpi")
    assert toy.calls == []


def test_missing_gpu_is_told(toy, config, monkeypatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    with pytest.raises(AsytError, match="no CUDA device; use --compute cpu"):
        experiments.compute("toy", config(), compute="cuda")
    assert toy.calls == []


@pytest.mark.parametrize("gpu", [False, True])
def test_an_experiment_of_the_cpu_runs_there_and_says_so(toy, config, monkeypatch, gpu):
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    monkeypatch.setattr("torch.cuda.get_device_name", lambda: "a GPU")
    found = experiments.compute(toy.experiment(gpu=gpu), config(3), compute="cuda")
    assert toy.calls[-1][1] == ("cuda" if gpu else "cpu")
    assert found.provenance["device"] == ("a GPU" if gpu else provenance.cpu_name())


@pytest.mark.usefixtures("toy")
def test_what_the_book_publishes_is_kept_in_the_project_and_the_rest_in_the_cache(config):
    assert experiments.place("toy", config(100, 1)) == paths.home() / "data" / "results"
    assert experiments.place("toy", config(1, 1)) == paths.cache() / "results"
    assert experiments.place("toy", config(100, 2)) == paths.cache() / "results"


@pytest.mark.usefixtures("toy")
def test_computed_table_is_stored_with_its_seed(config):
    assert experiments.kept("toy", config(100, 1)) is None
    result = experiments.compute("toy", config(100, 1))
    assert result.table.value.tolist() == [100]
    assert result.provenance["seeds"] == 1
    assert results.load("toy", config(100, 1)).provenance == result.provenance
    assert list(results.stored("toy")) == [results.config_hash(config(100, 1))]
    assert experiments.kept("toy", config(100, 1)).provenance == result.provenance


@pytest.mark.usefixtures("toy")
def test_a_table_of_other_code_is_told(config, monkeypatch):
    provenance = experiments.compute("toy", config()).provenance
    assert experiments.origin("toy", provenance) == ""
    monkeypatch.setattr(store.sources, "code", lambda _: "0" * 16)
    assert "computed at commit" in experiments.origin("toy", provenance)
    assert "by other code than this" in experiments.origin("toy", provenance)
    unknown = {**provenance, "code": None, "commit": "0123456789abcdef"}
    assert experiments.origin("toy", unknown) == "computed at commit 01234567"


def interrupt(config, **how):
    with pytest.raises(KeyboardInterrupt):
        experiments.compute("toy", config, **how)


def test_checkpoint_is_continued_or_dropped_as_asked_for(toy, config):
    for how, state in (({}, None), ({"resume": True}, {"epoch": 7}), ({"force": True}, None)):
        interrupt(config(13), **how)
        assert toy.calls[-1] == (config(13), "cpu", state)
    assert experiments.checkpoint("toy", config(13)).load() == {"epoch": 7}


def test_checkpoint_is_never_dropped_unasked(toy, config):
    interrupt(config(13))
    with pytest.raises(ResultError, match=r"unfinished run.*--resume, or start again with --force"):
        experiments.compute("toy", config(13))
    assert len(toy.calls) == 1
    assert experiments.checkpoint("toy", config(13)).load() == {"epoch": 7}


def test_a_run_is_not_continued_on_another_processor(toy, config, monkeypatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    monkeypatch.setattr("torch.cuda.get_device_name", lambda: "a GPU")
    toy.experiment(gpu=True)
    experiments.checkpoint("toy", config(2), "cuda").save({"epoch": 5})
    with pytest.raises(ResultError, match="began on cuda: continue it with --compute cuda, or"):
        experiments.compute("toy", config(2), resume=True)
    experiments.compute("toy", config(2), compute="cuda", resume=True)
    assert toy.calls[-1] == (config(2), "cuda", {"epoch": 5})
    experiments.checkpoint("toy", config(2)).save({"epoch": 5})  # of an earlier version
    experiments.compute("toy", config(2), resume=True)
    assert toy.calls[-1] == (config(2), "cpu", {"epoch": 5})


def test_finished_run_leaves_no_checkpoint(toy, config):
    unfinished = experiments.checkpoint("toy", config(2))
    unfinished.save({"epoch": 5})
    experiments.compute("toy", config(2), resume=True)
    assert toy.calls[-1][-1] == {"epoch": 5}
    assert list(unfinished.path.parent.iterdir()) == []


def test_two_processes_do_not_compute_the_same_run(toy, config):
    with (
        experiments.checkpoint("toy", config()).locked(),
        pytest.raises(ResultError, match=r"process \d+ is computing this run"),
    ):
        experiments.compute("toy", config(), force=True)
    assert toy.calls == []


def test_a_store_that_cannot_be_written_is_told_before_the_run(toy, config):
    (paths.cache()).mkdir()
    (paths.cache() / "results").write_text("a file where the folder should be")
    with pytest.raises(ResultError, match=r"cannot write .*results"):
        experiments.compute("toy", config())
    assert toy.calls == []


@pytest.mark.usefixtures("toy")
def test_a_resumed_run_counts_the_time_of_those_before_it(config, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    for seconds in (600, 30):
        before = experiments.checkpoint("toy", config(2))
        before.load()
        now[0] += seconds
        before.save({"epoch": 5})
    result = experiments.compute("toy", config(2), resume=True)
    assert result.provenance["wall_time_s"] == 630


@pytest.mark.usefixtures("toy")
def test_only_takes_whole_words():
    runs = experiments.jobs("toy", "smoke", (1, 10, 11))
    assert [run.seed for run in experiments.chosen(runs, "seed 1")] == [1]
    assert experiments.chosen(runs, "seed") == runs
    with pytest.raises(ResultError, match="no run has 'seed 9' in its label; there are: seed 1;"):
        experiments.chosen(runs, "seed 9")


def test_pages_use_the_profile_of_the_environment(monkeypatch):
    monkeypatch.delenv("ASYT_PROFILE", raising=False)
    assert experiments.profile() == "paper"
    monkeypatch.setenv("ASYT_PROFILE", "smoke")
    assert experiments.profile() == "smoke"
