"""The two figures of the alignment."""

import pandas as pd
import pytest

from asyt.experiments import alignment
from asyt.figures import asyt_alignment, asyt_alignment_angle


def test_probabilities_are_drawn_beside_both_printed_values(crossed):
    one = crossed(quantity=["connection"], distortion=alignment.RANGE, size=[1])
    many = crossed(quantity=["layer"], distortion=alignment.LAYER_DISTORTIONS, size=(1, 4))
    table = pd.concat([one, many], ignore_index=True).assign(value=1e-5, extra=1e-6)
    figure, plotted = asyt_alignment.draw(table)
    said = [text.get_text() for text in figure.axes[0].texts]
    assert said[:2] == ["reported: 1.5e-21 %", "reported: 6.3e-3 %"]
    marks = [line for line in figure.axes[0].lines if line.get_marker() == "D"]
    assert [line.get_ydata()[0] for line in marks] == pytest.approx([1.5e-21, 6.3e-3])
    assert plotted.quantity.value_counts().to_dict() == {"connection": len(one), "layer": 6}


def test_every_update_is_a_dot(crossed):
    updates = crossed(reading=["independent", "mean-square"], size=(1, 2, 3), chip=(0, 1))
    table = updates.assign(quantity="update", value=20.0, extra=1.1)
    other = table.assign(quantity="layer")
    figure, plotted = asyt_alignment_angle.draw(pd.concat([table, other]))
    assert len(plotted) == len(table)
    for ax in figure.axes:
        dots = [line for line in ax.lines if line.get_label().startswith("layer")]
        assert [len(line.get_xdata()) for line in dots] == [2, 2, 2]
