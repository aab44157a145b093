"""The three accuracies of a panel of AsyT Fig. 5: AsyT, ideal BP, in-silico BP."""

from collections.abc import Mapping
from dataclasses import replace

from pandas import DataFrame

from asyt.claims.criteria import Measurement, verdict
from asyt.claims.published import find, reported
from asyt.experiments import mnist
from asyt.methods import LABELS

#: Method -> the claim on its accuracy.
Claims = Mapping[str, str]
READINGS = [mnist.Config(**variant).reading for variant in mnist.VARIANTS]


def measure(table: DataFrame, claims: Claims, page: str) -> list[Measurement]:
    """Our values in the reading of the noise that decides; the others in `reading`."""
    judged = in_readings(table, claims, page)
    found = []
    for position, measured in enumerate(judged.pop(mnist.PRIMARY)):
        others = {noise: other[position] for noise, other in judged.items()}
        texts = [f"{noise} {m.measured:.1f}, {judge(m)}" for noise, m in others.items()]
        beside = f"; with other noise: {'; '.join(texts)}" if texts else ""
        found.append(replace(measured, reading=measured.reading + beside))
    return found


def in_readings(table: DataFrame, claims: Claims, page: str) -> dict[str, list[Measurement]]:
    """Reading of the noise -> the accuracies after the last epoch, in the order of `claims`."""
    last = mnist.at_end(table)
    found = {}
    for noise in READINGS:
        ours = last[last.noise == noise].set_index("method")
        if ours.empty:
            continue
        ideal = float(ours.centre["ideal-bp"])
        text = f"distortion {mnist.TRAINED} on the weights, {noise} noise"
        found[noise] = [
            Measurement.of(claim, ours.loc[method], text, page, chance=10.0, ideal=ideal)
            for method, claim in claims.items()
        ]
    return found


def judge(measured: Measurement) -> str:
    """The verdict on one measurement."""
    return verdict(find(measured.claim), measured)


def readings(table: DataFrame, claims: Claims) -> DataFrame:
    """Every reading judged by the same criteria: a row a reading, value and verdict a claim.

    Ideal BP and AsyT: mean with its 95 % interval; in-silico BP: median with its 5-95 % range.
    """
    rows = []
    for noise, judged in in_readings(table, claims, "").items():
        row = {"noise": noise}
        for method, m in zip(claims, judged, strict=True):
            title = f"{LABELS[method]} (reported {reported(m.claim):g})"
            value = f"{m.measured:.1f} ({m.low:.1f} to {m.high:.1f}), n = {m.n}"
            row[title] = f"{value}: {judge(m)}"
        rows.append(row)
    return DataFrame(rows)
