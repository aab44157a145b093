"""How long a sweep takes: simulated by hand for a few runs."""

import pytest

from asyt.experiments.scaling import makespan


@pytest.mark.parametrize(
    ("seconds", "workers", "wanted"),
    [([], 3, 0), ([5], 1, 5), ([5, 4, 3, 3], 1, 15), ([5, 4, 3, 3], 2, 8), ([5, 4, 3, 3], 9, 5)],
)
def test_each_run_goes_to_the_first_free_worker(seconds, workers, wanted):
    assert makespan(seconds, workers) == wanted


def test_more_workers_never_take_longer_than_one():
    runs = [9.0, 7.0, 7.0, 2.0, 1.0]
    found = [makespan(runs, workers) for workers in (1, 2, 5, 100)]
    assert found == sorted(found, reverse=True)
    assert found[-1] == max(runs)
