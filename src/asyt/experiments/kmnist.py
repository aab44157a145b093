"""KMNIST (AsyT Fig. 5c), and a substitute for it: the populations and settings of MNIST."""

from dataclasses import replace

from asyt.experiments import mnist
from asyt.experiments.base import Experiment, Seeds, one_a_seed

PROFILES = {
    name: replace(config, dataset="kmnist-substitute") for name, config in mnist.PROFILES.items()
}
#: The standard 60,000 images where their files exist: `asyt run kmnist --profile standard`.
PROFILES["standard"] = replace(PROFILES["paper"], dataset="kmnist")


def plan(profile: str, seeds: Seeds = None, devices: int | None = None) -> list[mnist.Config]:
    """The noise that decides with every seed, and the first seed without noise."""
    noisy = one_a_seed(PROFILES, mnist.SEEDS, [mnist.MEAN_SQUARE])(profile, seeds, devices)
    return [*noisy, replace(noisy[0], noise_db=None)]


EXPERIMENT = Experiment("kmnist", PROFILES, plan, mnist.run, population=True)
