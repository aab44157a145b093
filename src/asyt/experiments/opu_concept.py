"""What light does for one training sample, and for none of inference: Light-in-the-loop Fig. 1.

Frames are those of the stored optical runs of experiment `dfa`; what a frame reads and returns,
and what inference takes, is counted by a unit that runs here.
"""

import io
from dataclasses import dataclass
from typing import Any

import pandas as pd
import torch
from torch import Tensor

from asyt.devices import OpticalProcessingUnit
from asyt.devices.opu.unit import FRAME_RATE
from asyt.experiments import base, store, tables
from asyt.experiments.base import HERE, Execution, Experiment, one_a_seed
from asyt.methods import feedback
from asyt.twins import Layer, Perceptron, Weights

METHOD = "dfa-optical"
TRAINING_SAMPLES = 60_000  # of MNIST


@dataclass(frozen=True)
class Config(base.Config):
    """Which optical runs are counted, and the seed of the unit beside them."""

    runs: str = "paper"  # profile of experiment `dfa`
    seed: int = 0


PROFILES = {name: Config(name) for name in ("smoke", "quick", "paper")}
plan = one_a_seed(PROFILES)


def run(config: Config, _execution: Execution = HERE) -> pd.DataFrame:
    """Read the exposures of the optical runs, and count what a unit of their size gives.

    Returns:
        One row: the network (inputs, hidden, outputs), frames, camera pixels and returned values a
        training sample, inference_frames, seconds that the frames of a training take at 1.5 kHz,
        unchanged (whether a saved network answers as before).
    """
    runs = tables.table("dfa", config.runs, only=METHOD)
    exposures = runs[runs.quantity == "exposures"].value.mean()
    jobs = store.jobs("dfa", config.runs)
    trained = next(job for job in jobs if job.method == METHOD)
    row = counters(trained, float(exposures), config.seed)
    return pd.DataFrame([row])


def counters(
    trained: Any,
    exposures: float,
    seed: int = 0,
) -> dict[str, Any]:
    """What light did in an optical run, by its configuration and frames.

    `seed` is that of the unit that projects here.
    """
    inputs, *hidden, outputs = trained.layers
    samples = trained.samples or TRAINING_SAMPLES
    frames = exposures / (samples * trained.epochs)
    unit = OpticalProcessingUnit(
        outputs,
        sum(hidden),
        seed,
        trained.holography,
    )
    projected = unit.project(torch.eye(outputs))
    unchanged, inference_frames = inference()
    return {
        "inputs": inputs,
        "hidden": hidden[0],
        "outputs": outputs,
        "frames": frames,
        "pixels": frames * unit.pixels,
        "values": projected.shape[1],
        "inference_frames": inference_frames,
        "seconds": exposures / FRAME_RATE,
        "unchanged": unchanged,
    }


def inference() -> tuple[bool, int]:
    """Take a step with an optical unit, save the network, load it, and use it.

    Returns:
        Whether it answers as before, and how many frames the unit took for that.
    """
    twin = Perceptron((20, 16, 16, 10), activation="tanh")
    weights = twin.initial(0, 0.25, 0.0)
    x = torch.linspace(-1, 1, 200).reshape(10, 20)
    unit = OpticalProcessingUnit(10, 32, 0)
    _take_step(twin, weights, x, unit)
    exposures = unit.exposures
    loaded = _saved_and_loaded(weights)
    before = twin.forward(weights, x)[-1]
    after = twin.forward(loaded, x)[-1]
    return torch.equal(after, before), unit.exposures - exposures


def _take_step(
    twin: Perceptron,
    weights: Weights,
    x: Tensor,
    unit: OpticalProcessingUnit,
) -> None:
    """One step of optical DFA, in place."""
    states = twin.forward(weights, x)
    error = twin.error(states[-1], torch.eye(10))
    ternary = feedback.ternarise(error, 0.05)
    projected = unit.project(ternary)
    updates = feedback.dfa(twin, states, weights, error, projected)
    for layer, update in zip(weights, updates, strict=True):
        layer.weight.sub_(update.weight)


def _saved_and_loaded(weights: Weights) -> Weights:
    file = io.BytesIO()
    torch.save([tuple(layer) for layer in weights], file)
    file.seek(0)
    return [Layer(*layer) for layer in torch.load(file)]


EXPERIMENT = Experiment("opu-concept", PROFILES, plan, run, gpu=False)
