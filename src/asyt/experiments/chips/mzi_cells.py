"""The cells of the chips without any training: their curves beside the estimation profiles."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from asyt.experiments import base
from asyt.experiments.base import HERE, Execution, Experiment, one_a_seed
from asyt.photonics import PROFILES as ESTIMATES
from asyt.photonics import populations, profile
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


PROFILES = {
    "smoke": Config(devices=4),
    "quick": Config(),
    "paper": Config(),
}
plan = one_a_seed(PROFILES)


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
    cells = populations.curves(volts, largest, seed=config.seed)  # (volts, devices, cells)
    drawn = cells[:, : config.drawn]
    band = cells[:, : config.band]
    parts = [
        _single(volts[::EVERY], drawn[::EVERY]),
        *_quantiles(volts, drawn, {"minimum": 0.0, "maximum": 1.0}),
        *_quantiles(volts, band, {"low": 0.05, "centre": 0.5, "high": 0.95}),
    ]
    for estimated in ESTIMATES.values():
        reach = volts[volts <= estimated.v_pi]
        values = estimated.transmission(reach).numpy()
        parts.append(_rows("transmission", estimated.name, values, volts=reach))
    measured = cells[:, : config.devices]
    mismatches = populations.mismatch(volts, measured, profile("eq4"))
    for name, values in mismatches.items():
        parts.append(_rows(name, "device", values, device=mismatches.index))
    error = populations.equation_4_error(COMPARED)
    parts.append(_rows("error", "eq4", error, n=COMPARED))
    return pd.concat(parts, ignore_index=True)


def _rows(quantity: str, source: str, value: Any, **where: Any) -> pd.DataFrame:
    """Rows of the table: of each value one, or one with it."""
    columns = {
        "quantity": quantity,
        "source": source,
        "device": -1,
        "cell": -1,
        "n": 1,
        "volts": np.nan,
        "value": np.atleast_1d(value),
    }
    return pd.DataFrame(columns | where)


def _single(volts: Tensor, cells: Tensor) -> pd.DataFrame:
    """Transmission of each cell (volts, devices, cells) at each voltage."""
    transmission = cells.numpy().round(DIGITS)
    at, device, cell = np.indices(transmission.shape).reshape(3, -1)
    return _rows(
        "transmission",
        "cell",
        transmission.ravel(),
        device=device,
        cell=cell,
        volts=volts.numpy()[at],
    )


def _quantiles(
    volts: Tensor,
    cells: Tensor,
    shares: dict[str, float],
) -> list[pd.DataFrame]:
    """Quantiles over all cells (volts, devices, cells) at each voltage."""
    transmission = cells.flatten(1).numpy()
    parts = []
    for name, share in shares.items():
        rows = _rows(
            name,
            "cells",
            np.quantile(transmission, share, axis=1),
            n=transmission.shape[1],
            volts=volts,
        )
        parts.append(rows)
    return parts


def at_each_voltage(table: pd.DataFrame, *quantities: str) -> pd.DataFrame:
    """Quantities over all cells, as columns beside `volts` and `n`."""
    rows = table[table.source == "cells"]
    rows = rows[rows.quantity.isin(quantities)]
    wide = rows.pivot(index=["volts", "n"], columns="quantity", values="value")
    return wide[list(quantities)].reset_index()


def single_cells(table: pd.DataFrame) -> pd.DataFrame:
    """Transmission of the drawn cells: a row a voltage, a column a cell."""
    rows = table[table.source == "cell"]
    return rows.pivot(index="volts", columns=["device", "cell"], values="value")


def estimate(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """`volts` and `value` of an estimation profile."""
    of_profile = table.source == name
    rows = table[of_profile & (table.quantity == "transmission")]
    return rows[["volts", "value"]]


def mismatch(table: pd.DataFrame) -> pd.DataFrame:
    """`worst`, `spread` and `shift`, a row a device."""
    rows = table[table.source == "device"]
    return rows.pivot(index="device", columns="quantity", values="value")


EXPERIMENT = Experiment(
    "mzi-cells",
    PROFILES,
    plan,
    run,
    population=True,
    gpu=False,
)
