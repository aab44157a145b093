"""Published logs of dual adaptive training, and ours beside them."""

import pandas as pd
import pytest

from asyt.figures import _style as style
from asyt.figures import dual_logs


def test_published_logs_are_accuracies_of_known_methods_and_errors():
    logs = dual_logs.published()
    assert set(logs.error) == {"none", "beam splitters", "phase shifters"}
    assert set(dual_logs.PUBLISHED) <= set(logs.method)
    assert not logs.duplicated(["error", "size", "method"]).any()
    assert logs.accuracy.between(0, 100).all()
    without = logs[(logs.error == "none")].accuracy.item()
    assert without == logs.accuracy.max()  # no error costs nothing


def table():
    rows = []
    for seed, shift in ((0, 0.0), (1, 0.02)):
        for size in dual_logs.DISTORTIONS:
            for name in dual_logs.METHODS:
                for epoch, value in ((10, 0.1), (20, 0.9 - 0.1 * size + shift)):
                    rows.append(
                        {
                            "split": "test",
                            "seed": seed,
                            "epoch": epoch,
                            "method": name,
                            "condition": f"distortion {size:g}",
                            "accuracy": value,
                        }
                    )
        rows.append(
            {
                "split": "test",
                "seed": seed,
                "epoch": 20,
                "method": "ideal-bp",
                "condition": "digital",
                "accuracy": 1.0,
            }
        )
        rows.append({**rows[0], "seed": 100, "split": "validation", "epoch": 20})
    return pd.DataFrame(rows)


def test_ours_are_means_over_draws_after_the_last_epoch():
    found = dual_logs.ours(table()).set_index(["method", "size"])
    assert found.middle["dat", 0.6] == pytest.approx(85.0)
    assert (found.low <= found.middle).all() and (found.n == 2).all()
    assert "ideal-bp" not in found.index.get_level_values("method")
    style.use()
    figure, plotted = dual_logs.draw(table())
    assert len(figure.axes) == 3
    assert set(plotted.source) == {"published", "this library"}
