"""One seed of Fashion-MNIST trained on, four times as long, to see where ideal BP ends."""

from dataclasses import replace

from asyt.experiments import fashion
from asyt.experiments.base import Experiment, one_a_seed

PROFILES = {
    name: replace(
        config,
        epochs=4 * config.epochs,
        devices=1,
        population=20,
    )
    for name, config in fashion.PROFILES.items()
}
plan = one_a_seed(PROFILES)
EXPERIMENT = Experiment("fashion-long", PROFILES, plan, fashion.EXPERIMENT.run, population=True)
