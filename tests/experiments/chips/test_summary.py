"""What is read out of the tables of chips."""

import numpy as np
import pandas as pd
import pytest

from asyt.errors import ResultError
from asyt.experiments.chips import summary


def test_confusion_shares_of_a_class_add_up(smoke, table):
    main = summary.select(table, encoding=smoke.encoding, part="main")
    matrix = summary.confusion(main)
    assert matrix.shape == (3, 3)
    np.testing.assert_allclose(matrix.sum(1), 100)


def test_confusion_has_the_true_class_in_rows():
    rows = pd.DataFrame({"quantity": ["confusion 0-0", "confusion 0-1"], "value": [0.25, 0.75]})
    more = pd.DataFrame({"quantity": ["confusion 1-0", "confusion 1-1"], "value": [0.0, 1.0]})
    found = summary.confusion(pd.concat([rows, more]).assign(method="asyt").reset_index())
    assert found.tolist() == [[25, 75], [0, 100]]


@pytest.mark.parametrize(("reported", "encoding"), [(96, "b"), (70, "a")])
def test_the_encoding_that_decides_is_the_one_whose_ideal_bp_is_nearest(reported, encoding):
    alone = {"quantity": "accuracy", "method": "ideal-bp", "split": "train"}
    found = pd.DataFrame({"encoding": ["a", "b", "c"], "value": [0.80, 0.94, 0.99], "count": 1})
    rows = found.assign(**alone, runs="ideal BP only")
    assert summary.primary(rows, reported) == encoding


def test_judged_rows_are_of_one_encoding_profile_and_headroom(table):
    main = summary.main(table, 97)
    for column in ("encoding", "profile", "headroom", "part", "runs"):
        assert main[column].nunique() == 1
    assert set(main.method) == {"ideal-bp", "insilico-bp", "asyt", "pseudo-ip-bp"}


def test_the_further_profiles_decide_nothing_but_their_own_row(table):
    assert set(summary.drawn(table, 97).profile) == {
        "eq4",
        "strong-heater",
        "linear-power",
        "linear-phase",
    }


def test_a_missing_population_is_an_error(table):
    with pytest.raises(ResultError, match=r"no row with .*dfa"):
        summary.draws(table, "dfa", "train")


def test_readings_have_a_row_a_population(table):
    found = summary.readings(table)
    keys = ["encoding", "method", "profile", "headroom"]
    assert not found.duplicated(keys).any()
    assert found["train (%)"].str.fullmatch(r"\d+ \(\d+ to \d+\)").all()


def test_digital_models_of_an_encoding_count_once(table):
    found = summary.readings(table)
    digital = found[found.method == "ideal-bp"].set_index("encoding").n
    main = summary.select(table, part="main", method="ideal-bp", split="train")
    for encoding, n in digital.items():
        finals = summary.select(main, quantity="accuracy", encoding=encoding)
        assert n == finals["count"].sum()


@pytest.fixture
def finals():
    """Three chips under each of two headrooms, AsyT, and a digital model."""
    rows = [
        ("asyt", 1.0, 0.5, 1),
        ("asyt", 1.0, 0.7, 2),
        ("asyt", 0.4, 0.9, 3),
        ("ideal-bp", 1.0, 0.8, 1),
    ]
    table = pd.DataFrame(rows, columns=["method", "headroom", "value", "count"])
    return table.assign(quantity="accuracy", split="train")


def test_ends_have_a_row_a_value_of_a_column(finals):
    asyt = summary.select(finals, method="asyt")
    found = summary.ends(asyt, "train", "headroom")
    assert found.centre.to_dict() == pytest.approx({1.0: 70, 0.4: 90})
    assert found.n.to_dict() == {1.0: 3, 0.4: 3}
    assert summary.ends(finals[finals.headroom == 1], "train").centre["ideal-bp"] == 80


def test_ends_of_two_methods_are_not_thrown_together(finals):
    with pytest.raises(ResultError, match=r"headroom 1.0 has rows of asyt, ideal-bp: select one"):
        summary.ends(finals, "train", "headroom")
    with pytest.raises(ResultError, match="no row"):
        summary.ends(finals, "test")
