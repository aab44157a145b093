"""AsyT Fig. 6c: stored updates, replayed."""

import pandas as pd
import pytest

from asyt.experiments import reuse


def test_replayed_updates_give_the_same_controls():
    found = reuse.run(reuse.PROFILES["smoke"]).set_index(["precision", "quantity"]).value
    assert found["float32", "replayed"] == found["float64", "replayed"] == 0
    assert 0 < found["float64", "fused"] < 1e-12 < found["float64", "change"]


def test_differences_have_a_row_a_precision():
    rows = [("float32", "fused", 2e-7), ("float32", "change", 0.1), ("float32", "replayed", 0.0)]
    table = pd.DataFrame(rows, columns=["precision", "quantity", "value"])
    (row,) = reuse.differences(table).to_dict("records")
    assert list(row.values()) == ["float32", "0.0e+00", "2.0e-07", "1.0e-01"]


def test_storage_of_the_mnist_updates():
    stored = reuse.storage()
    weights = 785 * 256 + 257 * 256 + 257 * 10
    assert stored["updates"] == pytest.approx(weights * 30_000 * 4 / 1e9)
    assert stored["activations"] == pytest.approx(600 * 512 * 30_000 * 4 / 1e9)
    assert round(stored["updates"]) == 32
