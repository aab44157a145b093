"""AsyT Fig. 6: counters, converters and replayed updates."""

import dataclasses

import pytest

from asyt.errors import AsytError
from asyt.figures import access, reuse, speed


@pytest.mark.parametrize(
    ("encapsulated", "wanted"),
    [
        (True, {"reads": 3, "writes": 0, "accesses": 3, "time_steps": 1}),
        (
            False,
            {"reads": 12, "writes": 9, "accesses": 21, "time_steps": 3},
        ),  # M = 12, P = 3, N = 2
    ],
)
def test_a_running_chip_counts_what_the_paper_says(encapsulated, wanted):
    assert access.count((7, 5, 4, 3), encapsulated, samples=6) == wanted


def test_extraction_time_by_hand():
    chip = access.Interface(read_s=1.0, write_s=10.0, channels=4, layer_s=0.25, photonic_w=2.0)
    layers = (100, 5, 4, 3)
    assert chip.extraction_s(layers, True) == 1 + 0.75
    assert chip.extraction_s(layers, False) == (2 + 1 + 1) * 1 + (2 + 1) * 10 + 0.75
    assert chip.photonic_j(layers, True) == 3.5


def test_access_table_holds_the_claims_at_any_size():
    table = access.run(access.PROFILES["smoke"])
    assert (table.accesses == table["accesses by formula"]).all()
    assert (table.time_steps == table["time-steps by formula"]).all()
    assert set(table[table.way == "encapsulated"].accesses) == {10}


def test_replayed_updates_give_the_same_controls():
    found = reuse.run(reuse.PROFILES["smoke"]).set_index(["precision", "quantity"]).value
    assert found["float32", "replayed"] == found["float64", "replayed"] == 0
    assert 0 < found["float64", "fused"] < 1e-12 < found["float64", "change"]


def test_another_start_would_not_give_the_same_controls():
    small = reuse.PROFILES["smoke"]
    stored = reuse.TwoPasses(**reuse._asyt())
    afresh = reuse._controls(small, reuse.torch.float64, stored, "cpu")
    wrong = [reuse.Layer(*(0 * t for t in layer)) for layer in stored.stored[0]]
    replay = reuse.TwoPasses(**reuse._asyt(), replay=iter([wrong, *stored.stored[1:]]))
    replayed = reuse._controls(small, reuse.torch.float64, replay, "cpu")
    assert max(float((a - b).abs().max()) for a, b in zip(afresh, replayed, strict=True)) > 1e-8


def test_storage_of_the_mnist_updates():
    stored = reuse.storage()
    weights = 785 * 256 + 257 * 256 + 257 * 10
    assert stored == pytest.approx(
        {"updates": weights * 30_000 * 4 / 1e9, "activations": 600 * 512 * 30_000 * 4 / 1e9}
    )
    assert round(stored["updates"]) == 32


def test_cost_curve_is_relative_to_the_loop_timed_beside_it():
    rows = [
        ("bp", 2, 4.0),
        ("bp", 2, 5.0),
        ("asyt", 2, 6.0),
        ("asyt", 2, 7.0),
        ("bp", 1, 4.0),
        ("asyt", 1, 8.0),
    ]
    table = speed.pd.DataFrame(rows, columns=["name", "chips", "value"]).assign(quantity="cost")
    shown = speed.costs(table)
    assert shown.measured.tolist() == [2.0, 1.5]
    assert shown.counted.tolist() == [2.0, 1.5]


def test_the_benchmark_refuses_what_it_does_not_time():
    with pytest.raises(AsytError, match="cuda"):
        speed.run(dataclasses.replace(speed.PROFILES["smoke"]), compute="cuda")
