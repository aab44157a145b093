"""AsyT Fig. 5a: accuracies on MNIST, and the settings that the paper states for its simulation."""

from __future__ import annotations

import pandas as pd

from asyt.claims.criteria import Measurement
from asyt.claims.measured import _accuracies
from asyt.experiments import mnist

EXPERIMENTS = (mnist.EXPERIMENT,)
PAGE = "mnist.html"
ACCURACIES = {"asyt": "asyt-5a-asyt", "ideal-bp": "asyt-5a-bp", "insilico-bp": "asyt-5a-insilico"}
SETTINGS = ("asyt-s-mixing", "asyt-s-noise", "asyt-s-training", "asyt-s-same-init")
CLAIMS = (*ACCURACIES.values(), *SETTINGS)


def measure(table: pd.DataFrame) -> list[Measurement]:
    """The accuracies in the reading that decides, and the settings."""
    return _accuracies.measure(table, ACCURACIES, PAGE) + settings(mnist.PROFILES["paper"])


def readings(table: pd.DataFrame) -> pd.DataFrame:
    """Every reading of the noise judged by the same criteria."""
    return _accuracies.readings(table, ACCURACIES, PAGE)


def settings(config: mnist.Config) -> list[Measurement]:
    """Whether the configuration carries what the paper states about its simulation."""
    noise = f"{mnist.MEAN_SQUARE['noise_db']:g} dB"
    network = mnist.twin(config)
    used = (network.activation, network.output, config.optimizer, config.batch_size)
    stated = used == ("relu", "softmax", "SGD", 600) and 3e-5 <= config.rate <= 1e-4
    training = (
        f"batch {config.batch_size}, gradient descent, rate {config.rate:g}, ReLU, softmax, "
        "reshuffled each epoch"
    )
    return [
        Measurement(
            "asyt-s-mixing", reading="as configured", page=PAGE, carries=list(config.mixing)
        ),
        Measurement(
            "asyt-s-noise", reading="as configured, in two readings", page=PAGE, carries=noise
        ),
        Measurement("asyt-s-training", reading=training, page=PAGE, holds=stated),
        Measurement(
            "asyt-s-same-init",
            reading="compared before the first step",
            page=PAGE,
            holds=mnist.starts_alike(config),
        ),
    ]
