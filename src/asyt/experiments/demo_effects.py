"""What each setting of the authors' public demo does on MNIST: the numbers of the page of errata.

Some are of stored runs. The others are of short trainings of one chip without noise, each of which
changes one setting.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from asyt.devices import DistortedDevice, demo
from asyt.experiments import mnist, mnist_demo, summaries, tasks
from asyt.training import Data, Trainer

#: A short training: `FEW` epochs of it below the paper profile.
SHORT = mnist.Config(
    samples=6000,
    epochs=20,
    devices=1,
)
FEW = 2
#: Name of a short training -> the settings that it changes.
CHANGES: Mapping[str, Mapping[str, Any]] = {
    "base": {},
    "slow": {"rate": 5e-5},
    "averaged": {"reduction": "mean"},
    "biases": {"bias_scale": 0.1},
}


def short(config: mnist.Config = SHORT) -> dict[str, float]:
    """Train one chip with every change of `CHANGES`, and on pixels as they are.

    Returns:
        NAME_asyt and NAME_model: test accuracies of the chip and of its digital model; reach: the
        largest hidden value of "base", of its layer's limit A. All in percent.
    """
    base = train(config)
    percent = {
        "reach": reach(base, config),
        **accuracies("base", base),
    }
    for name, changes in CHANGES.items():
        if changes:
            changed = train(replace(config, **changes))
            percent |= accuracies(name, changed)
    pixels = tasks.load(
        config.dataset,
        samples=config.samples,
        scale=tasks.pixels,
    )
    on_pixels = train(config, pixels)
    return percent | accuracies("pixels", on_pixels)


def train(config: mnist.Config, data: Data | None = None) -> Trainer:
    """A trainer after its epochs, tested after the last."""
    trainer = mnist.build(config, data=data)
    trainer.fit(lambda epoch: epoch == config.epochs)
    return trainer


def accuracies(name: str, trainer: Trainer) -> dict[str, float]:
    """Test accuracies in percent, of the chip and of its digital model."""
    percent = {}
    for row in trainer.rows:
        if row["split"] == "test":
            percent[row["method"]] = 100 * row["accuracy"]
    return {
        f"{name}_asyt": percent["asyt"],
        f"{name}_model": percent["ideal-bp"],
    }


def reach(trainer: Trainer, config: mnist.Config) -> float:
    """The largest hidden value of the chip on test data, in percent of its layer's limit A."""
    (branch,) = trainer.branches.values()
    opened = DistortedDevice(
        mnist.twin(config),
        1,
        mnist.CHIPS,
        distortion=config.distortion,
        encapsulated=False,
    )
    _, *hidden, _ = opened.propagate(branch.controls, trainer.data.test_x)
    limits = config.layers[: len(hidden)]  # A is the number of a layer's inputs
    shares = []
    for z, limit in zip(hidden, limits, strict=True):
        shares.append(float(z.max()) / limit)
    return 100 * max(shares)


def shipped(table: pd.DataFrame) -> dict[str, float]:
    """Of the runs of `mnist_demo`, in percent: as shipped and as written, tied and independent."""
    outcome = mnist_demo.outcome(table)
    last = outcome.set_index(["variant", "method", "fleet"]).centre
    update = mnist_demo.without_update_error(table)
    return {
        "shipped": last["shipped", "asyt", "tied"],
        "written": last["written", "asyt", "tied"],
        "shipped_model": last["shipped", "ideal-bp", "digital"],
        "written_model": last["written", "ideal-bp", "digital"],
        "tied": last["insilico", "insilico-bp", "tied"],
        "independent": last["insilico", "insilico-bp", "independent"],
        "update_with": update.accuracy[demo.DISTORTION],
        "update_without": update.accuracy[0.0],
        "update_epochs": update.epoch[0.0],
    }


def orders(table: pd.DataFrame, own: pd.DataFrame) -> dict[str, float]:
    """Of the runs of `authors`, over the orders of the samples, beside ideal BP of `mnist`.

    All in percent, after the last epoch; low and high are the least and the greatest.
    """
    last = summaries.final(table).set_index(["method", "fleet", "update_error"])
    percent = 100 * last.accuracy.sort_index()
    wrong = percent["insilico-bp", "demo", demo.DISTORTION]
    exact = percent["insilico-bp", "demo", 0.0]
    others_wrong = percent["insilico-bp", "independent", demo.DISTORTION]
    others_exact = percent["insilico-bp", "independent", 0.0]
    asyt = percent["asyt", "demo", 0.0]
    ideal = percent["ideal-bp", "digital", 0.0]
    own_last = summaries.final(own)
    own_ideal = own_last.query("method == 'ideal-bp' and reading == 'independent'")
    return {
        "demo_wrong": wrong.mean(),
        "demo_wrong_low": wrong.min(),
        "demo_wrong_high": wrong.max(),
        "demo_exact": exact.mean(),
        "demo_exact_low": exact.min(),
        "demo_exact_high": exact.max(),
        "others_wrong": others_wrong.median(),
        "others_exact": others_exact.median(),
        "demo_bp": ideal.mean(),
        "own_bp": 100 * own_ideal.accuracy.mean(),
        "demo_asyt_low": asyt.min(),
        "demo_asyt_high": asyt.max(),
    }
