"""The cells of the chips without any training: their curves beside the estimation profiles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from asyt.experiments import base
from asyt.experiments.base import HERE, Execution, Experiment, Seeds
from asyt.photonics import PROFILES as ESTIMATES
from asyt.photonics import Profile, populations, profile
from asyt.photonics.profiles import V_PI

#: Digits of the curves of single cells, which are only drawn.
DIGITS = 5
#: Every such voltage is kept of them.
EVERY = 4
#: Voltages at which Eq. 4 is compared.
COMPARED = 401


@dataclass(frozen=True)
class Config(base.Config):
    """How many devices of two chips (32 cells each) are looked at, and at how many voltages."""

    devices: int = 100  # whose distance from the estimate is measured
    band: int = 50  # whose cells make the quantiles
    drawn: int = 3  # whose cells are kept one by one
    points: int = 161  # voltages from 0 to V_PI
    seed: int = 0


PROFILES = {"smoke": Config(devices=4), "quick": Config(), "paper": Config()}


def plan(profile: str, seeds: Seeds = None, devices: int | None = None) -> list[Config]:
    """One run a seed of the fabrication."""
    sized = PROFILES[profile]
    if devices is not None:
        sized = replace(sized, devices=devices)
    return [replace(sized, seed=seed) for seed in seeds or (0,)]


def run(config: Config, _execution: Execution = HERE) -> pd.DataFrame:
    """Milliseconds, on the CPU.

    Returns:
        Tidy rows: quantity, source, device, cell, n, volts, value. `transmission` of each `cell` of
        the drawn devices and of each estimation profile (by its name); `minimum` and `maximum` over
        the cells of the drawn devices, `low`, `centre` and `high` (5, 50, 95 %) over those of the
        band, n cells at a voltage; `worst`, `spread` and `shift` of a device, as
        `populations.mismatch` has them; `error` of Eq. 4 over n voltages.
    """
    volts = torch.linspace(0, V_PI, config.points, dtype=torch.float64)
    largest = max(config.devices, config.band, config.drawn)
    cells = populations.curves(volts, largest, seed=config.seed)
    drawn, band = cells[:, : config.drawn], cells[:, : config.band]
    parts = [
        _single(volts, drawn),
        *_quantiles(volts, drawn, {"minimum": 0.0, "maximum": 1.0}),
        *_quantiles(volts, band, {"low": 0.05, "centre": 0.5, "high": 0.95}),
        *(_estimate(volts, row) for row in ESTIMATES.values()),
        *_mismatch(volts, cells[:, : config.devices]),
        _error(),
    ]
    return pd.concat(parts, ignore_index=True)


def _rows(
    quantity: str,
    source: str,
    value: Any,
    *,
    device: Any = -1,
    cell: Any = -1,
    n: int = 1,
    volts: Any = np.nan,
) -> pd.DataFrame:
    """Rows of the table: of each value one, or one with it."""
    columns = {
        "quantity": quantity,
        "source": source,
        "device": device,
        "cell": cell,
        "n": n,
        "volts": volts,
        "value": np.atleast_1d(value),
    }
    return pd.DataFrame(columns)


def _single(volts: Tensor, cells: Tensor) -> pd.DataFrame:
    at, kept = volts[::EVERY].numpy(), cells[::EVERY].numpy()
    position, device, cell = np.indices(kept.shape).reshape(3, -1)
    return _rows(
        "transmission",
        "cell",
        kept.round(DIGITS).ravel(),
        device=device,
        cell=cell,
        volts=at[position],
    )


def _quantiles(volts: Tensor, cells: Tensor, shares: dict[str, float]) -> Iterator[pd.DataFrame]:
    flat = cells.flatten(1).numpy()
    n = flat.shape[1]
    for name, share in shares.items():
        ends = np.quantile(flat, share, axis=1)
        yield _rows(name, "cells", ends, n=n, volts=volts)


def _estimate(volts: Tensor, estimate: Profile) -> pd.DataFrame:
    reach = volts[volts <= estimate.v_pi]
    estimated = estimate.transmission(reach).numpy()
    return _rows("transmission", estimate.name, estimated, volts=reach)


def _mismatch(volts: Tensor, cells: Tensor) -> Iterator[pd.DataFrame]:
    apart = populations.mismatch(volts, cells, profile("eq4"))
    for quantity, values in apart.items():
        yield _rows(quantity, "device", values, device=apart.index)


def _error() -> pd.DataFrame:
    error = populations.equation_4_error(COMPARED)
    return _rows("error", "eq4", error, n=COMPARED)


def at_each_voltage(table: pd.DataFrame, *quantities: str) -> pd.DataFrame:
    """Quantities over all cells, as columns beside `volts` and `n`."""
    rows = table[table.source == "cells"]
    rows = rows[rows.quantity.isin(quantities)]
    wide = rows.pivot(
        index=["volts", "n"],
        columns="quantity",
        values="value",
    )
    return wide[list(quantities)].reset_index()


def single_cells(table: pd.DataFrame) -> pd.DataFrame:
    """Transmission of the drawn cells: a row a voltage, a column a cell."""
    rows = table[table.source == "cell"]
    return rows.pivot(index="volts", columns=["device", "cell"], values="value")


def estimate(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """`volts` and `value` of an estimation profile."""
    rows = table[table.source == name]
    rows = rows[rows.quantity == "transmission"]
    return rows[["volts", "value"]]


def mismatch(table: pd.DataFrame) -> pd.DataFrame:
    """`worst`, `spread` and `shift`, a row a device."""
    rows = table[table.source == "device"]
    return rows.pivot(index="device", columns="quantity", values="value")


EXPERIMENT = Experiment("mzi-cells", PROFILES, plan, run, population=True, gpu=False)
