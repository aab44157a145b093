"""What every experiment has: runs of a profile, with other seeds and, where it has any, chips."""

import pytest

from asyt import experiments, results
from asyt.errors import AsytError, UnknownNameError
from asyt.experiments import base

ALL = sorted(experiments.registry())


@pytest.mark.usefixtures("toy")
def test_jobs_are_those_of_the_plan(config):
    assert experiments.jobs("toy", "smoke") == [config(1, 0), config(1, 1)]
    assert experiments.jobs("toy", "smoke", (5,), 9) == [config(9, 5)]


def test_a_run_is_told_apart_by_its_columns(config):
    assert config(1, 3).columns == {"seed": 3}
    assert config(1, 3).label == "seed 3"


@pytest.mark.parametrize("profile", ["smoke", "quick", "paper"])
@pytest.mark.parametrize("name", ALL)
def test_runs_have_labels_and_hashes_of_their_own(name, profile):
    runs = experiments.jobs(name, profile)
    assert len({run.label for run in runs}) == len(runs) > 0
    assert len({results.config_hash(run) for run in runs}) == len(runs)


@pytest.mark.parametrize("name", ALL)
def test_seeds_are_those_that_were_asked_for(name):
    assert {run.seed for run in experiments.jobs(name, "smoke", (41, 42))} == {41, 42}


@pytest.mark.parametrize("name", ALL)
def test_devices_change_the_runs_or_are_refused_by_name(name):
    experiment = experiments.find(name)
    if experiment.population:
        two, three = (experiment.jobs("smoke", devices=devices) for devices in (2, 3))
        assert set(two) != set(three)
    else:
        with pytest.raises(AsytError, match=f"--devices 2: '{name}' has no number of chips"):
            experiment.jobs("smoke", devices=2)


@pytest.mark.usefixtures("toy")
def test_no_chips_are_refused():
    with pytest.raises(AsytError, match="--devices 0: a run has at least one chip"):
        experiments.jobs("toy", "smoke", devices=0)


@pytest.mark.usefixtures("toy")
def test_unknown_profile_is_refused():
    with pytest.raises(UnknownNameError, match="unknown profile 'papper': did you mean 'paper'"):
        experiments.jobs("toy", "papper")


@pytest.mark.parametrize(
    ("profile", "seeds", "expected"),
    [
        ("paper", None, (1, 2, 3)),
        ("quick", None, (1, 2, 3)),
        ("smoke", None, (1, 2)),
        ("smoke", (7, 8, 9), (7, 8, 9)),
    ],
)
def test_seeds_are_those_asked_for_or_the_published(profile, seeds, expected):
    assert base.seeds_of(profile, seeds, (1, 2, 3), smoke=2) == expected
