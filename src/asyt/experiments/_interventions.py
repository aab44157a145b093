"""AsyT with one thing changed, to find out what makes it collapse: none of this is in the paper."""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from asyt.devices import Device
from asyt.methods import METHODS
from asyt.methods.contract import Method
from asyt.methods.sources import Batch, DigitalStep
from asyt.twins import Weights


class FromError(Method):
    """AsyT whose device error is `error` of a batch instead of that of one pass."""

    name = "asyt"
    label = "AsyT"

    def __init__(self, error: Callable[[Batch], Tensor]):
        self.error = error

    def update(self, batch: Batch) -> Weights:
        """AsyT Eq. 3."""
        step = batch.step
        error = 0.5 * step.error + 0.5 * batch.scale * self.error(batch)
        return batch.twin.vjp(step.states, step.weights, error)


class Pulled(Method):
    """AsyT with weight decay of the controls towards the digital controls."""

    name = "asyt"
    label = "AsyT"

    def __init__(self, pull: float):
        self.pull = pull

    def update(self, batch: Batch) -> Weights:
        """Gradient + pull * (control - digital control)."""

        def pulled(gradient: Tensor, control: Tensor, digital: Tensor) -> Tensor:
            return gradient + self.pull * (control - digital)

        layers = zip(
            METHODS["asyt"].update(batch),
            batch.controls,
            batch.step.weights,
            strict=True,
        )
        update = []
        for gradient, control, digital in layers:
            update.append(gradient.map(pulled, control, digital))
        return update


def error_of(device: Device, batch: Batch) -> Tensor:
    """The output error of one pass, (C, B, P)."""
    readout = device(batch.controls, batch.x)
    return batch.twin.error(readout, batch.target)


def averaged(passes: int) -> FromError:
    """The mean error of several passes: its random part is smaller, its mean the same."""

    def error(batch: Batch) -> Tensor:
        errors = [error_of(batch.device, batch) for _ in range(passes)]
        return torch.stack(errors).mean(0)

    return FromError(error)


def centred(exact: Device) -> FromError:
    """The error without noise, and the random part of the noisy one: as large, of mean zero."""

    def error(batch: Batch) -> Tensor:
        one = error_of(batch.device, batch)
        other = error_of(batch.device, batch)
        random = (one - other) / math.sqrt(2)
        return error_of(exact, batch) + random

    return FromError(error)


class Held(Method):
    """AsyT that leans, after some steps, on the digital model of that moment."""

    name = "asyt"
    label = "AsyT"

    def __init__(self, steps: int):
        self.left = steps
        self.weights: Weights = []

    def update(self, batch: Batch) -> Weights:
        """AsyT Eq. 3 with the digital model held."""
        if self.left > 0:
            self.left -= 1
            self.weights = [layer.map(torch.clone) for layer in batch.step.weights]
        twin = batch.twin
        states = twin.forward(self.weights, batch.x)
        error = twin.error(states[-1], batch.target) * batch.scale
        held = DigitalStep(self.weights, states, error)
        leaning = batch._replace(step=held)
        return METHODS["asyt"].update(leaning)
