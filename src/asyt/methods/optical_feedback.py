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

    def __init__(
        self,
        unit: OpticalProcessingUnit,
        threshold: float,
        opened: bool,
    ):
        self.unit = unit
        self.threshold = threshold
        self.opened = opened
        self.name = "dfa-opened" if opened else "dfa-closed"
        self.label = self.name

    def update(self, batch: Batch) -> Weights:
        """Eq. 3 a chip."""
        twin, _, device, controls, x, target, scale = batch
        opened(twin, self.label)
        if self.opened:
            states = device.layer_by_layer(controls, x)
        else:
            hidden = twin.forward(controls, x)[:-1]
            states = [*hidden, device(controls, x)]
        error = twin.error(states[-1], target)
        sent = feedback.ternarise(error, self.threshold)
        chips_and_samples = sent.shape[:2]
        rows = self.unit.project(sent.flatten(0, 1))
        projected = rows.unflatten(0, chips_and_samples)
        return feedback.dfa(
            twin,
            states,
            controls,
            scale * error,
            scale * projected,
        )

    def state(self) -> dict[str, Any]:
        """Noise and counters of the unit."""
        return self.unit.state()

    def load_state(self, state: dict[str, Any]) -> None:
        """Continue from `state`."""
        self.unit.load_state(state)
