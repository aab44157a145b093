"""All methods on one bench: which there are, and how their draws are summarised."""

import pandas as pd
import pytest

from asyt.experiments import methods
from asyt.methods import NAMES

#: Percent at epochs 0, 1, 2.
CURVES = {"spsa": (10, 20, 40), "forward-only": (10, 50, 50)}
CURVES |= dict.fromkeys(methods.BP_BASED, (10, 60, 90))
ABOUT = {"split": "test", "condition": "distortion", "optimizer": "SGD", "rate": 0.1, "seed": 0}


def table():
    rows = []
    for name, values in CURVES.items():
        for epoch, value in enumerate(values):
            row = {**ABOUT, "method": name, "epoch": epoch, "accuracy": value / 100}
            rows.append({**row, "share": float("nan")})
            rows.append({**row, "condition": "digital", "method": "ideal-bp", "share": None})
    return pd.DataFrame(rows)


def test_compared_are_all_methods_but_the_digital_one_and_a_twin():
    assert {*methods.COMPARED, "ideal-bp", "hybrid"} == set(NAMES)  # hybrid is pat-readout here


@pytest.mark.parametrize(("name", "epochs"), [("spsa", [2, 1]), ("forward-only", [1, 1])])
def test_epochs_are_counted_to_what_the_gradient_free_method_reaches(name, epochs):
    lags = methods.epochs_to(table()).set_index(["method", "other"])
    assert lags.loc[(name, "pat"), ["epochs", "other_epochs"]].tolist() == epochs


def test_the_ideal_trajectory_is_the_one_at_the_rate_of_asyt():
    rows = table()
    other = rows[rows.method == "ideal-bp"].assign(rate=0.6, accuracy=0.0)
    ideal = methods.ideal(pd.concat([other, rows]))
    assert set(ideal.rate) == {0.1}
    assert ideal.epoch.tolist() == [0, 1, 2]


def test_shares_are_averaged_after_the_last_epoch():
    rows = table()
    alone = rows[rows.method == "asyt"].assign(share=1.0, accuracy=0.3)
    means = methods.mixed(pd.concat([rows, alone])).groupby("share").accuracy.mean()
    assert means.to_dict() == pytest.approx({0.5: 0.9, 1.0: 0.3})


def test_rates_stand_where_the_matrix_has_their_cells():
    rates = methods.rates().set_index("method")
    assert rates.loc["AsyT", "noise 10 dB"] == "0.06"
    assert len(rates) == len(methods.COMPARED)
