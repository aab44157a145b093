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

    name, label = "asyt", "AsyT"

    def __init__(self, error: Callable[[Batch], Tensor]):
        self.error = error

    def update(self, batch: Batch) -> Weights:
        """AsyT Eq. 3."""
        error = 0.5 * batch.step.error + 0.5 * batch.scale * self.error(batch)
        return batch.twin.vjp(batch.step.states, batch.step.weights, error)


class Pulled(Method):
    """AsyT with weight decay of the controls towards the digital controls."""

    name, label = "asyt", "AsyT"

    def __init__(self, pull: float):
        self.pull = pull

    def update(self, batch: Batch) -> Weights:
        """Gradient + pull * (control - digital control)."""

        def pulled(gradient: Tensor, control: Tensor, digital: Tensor) -> Tensor:
            return gradient + self.pull * (control - digital)

        parts = zip(
            METHODS["asyt"].update(batch),
            batch.controls,
            batch.step.weights,
            strict=True,
        )
        return [gradient.map(pulled, control, digital) for gradient, control, digital in parts]


def error_of(device: Device, batch: Batch) -> Tensor:
    """The output error of one pass, (C, B, P)."""
    return batch.twin.error(device(batch.controls, batch.x), batch.target)


def averaged(passes: int) -> FromError:
    """The mean error of several passes: its random part is smaller, its mean the same."""

    def error(batch: Batch) -> Tensor:
        return torch.stack([error_of(batch.device, batch) for _ in range(passes)]).mean(0)

    return FromError(error)


def centred(exact: Device) -> FromError:
    """The error without noise, and the random part of the noisy one: as large, of mean zero."""

    def error(batch: Batch) -> Tensor:
        random = error_of(batch.device, batch) - error_of(batch.device, batch)
        return error_of(exact, batch) + random / math.sqrt(2)

    return FromError(error)


class Held(Method):
    """AsyT that leans, after some steps, on the digital model of that moment."""

    name, label = "asyt", "AsyT"

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
        return METHODS["asyt"].update(batch._replace(step=held))
