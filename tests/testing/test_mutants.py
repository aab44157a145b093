"""The kit names the promise that a broken device breaks."""

import good
import pytest
from broken import MUTANTS, NOISY, UNREPEATABLE, named

from asyt.testing import check_device


@pytest.mark.parametrize(
    ("kind", "options"), [(good.Chips, {}), (good.Noisy, NOISY), (good.Real, UNREPEATABLE)]
)
@pytest.mark.parametrize("closed", [True, False])
def test_what_the_mutants_are_made_of_passes(kind, options, closed):
    cls = type("Good", (kind,), {"closed": closed})
    report = check_device(cls, of_size=cls, **options)
    assert {mutant.promise for mutant in MUTANTS} - {"runs", "repeats"} <= set(report)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_broken_promise_is_named(mutant):
    error = named(mutant)
    assert error is not None, "passed"
    assert error.promise == mutant.promise, error


def test_every_promise_has_a_mutant():
    promises = {mutant.promise for mutant in MUTANTS}
    report = check_device(good.Chips, of_size=good.Chips)
    assert set(report) - promises == {"any_batch", "whole_range"}  # named as finite, shape or runs


def test_names_are_those_of_one_mutant_each():
    keys = {(mutant.promise, mutant.name) for mutant in MUTANTS}
    assert len(keys) == len(MUTANTS) > 100
