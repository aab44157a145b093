"""Fashion-MNIST (AsyT Fig. 5b): the populations and settings of MNIST."""

from dataclasses import replace

from asyt.experiments import mnist
from asyt.experiments.base import Experiment, one_a_seed

PROFILES = {
    name: replace(config, dataset="fashion-mnist") for name, config in mnist.PROFILES.items()
}
plan = one_a_seed(
    PROFILES,
    mnist.SEEDS,
    list(mnist.READINGS.values()),
)
EXPERIMENT = Experiment("fashion", PROFILES, plan, mnist.run, population=True)
