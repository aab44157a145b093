"""Experiments by name: their runs, where tables are kept, and what is computed when; on a toy experiment."""

import dataclasses
import sys
import time
import types

import pandas as pd
import pytest

from asyt import experiments, paths, results
from asyt.errors import AsytError, ResultError, UnknownNameError


@dataclasses.dataclass(frozen=True)
class Config:
    size: int = 1
    seed: int = 0

    @property
    def label(self):
        return f"toy, size {self.size}, seed {self.seed}"

    @property
    def columns(self):
        return {"seed": self.seed}


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """An experiment whose table is its size, and the list of its runs so far."""
    monkeypatch.setenv("ASYT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ASYT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("ASYT_COMPUTE", raising=False)
    module = types.ModuleType("toy_experiment")
    module.PROFILES = {"smoke": Config(1), "paper": Config(100)}
    module.calls = []

    def jobs(profile, seeds=(0, 1), devices=None):
        size = module.PROFILES[profile].size if devices is None else devices
        return [Config(size, seed) for seed in seeds]

    def run(config, *, device, checkpoint, progress):
        module.calls.append((config, device, checkpoint.load()))
        if config.size == 13:
            checkpoint.save({"epoch": 7})
            raise KeyboardInterrupt
        return pd.DataFrame({"value": [config.size]})

    module.jobs, module.run = jobs, run
    monkeypatch.setitem(sys.modules, "toy_experiment", module)
    monkeypatch.setitem(experiments.EXPERIMENTS, "toy", "toy_experiment")
    return module


def test_jobs_are_those_of_the_module(toy):
    assert experiments.jobs("toy", "smoke") == [Config(1, 0), Config(1, 1)]
    assert experiments.jobs("toy", "smoke", (5,), 9) == [Config(9, 5)]


@pytest.mark.parametrize("experiment", list(experiments.EXPERIMENTS))
def test_jobs_of_the_book_have_labels_and_hashes_of_their_own(experiment):
    for profile in ("smoke", "quick", "paper"):
        configs = experiments.jobs(experiment, profile)
        assert len({config.label for config in configs}) == len(configs) > 0
        assert len({results.config_hash(config) for config in configs}) == len(configs)
        assert {config.seed for config in experiments.jobs(experiment, profile, (41, 42))} == {
            41,
            42,
        }


def test_unknown_names_are_refused(toy):
    with pytest.raises(UnknownNameError, match="unknown experiment 'toyy': did you mean 'toy'"):
        experiments.jobs("toyy", "smoke")
    with pytest.raises(UnknownNameError, match="unknown profile 'papper': did you mean 'paper'"):
        experiments.jobs("toy", "papper")
    with pytest.raises(UnknownNameError, match="unknown compute device 'cpi': did you mean 'cpu'"):
        experiments.compute("toy", Config(), compute="cpi")
    assert toy.calls == []


def test_missing_gpu_is_told(toy, monkeypatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    with pytest.raises(AsytError, match="no CUDA device; use --device cpu"):
        experiments.compute("toy", Config(), compute="cuda")
    assert toy.calls == []


def test_an_experiment_of_the_cpu_runs_there_and_says_so(toy, monkeypatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    monkeypatch.setattr(experiments, "CPU_ONLY", {"toy"})
    monkeypatch.setattr("torch.cuda.get_device_name", lambda: "a GPU")
    found = experiments.compute("toy", Config(3), compute="cuda")
    assert toy.calls[-1][1] == "cpu"
    assert found.provenance["device"] == results.cpu_name()
    monkeypatch.setattr(experiments, "CPU_ONLY", ())
    assert experiments.compute("toy", Config(4), compute="cuda").provenance["device"] == "a GPU"


def test_what_the_book_publishes_is_kept_in_the_project_and_the_rest_in_the_cache(toy):
    assert experiments.place("toy", Config(100, 1)) == paths.home() / "data" / "results"
    assert experiments.place("toy", Config(1, 1)) == paths.cache() / "results"
    assert experiments.place("toy", Config(100, 2)) == paths.cache() / "results"


def test_computed_table_is_stored_with_its_seed(toy):
    result = experiments.compute("toy", Config(100, 1))
    assert result.table.value.tolist() == [100]
    assert result.provenance["seeds"] == 1
    assert results.load("toy", Config(100, 1)).provenance == result.provenance
    assert list(results.stored("toy")) == [results.config_hash(Config(100, 1))]


def test_checkpoint_is_used_only_when_asked_for_and_dropped_when_done(toy):
    for resume, state in ((False, None), (True, {"epoch": 7}), (False, None)):
        with pytest.raises(KeyboardInterrupt):
            experiments.compute("toy", Config(13), resume=resume)
        assert toy.calls[-1] == (Config(13), "cpu", state)
    experiments.checkpoint("toy", Config(2)).save({"epoch": 5})
    experiments.compute("toy", Config(2), resume=True)
    assert toy.calls[-1][-1] == {"epoch": 5}
    assert experiments.checkpoint("toy", Config(2)).load() is None
    assert experiments.checkpoint("toy", Config(13)).load() == {"epoch": 7}


def test_a_resumed_run_counts_the_time_of_those_before_it(toy, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(time, "time", lambda: now[0])
    for seconds in (600, 30):
        before = experiments.checkpoint("toy", Config(2))
        before.load()
        now[0] += seconds
        before.save({"epoch": 5})
    assert experiments.compute("toy", Config(2), resume=True).provenance["wall_time_s"] == 630


def test_table_of_a_small_profile_is_computed_once(toy):
    wanted = pd.DataFrame({"seed": [0, 1], "value": [1, 1]})
    for _ in range(2):
        pd.testing.assert_frame_equal(experiments.table("toy", "smoke"), wanted)
    assert len(toy.calls) == 2
    assert experiments.table("toy", "smoke", "seed 1").seed.tolist() == [1]


def test_table_of_the_paper_profile_is_never_computed_by_a_page(toy):
    with pytest.raises(ResultError, match="compute it with `asyt run toy --profile paper`"):
        experiments.table("toy", "paper")
    assert toy.calls == []
    for config in experiments.jobs("toy", "paper"):
        experiments.compute("toy", config)
    assert experiments.table("toy", "paper").value.tolist() == [100, 100]


def test_table_of_no_run_is_refused(toy):
    with pytest.raises(ResultError, match="no run of 'toy' at profile 'smoke' has 'seed 9'"):
        experiments.table("toy", "smoke", "seed 9")


def test_pages_use_the_profile_of_the_environment(monkeypatch):
    monkeypatch.delenv("ASYT_PROFILE", raising=False)
    assert experiments.profile() == "paper"
    monkeypatch.setenv("ASYT_PROFILE", "smoke")
    assert experiments.profile() == "smoke"
