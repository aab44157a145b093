"""What a schedule accepts."""

import pytest

from asyt.errors import AsytError
from asyt.training import Schedule


@pytest.mark.parametrize("name", ["LBFGS", "SparseAdam", "Optimizer", "Adamant"])
def test_an_optimizer_that_could_not_step_is_refused_at_once(name):
    with pytest.raises(AsytError, match=f"optimizer '{name}'.*'Adam'"):
        Schedule(1, 1, 0.1, optimizer=name)


def test_options_are_those_of_the_optimizer():
    assert dict(Schedule(1, 1, 0.1, options=(("momentum", 0.9),)).options) == {"momentum": 0.9}
    with pytest.raises(AsytError, match="momentun"):
        Schedule(1, 1, 0.1, options=(("momentun", 0.9),))
