"""Other people's simulators as the device: Iris by in-silico BP, PAT and AsyT.

Each simulator is a file of examples/, a black box with errors of its own behind `PhysicalModule`.
"""

import ast
import hashlib
import importlib.metadata
import importlib.util
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from types import ModuleType

import pandas as pd
import torch
from torch import Tensor, nn

from asyt import paths
from asyt.errors import AsytError, lookup
from asyt.experiments import base, tasks
from asyt.experiments.base import HERE, Execution, Experiment, Seeds
from asyt.physical import asyt
from asyt.training import Data

#: examples/gallery_NAME.py -> the package that simulates its device.
SIMULATORS = {
    "torchoptics": "torchoptics",
    "sax": "sax",
    "aihwkit": "aihwkit",
    "pendula": "scipy",
}
TITLES = {
    "torchoptics": "diffractive network",
    "sax": "interferometer mesh",
    "aihwkit": "memory tiles",
    "pendula": "coupled pendula",
}


class MissingPackageError(AsytError):
    """A simulator of the gallery is not installed."""


@dataclass(frozen=True)
class Config(base.Config):
    """One simulator and one seed (split and initial controls); all settings are ours.

    Gains, steps and rate were chosen once so that the twin learns its training flowers; a rate of
    0.05, at which AsyT collapsed on some devices of the first trials, was given up for 0.02.

    Attributes:
        errors: factors on the errors of the examples.
        steps: of Adam, each on all training flowers.
    """

    by = ("simulator", "seed")

    simulator: str = "pendula"
    seed: int = 0
    devices: int = 3
    errors: tuple[float, ...] = (0.25, 0.5, 1.0)
    steps: int = 200
    rate: float = 0.02


#: Splits and starts; on each the same three chips.
SEEDS = (0, 1, 2, 3)
PROFILES = {
    "smoke": Config(devices=2, errors=(1.0,), steps=3),
    "quick": Config(devices=2, steps=50),
    "paper": Config(),
}


def plan(profile: str, seeds: Seeds = None, devices: int | None = None) -> list[Config]:
    """Each simulator with every seed; below the published scale the one that needs no package."""
    config = PROFILES[profile]
    config = replace(config, devices=devices or config.devices)
    names = tuple(SIMULATORS)
    published: tuple[int, ...] = SEEDS
    if profile != "paper":
        names = ("pendula",)
        published = SEEDS[:1]
    runs = product(names, seeds or published)
    return [replace(config, simulator=name, seed=seed) for name, seed in runs]


def version(simulator: str) -> str | None:
    """Of the package behind a simulator; None where it is not installed."""
    package = SIMULATORS[lookup(simulator, SIMULATORS, "simulator")]
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def source(simulator: str) -> Path:
    """The file of a simulator."""
    return paths.home() / "examples" / f"gallery_{simulator}.py"


def fingerprint(simulator: str) -> str:
    """8 hex digits that change with the file of a simulator, comments apart."""
    text = source(simulator).read_text(encoding="utf-8")
    code = ast.dump(ast.parse(text))
    return hashlib.sha256(code.encode()).hexdigest()[:8]


def example(simulator: str) -> ModuleType:
    """The file examples/gallery_NAME.py of a checkout, imported.

    Raises:
        MissingPackageError: its package is not installed.
        AsytError: there is no such file, as outside of a checkout.
    """
    if version(simulator) is None:
        raise MissingPackageError(
            f"'{simulator}' needs the package {SIMULATORS[simulator]}, which is not installed: "
            "pip install 'asyt[gallery]'."
        )
    file = source(simulator)
    spec = importlib.util.spec_from_file_location(file.stem, file)
    if not file.is_file() or spec is None or spec.loader is None:
        raise AsytError(f"no file {file}: the gallery runs in a checkout of the project.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(config: Config, _execution: Execution = HERE) -> pd.DataFrame:
    """Train the twin once, and every device by PAT and by AsyT.

    Returns:
        Tidy rows: errors, method (ideal-bp is the twin by itself), chip, accuracy (test, fraction),
        version (of the simulator's package), source (fingerprint of its file).
    """
    build = example(config.simulator).network
    data = tasks.load("iris", scale=tasks.powers, split_seed=config.seed)
    twin = trained(build("insilico-bp", 0, config.seed), data, config)
    ideal = accuracy(twin.train(), data)
    rows = []
    for errors in config.errors:
        rows.append((errors, "ideal-bp", 0, ideal))
        for chip in range(config.devices):
            network = build("insilico-bp", chip, config.seed, errors)
            network.load_state_dict(twin.state_dict())
            tested = accuracy(network.eval(), data)
            rows.append((errors, "insilico-bp", chip, tested))
            for method in ("pat", "asyt"):
                network = build(method, chip, config.seed, errors)
                network = trained(network, data, config)
                tested = accuracy(network.eval(), data)
                rows.append((errors, method, chip, tested))
    table = pd.DataFrame(rows, columns=["errors", "method", "chip", "accuracy"])
    return table.assign(
        version=version(config.simulator),
        source=fingerprint(config.simulator),
    )


def trained(network: nn.Module, data: Data, config: Config) -> nn.Module:
    """The network after `steps` of Adam; noise of torch's generator is that of the seed."""
    x = data.train_x
    labels = data.train_y.argmax(-1)

    def loss(scores: Tensor) -> Tensor:
        return nn.functional.cross_entropy(scores, labels)

    methods = [getattr(module, "method", "") for module in network.modules()]
    two_passes = "asyt" in methods
    optimizer = torch.optim.Adam(network.parameters(), config.rate)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        for _ in range(config.steps):
            optimizer.zero_grad()
            if two_passes:
                asyt(network, x, loss).backward()
            else:
                loss(network(x)).backward()
            optimizer.step()
    return network


@torch.no_grad()
def accuracy(network: nn.Module, data: Data) -> float:
    """The share of test flowers whose largest score is the right one; on devices in `eval` mode."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        said: Tensor = network(data.test_x).argmax(-1)
    right = said == data.test_y.argmax(-1)
    return float(right.double().mean())


def ranges(table: pd.DataFrame) -> pd.DataFrame:
    """Percent: mean, lowest and highest draw of each simulator, errors and method, and n."""
    keys = ["simulator", "errors", "method"]
    accuracies = table.groupby(keys, sort=False).accuracy
    fractions = accuracies.agg(centre="mean", low="min", high="max")
    percent = fractions.mul(100)
    return percent.assign(n=accuracies.size()).reset_index()


def shown(table: pd.DataFrame, errors: float) -> pd.DataFrame:
    """`ranges` at one size of the errors as a page shows them, a row a simulator."""
    chosen = table[table.errors == errors]
    rows = []
    for name, group in ranges(chosen).groupby("simulator", sort=False):
        of_simulator = chosen[chosen.simulator == name]
        row = {
            "device": TITLES[name],
            "package": SIMULATORS[name],
            "version": of_simulator.version.iloc[0],
        }
        for draws in group.itertuples():
            row[draws.method] = f"{draws.centre:.0f} ({draws.low:.0f} to {draws.high:.0f})"
        row["n"] = group.n.max()
        rows.append(row)
    return pd.DataFrame(rows)


EXPERIMENT = Experiment(
    "gallery",
    PROFILES,
    plan,
    run,
    population=True,
    gpu=False,
)
