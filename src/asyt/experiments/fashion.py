"""Fashion-MNIST (AsyT Fig. 5b): the populations and settings of MNIST."""

from dataclasses import replace

from asyt.experiments import mnist
from asyt.experiments.base import Experiment, one_a_seed

PROFILES = {
    name: replace(config, dataset="fashion-mnist") for name, config in mnist.PROFILES.items()
}
#: The one reading whose runs are published; the others are still to be computed.
plan = one_a_seed(PROFILES, mnist.SEEDS, [mnist.READINGS["mean-square"]])
EXPERIMENT = Experiment("fashion", PROFILES, plan, mnist.run, population=True)
