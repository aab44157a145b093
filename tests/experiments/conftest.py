"""A toy experiment beside the real ones, with a project folder and a cache of its own."""

from dataclasses import dataclass, field

import pandas as pd
import pytest

from asyt.experiments import Config, Experiment, store


@dataclass(frozen=True)
class Toy(Config):
    size: int = 1
    seed: int = 0


@dataclass
class Runs:
    """The runs so far, and an experiment whose table is its size; size 13 is interrupted."""

    calls: list = field(default_factory=list)

    def plan(self, profile, seeds=None, devices=None):
        size = self.experiment().profiles[profile].size if devices is None else devices
        return [Toy(size, seed) for seed in seeds or (0, 1)]

    def run(self, config, execution):
        self.calls.append((config, execution.compute, execution.checkpoint.load()))
        if config.size == 13:
            execution.checkpoint.save({"epoch": 7})
            raise KeyboardInterrupt
        return pd.DataFrame({"value": [config.size]})

    def experiment(self, **more):
        sizes = {"smoke": Toy(1), "quick": Toy(10), "paper": Toy(100)}
        return Experiment("toy", sizes, self.plan, self.run, **more)


@pytest.fixture
def toy(tmp_path, monkeypatch):
    monkeypatch.setenv("ASYT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ASYT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("ASYT_COMPUTE", raising=False)
    runs = Runs()
    monkeypatch.setitem(store.EXTRA, "toy", runs.experiment(population=True))
    return runs


@pytest.fixture
def config():
    """Makes a config of the toy experiment: (size, seed)."""
    return Toy
