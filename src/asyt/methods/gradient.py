"""The gradient family: one batched backward pass through the twin, fed differently by each method.

| method        | error fed back          | states                       | weights                 |
|---------------|-------------------------|------------------------------|-------------------------|
| ideal BP      | digital                 | digital                      | digital                 |
| in-silico BP  | digital                 | digital                      | digital                 |
| pseudo IP-BP  | device                  | digital, at device controls  | device controls         |
| AsyT          | M1 digital + M2 device  | digital, shared              | digital, shared         |

Back-propagation through a fixed digital model is linear in the output error, so AsyT's
M1 * BP(E_dig) + M2 * BP(E_phy) (Eq. 3) is computed as BP(M1 * E_dig + M2 * E_phy): one pass a device, not two.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from torch import Tensor

from asyt.devices import Device
from asyt.errors import lookup
from asyt.twins import Perceptron, Weights


@dataclass(frozen=True)
class DigitalStep:
    """What the digital model did with a batch, computed once and shared by every method and device.

    Attributes:
        weights: at the start of the step, (out, in) a layer.
        states: activations (B, n), input first.
        error: dL/dz at the output (B, P).
    """

    weights: Weights
    states: list[Tensor]
    error: Tensor


@dataclass(frozen=True)
class GradientMethod:
    """One row of the table.

    Attributes:
        name: key in `METHODS`.
        label: as printed in figures.
        digital: share M1 of the digital error (AsyT Eq. 3).
        physical: share M2 of the device's error.
        trains_device: whether each chip has controls of its own. If not, chips are only tested, with digital weights.
        at_controls: states and weights of a twin set to the device's own controls, instead of the digital model's.
    """

    name: str
    label: str
    digital: float
    physical: float
    trains_device: bool = True
    at_controls: bool = False

    def mixing(self, digital: float, physical: float) -> GradientMethod:
        """The same method with other mixing ratios M1, M2."""
        return replace(self, digital=digital, physical=physical)

    def gradient(
        self, twin: Perceptron, step: DigitalStep, device: Device, controls: Weights, x: Tensor, target: Tensor,
        scale: float = 1.0,
    ) -> Weights:  # fmt: skip
        """The update direction of every chip for one batch.

        Args:
            twin: the digital model.
            step: its forward pass, with `step.error` already scaled.
            device: the population, read at its outputs only.
            controls: (C, out, in) and (C, out) a layer.
            x: inputs (B, in).
            target: one-hot (B, P).
            scale: factor on the device's error (1 / B where gradients are averaged).

        Returns:
            (C, out, in) and (C, out) a layer.
        """
        readout = device(controls, x)
        error = twin.error(readout, target).mul_(self.physical * scale)  # M2 * E_phy
        if self.digital:
            error = error.add_(step.error, alpha=self.digital)  # + M1 * E_dig, Eq. 3 before the backward pass
        if self.at_controls:
            return twin.vjp(twin.forward(controls, x), controls, error)
        return twin.vjp(step.states, step.weights, error)


METHODS = {
    row.name: row
    for row in (
        GradientMethod("ideal-bp", "ideal BP", digital=1, physical=0, trains_device=False),
        GradientMethod("insilico-bp", "in-silico BP", digital=1, physical=0, trains_device=False),
        GradientMethod("pseudo-ip-bp", "pseudo IP-BP", digital=0, physical=1, at_controls=True),
        GradientMethod("asyt", "AsyT", digital=0.5, physical=0.5),
    )
}


def method(name: str) -> GradientMethod:
    """The row of that name.

    Raises:
        UnknownNameError: suggesting the nearest name.
    """
    return METHODS[lookup(name, METHODS, "method")]
