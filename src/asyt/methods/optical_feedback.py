"""DFA of a photonic forward network whose error goes through an optical unit.

Eq. (3) of Light-in-the-loop needs hidden states, which an encapsulated device does not show.
"""

from __future__ import annotations

from typing import Any

from asyt.devices import OpticalProcessingUnit
from asyt.methods import feedback
from asyt.methods.contract import Method
from asyt.methods.sources import Batch
from asyt.twins import Weights
from asyt.twins.perceptron import opened


class OpticalFeedback(Method):
    """One projection of the measured output error, made ternary, serves all hidden layers.

    Hidden states are read from the device, if `opened`, else taken from the digital model, set to
    the device's controls.
    """

    def __init__(self, unit: OpticalProcessingUnit, threshold: float, opened: bool):
        self.unit, self.threshold, self.opened = unit, threshold, opened
        self.name = self.label = "dfa-opened" if opened else "dfa-closed"

    def update(self, batch: Batch) -> Weights:
        """Eq. 3 a chip."""
        twin, _, device, controls, x, target, scale = batch
        opened(twin, self.label)
        if self.opened:
            states = device.layer_by_layer(controls, x)
        else:
            states = [*twin.forward(controls, x)[:-1], device(controls, x)]
        error = twin.error(states[-1], target)
        sent = feedback.ternarise(error, self.threshold)
        projected = self.unit.project(sent.flatten(0, 1)).unflatten(0, sent.shape[:2])
        return feedback.dfa(twin, states, controls, scale * error, scale * projected)

    def state(self) -> dict[str, Any]:
        """Noise and counters of the unit."""
        return self.unit.state()

    def load_state(self, state: dict[str, Any]) -> None:
        """Continue from `state`."""
        self.unit.load_state(state)
