"""How learning rates are chosen, and the runs that use them, in each comparison."""

import pandas as pd
import pytest

from asyt import experiments
from asyt.errors import AsytError
from asyt.experiments import _rates, methods, methods_distortion, robustness
from asyt.experiments._comparison import crossed

CELLS = {
    methods: crossed(methods.COMPARED, methods.KINDS),
    robustness: crossed(robustness.COMPARED, robustness.SEVERITIES),
    methods_distortion: crossed(methods_distortion.COMPARED, methods_distortion.CONDITIONS),
}
COMPARISONS = pytest.mark.parametrize("module", CELLS)


@COMPARISONS
def test_rates_in_the_code_are_those_that_the_stored_searches_choose(module):
    chosen = module.chosen(experiments.table(module.EXPERIMENT, "paper"))
    rates = (methods.RATES, methods.OPTIMIZER_RATES) if module is methods else module.RATES
    assert chosen == rates


def finals(module):
    """Seed, cell and configuration of every final run with gradient descent and equal shares."""
    for config in module.EXPERIMENT.jobs("paper"):
        for cell in config.cells:
            if (config.split, config.rule, cell.share) == ("test", "SGD", None):
                yield config.seed, cell, config


@COMPARISONS
def test_every_cell_runs_once_a_draw_at_its_rate(module):
    found = list(finals(module))
    for seed in _rates.SEEDS:
        cells = [cell for one, cell, _ in found if one == seed]
        assert len(cells) == len(set(cells))
        assert set(cells) == set(CELLS[module])
    for _, cell, config in found:
        assert config.rate == module.RATES[cell.method, cell.condition.name]


@COMPARISONS
def test_seeds_of_ones_own_come_without_searches(module):
    assert {config.split for config in module.EXPERIMENT.jobs("paper", (7,))} == {"test"}


@COMPARISONS
def test_a_draw_has_one_chip(module):
    with pytest.raises(AsytError, match="no number of chips"):
        module.EXPERIMENT.jobs("paper", devices=3)


#: Rate -> final accuracy of two draws; 0.2 and 0.3 have equal means, 0.6 the best draw.
ENDS = {0.1: (0.5, 0.5), 0.2: (0.6, 0.8), 0.3: (0.7, 0.7), 0.6: (0.99, 0.1)}


def test_a_search_takes_the_rate_of_highest_mean_accuracy_at_the_end():
    rows = []
    for rate, values in ENDS.items():
        for seed, end in enumerate(values):
            about = {"method": "pat", "condition": "c", "rate": rate, "seed": seed}
            rows.append({**about, "split": "validation", "epoch": 1, "accuracy": 1 - end})
            rows.append({**about, "split": "validation", "epoch": 2, "accuracy": end})
            rows.append({**about, "split": "test", "epoch": 2, "accuracy": rate})
    assert _rates.best_rates(pd.DataFrame(rows)).to_dict() == {("pat", "c"): 0.2}
