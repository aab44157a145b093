"""What is said of every method, and what the training loop asks of one that trains."""

from __future__ import annotations

import abc
from typing import Any, NamedTuple

import torch
from torch import Tensor

from asyt import streams
from asyt.devices import Device
from asyt.methods.sources import Batch, DigitalStep
from asyt.twins import Twin, Weights


class Mark(NamedTuple):
    """How a method is drawn: hex colour, line style and marker in matplotlib's codes."""

    colour: str
    line: str | tuple[int, tuple[float, ...]]
    marker: str


class Description(NamedTuple):
    """A method that is trained by code of its own, and only described here; see `Method`."""

    label: str
    mark: Mark | None = None
    cites: tuple[str, ...] = ()


class Method(abc.ABC):
    """Turns what a device shows of a batch into an update of its controls: write `update`.

    Attributes:
        name: key in the table of methods.
        label: as printed in a sentence.
        mark: how it is drawn, everywhere; None if it never is.
        cites: keys of the bibliography.
        trains_device: whether each chip has controls of its own; if not, chips are only tested,
            with digital weights.

    Example:
        >>> from asyt.methods import METHODS, Method
        >>> isinstance(METHODS["pat"], Method), METHODS["pat"].label
        (True, 'PAT')
    """

    name: str
    label: str
    mark: Mark | None = None
    cites: tuple[str, ...] = ()
    trains_device: bool = True

    @abc.abstractmethod
    def update(self, batch: Batch) -> Weights:
        """The update direction of every chip for one batch, in the form of its controls.

        Needing hidden states where the light path is closed is an `EncapsulationError`, needing
        more than a `Twin` tells another `AsytError`.
        """

    def gradient(
        self,
        twin: Twin,
        step: DigitalStep,
        device: Device,
        controls: Weights,
        x: Tensor,
        target: Tensor,
        scale: float = 1.0,
    ) -> Weights:
        """`update` of a batch that is given by its parts (see `Batch`)."""
        batch = Batch(
            twin,
            step,
            device,
            controls,
            x,
            target,
            scale,
        )
        return self.update(batch)

    def scores(self, device: Device, controls: Weights, x: Tensor) -> Tensor:
        """What classifies a sample by its largest entry, (C, B, P): by default the read-out."""
        return device(controls, x)

    @property
    def remembers(self) -> bool:
        """Whether it has a memory (`state`), and so serves one population only."""
        return type(self).state is not Method.state

    def state(self) -> dict[str, Any]:
        """What the method has learnt or counted besides the controls, for a checkpoint."""
        return {}

    def load_state(self, state: dict[str, Any]) -> None:  # noqa: B027 - no memory, nothing to do
        """Continue from `state`."""


class Drawing(Method):
    """A method that draws numbers for itself, by a seed, others in every step."""

    def __init__(self, seed: int = 0):
        self.seed = seed
        self.steps = 0

    def draws(self, compute: torch.device | str) -> torch.Generator:
        """What this step draws from."""
        step = self.steps
        self.steps += 1
        return streams.torch_generator(compute, "search", self.seed, step)

    def state(self) -> dict[str, int]:
        """The number of steps: it addresses the next draw."""
        return {"steps": self.steps}

    def load_state(self, state: dict[str, int]) -> None:
        """Continue from `state`."""
        self.steps = state["steps"]
