"""What tests share: small tasks and weights in float64, a toy experiment, and a browser."""

import itertools
import os
import shutil
import sys
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pytest
import torch

from asyt.experiments import Config, Experiment, store
from asyt.training import Data
from asyt.twins import Layer

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: So that a browser neither needs a screen nor asks for anything by itself.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser():
    """Headless Chromium as the system installed it."""
    from playwright.sync_api import sync_playwright

    path = next((p for p in map(shutil.which, BROWSERS) if p), None)
    if path is None:
        message = f"no browser: install one of {', '.join(BROWSERS)}"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, headless=True, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def draw_weights():
    """(layers, seed, lead, bias) -> weights (*lead, out, in), biases (*lead, out) of spread 1."""

    def draw(layers, seed=0, lead=(), bias=True):
        rng = np.random.default_rng(seed)
        return [
            Layer(
                torch.from_numpy(rng.standard_normal((*lead, n_out, n_in))),
                torch.from_numpy(rng.standard_normal((*lead, n_out))) if bias else None,
            )
            for n_in, n_out in zip(layers, layers[1:], strict=False)
        ]

    return draw


@pytest.fixture(scope="session")
def draw_batch():
    """(batch, n_in, n_out, seed) -> inputs (B, in) and one-hot targets (B, P)."""

    def draw(batch, n_in, n_out, seed=0):
        rng = np.random.default_rng((1, seed))
        labels = torch.from_numpy(rng.integers(n_out, size=batch))
        return torch.from_numpy(rng.standard_normal((batch, n_in))), torch.eye(
            n_out, dtype=torch.float64
        )[labels]

    return draw


@pytest.fixture(scope="session")
def blobs():
    """Three classes of 4 features that a perceptron can tell apart: 90 to train, 60 to test."""
    rng = np.random.default_rng(5)
    labels = rng.permutation(np.arange(150) % 3)
    x = torch.from_numpy(2.0 * np.eye(3, 4)[labels] + 0.5 * rng.standard_normal((150, 4)))
    y = torch.eye(3, dtype=torch.float64)[torch.from_numpy(labels)]
    return Data(x[:90], y[:90], x[90:], y[90:])


@pytest.fixture
def small_task(monkeypatch):
    """What every experiment then trains on: 40 and 20 samples, 6 features, 3 classes, float32."""
    x = torch.rand(60, 6, generator=torch.Generator().manual_seed(0))
    y = torch.eye(3)[torch.arange(60) % 3]
    data = Data(x[:40], y[:40], x[40:], y[40:])
    monkeypatch.setattr("asyt.experiments.tasks.load", lambda *_, **__: data)
    return data


@pytest.fixture(scope="session")
def crossed():
    """name=values, ... -> a table with a row for every combination."""

    def cross(**columns):
        return pd.DataFrame(itertools.product(*columns.values()), columns=list(columns))

    return cross


@pytest.fixture(scope="session")
def fig5a(crossed):
    """(final accuracies) -> runs of Fig. 5a: 5 readings x 3 seeds, 5 chips trained, 100 tested."""
    from asyt.experiments import mnist

    runs = crossed(reading=list(mnist.READINGS), seed=range(3), epoch=(0, 300), split=["test"])

    def fleet(method, name, chips, accuracy, step):
        values = [accuracy + step * chip for chip in range(chips)]
        chip = pd.DataFrame({"chip": range(chips), "accuracy": values})
        return runs.merge(chip, how="cross").assign(method=method, fleet=name)

    def table(asyt=0.957, ideal=0.969, insilico=0.25):
        ideal_bp = fleet("ideal-bp", "digital", 1, ideal, 0)
        tested = [fleet("insilico-bp", name, 100, insilico, 1e-3) for name in ("0.6", "1.2")]
        return pd.concat([ideal_bp, fleet("asyt", "0.6", 5, asyt, 1e-4), *tested])

    return table


@pytest.fixture(scope="session")
def demo5a(crossed):
    """(final accuracies) -> runs of `authors`: 5 orders of the samples, in-silico BP as the demo's.

    In-silico BP without update error, and on independent chips, is at 0.
    """
    runs = crossed(update_error=(0.0, 0.6), seed=range(5), epoch=(0, 300)).assign(split="test")

    def table(asyt=0.958, ideal=0.970, insilico=0.25):
        exact = runs[runs.update_error == 0]
        demo = runs.update_error.map({0.0: 0.0, 0.6: insilico})
        return pd.concat(
            [
                runs.assign(method="ideal-bp", fleet="digital", accuracy=ideal),
                exact.assign(method="asyt", fleet="demo", accuracy=asyt),
                runs.assign(method="insilico-bp", fleet="demo", accuracy=demo),
                runs.assign(method="insilico-bp", fleet="independent", accuracy=0.0),
            ]
        ).assign(chip=0)

    return table


@pytest.fixture(autouse=True)
def no_figure_stays_open():
    """Matplotlib keeps every figure until it is closed, and warns after twenty."""
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


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
    """The runs of experiment "toy", beside the real ones, with folders of its own."""
    (tmp_path / "home").mkdir()
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
