"""One small run of every part of the Iris chips."""

import pandas as pd
import pytest

from asyt.experiments.chips import iris_chip


@pytest.fixture(scope="session")
def smoke():
    """The first run that trains chips."""
    return next(config for config in iris_chip.EXPERIMENT.jobs("smoke") if config.fleets)


@pytest.fixture(scope="session")
def table():
    """As `experiments.table` gives it."""
    runs = iris_chip.EXPERIMENT.jobs("smoke")
    parts = [iris_chip.runs.run(config).assign(**config.columns) for config in runs]
    return pd.concat(parts, ignore_index=True)
