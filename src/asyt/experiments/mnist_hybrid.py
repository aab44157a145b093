"""MNIST on a hybrid network: digital linear layers around second-harmonic generation."""

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
import torch
from torch import Tensor, nn

from asyt import streams
from asyt.devices.shg_network import SHGNetwork
from asyt.experiments import base, summaries, tasks
from asyt.experiments.base import HERE, Execution, Experiment, Seeds
from asyt.training import Data

#: What is trained, by the name in the table -> the method of the network's physical modules. The
#: network of "insilico-bp" is tested on its twin, too, as "ideal-bp".
TRAINED = {"linear": None, "pat": "pat", "insilico-bp": "insilico-bp"}


@dataclass(frozen=True)
class Config(base.Config):
    """One bench and one seed, all methods. All settings are ours and not tuned.

    Epochs and batch size were changed once, for computing time, after one short run had been seen.

    Attributes:
        rate: of Adam, falling to zero along a cosine.
        samples: training images used, and at most as many test images; None is all.
    """

    seed: int = 0
    pulses: int = 8
    epochs: int = 3
    batch_size: int = 200
    rate: float = 0.002
    samples: int | None = None


PROFILES = {
    "smoke": Config(epochs=2, samples=500),
    "quick": Config(samples=10_000),
    "paper": Config(),
}


def plan(profile: str, seeds: Seeds = None) -> list[Config]:
    """One run a bench; bench j starts from seed j."""
    if not seeds:
        seeds = tuple(range(2 if profile == "smoke" else 5))
    config = PROFILES[profile]
    return [replace(config, seed=seed) for seed in seeds]


def run(config: Config, execution: Execution = HERE) -> pd.DataFrame:
    """Train the linear layers alone, the network under PAT, and the network on its twin.

    Returns:
        Tidy rows: epoch, method, accuracy (test, fraction).
    """
    data = tasks.load("mnist", samples=config.samples, scale=tasks.pixels)
    test_x = data.test_x[: config.samples]
    test_y = data.test_y[: config.samples]
    data = replace(data, test_x=test_x, test_y=test_y)
    checkpoint = execution.checkpoint
    done = (checkpoint.load() if checkpoint else None) or {}
    for name in TRAINED:
        if name in done:
            continue
        done[name] = train(config, name, data)
        if checkpoint:
            checkpoint.save(done)
    parts = [pd.DataFrame(done[name]) for name in TRAINED]
    return pd.concat(parts, ignore_index=True)


def train(
    config: Config,
    name: str,
    data: Data,
) -> list[dict[str, Any]]:
    """Train one network of `TRAINED`; rows of its accuracies."""
    network = start(config, name)
    optimizer = torch.optim.Adam(network.parameters(), lr=config.rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, config.epochs)
    rows = []
    for epoch in range(config.epochs):
        _one_epoch(config, network, optimizer, data, epoch)
        schedule.step()
        tested = {}
        if name == "insilico-bp":
            tested["ideal-bp"] = accuracy(network, data)
        tested[name] = accuracy(network.eval(), data)
        for method, value in tested.items():
            rows.append(
                {
                    "epoch": epoch + 1,
                    "method": method,
                    "accuracy": value,
                }
            )
    return rows


def start(config: Config, name: str) -> SHGNetwork:
    """A network of `TRAINED` before training."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        return SHGNetwork(config.pulses, config.seed, TRAINED[name])


def _one_epoch(
    config: Config,
    network: SHGNetwork,
    optimizer: torch.optim.Optimizer,
    data: Data,
    epoch: int,
) -> None:
    network.train()
    x = data.train_x
    labels = data.train_y.argmax(-1)
    order = streams.permutation(len(x), "batches", config.seed, epoch)
    for batch in order.split(config.batch_size):
        optimizer.zero_grad()
        scores = network(x[batch])
        nn.functional.cross_entropy(scores, labels[batch]).backward()
        optimizer.step()
        network.confine()


@torch.no_grad()
def accuracy(network: nn.Module, data: Data) -> float:
    """The share of test images whose largest score is the right one."""
    predicted: Tensor = network(data.test_x).argmax(-1)
    right = predicted == data.test_y.argmax(-1)
    return float(right.double().mean())


def ends(table: pd.DataFrame) -> pd.DataFrame:
    """Final accuracies in percent, one row a seed, one column a method."""
    last = summaries.final(table)
    fractions = last.pivot(
        index="seed",
        columns="method",
        values="accuracy",
    )
    return 100 * fractions


EXPERIMENT = Experiment("mnist-hybrid", PROFILES, plan, run, gpu=False)
