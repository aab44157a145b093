"""The cells of the chips without any training: their curves beside the estimation profiles."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from asyt.experiments import base
from asyt.experiments.base import HERE, Execution, Experiment, Seeds
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


PROFILES = {"smoke": Config(devices=4), "quick": Config(), "paper": Config()}


def plan(profile: str, seeds: Seeds = None, devices: int | None = None) -> list[Config]:
    """One run a seed of the fabrication."""
    sized = replace(PROFILES[profile], devices=devices or PROFILES[profile].devices)
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
    found = populations.curves(
        volts, max(config.devices, config.band, config.drawn), seed=config.seed
    )
    apart = populations.mismatch(volts, found[:, : config.devices], profile("eq4"))
    error = _rows("error", "eq4", [populations.equation_4_error(COMPARED)], n=COMPARED)
    parts = [
        _lines(volts, found[:, : config.drawn]),
        *_quantiles(volts, found[:, : config.drawn], {"minimum": 0.0, "maximum": 1.0}),
        *_quantiles(volts, found[:, : config.band], {"low": 0.05, "centre": 0.5, "high": 0.95}),
        *(_estimate(name, volts) for name in ESTIMATES),
        *(_rows(name, "device", apart[name], device=apart.index) for name in apart),
        error,
    ]
    return pd.concat(parts, ignore_index=True)


def _rows(quantity: str, source: str, value, *, device=-1, cell=-1, n=1, volts=np.nan):
    row = {"quantity": quantity, "source": source, "device": device, "cell": cell}
    return pd.DataFrame({**row, "n": n, "volts": volts, "value": value})


def _lines(volts: Tensor, found: Tensor) -> pd.DataFrame:
    kept = found[::EVERY].numpy().round(DIGITS)
    position, device, cell = np.indices(kept.shape).reshape(3, -1)
    at = volts[::EVERY].numpy()[position]
    return _rows("transmission", "cell", kept.ravel(), device=device, cell=cell, volts=at)


def _quantiles(volts: Tensor, found: Tensor, shares: dict[str, float]) -> list[pd.DataFrame]:
    flat = found.flatten(1).numpy()
    ends = np.quantile(flat, list(shares.values()), axis=1)
    n = flat.shape[1]
    return [
        _rows(name, "cells", end, n=n, volts=volts) for name, end in zip(shares, ends, strict=True)
    ]


def _estimate(name: str, volts: Tensor) -> pd.DataFrame:
    reach = volts[volts <= profile(name).v_pi]
    estimated = profile(name).transmission(reach).numpy()
    return _rows("transmission", name, estimated, volts=reach)


def at_each_voltage(table: pd.DataFrame, *quantities: str) -> pd.DataFrame:
    """Quantities over all cells, as columns beside `volts` and `n`."""
    rows = table[(table.source == "cells") & table.quantity.isin(quantities)]
    wide = rows.pivot(index=["volts", "n"], columns="quantity", values="value")
    return wide[list(quantities)].reset_index()


def single_cells(table: pd.DataFrame) -> pd.DataFrame:
    """Transmission of the drawn cells: a row a voltage, a column a cell."""
    rows = table[table.source == "cell"]
    return rows.pivot(index="volts", columns=["device", "cell"], values="value")


def estimate(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """`volts` and `value` of an estimation profile."""
    rows = table[(table.source == name) & (table.quantity == "transmission")]
    return rows[["volts", "value"]]


def mismatch(table: pd.DataFrame) -> pd.DataFrame:
    """`worst`, `spread` and `shift`, a row a device."""
    rows = table[table.source == "device"]
    return rows.pivot(index="device", columns="quantity", values="value")


EXPERIMENT = Experiment("mzi-cells", PROFILES, plan, run, population=True, gpu=False)
