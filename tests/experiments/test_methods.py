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


def test_cells_are_those_of_the_matrix_under_the_names_of_the_prose(crossed):
    names = [kind.name for kind in methods.KINDS]
    rows = crossed(method=methods.COMPARED, condition=names, epoch=[0, 1])
    rows["accuracy"] = [number / len(rows) for number in range(len(rows))]
    rows = rows.assign(**{**ABOUT, "condition": rows.condition, "share": float("nan")})
    found, matrix = methods.cells(rows), methods.matrix(rows).set_index("method")
    assert found["pseudo_noise"] == matrix.loc["Pseudo IP-BP", "noise 10 dB"]
    assert found["forward_blow"] == matrix.loc["Forward-only", "perturbation 1.2"]
    opened = ["PAT", "PAT, read-out derivative", "Dual adaptive training"]
    assert found["opened_drift"] == matrix.loc[opened, "drift 0.1 an epoch"].max()
    assert len(found) == len(methods.SHORT) * (len(methods.COMPARED) + 1)
