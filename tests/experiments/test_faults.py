"""The table of faults: one trial of each kind, and a bench that sees what it looks for."""

import pytest

from asyt import experiments
from asyt.experiments.trials import drill, outcome
from asyt.experiments.trials.outcome import Bench, Tried, tables, unreadable
from asyt.experiments.trials.processes import Ended


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """A cache in which the drill has run."""
    monkeypatch.setenv("ASYT_CACHE_DIR", str(tmp_path / "cache"))
    experiments.compute(drill.DRILL, drill.Config(epochs=3))
    return tmp_path / "cache"


def looked(cache, whole, ended=None):
    bench, row = Bench(cache.parent, whole), Tried("fault", "means")
    bench.look(row, cache, ended, "--resume")
    return row


def test_what_is_whole_is_neither_wrong_nor_half(cache):
    (csv,) = tables(cache)
    row = looked(cache, csv.read_bytes(), Ended(2, "go on with --resume"))
    assert (row.tries, row.told, row.wrong, row.half) == (1, 1, 0, 0)


@pytest.mark.parametrize("ended", [Ended(1, "--resume"), Ended(2, "Traceback"), None])
def test_a_crash_or_no_remedy_is_not_told(cache, ended):
    assert looked(cache, b"", ended).told == 0


def test_another_table_is_a_wrong_number(cache):
    assert looked(cache, b"epoch\n0\n").wrong == 1


def test_a_refused_table_is_no_wrong_number(cache):
    (csv,) = tables(cache)
    csv.write_bytes(csv.read_bytes().replace(b"1", b"2"))
    assert looked(cache, b"").wrong == 0


@pytest.mark.parametrize("name", ["a.pt", "a.json", "a.csv"])
def test_a_half_written_file_is_seen(cache, name):
    (cache / "results" / name).write_bytes(b'{"half')
    assert unreadable(cache) == 1
    (cache / "results" / name).rename(cache / "results" / f".{name}")
    assert unreadable(cache) == 0


def test_the_drill_is_no_experiment_of_the_book():
    assert drill.NAME not in experiments.registry()
    assert drill.DRILL.jobs("smoke") == [drill.Config()]


def test_no_stored_trial_found_a_wrong_number_or_half_a_file():
    found = experiments.table("faults", "paper")
    assert found.wrong.sum() == 0
    assert found.half.sum() == 0
    assert (found.same == found.tries).all()
    assert set(outcome.Tried.__dataclass_fields__) <= set(found.columns)
    kills = found[found.fault == "the process is killed"]
    assert kills.tries.item() == 20
    assert kills.stopped.item() > 5
    once = found[found.tries == 1]
    assert (once.told == 1).all()
    assert "out of memory in a worker" in set(once.fault)
