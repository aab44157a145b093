"""The gradient family: one batched backward pass through the twin, fed differently by each method.

| method        | error fed back          | states, weights (`sources`)               | back through   |
|---------------|-------------------------|-------------------------------------------|----------------|
| ideal BP      | digital                 | the digital model's, shared               | weights        |
| in-silico BP  | digital                 | the digital model's, shared               | weights        |
| AsyT          | M1 digital + M2 device  | the digital model's, shared               | weights        |
| pseudo IP-BP  | device                  | a twin set to the device's controls       | weights        |
| PAT           | device                  | layers of that twin at measured inputs    | weights        |
| PAT, read-out | device                  | measured                                  | weights        |
| hybrid        | device                  | measured                                  | weights        |
| FA            | device                  | measured                                  | fixed matrices |
| DFA           | device                  | measured                                  | one projection |

Back-propagation through a fixed digital model is linear in the output error, so AsyT's
M1 * BP(E_dig) + M2 * BP(E_phy) (Eq. 3) is computed as BP(M1 * E_dig + M2 * E_phy): one pass a
device, not two.

Hybrid training (Spall et al. 2022: activations measured in a forward pass through the device, then
digital back-propagation) is, on a perceptron, PAT with the derivative taken at the read-out; it
keeps its name here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from torch import Tensor

from asyt.devices import Device
from asyt.methods import sources
from asyt.methods.alignment import direct, fixed
from asyt.methods.contract import Method
from asyt.methods.sources import DigitalStep, Path
from asyt.twins import Perceptron, Weights

Backward = Callable[[Perceptron, Path, Tensor], Weights]


def through_weights(twin: Perceptron, path: Path, error: Tensor) -> Weights:
    """Back-propagation (AsyT Eqs. 5-7)."""
    return twin.vjp(path.states, path.weights, error, path.at)


@dataclass(frozen=True)
class GradientMethod(Method):
    """One row of the table.

    Attributes:
        name: key in `METHODS`.
        label: as printed in figures.
        digital: share M1 of the digital error (AsyT Eq. 3).
        physical: share M2 of the device's error.
        trains_device: whether each chip has controls of its own. If not, chips are only tested,
            with digital weights.
        source: runs the device, and says what stands for its states and weights: a function of
            `sources`.
        backward: how the error goes back.
    """

    name: str
    label: str
    digital: float
    physical: float
    trains_device: bool = True
    source: sources.Source = sources.digital_model
    backward: Backward = through_weights

    def mixing(self, digital: float, physical: float) -> GradientMethod:
        """The same method with other mixing ratios M1, M2."""
        return replace(self, digital=digital, physical=physical)

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
        """As `Method.gradient`: one backward pass of the row's error through what its source gives."""
        readout, path = self.source(twin, step, device, controls, x)
        error = twin.error(readout, target).mul_(self.physical * scale)  # M2 * E_phy
        if self.digital:
            error = error.add_(
                step.error, alpha=self.digital
            )  # + M1 * E_dig, Eq. 3 before the backward pass
        return self.backward(twin, path, error)


_ROWS = (
    GradientMethod("ideal-bp", "ideal BP", digital=1, physical=0, trains_device=False),
    GradientMethod("insilico-bp", "in-silico BP", digital=1, physical=0, trains_device=False),
    GradientMethod(
        "pseudo-ip-bp", "pseudo IP-BP", digital=0, physical=1, source=sources.twin_at_controls
    ),
    GradientMethod("asyt", "AsyT", digital=0.5, physical=0.5),
    GradientMethod("pat", "PAT", digital=0, physical=1, source=sources.twin_of_each_layer),
    GradientMethod(
        "pat-readout", "PAT, read-out derivative", digital=0, physical=1, source=sources.measured
    ),
    GradientMethod("hybrid", "hybrid training", digital=0, physical=1, source=sources.measured),
    GradientMethod("fa", "FA", digital=0, physical=1, source=sources.measured, backward=fixed),
    GradientMethod("dfa", "DFA", digital=0, physical=1, source=sources.measured, backward=direct),
)
METHODS = {row.name: row for row in _ROWS}
