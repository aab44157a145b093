"""What is read and written for one sample of Iris, counted by devices that run: AsyT Fig. 1."""

from dataclasses import dataclass

import pandas as pd

from asyt.experiments import base, iris
from asyt.experiments.base import HERE, Execution, Experiment


@dataclass(frozen=True)
class Config(base.Config):
    """The network and the chips of the Iris experiment; the seed is that of its split and start."""

    layers: tuple[int, ...] = iris.Config.layers
    devices: int = iris.Config.devices
    seed: int = 0


PROFILES = {
    "smoke": Config(devices=3),
    "quick": Config(),
    "paper": Config(),
}


def run(config: Config, execution: Execution = HERE) -> pd.DataFrame:
    """Send the training flowers once through closed chips, and once through open ones.

    Returns:
        A row a structure (encapsulated, truncated): reads, writes, accesses and time_steps a
        sample, as the chips counted them.
    """
    network = iris.Config(
        layers=config.layers,
        devices=config.devices,
        seed=config.seed,
    )
    trainer = iris.build(network, execution.compute)
    controls = trainer.branches["asyt"].controls
    x = trainer.data.train_x
    closed = iris.chips(network, execution.compute)
    closed(controls, x)
    opened = iris.chips(network, execution.compute, encapsulated=False)
    opened.layer_by_layer(controls, x)
    rows = [
        {"structure": "encapsulated", **closed.accesses.a_sample()},
        {"structure": "truncated", **opened.accesses.a_sample()},
    ]
    return pd.DataFrame(rows)


EXPERIMENT = Experiment(
    "concept",
    PROFILES,
    base.one_a_seed(PROFILES),
    run,
    population=True,
)
