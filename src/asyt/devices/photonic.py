"""A network of broadcast-and-select chips: the hardware of AsyT Figs. 2 to 4.

*Optical*: chip -> EDFA near saturation -> filter -> chip -> linear EDFA -> detectors, without any
read-out on the way (Fig. 2). *Digital non-linearity*: the powers behind each chip are detected, the
non-linearity is added digitally, and a modulator that nobody has characterised writes the result
back (Figs. 3 and 4); the training is not given what was detected there.

Powers are in units of full scale: the power that amplifiers give for one unit of net output.
"""

import math
from typing import Any

import torch
from torch import Tensor

from asyt.devices.contract import NoisyDevice, Transforming
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


class PhotonicDevice(NoisyDevice, Transforming):
    """A population of chips with fabrication errors, controlled through one estimation profile.

    Controls are weights of the structure; each passes encoding, levels, profile and DAC, and meets
    a cell that differs from the profile. A bias is one more input of constant full light, with
    cells of its own.

    Args (others: see `Device`; an optical network cannot be opened):
        structure: the network the chips are meant to be; activation "tanh" for an optical one.
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

    Raises:
        AsytError: a structure or encoding that the light cannot carry.

    Example:
        >>> import torch
        >>> from asyt.devices import PhotonicDevice
        >>> from asyt.photonics import Control, Encoding, profile
        >>> from asyt.photonics.populations import TYPICAL
        >>> from asyt.twins import Perceptron
        >>> twin = Perceptron((4, 3), bias=False)
        >>> path = {"control": Control(profile("eq4")), "encoding": Encoding(span=1.0)}
        >>> chips = PhotonicDevice(twin, 2, seed=0, spreads=TYPICAL, optical=False, **path)
        >>> weights = [layer.map(torch.abs).map(torch.tanh) for layer in twin.initial(0, 1.0, 0.0)]
        >>> chips([layer.spread(2) for layer in weights], torch.rand(5, 4)).shape
        torch.Size([2, 5, 3])
    """

    kind = "photonic"
    cites = ("wang2025", "harris2014", "lu2017", "alemany2021")
    only_reads = True

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
        super().__init__(structure.layers, population, encapsulated, seed, compute)
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
        self._structure = structure
        self._control = control
        self._encoding = encoding
        self._spreads = spreads
        self._optical = optical
        self._module = module
        self._launched = launched
        self._saturation = saturation
        self._coupling_db = coupling_db
        fabrication: dict[str, Any] = {
            "v_pi": v_pi,
            "dtype": dtype,
            "compute": compute,
        }
        depth = structure.depth
        self._tilings = [
            Tiling(
                n_in + structure.bias,
                n_out,
                l,
                module,
                population,
                spreads,
                seed,
                **fabrication,
            )
            for l, (n_out, n_in) in enumerate(structure.shapes)
        ]
        # the modulators that write hidden values back; fabrication addresses beyond the layers
        self._writers = [
            Cells((width, 1, 1), population, spreads, seed, depth + l, **fabrication)
            for l, width in enumerate(structure.layers[1:-1])
        ]
        # what stands for 1 at the input of each layer, watts, and its loss with open cells, dB
        self._full = [launched] + [saturation] * (depth - 1)
        self._loss_db = []
        for path in self._paths():
            self._loss_db.append(PowerBudget(1.0, path).loss_db)
        self._amplifiers: list[EDFA] = []
        for full, loss in zip(self._full, self._loss_db, strict=True):
            gain = loss + 10 * math.log10(encoding.span * saturation / full)
            is_hidden = len(self._amplifiers) < depth - 1
            limit = saturation if is_hidden else math.inf
            amplifier = EDFA(gain, limit, noise_figure_db, filter)
            self._amplifiers.append(amplifier)

    def _paths(self) -> list[tuple[Element, ...]]:
        """A layer's facets, trees, cells, and the splitting and joining of modules in space."""
        module = self._module
        tree = f"{module.stages} stages of"
        size = f"({module.size} x {module.size})"
        paths = []
        for l, tiling in enumerate(self._tilings, start=1):
            rows, columns = tiling.grid
            losses = {
                f"split to {rows} rows of modules": 10 * math.log10(rows),
                "two facets": 2 * self._coupling_db,
                f"{tree} 1x2 splitters {size}": module.passive_db / 2,
                "MZI cell, open": self._spreads.loss_db,
                f"{tree} 2x1 combiners {size}": module.passive_db / 2,
                f"join {columns} columns of modules": 10 * math.log10(columns),
            }
            losses.pop("split to 1 rows of modules", None)
            losses.pop("join 1 columns of modules", None)
            path = []
            for name, loss in losses.items():
                path.append(Element(f"layer {l}: {name}", loss))
            paths.append(tuple(path))
        return paths

    def power_budgets(self) -> list[PowerBudget]:
        """One budget a light path without a break: the whole chain (optical), or each layer."""
        paths = self._paths()
        if not self._optical:
            return [PowerBudget(self._launched, path) for path in paths]
        chain: list[Element] = []
        layers = zip(paths, self._amplifiers, strict=True)
        for l, (path, amplifier) in enumerate(layers, start=1):
            kind = "EDFA near saturation" if l < len(paths) else "linear EDFA"
            loss = amplifier.filter.loss_db
            edfa = Element(f"{kind} {l}", gain_db=amplifier.gain_db + loss)
            behind = Element(f"filter {l}", loss)
            chain += [*path, edfa, behind]
        return [PowerBudget(self._launched, tuple(chain))]

    def transmissions(self, controls: Weights) -> list[Tensor]:
        """What the cells of every layer really do, (C, out, in [+ 1]); as `effective`."""
        opened = []
        for tiling, layer in zip(self._tilings, controls, strict=True):
            layer = layer.shared()
            weight = layer.weight
            if layer.bias is not None:
                weight = torch.cat([weight, layer.bias.unsqueeze(-1)], -1)
            wanted = self._encoding.transmission(weight)
            opened.append(tiling.transmission(self._control.volts(wanted)))
        return opened

    def effective(self, controls: Weights) -> list[Tensor]:
        """See `Transforming.effective`; nominal loss made good."""
        nominal = 10 ** (self._spreads.loss_db / 10)
        weights = []
        for transmission in self.transmissions(controls):
            weights.append(self._encoding.weight(nominal * transmission))
        return weights

    def propagate(self, controls: Weights, x: Tensor) -> list[Tensor]:
        """Light through all layers; an optical network returns only inputs and read-out."""
        light = self._control.quantise(x)  # the input modulators at the edge are set to 100 levels
        states = [x]
        cells = self.transmissions(controls) if self._optical else self.effective(controls)
        for l, layer in enumerate(cells):
            if self._structure.bias:
                light = torch.cat([light, torch.ones_like(light[..., :1])], -1)
            power = torch.matmul(light, layer.mT)
            if self._optical:
                light = self._amplified(l, power)
            else:  # detected, the sign restored from the known total
                light = self._structure.nonlinear(l, power)
                states.append(light)
                if l < len(self._writers):
                    light = self._written(l, light)
        return [x, light] if self._optical else states

    def _amplified(self, l: int, power: Tensor) -> Tensor:
        """The powers behind the cells of layer l, their losses made good; it may saturate."""
        # a cell's own loss is in its transmission
        passive_db = self._loss_db[l] - self._spreads.loss_db
        passive = 10 ** (-passive_db / 10)
        launched = self._full[l] * passive * power
        amplified = self._amplifiers[l].amplify(launched, self._generator)
        return amplified / self._saturation

    def _written(self, l: int, a: Tensor) -> Tensor:
        """Hidden values (C, B, n) put back on light by modulators under the same profile."""
        volts = self._control.volts(a.clamp(0, 1)).movedim(-2, 0)  # (B, ..., C, n)
        back = self._writers[l].transmission(volts[..., None, None])[..., 0, 0]
        nominal = 10 ** (self._spreads.loss_db / 10)
        return back.movedim(0, -2) * nominal
