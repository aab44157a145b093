"""The distorted device of AsyT Eq. 9 for any network: every parameter has an error of its own.

    f_p(W) = (1 + P_sys) * (W + N_init), and N_rand on what a pass reads

So any nn.Module is tried on imperfect chips:

    twin = Neural.of(network, example=x)
    chips = DistortedNetwork(twin, population=16, seed=0, distortion=0.3)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from asyt import streams
from asyt.devices.contract import Device
from asyt.devices.noise import Noise
from asyt.errors import AsytError
from asyt.twins import Neural, Weights


class DistortedNetwork(Device):
    """A population of chips that are meant to be a network; compare `DistortedDevice`.

    Chip j of a seed is the same chip in a population of any size, and whatever the noise.

    Args (others: see `Device`):
        twin: the network; of one made of several modules, chips can be read between them.
        seed: of the fabrication stream.
        distortion: standard deviation of P_sys.
        offset: standard deviation of N_init.
        noise: of a pass, on what every module gives.
        chips: which chips of the seed; by default the first C.

    Raises:
        AsytError: a negative or infinite deviation, or other than C chips.

    Attributes:
        gain: 1 + P_sys of every parameter, which no method may ask for.

    Example:
        >>> import torch
        >>> from asyt.devices import DistortedNetwork
        >>> from asyt.twins import Neural
        >>> x = torch.rand(5, 4)
        >>> twin = Neural.of(torch.nn.Linear(4, 3), example=x)
        >>> DistortedNetwork(twin, population=2, seed=0, distortion=0.3)(twin.initial(), x).shape
        torch.Size([2, 5, 3])
    """

    kind = "distorted"
    cites = ("wang2025", "wang2025code")
    only_reads = True

    def __init__(
        self,
        twin: Neural,
        population: int,
        seed: int,
        *,
        distortion: float,
        offset: float = 0.0,
        noise: Noise | None = None,
        chips: Sequence[int] | None = None,
        encapsulated: bool = True,
        compute: torch.device | str = "cpu",
    ):
        super().__init__(twin.layers, population, encapsulated)
        for name, value in (("distortion", distortion), ("offset", offset)):
            if not 0 <= value < float("inf"):
                raise AsytError(
                    f"{name} {value}: a standard deviation is a finite number, zero or above."
                )
        self._chips = range(population) if chips is None else list(chips)
        if len(self._chips) != population:
            raise AsytError(
                f"{len(self._chips)} chips for a population of {population}: give one each."
            )
        self._twin = twin
        self._noise = noise
        self._seed = seed
        self._compute = compute
        self._own: list[Any] = twin.initial()
        self.gain = self._drawn(0, 1.0, distortion)
        self._offset = self._drawn(1, 0.0, offset)
        self.at(0, 0)

    def _drawn(self, which: int, centre: float, deviation: float) -> Weights:
        """Centre + deviation * N(0, 1) for each parameter of each chip."""
        layers = []
        for l, layer in enumerate(self._own):

            def draw(shape: tuple[int, ...], l: int = l) -> Tensor:
                chips = []
                for chip in self._chips:
                    address = (self._seed, chip, l, which)
                    chips.append(streams.normal(shape, "fabrication", *address))
                return centre + deviation * torch.stack(chips)

            drawn = layer.drawn(draw)
            layers.append(drawn.to(self._compute))
        return layers

    def at(self, *moment: int) -> None:
        """Start the noise of a moment (seed, epoch, phase) from its own address."""
        if self._noise is not None:
            compute = torch.device(self._compute)
            self._generator = self._noise.generator(compute, self._seed, *moment)

    def propagate(self, controls: Weights, x: Tensor) -> list[Tensor]:
        """AsyT Eq. 9: the network at the parameters that its light meets."""
        states = [x]
        for l, layer in enumerate(controls):
            wanted = self._own[l].matching(layer)
            moved = self._offset[l].map(torch.add, wanted)
            felt = moved.map(torch.mul, self.gain[l])
            light = self._twin.activate(l, felt, states[-1])
            if self._noise is not None:
                drawn = self._noise.draw(tuple(light.shape), light, self._generator)
                light = self._noise.add(light, drawn)
            states.append(light)
        return states
