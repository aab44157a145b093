"""AsyT Fig. 5a: accuracies on MNIST, and the settings that the paper states for its simulation."""

from pandas import DataFrame

from asyt.claims.criteria import Measurement
from asyt.claims.measured import _accuracies
from asyt.experiments import authors, authors_scale, input_scale, mnist

EXPERIMENTS = (
    mnist.EXPERIMENT,
    authors.EXPERIMENT,
    authors_scale.EXPERIMENT,
    input_scale.EXPERIMENT,
)
PAGE = "mnist.html"
ACCURACIES = {
    "asyt": "asyt-5a-asyt",
    "ideal-bp": "asyt-5a-bp",
    "insilico-bp": "asyt-5a-insilico",
}
SETTINGS = ("asyt-s-mixing", "asyt-s-noise", "asyt-s-training", "asyt-s-same-init")
CLAIMS = (*ACCURACIES.values(), *SETTINGS)


def measure(table: DataFrame, *others: DataFrame | None) -> list[Measurement]:
    """The accuracies in every reading, and the settings."""
    accuracies = _accuracies.measure(table, *others, claims=ACCURACIES, dataset="mnist")
    return accuracies + settings(mnist.PROFILES["paper"])


def settings(config: mnist.Config) -> list[Measurement]:
    """Whether the configuration carries what the paper states about its simulation."""
    decibels = mnist.READINGS["mean-square"]["noise_db"]
    noise = f"{decibels:g} dB"
    network = mnist.twin(config)
    used = (
        network.activation,
        network.output,
        config.optimizer,
        config.batch_size,
    )
    in_range = 3e-5 <= config.rate <= 1e-4
    stated = used == ("relu", "softmax", "SGD", 600) and in_range
    training = (
        f"batch {config.batch_size}, gradient descent, rate {config.rate:g}, ReLU, softmax, "
        "reshuffled each epoch"
    )
    alike = mnist.starts_alike(config)
    compared = "compared before the first step"
    return [
        Measurement("asyt-s-mixing", note="as configured", carries=list(config.mixing)),
        Measurement("asyt-s-noise", note="as configured, in four readings", carries=noise),
        Measurement("asyt-s-training", note=training, holds=stated),
        Measurement("asyt-s-same-init", note=compared, holds=alike),
    ]
