"""The three accuracies of a panel of AsyT Fig. 5: AsyT, ideal BP, in-silico BP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from asyt.claims.criteria import Measurement, verdict
from asyt.claims.published import register, reported
from asyt.experiments import mnist
from asyt.methods import LABELS

#: Method -> the claim on its accuracy.
Claims = Mapping[str, str]
READINGS = [mnist.Config(**variant).reading for variant in mnist.VARIANTS]


def measure(table: pd.DataFrame, claims: Claims, page: str) -> list[Measurement]:
    """Our values in the reading of the noise that decides; the others in `reading`."""
    judged = in_readings(table, claims, page)
    found = []
    for position, measured in enumerate(judged.pop(mnist.PRIMARY)):
        others = [
            f"{noise} {other[position].measured:.1f}, {judge(other[position])}"
            for noise, other in judged.items()
        ]
        beside = f"; with other noise: {'; '.join(others)}" if others else ""
        found.append(replace(measured, reading=measured.reading + beside))
    return found


def in_readings(table: pd.DataFrame, claims: Claims, page: str) -> dict[str, list[Measurement]]:
    """Reading of the noise -> the accuracies after the last epoch, in the order of `claims`."""
    last = mnist.at_end(table)
    found = {}
    for noise in READINGS:
        ours = last[last.noise == noise].set_index("method")
        if len(ours):
            found[noise] = [_measurement(ours, name, claims[name], page) for name in claims]
    return found


def _measurement(ours: pd.DataFrame, method: str, claim: str, page: str) -> Measurement:
    row = ours.loc[method]
    return Measurement(
        claim,
        row.centre,
        row.low,
        row.high,
        int(row.n),
        f"distortion {mnist.TRAINED} on the weights, {row.noise} noise",
        page,
        chance=10.0,
        ideal=float(ours.loc["ideal-bp", "centre"]),
    )


def judge(measured: Measurement) -> str:
    """The verdict on one measurement."""
    return verdict(register().claims[measured.claim], measured)


def readings(table: pd.DataFrame, claims: Claims, page: str) -> pd.DataFrame:
    """Every reading judged by the same criteria: a row a reading, value and verdict a claim.

    Ideal BP and AsyT: mean with its 95 % interval; in-silico BP: median with its 5-95 % range.
    """
    rows = []
    for noise, judged in in_readings(table, claims, page).items():
        row = {"noise": noise}
        for method, measured in zip(claims, judged, strict=True):
            value = f"{measured.measured:.1f} ({measured.low:.1f} to {measured.high:.1f})"
            title = f"{LABELS[method]} (reported {reported(claims[method]):g})"
            row[title] = f"{value}, n = {measured.n}: {judge(measured)}"
        rows.append(row)
    return pd.DataFrame(rows)
