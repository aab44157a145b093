"""The gradient family: one batched backward pass through the twin, fed differently by each method.

| method        | error fed back          | states, weights (`sources`)           | back through   |
|---------------|-------------------------|---------------------------------------|----------------|
| ideal BP      | digital                 | the digital model's, shared           | weights        |
| in-silico BP  | digital                 | the digital model's, shared           | weights        |
| AsyT          | M1 digital + M2 device  | the digital model's, shared           | weights        |
| pseudo IP-BP  | device                  | a twin set to the device's controls   | weights        |
| PAT           | device                  | layers of that twin at measured inputs| weights        |
| PAT, read-out | device                  | measured                              | weights        |
| hybrid        | device                  | measured                              | weights        |
| FA            | device                  | measured                              | fixed matrices |
| DFA           | device                  | measured                              | one projection |

Back-propagation through a fixed digital model is linear in the output error, so AsyT's
M1 * BP(E_dig) + M2 * BP(E_phy) (Eq. 3) is computed as BP(M1 * E_dig + M2 * E_phy): one pass a
device, not two. Hybrid training (Spall et al. 2022) is, on a perceptron, PAT with the derivative
taken at the read-out; it keeps its name here. Where a twin does not tell a layer's non-linearity
apart (`Functional`, `Neural`) slopes follow from what enters a layer, and both are PAT.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from torch import Tensor

from asyt.methods import sources
from asyt.methods.alignment import direct, fixed
from asyt.methods.contract import Mark, Method
from asyt.methods.sources import Batch, Path
from asyt.methods.sources import DigitalStep as DigitalStep
from asyt.twins import Twin, Weights

Backward = Callable[[Twin, Path, Tensor], Weights]


def through_weights(twin: Twin, path: Path, error: Tensor) -> Weights:
    """Back-propagation (AsyT Eqs. 5-7)."""
    return twin.vjp(path.states, path.weights, error, path.at)


@dataclass(frozen=True)
class GradientMethod(Method):
    """One row of the table.

    A source runs the device, and says what stands for its states and weights.

    Example:
        >>> from asyt.methods import METHODS, GradientMethod
        >>> row: GradientMethod = METHODS["asyt"]
        >>> row.mixing(0.25, 0.75).digital
        0.25
    """

    name: str
    label: str
    digital: float = 0  # share M1 of the digital error (AsyT Eq. 3)
    physical: float = 1  # share M2 of the device's error
    trains_device: bool = True
    source: sources.Source = sources.digital_model
    backward: Backward = through_weights
    mark: Mark | None = None
    cites: tuple[str, ...] = ()

    def mixing(self, digital: float, physical: float) -> GradientMethod:
        """The same method with other mixing ratios M1, M2."""
        return replace(self, digital=digital, physical=physical)

    def update(self, batch: Batch) -> Weights:
        """As `Method.update`: one backward pass of the row's error through its source's path."""
        readout, path = self.source(batch)
        error = batch.twin.error(readout, batch.target)
        error = error.mul_(self.physical * batch.scale)  # M2 * E_phy
        if self.digital:  # + M1 * E_dig, Eq. 3 before the backward pass
            error = error.add_(batch.step.error, alpha=self.digital)
        return self.backward(batch.twin, path, error)


_ROWS = (
    GradientMethod(
        "ideal-bp",
        "ideal BP",
        1,
        0,
        trains_device=False,
        mark=Mark("#000000", "-", "s"),
    ),
    GradientMethod(
        "insilico-bp",
        "in-silico BP",
        1,
        0,
        trains_device=False,
        mark=Mark("#E69F00", (0, (1, 1)), "v"),
    ),
    GradientMethod(
        "pseudo-ip-bp",
        "pseudo IP-BP",
        source=sources.twin_at_controls,
        mark=Mark("#CC79A7", (0, (5, 1.5, 1, 1.5)), "^"),
        cites=("wang2025",),
    ),
    GradientMethod(
        "asyt",
        "AsyT",
        0.5,
        0.5,
        mark=Mark("#005B96", "-", "o"),
        cites=("wang2025",),
    ),
    GradientMethod(
        "pat",
        "PAT",
        source=sources.twin_of_each_layer,
        mark=Mark("#D55E00", (0, (5, 1.5)), "X"),
        cites=("wright2022",),
    ),
    GradientMethod(
        "pat-readout",
        "PAT, read-out derivative",
        source=sources.measured,
        mark=Mark("#8C3A00", (0, (2.5, 1.5)), "P"),
        cites=("wright2022",),
    ),
    GradientMethod(
        "hybrid",
        "hybrid training",
        source=sources.measured,
        mark=Mark("#56B4E9", (0, (3, 1, 1, 1)), "<"),
        cites=("spall2022",),
    ),
    GradientMethod(
        "fa",
        "FA",
        source=sources.measured,
        backward=fixed,
        mark=Mark("#00614A", (0, (7, 2, 2, 2)), "*"),
        cites=("lillicrap2016",),
    ),
    GradientMethod(
        "dfa",
        "DFA",
        source=sources.measured,
        backward=direct,
        mark=Mark("#009E73", (0, (7, 2)), "h"),
        cites=("nokland2016",),
    ),
)
METHODS = {row.name: row for row in _ROWS}
