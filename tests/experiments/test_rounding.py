"""Other kernels in processes of their own: what differs, and that live checks know of it."""

import json
import os
import subprocess
import sys

import pandas as pd
import pytest

from asyt import experiments
from asyt.experiments import check, rounding, store
from asyt.experiments.rounding import WAYS, compared
from asyt.experiments.trials import drill
from asyt.provenance import arithmetic

#: Holds a run of this process, made anew there, against the table that is stored here.
LIVE = """
import json, sys
from asyt.experiments import check, store
from asyt.experiments.trials import drill
from asyt.provenance import arithmetic

config = drill.Config(epochs=3)
drill.registered()
live = drill.run(config)
live["accuracy"] += float(sys.argv[1])
agreement = check.check(drill.NAME, config, live, ["epoch", "method", "fleet", "chip", "split"])
print(json.dumps([arithmetic(), agreement.allowed, agreement.worst]))
"""


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """Runs `LIVE` in one of the ways, its accuracies shifted; this process's table is stored."""
    monkeypatch.setenv("ASYT_CACHE_DIR", str(tmp_path))
    monkeypatch.setitem(store.EXTRA, drill.NAME, drill.DRILL)
    experiments.compute(drill.DRILL, drill.Config(epochs=3))

    def run(way, shift):
        own = {**os.environ, **WAYS["one thread"], **WAYS[way]}
        command = [sys.executable, "-c", LIVE, str(shift)]
        return subprocess.run(command, env=own, capture_output=True, text=True)

    return run


@pytest.mark.parametrize("way", WAYS)
def test_a_live_check_allows_rounding_where_kernels_differ(elsewhere, way):
    done = elsewhere(way, shift=0.0)
    theirs, allowed, worst = json.loads(done.stdout)
    assert allowed == (0.0 if theirs == arithmetic() else check.POINTS)
    assert worst <= allowed


def test_kernels_without_vectors_have_another_fingerprint(elsewhere):
    theirs, allowed, worst = json.loads(elsewhere("no vectors", shift=0.001).stdout)
    assert theirs != arithmetic()
    assert allowed == check.POINTS > worst > 0.09


def test_the_tolerance_has_an_end_there_too(elsewhere):
    done = elsewhere("no vectors", shift=0.006)
    assert done.returncode != 0
    assert "by 0.60 points, 0.5 are allowed" in done.stderr


TABLE = pd.DataFrame({"name": ["a", "b"], "value": [1.0, float("nan")]})


@pytest.mark.parametrize(
    ("table", "differ", "largest"),
    [(TABLE, 0, 0.0), (TABLE.assign(value=1.5), 2, 0.5), (TABLE.assign(name="a"), 1, 0.0)],
)
def test_tables_are_compared_row_by_row(table, differ, largest):
    assert compared(table, TABLE) == {"rows": 2, "differ": differ, "largest": largest}


def test_every_way_computes_the_same_runs(monkeypatch):
    """In this process, and without training on MNIST."""
    ways = []

    def computed(way, config):
        ways.append(way)
        return dict.fromkeys(config.runs, TABLE), "narrow" if "AVX2" in way else "usual"

    monkeypatch.setattr(rounding, "computed", computed)
    found = rounding.run(rounding.PROFILES["smoke"])
    assert ways == list(WAYS) == found.way.tolist()
    assert found.alike.tolist() == [1, 1, 0, 0, 1]
    assert (found.differ == 0).all()


def test_stored_differences_are_within_what_live_checks_allow():
    found = experiments.table("rounding", "paper").set_index(["way", "run"])
    accuracies = found.largest.drop("alignment", level="run")
    assert accuracies.max() * 100 < check.POINTS
    assert (found.differ[found.alike == 1] == 0).all()
    assert set(found.index.get_level_values("way")) == set(WAYS)
    assert (found.alike == 0).any()
