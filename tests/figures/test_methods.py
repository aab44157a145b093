"""Figures of the methods and of second-harmonic generation, from runs of seconds."""

import pandas as pd
import pytest

from asyt.errors import DataError
from asyt.figures import _style as style
from asyt.figures import drawing, methods_distortion

PANELS = {
    "asyt-fig5g": 3,
    "asyt-fig5h": 6,
    "methods-matrix": 5,
    "methods-convergence": 2,
    "methods-optimizers": 3,
    "methods-mixing": 1,
    "methods-distortion": 3,
    "pnn-gradients": 3,
    "pnn-vowels": 2,
    "pnn-mnist": 2,
}


def smoke(experiment):
    """The table of the smoke profile, computed now."""
    tables = []
    for config in experiment.jobs("smoke"):
        try:
            table = experiment.run(config)
        except DataError as error:
            pytest.skip(f"needs a data set that cannot be had here: {error}")
        tables.append(table.assign(**config.columns))
    return pd.concat(tables, ignore_index=True)


@pytest.mark.parametrize("figure_id", PANELS)
def test_it_is_drawn_from_small_runs(figure_id):
    style.use()
    found = drawing.find(figure_id)
    figure, plotted = found.draw(smoke(found.EXPERIMENT))
    assert len(figure.axes) == PANELS[figure_id]
    assert len(plotted)


def test_published_logs_are_accuracies_of_known_methods_and_errors():
    logs = methods_distortion.published()
    assert set(logs.error) == {"none", *methods_distortion.ERRORS}
    assert set(methods_distortion.PUBLISHED) <= set(logs.method)
    assert not logs.duplicated(["error", "size", "method"]).any()
    assert logs.accuracy.between(0, 100).all()


def test_no_error_costs_nothing_in_the_published_logs():
    logs = methods_distortion.published()
    assert logs[logs.error == "none"].accuracy.item() == logs.accuracy.max()
