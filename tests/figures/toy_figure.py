"""A figure of the toy experiment, for tests of what draws and publishes figures."""

import matplotlib.pyplot as plt
import pandas as pd

from asyt import experiments


class Line:
    """A line through the values; it cannot be drawn of the value 50."""

    CAPTION, ALT = "A line.", "A line that rises."
    EXPERIMENT = None

    def draw(self, table):
        figure, ax = plt.subplots()
        if table is None:
            return figure, pd.DataFrame({"nothing": [0]})
        if table.value.max() == 50:
            raise KeyError("size")
        ax.plot(table.value)
        return figure, table


def of_toy():
    """The figure, whose published tables are stored."""
    found = Line()
    found.EXPERIMENT = experiments.find("toy")
    for config in experiments.jobs("toy", "paper"):
        experiments.compute("toy", config)
    return found
