"""What the training loop asks of a method."""

from __future__ import annotations

import abc
from typing import Any

from torch import Tensor

from asyt.devices import Device
from asyt.methods.sources import DigitalStep
from asyt.twins import Perceptron, Weights


class Method(abc.ABC):
    """Turns what a device shows of a batch into an update of its controls.

    Attributes:
        name: key in the table of methods.
        label: as printed in figures.
        trains_device: whether each chip has controls of its own. If not, chips are only tested,
            with digital weights.
    """

    name: str
    label: str
    trains_device: bool = True

    @abc.abstractmethod
    def gradient(
        self,
        twin: Perceptron,
        step: DigitalStep,
        device: Device,
        controls: Weights,
        x: Tensor,
        target: Tensor,
        scale: float = 1.0,
    ) -> Weights:
        """The update direction of every chip for one batch.

        Args:
            twin: the digital model.
            step: its forward pass, with `step.error` already scaled.
            device: the population; what is read of it is counted there.
            controls: (C, out, in) and (C, out) a layer.
            x: inputs (B, in).
            target: one-hot (B, P).
            scale: factor on the device's error (1 / B where gradients are averaged).

        Returns:
            (C, out, in) and (C, out) a layer.

        Raises:
            EncapsulationError: if the method needs hidden states and the light path is closed.
        """

    def scores(self, device: Device, controls: Weights, x: Tensor) -> Tensor:
        """What classifies a sample by its largest entry, (C, B, P): the read-out, unless a method says otherwise."""
        return device(controls, x)

    def state(self) -> dict[str, Any]:
        """What the method has learnt or counted besides the controls, for a checkpoint."""
        return {}

    def load_state(self, state: dict[str, Any]) -> None:  # noqa: B027 - a method without a memory does nothing here
        """Continue from `state`."""
