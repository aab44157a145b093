"""A network of broadcast-and-select chips: the hardware of AsyT Figs. 2 to 4.

Two kinds. *Optical*: chip -> EDFA near saturation -> filter -> chip -> linear EDFA -> detectors,
without any read-out on the way (Fig. 2). *Digital non-linearity*: the powers behind each chip are
detected, the non-linearity is added digitally, and a modulator that nobody has characterised writes
the result back (Figs. 3 and 4); the training is not given what was detected there.

Powers are in units of full scale: one is the power that amplifiers are set to give for one unit of
net output.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from asyt import streams
from asyt.devices.contract import Transforming
from asyt.errors import AsytError
from asyt.photonics import (
    EDFA,
    Cells,
    Control,
    Element,
    Encoding,
    Filter,
    Module,
    PowerBudget,
    Spreads,
    Tiling,
)
from asyt.photonics.profiles import V_PI
from asyt.twins import Perceptron, Weights

MODULE = Module()
FILTER = Filter()


class PhotonicDevice(Transforming):
    """A population of chips with fabrication errors, controlled through one estimation profile.

    Controls are weights of the structure; each passes encoding, levels, profile and DAC, and meets
    a cell that differs from the profile. A bias is one more input of constant full light, with
    cells of its own.

    Args:
        structure: the network the chips are meant to be; activation "tanh" for an optical one.
        population: number of chips C.
        seed: of the fabrication and noise streams.
        control: profile, levels, DAC.
        encoding: weight <-> transmission.
        spreads: how cells differ.
        optical: True keeps the light path closed; False adds the non-linearity digitally.
        module: what layers are tiled with.
        launched: laser power a channel, watts.
        saturation: of the EDFA behind each hidden layer, watts (optical).
        noise_figure_db: of all EDFAs, or None for noiseless ones (optical).
        filter: behind each EDFA (optical).
        coupling_db: loss from fibre to chip, a facet, dB.
        v_pi: of the cells' design, volts.
        encapsulated: see `Device`. An optical network cannot be opened.
        dtype, compute: of the tensors.

    Raises:
        AsytError: signed weights or another non-linearity than tanh in an optical network, or one
            that is opened.
    """

    kind, cites = "photonic", ("wang2025", "harris2014", "lu2017", "alemany2021")

    def __init__(
        self,
        structure: Perceptron,
        population: int,
        seed: int,
        *,
        control: Control,
        encoding: Encoding,
        spreads: Spreads,
        optical: bool,
        module: Module = MODULE,
        launched: float = 10e-3,
        saturation: float = 20e-3,
        noise_figure_db: float | None = 5.0,
        filter: Filter = FILTER,
        coupling_db: float = 1.0,
        v_pi: float = V_PI,
        encapsulated: bool = True,
        dtype: torch.dtype = torch.float32,
        compute: torch.device | str = "cpu",
    ):
        super().__init__(structure.layers, population, encapsulated)
        if optical and (encoding.signed or structure.activation != "tanh"):
            raise AsytError(
                f"optical network with activation '{structure.activation}' and "
                f"signed={encoding.signed}: light adds powers and an EDFA saturates like tanh; "
                "use unsigned weights and tanh, or optical=False."
            )
        known = structure.activation == "sigmoid" and structure.clip is None
        if not optical and structure.depth > 1 and not known:
            raise AsytError(
                f"digital hidden layers with activation '{structure.activation}' and clip "
                f"{structure.clip}: modulators write values from 0 to 1 back on light; use "
                "sigmoid without a clip."
            )
        if optical and not encapsulated:
            raise AsytError(
                "an optical network has no read-out between its chips: leave encapsulated=True."
            )
        self._structure, self._control, self._encoding = structure, control, encoding
        self._spreads, self._optical, self._module = spreads, optical, module
        self._seed, self._where = seed, compute
        self._launched, self._saturation, self._coupling_db = launched, saturation, coupling_db
        depth = structure.depth

        def tiling(l: int) -> Tiling:
            n_out, n_in = structure.shapes[l]
            return Tiling(
                n_in + structure.bias,
                n_out,
                l,
                module,
                population,
                spreads,
                seed,
                dtype=dtype,
                compute=compute,
                v_pi=v_pi,
            )

        def writers(l: int) -> Cells:
            shape = (structure.layers[l + 1], 1, 1)
            address = depth + l  # fabrication addresses beyond the layers
            return Cells(
                shape, population, spreads, seed, address, dtype=dtype, compute=compute, v_pi=v_pi
            )

        def amplifier(l: int) -> EDFA:
            limit = saturation if l < depth - 1 else math.inf
            return EDFA(self._gain_db(l), limit, noise_figure_db, filter)

        self._tilings = [tiling(l) for l in range(depth)]
        self._writers = [writers(l) for l in range(depth - 1)]
        self._amplifiers = [amplifier(l) for l in range(depth)]
        self.at(0, 0)

    def _full(self, l: int) -> float:
        """Power that stands for 1 at the input of layer l, watts: the laser's, then the EDFA's."""
        return self._launched if l == 0 else self._saturation

    def _gain_db(self, l: int) -> float:
        """Gain behind layer l, dB: full light through open cells shall give the encoding's span."""
        wanted = self._encoding.span * self._saturation
        return self._loss_db(l) + 10 * math.log10(wanted / self._full(l))

    def _loss_db(self, l: int) -> float:
        """Nominal loss of layer l with its cells open, dB."""
        return sum(e.loss_db for e in self._elements(l))

    def _elements(self, l: int) -> list[Element]:
        """Facets, trees, cells, and the splitting and joining of modules in space."""
        module = self._module
        rows, columns = self._tilings[l].grid
        tree = f"{module.stages} stages of"
        size = f"({module.size} x {module.size})"
        losses = [
            (f"split to {rows} rows of modules", 10 * math.log10(rows)),
            ("two facets", 2 * self._coupling_db),
            (f"{tree} 1x2 splitters {size}", module.passive_db / 2),
            ("MZI cell, open", self._spreads.loss_db),
            (f"{tree} 2x1 combiners {size}", module.passive_db / 2),
            (f"join {columns} columns of modules", 10 * math.log10(columns)),
        ]
        if rows == 1:
            del losses[0]
        if columns == 1:
            del losses[-1]
        return [Element(f"layer {l + 1}: {name}", loss) for name, loss in losses]

    def power_budgets(self) -> list[PowerBudget]:
        """One budget a light path without a break: the whole chain (optical), or each layer."""
        paths = [self._elements(l) for l in range(len(self._tilings))]
        if not self._optical:
            return [PowerBudget(self._launched, tuple(path)) for path in paths]
        chain: list[Element] = []
        for l, (path, amplifier) in enumerate(zip(paths, self._amplifiers, strict=True), start=1):
            kind = "EDFA near saturation" if l < len(paths) else "linear EDFA"
            loss = amplifier.filter.loss_db
            edfa = Element(f"{kind} {l}", gain_db=amplifier.gain_db + loss)
            chain += [*path, edfa, Element(f"filter {l}", loss)]
        return [PowerBudget(self._launched, tuple(chain))]

    def at(self, *moment: int) -> None:
        """Start the noise of a moment (seed, epoch, phase) from its own address."""
        self._generator = streams.torch_generator(self._where, "noise", self._seed, *moment)

    def transmissions(self, controls: Weights) -> list[Tensor]:
        """What the cells of every layer really do, (C, out, in [+ 1]); as `effective`."""
        opened = []
        for tiling, layer in zip(self._tilings, controls, strict=True):
            weight, bias = layer.shared()
            if bias is not None:
                weight = torch.cat([weight, bias.unsqueeze(-1)], -1)
            wanted = self._encoding.transmission(weight)
            opened.append(tiling.transmission(self._control.volts(wanted)))
        return opened

    def effective(self, controls: Weights) -> list[Tensor]:
        """See `Transforming.effective`; nominal loss made good."""
        nominal = 10 ** (self._spreads.loss_db / 10)
        return [self._encoding.weight(nominal * open_) for open_ in self.transmissions(controls)]

    def propagate(self, controls: Weights, x: Tensor) -> list[Tensor]:
        """Light through all layers; an optical network returns only inputs and read-out."""
        light = self._control.quantise(x)  # the input modulators at the edge are set to 100 levels
        states = [x]
        carry = self._optical_layer if self._optical else self._digital_layer
        cells = self.transmissions(controls) if self._optical else self.effective(controls)
        for l, layer in enumerate(cells):
            if self._structure.bias:
                light = torch.cat([light, torch.ones_like(light[..., :1])], -1)
            light = carry(l, light, layer)
            states.append(light)
            if not self._optical and l < len(cells) - 1:
                light = self._written(l, light)
        return [x, light] if self._optical else states

    def _optical_layer(self, l: int, light: Tensor, open_: Tensor) -> Tensor:
        """Powers add behind the cells; the amplifier makes losses good and may saturate."""
        # a cell's own loss is in its transmission
        passive = 10 ** (-(self._loss_db(l) - self._spreads.loss_db) / 10)
        power = self._full(l) * passive * torch.matmul(light, open_.mT)
        return self._amplifiers[l].amplify(power, self._generator) / self._saturation

    def _digital_layer(self, l: int, light: Tensor, weight: Tensor) -> Tensor:
        """Detected powers, sign restored from the known total; then the non-linearity."""
        return self._structure.nonlinear(l, torch.matmul(light, weight.mT))

    def _written(self, l: int, a: Tensor) -> Tensor:
        """Hidden values (C, B, n) put back on light by modulators under the same profile."""
        volts = self._control.volts(a.clamp(0, 1)).movedim(-2, 0)  # (B, ..., C, n)
        back = self._writers[l].transmission(volts[..., None, None])[..., 0, 0]
        return back.movedim(0, -2) * 10 ** (self._spreads.loss_db / 10)
