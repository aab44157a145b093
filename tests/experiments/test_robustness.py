"""AsyT against PAT: differences paired by draw."""

import pandas as pd
import pytest

from asyt.experiments import robustness


def table(lead):
    """Five draws that differ by ten points, in each of which AsyT leads by `lead`."""
    rows = []
    for condition in robustness.SEVERITIES:
        for seed in range(5):
            about = {"split": "test", "epoch": 1, "seed": seed, "condition": condition.name}
            pat = 0.1 * seed + 0.28
            rows.append({**about, "method": "asyt", "accuracy": pat + lead})
            rows.append({**about, "method": "pat", "accuracy": pat})
    return pd.DataFrame(rows)


def test_differences_are_paired_by_draw():
    leads = robustness.differences(table(0.02))
    assert leads.centre.tolist() == pytest.approx([2.0] * 9)
    assert (leads.low > 1.9).all()
    assert (leads.n == 5).all()


def test_curves_are_means_over_draws():
    curves = robustness.curves(table(0.02)).set_index(["condition", "method"])
    assert curves.centre["0 dB", "pat"] == pytest.approx(48.0)
    assert curves.low["0 dB", "pat"] < 48.0 < curves.high["0 dB", "pat"]
