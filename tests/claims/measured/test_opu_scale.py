"""The verdict on the size of a projection."""

import pandas as pd
import pytest

from asyt.claims.measured import opu_scale

LARGE = {
    "outputs": 1e5,
    "inputs": 1e6,
    "seconds": 600.0,
    "peak_rss_mib": 200.0,
    "again": 1e4,
    "again_equal": 1e4,
    "block_entries": 1e6,
    "block_seconds": 0.01,
}


def holds(**changed: float) -> bool:
    values = {**LARGE, **changed}
    table = pd.DataFrame({"quantity": values.keys(), "value": values.values()})
    (measurement,) = opu_scale.measure(table)
    return measurement.holds


def test_a_large_projection_in_little_memory_holds():
    assert holds()


@pytest.mark.parametrize(
    "changed", [{"inputs": 5e5}, {"peak_rss_mib": 2000}, {"again_equal": 9999}]
)
def test_a_smaller_a_larger_or_another_one_does_not(changed):
    assert not holds(**changed)
