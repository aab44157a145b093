"""KMNIST (AsyT Fig. 5c), and a substitute for it: the populations and settings of MNIST."""

from dataclasses import replace

from asyt.experiments import mnist
from asyt.experiments.base import Experiment, one_a_seed

PROFILES = {
    name: replace(config, dataset="kmnist-substitute") for name, config in mnist.PROFILES.items()
}
#: The standard 60,000 images where their files exist: `asyt run kmnist --profile standard`.
PROFILES["standard"] = replace(PROFILES["paper"], dataset="kmnist")

plan = one_a_seed(
    PROFILES,
    mnist.SEEDS,
    list(mnist.READINGS.values()),
)
EXPERIMENT = Experiment("kmnist", PROFILES, plan, mnist.run, population=True)
