"""Methods against the size of the distortion: means over draws."""

import pandas as pd
import pytest

from asyt.experiments import methods_distortion


def table():
    """Two draws, two points apart, that lose ten points a unit of distortion."""
    rows = []
    for seed in (0, 1):
        digital = {"split": "test", "seed": seed, "epoch": 20, "method": "ideal-bp"}
        rows.append({**digital, "condition": "digital", "accuracy": 1.0})
        for condition in methods_distortion.CONDITIONS:
            end = 0.9 - 0.1 * condition.distortion + 0.02 * seed
            for name in methods_distortion.COMPARED:
                row = {"split": "test", "seed": seed, "condition": condition.name, "method": name}
                rows.append({**row, "epoch": 10, "accuracy": 0.1})
                rows.append({**row, "epoch": 20, "accuracy": end})
                rows.append({**row, "split": "validation", "epoch": 20, "accuracy": 0.0})
    return pd.DataFrame(rows)


def test_ends_are_means_over_draws_after_the_last_epoch():
    ends = methods_distortion.ends(table()).set_index(["method", "size"])
    assert ends.centre["dat", 0.6] == pytest.approx(85.0)
    assert (ends.low <= ends.centre).all() and (ends.n == 2).all()
    assert "ideal-bp" not in ends.index.get_level_values("method")
