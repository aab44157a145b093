"""The broadcast-and-select module, and layers built of several.

Each of m inputs is split to m outputs by log2(m) stages of 1x2 splitters (3 dB each), passes an MZI
cell, and is joined with the others by as many stages of 2x1 combiners. The inputs are mutually
incoherent, so powers add and each combiner costs 3 dB too. A passive module takes power P_i and
gives sum_i T_ji P_i / m^2.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from asyt.errors import AsytError
from asyt.photonics.mzi import Cells, Spreads
from asyt.photonics.profiles import V_PI


@dataclass(frozen=True)
class Module:
    """One m x m chip, m a power of two; an element loses `excess_db`, 0 or above, beyond 3 dB.

    Example:
        >>> from asyt.photonics import Module
        >>> Module(size=4).stages, round(Module(size=4).passive_db, 2)
        (2, 12.04)
    """

    size: int = 4
    excess_db: float = 0.0

    def __post_init__(self):
        if self.size < 2 or self.size & (self.size - 1):
            raise AsytError(f"module size {self.size}: a tree of splitters has 2, 4, 8, ... ends.")
        if not self.excess_db >= 0:
            raise AsytError(f"excess_db {self.excess_db}: a loss is a positive number of dB.")

    @property
    def stages(self) -> int:
        """1x2 splitters, and 2x1 combiners, that a signal passes."""
        return int(math.log2(self.size))

    @property
    def passive_db(self) -> float:
        """Loss of splitting and combining, dB: what a signal loses with all cells open."""
        return 2 * self.stages * (10 * math.log10(2) + self.excess_db)

    def transfer(self, transmission: Tensor) -> Tensor:
        """Cells' T (..., m, m) -> power transfer from input i to output j."""
        return transmission * 10 ** (-self.passive_db / 10)


class Tiling:
    """A layer of n_in inputs and n_out outputs from modules of one size, in space or in time.

    Each has errors of its own. Ports that are left over stay dark.

    Args:
        n_in: inputs, the bias light included.
        n_out: outputs.
        layer, population, spreads, seed: as `Cells`.
        grid: rows and columns of modules; by default just enough.
        v_pi, dtype, compute: of the cells.

    Raises:
        AsytError: a grid that does not cover the layer.

    Example:
        >>> from asyt.photonics import Module, Tiling
        >>> from asyt.photonics.populations import TYPICAL
        >>> Tiling(9, 4, layer=0, module=Module(4), population=1, spreads=TYPICAL, seed=0).grid
        (1, 3)
    """

    def __init__(
        self,
        n_in: int,
        n_out: int,
        layer: int,
        module: Module,
        population: int,
        spreads: Spreads,
        seed: int,
        *,
        grid: tuple[int, int] | None = None,
        v_pi: float = V_PI,
        dtype: torch.dtype = torch.float32,
        compute: torch.device | str = "cpu",
    ):
        m = module.size
        least_rows = math.ceil(n_out / m)
        least_columns = math.ceil(n_in / m)
        self.grid = grid or (least_rows, least_columns)
        rows, columns = self.grid
        if rows < least_rows or columns < least_columns:
            raise AsytError(
                f"{rows} x {columns} modules of {m} x {m} cover {m * rows} outputs and "
                f"{m * columns} inputs, the layer has {n_out} and {n_in}: use {least_rows} x "
                f"{least_columns}."
            )
        self.n_in = n_in
        self.n_out = n_out
        self.module = module
        self.modules = rows * columns  # or uses of one module in time
        self._cells = Cells(
            (self.modules, m, m),
            population,
            spreads,
            seed,
            layer,
            v_pi=v_pi,
            dtype=dtype,
            compute=compute,
        )

    def transmission(self, volts: Tensor) -> Tensor:
        """Voltages of the layer's cells (..., C, out, in) -> their transmissions."""
        m = self.module.size
        rows, columns = self.grid
        dark_columns = columns * m - self.n_in
        dark_rows = rows * m - self.n_out
        if dark_columns or dark_rows:
            volts = torch.nn.functional.pad(volts, (0, dark_columns, 0, dark_rows))
        split = volts.unflatten(-1, (columns, m)).unflatten(-3, (rows, m))
        tiles = split.movedim(-2, -3).flatten(-4, -3)
        through = self._cells.transmission(tiles)  # (..., C, modules, m, m)
        grid = through.unflatten(-3, (rows, columns)).movedim(-3, -2)
        whole = grid.flatten(-4, -3).flatten(-2, -1)
        return whole[..., : self.n_out, : self.n_in]
