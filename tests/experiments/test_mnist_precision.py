"""What bfloat16 products do to an accuracy: runs in pairs, and the difference of each."""

import itertools

import pandas as pd
import pytest

from asyt import experiments
from asyt.errors import ResultError
from asyt.experiments import check, mnist_precision
from asyt.twins import kernels

#: Method -> its fleet and its number of chips.
FLEETS = {"ideal-bp": ("digital", 1), "asyt": ("0.6", 2), "insilico-bp": ("0.6", 3)}
#: Accuracy that bf16 adds to each run of a method.
ADDED = {"ideal-bp": 0.0, "asyt": 0.002, "insilico-bp": -0.01}


def made_up() -> pd.DataFrame:
    """Two draws in both precisions, in another order each, whose draws and chips differ widely."""
    rows = []
    for precision, (method, (fleet, chips)) in itertools.product(
        kernels.PRECISIONS, FLEETS.items()
    ):
        added = ADDED[method] if precision == "bf16" else 0.0
        for seed, chip, epoch in itertools.product((0, 1), range(chips), (0, 300)):
            accuracy = 0.5 + 0.2 * seed + 0.05 * chip + added * epoch / 300
            rows.append((precision, seed, epoch, method, fleet, chip, accuracy))
    columns = ["precision", "seed", "epoch", "method", "fleet", "chip", "accuracy"]
    return pd.DataFrame(rows, columns=columns)


def test_differences_are_paired_points_of_the_last_epoch():
    found = mnist_precision.differences(made_up()).set_index("method")
    assert found.centre.to_dict() == pytest.approx({"ideal-bp": 0, "asyt": 0.2, "insilico-bp": -1})
    assert found.low.to_dict() == pytest.approx(found.centre.to_dict())  # draws cancel in pairs
    assert found.n.to_dict() == {"ideal-bp": 2, "asyt": 4, "insilico-bp": 6}


def test_pairs_are_matched_by_draw_and_chip_whatever_the_order_of_the_rows():
    mixed = made_up().sample(frac=1, random_state=0)
    found = mnist_precision.differences(mixed).set_index("method")
    assert found.low.to_dict() == pytest.approx(found.high.to_dict())


def test_a_difference_that_varies_has_an_interval():
    table = made_up()
    table.loc[(table.precision == "bf16") & (table.seed == 1), "accuracy"] += 0.01
    found = mnist_precision.differences(table).set_index("method").loc["ideal-bp"]
    assert found.centre == pytest.approx(0.5)
    assert found.low < 0 and found.high > 1  # two draws say little


def test_chips_of_other_distortions_are_left_out():
    table = made_up()
    more = table[table.method == "insilico-bp"].assign(fleet="1.2", accuracy=0.1)
    wider = pd.concat([table, more])
    pd.testing.assert_frame_equal(
        mnist_precision.differences(wider), mnist_precision.differences(table)
    )


def test_runs_are_five_pairs_that_differ_in_precision_alone():
    runs = mnist_precision.EXPERIMENT.jobs("paper")
    settings = [{**vars(run), "precision": None} for run in runs]
    float32, bf16 = settings[:5], settings[5:]
    assert float32 == bf16 and {run["epochs"] for run in settings} == {300}
    assert [run.precision for run in runs] == ["float32"] * 5 + ["bf16"] * 5
    assert [run.schedule().precision for run in runs] == [run.precision for run in runs]


def test_no_stored_accuracy_moves_by_a_tenth_of_a_point_as_the_page_on_speed_says():
    table = experiments.table("mnist-precision", "paper")
    found = mnist_precision.differences(table).set_index("method")
    assert found.centre.abs().max() < 0.1
    assert found.centre.abs().idxmax() == "insilico-bp"
    reach = found[["low", "high"]].abs().max(axis=1)
    assert reach[reach >= 0.1].index.tolist() == ["insilico-bp"]


def test_a_gpu_and_a_cpu_end_alike():
    own, other = (experiments.table(name, "paper") for name in ("mnist-precision", "mnist"))
    gpu = own.query("epoch == 300 and precision == 'float32' and seed < 3")
    cpu = other.query("epoch == 300 and reading == 'independent'")
    apart = check.apart(gpu, cpu, ["seed", "method", "fleet", "chip"])
    assert apart[["ideal-bp", "asyt"]].max() < 0.1
    assert 0 < apart["insilico-bp"] < 0.5  # two processors, not one table twice
    with pytest.raises(ResultError, match="of them in both"):
        check.apart(gpu, cpu[1:], ["seed", "method", "fleet", "chip"])
