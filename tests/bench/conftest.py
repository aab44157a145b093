"""A measurement whose times are chosen."""

import pandas as pd
import pytest

from asyt.bench.contenders import CONTENDERS
from asyt.bench.timing import COUNTED, OPERATIONS, SECONDS, row

OTHERS = [
    ("profile", "aten::mul", 0.98),
    ("profile", "outside of operators", 0.02),
    ("gate", "in the gate", 0.01),
    ("gate", "a step", 1.0),
    ("bf16_over_bp", "above", 6.0),
    ("bf16_over_bp", "below", 10.0),
    ("threads_2_over_1", "above", 1.9),
    ("threads_2_over_1", "below", 1.0),
    ("evaluation_fraction", "above", 0.9),
    ("evaluation_fraction", "below", 1.0),
    ("opu_generator_fraction", "above", 0.9),
    ("opu_generator_fraction", "below", 1.0),
    ("bytes", "peak", 6.0),
    ("bytes", "counted", 5.0),
    ("seconds to start", "import torch", 2.0),
    ("seconds to start", "import asyt", 2.2),
    ("seconds to start", "asyt --help", 0.1),
]


@pytest.fixture
def times():
    """{contender: seconds} -> a table of three repetitions; the second is the fastest."""

    def made(seconds):
        smallest = dict.fromkeys(CONTENDERS, 1.0) | {"sgemm alone": 0.8} | seconds
        rows = [row(*other) for other in OTHERS]
        rows += [row(OPERATIONS, name, 1e9) for name in COUNTED]
        for repetition, slower in enumerate((2.0, 1.0, 3.0)):
            for name, value in smallest.items():
                rows.append(row(SECONDS, name, value * slower, repetition=repetition))
        return pd.DataFrame(rows)

    return made
