"""AsyT as Eq. 3 is written: digital and pseudo update in two backward passes, the first storable.

The row "asyt" computes the same in one pass; this one shows that a digital update does not depend
on the chip, so that stored ones serve a chip that comes later (Fig. 6c).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from torch import Tensor

from asyt.methods.gradient import METHODS, GradientMethod
from asyt.methods.sources import Batch
from asyt.twins import Weights

_ASYT = METHODS["asyt"]


@dataclass(frozen=True)
class TwoPasses(GradientMethod):
    """The digital update and the pseudo update computed apart, then mixed.

    The digital update of each step is taken from `replay`, else computed and put into `stored`.
    """

    name: str = _ASYT.name
    label: str = _ASYT.label
    digital: float = _ASYT.digital
    physical: float = _ASYT.physical
    stored: list[Weights] = field(default_factory=list)
    replay: Iterator[Weights] | None = None

    def update(self, batch: Batch) -> Weights:
        """M1 * BP(E_dig) + M2 * BP(E_phy)."""
        readout, path = self.source(batch)
        error = batch.twin.error(readout, batch.target) * batch.scale
        pseudo = self.backward(batch.twin, path, error)
        update = self._digital_update(batch)
        mixed = []
        for digital, physical in zip(update, pseudo, strict=True):
            mixed.append(digital.map(self._mixed, physical))
        return mixed

    def _digital_update(self, batch: Batch) -> Weights:
        if self.replay is not None:
            return next(self.replay)
        step = batch.step
        update = batch.twin.vjp(step.states, step.weights, step.error)
        self.stored.append(update)
        return update

    def _mixed(self, digital: Tensor, pseudo: Tensor) -> Tensor:
        return self.digital * digital + self.physical * pseudo
