"""The distorted device of AsyT Eq. 9: a perceptron whose parameters or layer outputs are systematically wrong.

    f_p(W) = (I + P_sys) * (f_m(W) + N_init) + N_rand

The paper does not say what f_m stands for. Both readings are here: `acts_on="weights"`, where every
connection has an error of its own, (1 + P_sys) * (W + N_init), and `acts_on="outputs"`, where every
neuron's net output has one.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from asyt import streams
from asyt.devices.contract import Device
from asyt.devices.noise import Noise
from asyt.errors import AsytError, lookup
from asyt.twins import Layer, Perceptron, Weights, products

#: Numbers in the largest tensor of the chips that are run together (8 MB in float32).
BLOCK = 2**21


class DistortedDevice(Device):
    """A population of chips with static Gaussian distortion and noise a pass (AsyT Eq. 9).

    Chip j of a seed is the same chip in a population of any size, and whatever the noise. Whatever
    the distortion, its errors keep their pattern and change only in size.

    Args:
        structure: the network the chips are meant to be.
        population: number of chips C.
        seed: of the fabrication stream.
        distortion: standard deviation of P_sys, of all chips or of each.
        offset: standard deviation of N_init.
        acts_on: "weights" or "outputs".
        noise: of a pass, or None.
        chips: which chips of the seed the population is made of; by default the first C. One chip
            named C times beside C distortions is the same chip at every one of them.
        encapsulated: see `Device`.
        dtype, compute: of the tensors it computes with.

    Raises:
        UnknownNameError: an `acts_on` that does not exist.
        AsytError: a negative or non-finite standard deviation, or other than C distortions or
            chips.
    """

    def __init__(
        self,
        structure: Perceptron,
        population: int,
        seed: int,
        *,
        distortion: float | Sequence[float],
        offset: float = 0.0,
        acts_on: str = "weights",
        noise: Noise | None = None,
        chips: Sequence[int] | None = None,
        encapsulated: bool = True,
        dtype: torch.dtype = torch.float32,
        compute: torch.device | str = "cpu",
    ):
        super().__init__(structure.layers, population, encapsulated)
        distortions = (
            [distortion] * population if isinstance(distortion, int | float) else list(distortion)
        )
        self._chips = range(population) if chips is None else list(chips)
        if not len(distortions) == len(self._chips) == population:
            raise AsytError(
                f"{len(distortions)} distortions and {len(self._chips)} chips for a population of "
                f"{population}: give one each."
            )
        for name, value in (*(("distortion", one) for one in distortions), ("offset", offset)):
            if not 0 <= value < float("inf"):
                raise AsytError(
                    f"{name} {value}: a standard deviation is a finite number, zero or above."
                )
        self._structure = structure
        self._noise = noise
        self._seed = seed
        self._on_weights = (
            lookup(acts_on, ("weights", "outputs"), "place of distortion") == "weights"
        )
        self._gain = self._draw(0, 1.0, distortions, dtype, compute)
        self._offset = self._draw(1, 0.0, [offset] * population, dtype, compute) if offset else None
        self.at(0, 0)

    def _draw(
        self, which: int, centre: float, deviations: Sequence[float], dtype, compute
    ) -> Weights:
        """Centre + deviation * N(0, 1) for each parameter (or each neuron) of each chip."""
        drawn = []
        for l, (n_in, n_out) in enumerate(zip(self.layers, self.layers[1:], strict=False)):
            shape = (
                (n_out, n_in + 1) if self._on_weights else (n_out, 1)
            )  # the last column belongs to the bias
            table = torch.empty(self.population, *shape, dtype=dtype)
            for j, (chip, deviation) in enumerate(zip(self._chips, deviations, strict=True)):
                table[j] = centre + deviation * streams.normal(
                    shape, "fabrication", self._seed, chip, l, which
                )
            table = table.to(compute)
            drawn.append(Layer(table[..., :-1].contiguous(), table[..., -1].contiguous()))
        return drawn

    @classmethod
    def from_masks(
        cls, structure: Perceptron, masks: Weights, noise: Noise | None = None, **options
    ) -> DistortedDevice:
        """Chips whose relative errors are given: masks a layer (C, out, in) and (C, out), acting on the weights."""
        weight = masks[0].weight
        chips = cls(
            structure,
            weight.shape[0],
            0,
            distortion=0.0,
            noise=noise,
            dtype=weight.dtype,
            compute=weight.device,
            **options,
        )
        chips._gain = [Layer(1 + mask.weight, 1 + mask.bias) for mask in masks]
        return chips

    def at(self, *moment: int) -> None:
        """Start the noise of a moment (seed, epoch, phase) from its own address in the noise stream."""
        if self._noise is not None:
            self._generator = self._noise.generator(
                self._gain[0].weight.device, self._seed, *moment
            )

    def propagate(self, controls: Weights, x: Tensor) -> list[Tensor]:
        """AsyT Eq. 9, layer by layer, with the structure's clipping and non-linearity after it.

        The noise of a pass is drawn for all chips, layer by layer; then they run a block at a time.
        Of an encapsulated device only the read-out is kept.
        """
        noise = [None if self._noise is None else self._drawn(layer, x) for layer in controls]
        blocks = [self._through(chips, controls, x, noise) for chips in self._blocks(x)]
        return [x, *(products.join(list(parts)) for parts in zip(*blocks, strict=True))]

    def _blocks(self, x: Tensor) -> list[slice]:
        """The chips that run together: as many as keep the tensors of a layer near the processor."""
        widest = max(
            n_out * max(n_in, x.shape[-2])
            for n_in, n_out in zip(self.layers, self.layers[1:], strict=False)
        )
        together = max(1, BLOCK // (widest * x.shape[:-2].numel()))
        return [slice(first, first + together) for first in range(0, self.population, together)]

    def _drawn(self, layer: Layer, x: Tensor) -> Tensor:
        """The noise of one pass of a layer, all chips."""
        leading = torch.broadcast_shapes(layer.weight.shape[:-2], x.shape[:-2], (self.population,))
        return self._noise.draw((*leading, x.shape[-2], layer.weight.shape[-2]), x, self._generator)

    def _through(
        self, chips: slice, controls: Weights, x: Tensor, noise: list[Tensor | None]
    ) -> list[Tensor]:
        """What some of the chips carry after each layer, or only after the last."""
        states = [x]
        for l, (layer, drawn) in enumerate(zip(controls, noise, strict=True)):
            states.append(
                self._activate(
                    l, chips, layer, states.pop() if self.encapsulated else states[-1], drawn
                )
            )
        return states if self.encapsulated else states[1:]

    def _activate(
        self, l: int, chips: slice, controls: Layer, a: Tensor, noise: Tensor | None
    ) -> Tensor:
        """What some of the chips carry after layer l."""
        (weight, bias), gain = _of(controls, chips), _of(self._gain[l], chips)
        offset = None if self._offset is None else _of(self._offset[l], chips)
        if self._on_weights:
            if offset is not None:
                weight, bias = weight + offset.weight, None if bias is None else bias + offset.bias
            weight, bias = gain.weight * weight, None if bias is None else gain.bias * bias

        def disturb(l: int, z: Tensor) -> Tensor:
            if not self._on_weights:
                if offset is not None:
                    z = z + offset.bias.unsqueeze(-2)
                z = z * gain.bias.unsqueeze(-2)
            return z if noise is None else self._noise.add(z, noise[..., chips, :, :])

        return self._structure.activate(l, Layer(weight, bias), a, disturb)


def _of(layer: Layer, chips: slice) -> Layer:
    """The part of a layer that belongs to some chips; digital weights, (out, in) or (S, 1, out, in), are all chips'."""
    weight, bias = layer
    if weight.dim() == 2 or weight.shape[-3] == 1:
        return layer
    return Layer(weight[..., chips, :, :], None if bias is None else bias[..., chips, :])
