"""Whether a network trained by light needs the light afterwards: it is saved, loaded and used."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace

import pandas as pd
import torch

from asyt.devices import OpticalProcessingUnit
from asyt.experiments import base
from asyt.experiments.base import HERE, Execution, Experiment, Seeds
from asyt.methods import feedback
from asyt.twins import Layer, Perceptron, Weights


@dataclass(frozen=True)
class Config(base.Config):
    """One step of a small network, on ten samples; all values are ours."""

    layers: tuple[int, ...] = (20, 16, 16, 10)
    threshold: float = 0.05
    seed: int = 0


#: Milliseconds: every profile has the one run.
PROFILES = {
    "smoke": Config(),
    "quick": Config(),
    "paper": Config(),
}


def plan(profile: str, seeds: Seeds = None) -> list[Config]:
    """One run a seed."""
    return [replace(PROFILES[profile], seed=seed) for seed in seeds or (0,)]


def run(config: Config, _execution: Execution = HERE) -> pd.DataFrame:
    """Take a step with an optical unit, save the network, load it, and use it.

    Returns:
        Rows (quantity, value): equal, 1 where the loaded network's outputs equal the trained one's;
        training frames and frames, those the unit took in the step and after it.
    """
    inputs, outputs = config.layers[0], config.layers[-1]
    twin = Perceptron(config.layers, activation="tanh")
    weights = feedback.initial(twin, config.seed)
    hidden = sum(config.layers[1:-1])
    unit = OpticalProcessingUnit(outputs, hidden, config.seed)
    x = torch.linspace(-1, 1, outputs * inputs).reshape(outputs, inputs)
    states = twin.forward(weights, x)
    error = twin.error(states[-1], torch.eye(outputs))
    rule = feedback.direct_rule(twin, unit.project, config.threshold)
    updates = rule(states, weights, error)
    for layer, update in zip(weights, updates, strict=True):
        if update is not None:
            layer.weight.sub_(update.weight)
    trained = unit.exposures
    expected = twin.forward(weights, x)[-1]
    found = twin.forward(_saved_and_loaded(weights), x)[-1]
    counted = {
        "equal": float(torch.equal(found, expected)),
        "training frames": float(trained),
        "frames": float(unit.exposures - trained),
    }
    return pd.DataFrame({"quantity": counted.keys(), "value": counted.values()})


def _saved_and_loaded(weights: Weights) -> Weights:
    file = io.BytesIO()
    torch.save([tuple(layer) for layer in weights], file)
    file.seek(0)
    return [Layer(*layer) for layer in torch.load(file)]


def frames(table: pd.DataFrame) -> float:
    """Frames taken while the loaded network is used."""
    return float(table.set_index("quantity").value["frames"])


EXPERIMENT = Experiment("dfa-inference", PROFILES, plan, run, gpu=False)
