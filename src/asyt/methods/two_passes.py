"""AsyT as Eq. 3 is written: digital and pseudo update in two backward passes, the first storable.

The row "asyt" of the table computes the same in one pass; this one shows that a digital update
does not depend on the chip, so that stored ones serve a chip that comes later (Fig. 6c).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from torch import Tensor

from asyt.devices import Device
from asyt.methods.gradient import METHODS, GradientMethod, through_weights
from asyt.methods.sources import DigitalStep, Path
from asyt.twins import Layer, Twin, Weights


@dataclass(frozen=True)
class TwoPasses(GradientMethod):
    """The digital update and the pseudo update computed apart, then mixed.

    Attributes:
        stored: digital updates (BP of the digital error), one a step. With `replay` they are taken
            from there, else they are computed and put here.
        replay: stored updates to take.
    """

    name: str = METHODS["asyt"].name
    label: str = METHODS["asyt"].label
    digital: float = METHODS["asyt"].digital
    physical: float = METHODS["asyt"].physical
    stored: list[Weights] = field(default_factory=list)
    replay: Iterator[Weights] | None = None

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
        """M1 * BP(E_dig) + M2 * BP(E_phy)."""
        readout, path = self.source(twin, step, device, controls, x)
        pseudo = through_weights(twin, path, twin.error(readout, target) * scale)
        pairs = zip(self._digital_update(twin, step), pseudo, strict=True)
        return [self._mixed(*pair) for pair in pairs]

    def _digital_update(self, twin: Twin, step: DigitalStep) -> Weights:
        if self.replay is not None:
            return next(self.replay)
        update = through_weights(twin, Path(step.states, step.weights), step.error)
        self.stored.append(update)
        return update

    def _mixed(self, digital: Layer, pseudo: Layer) -> Layer:
        pairs = zip(digital.tensors(), pseudo.tensors(), strict=True)
        return Layer(*(self.digital * dig + self.physical * phy for dig, phy in pairs))
