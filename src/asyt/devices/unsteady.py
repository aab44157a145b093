"""Devices that change: drift, a sudden perturbation, and controls of finite resolution.

Each on top of any other device:

    Unsteady(DistortedDevice(...), Perturbation(epoch=15, size=1.2), Quantisation(levels=100,
    limit=1.0), seed=0)

An event changes the controls on their way to the device. It is a function of the moment (seed,
epoch, phase) that `at` sets, and of nothing else, so that a resumed run meets the same events.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from asyt import streams
from asyt.devices.contract import Device
from asyt.errors import AsytError
from asyt.twins import Weights, tensors

#: (stream, *address) -> N(0, 1) for every control of every chip of the device.
Draw = Callable[..., Weights]
#: (controls, epoch, draw, memory) -> the controls as the chip feels them.
Event = Callable[[Weights, int, Draw, dict], Weights]


def _scaled(
    controls: Weights,
    gains: Weights,
    size: float | tuple[float, ...],
) -> Weights:
    """(1 + size * gain) * control, with one size for all chips or one a chip."""

    def scaled(control: Tensor, gain: Tensor) -> Tensor:
        behind = [1] * (gain.dim() - 1)
        sizes = gain.new_tensor(size).reshape(-1, *behind)
        return control * (1 + sizes * gain)

    felt = []
    for layer, gain in zip(controls, gains, strict=True):
        felt.append(layer.map(scaled, gain))
    return felt


@dataclass(frozen=True)
class Perturbation:
    """After some epochs every parameter has a second static relative error of this deviation.

    `size` is the deviation of all chips, or a tuple with that of each; an AsytError if it has
    another number of them.

    Example:
        >>> import torch
        >>> from asyt.devices import DistortedDevice, Perturbation, Unsteady
        >>> from asyt.twins import Perceptron
        >>> twin = Perceptron((4, 3))
        >>> chips = DistortedDevice(twin, population=2, seed=0, distortion=0.3)
        >>> device = Unsteady(chips, Perturbation(epoch=5, size=0.5), seed=0)
        >>> weights, x = twin.initial(0, 1.0, 0.5), torch.ones(1, 4)
        >>> before = device(weights, x)
        >>> device.at(0, 5, 0)  # seed, epoch, phase
        >>> bool((device(weights, x) == before).any())
        False
    """

    epoch: int
    size: float | tuple[float, ...]

    def __call__(
        self,
        controls: Weights,
        epoch: int,
        draw: Draw,
        memory: dict,
    ) -> Weights:
        """The controls as the chip feels them in this epoch."""
        if epoch < self.epoch:
            return controls
        if "gains" not in memory:
            memory["gains"] = self._drawn(draw)
        return _scaled(controls, memory["gains"], self.size)

    def _drawn(self, draw: Draw) -> Weights:
        gains = draw("perturbation")
        chips = len(tensors(gains)[0])
        if isinstance(self.size, tuple) and len(self.size) != chips:
            raise AsytError(
                f"{len(self.size)} sizes of a perturbation for {chips} chips: give one each."
            )
        return gains


@dataclass(frozen=True)
class Drift:
    """A random walk of the relative error of every parameter, one step an epoch.

    After n epochs its standard deviation is size * sqrt(n).

    Example:
        >>> from asyt.devices import DistortedDevice, Drift, Unsteady
        >>> from asyt.twins import Perceptron
        >>> chips = DistortedDevice(Perceptron((4, 3)), population=2, seed=0, distortion=0.3)
        >>> Unsteady(chips, Drift(size=0.01), seed=0).population
        2
    """

    size: float

    def __call__(
        self,
        controls: Weights,
        epoch: int,
        draw: Draw,
        memory: dict,
    ) -> Weights:
        """The controls as the chip feels them in this epoch."""
        reached = memory.get("epoch", -1)
        if not 0 <= reached <= epoch:  # the walk can only be followed forwards
            memory.update(epoch=0, walk=None)
        for past in range(memory["epoch"] + 1, epoch + 1):
            step = draw("drift", past)
            if memory["walk"]:
                pairs = zip(memory["walk"], step, strict=True)
                step = [layer.map(torch.add, other) for layer, other in pairs]
            memory["walk"] = step
        memory["epoch"] = epoch
        if not memory["walk"]:
            return controls
        return _scaled(controls, memory["walk"], self.size)


@dataclass(frozen=True)
class Quantisation:
    """Controls are set to the nearest of equally spaced levels between -limit and limit.

    Raises:
        AsytError: fewer than two levels or a limit that is not positive.

    Example:
        >>> import torch
        >>> from asyt.devices import Quantisation
        >>> from asyt.twins import Layer
        >>> (layer,) = Quantisation(levels=5, limit=1.0)([Layer(torch.tensor([[[0.3, 0.9]]]))])
        >>> layer.weight
        tensor([[[0.5000, 1.0000]]])
    """

    levels: int
    limit: float

    def __post_init__(self):
        if self.levels < 2 or not 0 < self.limit < float("inf"):
            raise AsytError(
                f"{self.levels} levels up to {self.limit}: give at least 2 and a positive limit."
            )

    def __call__(self, controls: Weights, *_: object) -> Weights:
        """The controls as the chip is set to them; always the same rule."""
        return [layer.map(self._nearest) for layer in controls]

    def _nearest(self, control: Tensor) -> Tensor:
        step = 2 * self.limit / (self.levels - 1)
        height = control.clamp(-self.limit, self.limit) + self.limit
        return (height / step).round() * step - self.limit


class Unsteady(Device):
    """A device whose controls pass through events in turn; the seed is that of their streams.

    Example:
        >>> import torch
        >>> from asyt.devices import DistortedDevice, Quantisation, Unsteady
        >>> from asyt.twins import Perceptron
        >>> twin = Perceptron((4, 3))
        >>> chips = DistortedDevice(twin, population=2, seed=0, distortion=0.3)
        >>> device = Unsteady(chips, Quantisation(levels=100, limit=4.0), seed=0)
        >>> device(twin.initial(0, 1.0, 0.5), torch.ones(5, 4)).shape
        torch.Size([2, 5, 3])
    """

    kind = "unsteady"
    cites = ("wang2025", "wang2025code")

    def __init__(self, device: Device, *events: Event, seed: int):
        super().__init__(device.layers, device.population, device.encapsulated)
        self._device = device
        self._events = events
        self._seed = seed
        self._epoch = 0
        ours = all(isinstance(event, Perturbation | Drift | Quantisation) for event in events)
        self.only_reads = ours and device.only_reads
        #: what an event has drawn, so that it draws it once
        self._memories: list[dict] = [{} for _ in events]

    def at(self, *moment: int) -> None:
        """Set the moment (seed, epoch, phase) of what follows; an AsytError without all three."""
        if len(moment) != 3:
            raise AsytError(f"moment {moment}: events need (seed, epoch, phase).")
        self._device.at(*moment)
        self._epoch = moment[1]

    def propagate(self, controls: Weights, x: Tensor) -> list[Tensor]:
        """The device's physics at the changed controls."""
        draw = partial(self._draw, controls)
        for event, memory in zip(self._events, self._memories, strict=True):
            controls = event(controls, self._epoch, draw, memory)
        return self._device.propagate(controls, x)

    def _draw(self, like: Weights, stream: str, *event: int) -> Weights:
        """N(0, 1) for every control; chip j of a seed is the same in any population."""
        layers = []
        for l, layer in enumerate(like):

            def drawn(shape: tuple[int, ...], l: int = l) -> Tensor:
                chips = []
                for j in range(self.population):
                    address = (self._seed, *event, j, l)
                    chips.append(streams.normal(shape, stream, *address))
                return torch.stack(chips)

            layers.append(layer.drawn(drawn))
        return layers
