"""The distorted device of AsyT Eq. 9: a perceptron whose parameters or outputs are wrong.

    f_p(W) = (I + P_sys) * (f_m(W) + N_init) + N_rand

The paper does not say what f_m stands for: here every connection has an error of its own,
(1 + P_sys) * (W + N_init), or, with `acts_on="outputs"`, every neuron's net output has one.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import torch
from torch import Tensor

from asyt import streams
from asyt.devices.contract import Device
from asyt.devices.noise import Noise
from asyt.errors import AsytError, lookup
from asyt.twins import Layer, Perceptron, Weights, products

#: Numbers in the largest tensor of the chips that are run together: 8 MB in float32, near a CPU;
#: a GPU has no such memory and wants large products, so there it is 1 GB.
BLOCK = 2**21
GPU_BLOCK = 2**28


class DistortedDevice(Device):
    """A population of chips with static Gaussian distortion and noise a pass (AsyT Eq. 9).

    Chip j of a seed is the same chip in a population of any size, and whatever the noise. Its
    errors keep their pattern at any distortion and change only in size.

    Args (others: see `Device`):
        structure: the network the chips are meant to be.
        seed: of the fabrication stream.
        distortion: standard deviation of P_sys, of all chips or of each.
        offset: standard deviation of N_init.
        acts_on: "weights" or "outputs".
        noise: of a pass.
        chips: which chips of the seed the population is made of; by default the first C. One may
            be named several times, beside different distortions.

    Raises:
        UnknownNameError: an `acts_on` that does not exist.
        AsytError: a negative or infinite deviation, or other than C distortions or chips.

    Attributes:
        gain: 1 + P_sys a layer, which no method may ask for.

    Example:
        >>> import torch
        >>> from asyt.devices import DistortedDevice
        >>> from asyt.twins import Perceptron
        >>> twin = Perceptron((4, 4, 3))
        >>> chips = DistortedDevice(twin, population=20, seed=0, distortion=0.6)
        >>> chips(twin.initial(0, 1.0, 0.5), torch.rand(5, 4)).shape
        torch.Size([20, 5, 3])
    """

    kind = "distorted"
    cites = ("wang2025", "wang2025code")
    only_reads = True

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
        if isinstance(distortion, int | float):
            distortion = [distortion] * population
        distortions = list(distortion)
        self._chips = range(population) if chips is None else list(chips)
        if not len(distortions) == len(self._chips) == population:
            raise AsytError(
                f"{len(distortions)} distortions and {len(self._chips)} chips for a population of "
                f"{population}: give one each."
            )
        named = [("distortion", value) for value in distortions]
        for name, value in [*named, ("offset", offset)]:
            if not 0 <= value < float("inf"):
                raise AsytError(
                    f"{name} {value}: a standard deviation is a finite number, zero or above."
                )
        depth = structure.depth
        if noise is not None and len(noise.levels) not in (0, depth):
            raise AsytError(
                f"a noise floor of {len(noise.levels)} levels for {depth} layers: give one a layer."
            )
        if noise is not None and max(noise.layers or (0,)) >= depth:
            raise AsytError(f"noise in layers {noise.layers} of {depth}: they are counted from 0.")
        place = lookup(acts_on, ("weights", "outputs"), "place of distortion")
        self._structure = structure
        self._noise = noise
        self._seed = seed
        self._on_weights = place == "weights"

        def drawn(
            which: int,
            centre: float,
            deviations: Sequence[float],
        ) -> Weights:
            """Centre + deviation * N(0, 1) for each parameter (or each neuron) of each chip."""
            layers = []
            for l, (n_out, n_in) in enumerate(structure.shapes):
                # the last column belongs to the bias
                shape = (n_out, n_in + 1) if self._on_weights else (n_out, 1)
                table = torch.empty(population, *shape, dtype=dtype)
                chips = zip(table, self._chips, deviations, strict=True)
                for row, chip, deviation in chips:
                    error = streams.normal(shape, "fabrication", seed, chip, l, which)
                    row.copy_(centre + deviation * error)
                weight = table[..., :-1].contiguous()
                bias = table[..., -1].contiguous()
                layers.append(Layer(weight, bias).to(compute))
            return layers

        self.gain = drawn(0, 1.0, distortions)
        self._offset = None
        if offset:
            self._offset = drawn(1, 0.0, [offset] * population)
        self.at(0, 0)

    @classmethod
    def from_masks(
        cls,
        structure: Perceptron,
        masks: Weights,
        noise: Noise | None = None,
        encapsulated: bool = True,
    ) -> DistortedDevice:
        """Chips whose relative errors on the weights are given: (C, out, in), (C, out) a layer."""
        weight = masks[0].weight
        chips = cls(
            structure,
            weight.shape[0],
            0,
            distortion=0.0,
            noise=noise,
            encapsulated=encapsulated,
            dtype=weight.dtype,
            compute=weight.device,
        )
        chips.gain = [mask.map(lambda error: 1 + error) for mask in masks]
        return chips

    def at(self, *moment: int) -> None:
        """Start the noise of a moment (seed, epoch, phase) from its own address."""
        if self._noise is not None:
            compute = self.gain[0].weight.device
            self._generator = self._noise.generator(compute, self._seed, *moment)

    def propagate(self, controls: Weights, x: Tensor) -> list[Tensor]:
        """AsyT Eq. 9, layer by layer, with the structure's clipping and non-linearity after it.

        The noise of a pass is drawn for all chips, layer by layer; then they run a block at a time.
        Of an encapsulated device only the read-out is kept.
        """
        controls = [layer.shared() for layer in controls]
        noise = [self._noise_of_a_pass(layer, x) for layer in controls]
        blocks = []
        for chips in self.blocks(x):
            blocks.append(self._through(chips, controls, x, noise))
        states = [x]
        for parts in zip(*blocks, strict=True):
            states.append(products.join(list(parts)))
        return states

    def blocks(self, x: Tensor) -> list[slice]:
        """The chips that run together: as many as keep a layer's tensors near the processor."""
        batch = x.shape[-2]
        trajectories = x.shape[:-2].numel()
        block = BLOCK if x.device.type == "cpu" else GPU_BLOCK
        widest = max(n_out * max(n_in, batch) for n_out, n_in in self._structure.shapes)
        together = max(1, block // (widest * trajectories))
        firsts = range(0, self.population, together)
        return [slice(first, first + together) for first in firsts]

    def _noise_of_a_pass(self, layer: Layer, x: Tensor) -> Tensor | None:
        """The normal numbers of a layer, all chips."""
        if self._noise is None:
            return None
        *of_weights, n_out, _ = layer.weight.shape
        *of_inputs, batch, _ = x.shape
        leading = torch.broadcast_shapes(of_weights, of_inputs, (self.population,))
        shape = (*leading, batch, n_out)
        return self._noise.draw(shape, x, self._generator)

    def _through(
        self,
        chips: slice,
        controls: Weights,
        x: Tensor,
        noise: Sequence[Tensor | None],
    ) -> list[Tensor]:
        """What some of the chips carry after each layer, or only after the last."""
        light = x
        states: list[Tensor] = []
        for l, (layer, drawn) in enumerate(zip(controls, noise, strict=True)):
            felt = _of(layer, chips)
            if self._on_weights:
                if self._offset is not None:
                    felt = felt.map(torch.add, _of(self._offset[l], chips))
                felt = felt.map(torch.mul, _of(self.gain[l], chips))
            disturb = partial(self._disturb, chips, drawn)
            light = self._structure.activate(l, felt, light, disturb)
            if self.encapsulated:
                states.clear()
            states.append(light)
        return states

    def _disturb(
        self,
        chips: slice,
        drawn: Tensor | None,
        l: int,
        z: Tensor,
    ) -> Tensor:
        """Net outputs of layer l with the errors of its neurons and the noise."""
        if not self._on_weights:  # errors of neurons lie where biases do
            if self._offset is not None:
                offset = _of(self._offset[l], chips).tensors()[-1]
                z = z + offset.unsqueeze(-2)
            gain = _of(self.gain[l], chips).tensors()[-1]
            z = z * gain.unsqueeze(-2)
        if self._noise is None or drawn is None:
            return z
        of_chips = drawn[..., chips, :, :]
        return self._noise.add(z, of_chips, l)


def _of(layer: Layer, chips: slice) -> Layer:
    """The part of a layer that belongs to some chips; what all share is theirs too."""
    weight = layer.weight
    if weight.dim() == 2 or weight.shape[-3] == 1:
        return layer
    weight = weight[..., chips, :, :]
    if layer.bias is None:
        return Layer(weight)
    return Layer(weight, layer.bias[..., chips, :])
