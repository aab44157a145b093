"""The counters on AsyT Fig. 1."""

from asyt import experiments
from asyt.experiments import concept


def test_counters_are_those_of_the_paper():
    counted = concept.run(concept.PROFILES["smoke"]).set_index("structure")
    closed, opened = counted.loc["encapsulated"], counted.loc["truncated"]
    assert dict(closed) == {"reads": 3, "writes": 0, "accesses": 3, "time_steps": 1}
    assert dict(opened) == {"reads": 7, "writes": 4, "accesses": 2 * 7 - 3, "time_steps": 2}


def test_counters_do_not_depend_on_the_number_of_chips():
    few, many = concept.EXPERIMENT.jobs("quick", None, 1) + concept.EXPERIMENT.jobs("quick")
    assert few.devices < many.devices
    assert concept.run(few).equals(concept.run(many))


def test_the_stored_counters_are_those_of_a_run_today():
    stored = experiments.table(concept.EXPERIMENT, "paper").drop(columns="seed")
    assert stored.equals(concept.run(concept.PROFILES["paper"]).astype(stored.dtypes))
