"""Which tables are computed where they are asked for, and which must be stored."""

import pandas as pd
import pytest

from asyt import experiments, results
from asyt.errors import MissingResultError, ResultError
from asyt.experiments import _live


def test_table_of_a_small_profile_is_computed_once(toy):
    wanted = pd.DataFrame({"seed": [0, 1], "value": [1, 1]})
    for _ in range(2):
        pd.testing.assert_frame_equal(experiments.table("toy", "smoke"), wanted)
    assert len(toy.calls) == 2
    assert experiments.table("toy", "smoke", "seed 1").seed.tolist() == [1]


def test_unfinished_run_of_a_small_profile_is_continued(toy, config):
    experiments.checkpoint("toy", config(1, 0)).save({"epoch": 5})
    experiments.table("toy", "smoke", "seed 0")
    assert toy.calls[-1][-1] == {"epoch": 5}


def test_damaged_table_of_a_small_profile_is_an_error(toy, config):
    experiments.table("toy", "smoke")
    digest = results.config_hash(config(1, 0))
    file = experiments.place("toy", config(1, 0)) / "toy" / f"{digest}.csv"
    file.write_bytes(file.read_bytes().replace(b"1", b"2"))
    with pytest.raises(ResultError, match=r"damaged result .*asyt run toy --profile smoke --force"):
        experiments.table("toy", "smoke")
    assert len(toy.calls) == 2


def test_table_of_the_paper_profile_is_never_computed_by_a_page(toy):
    with pytest.raises(MissingResultError, match="compute it with `asyt run toy --profile paper`"):
        experiments.table("toy", "paper")
    assert toy.calls == []
    for config in experiments.jobs("toy", "paper"):
        experiments.compute("toy", config)
    assert experiments.table("toy", "paper").value.tolist() == [100, 100]


@pytest.mark.usefixtures("toy")
def test_own_seeds_and_chips_can_be_collected():
    (shown,) = experiments.collected("toy", "smoke", seeds=(5,), devices=3)
    assert (shown.config.seed, shown.table.value.tolist(), shown.live) == (5, [3], False)
    assert shown.provenance["config"] == {"seed": 5, "size": 3}


@pytest.mark.usefixtures("toy")
def test_live_tables_are_shown_and_marked(config, monkeypatch):
    live = pd.DataFrame({"value": [7]})
    monkeypatch.setitem(_live, ("toy", results.config_hash(config(1, 0))), live)
    found = experiments.collected("toy", "smoke")
    assert [shown.live for shown in found] == [True, False]
    assert experiments.joined(found).value.tolist() == [7, 1]
