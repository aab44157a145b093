"""What another order of rounding does to numbers: the same runs by other kernels, and two threads.

A processor with narrower vectors sums in another order. torch chooses its kernels once, as it
starts, so each way is a process of its own: the variables of its environment stand for processors.
"""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace

import pandas as pd

from asyt.experiments import base
from asyt.experiments.base import HERE, Execution, Experiment
from asyt.experiments.store import find

#: Each way and its environment, the usual one first. ATEN_CPU_CAPABILITY binds torch's own kernels,
#: ONEDNN_MAX_CPU_ISA those of the large products.
WAYS = {
    "one thread": {"OMP_NUM_THREADS": "1"},
    "two threads": {"OMP_NUM_THREADS": "2"},
    "AVX2": {"ATEN_CPU_CAPABILITY": "avx2"},
    "AVX2, products too": {"ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2"},
    "no vectors": {"ATEN_CPU_CAPABILITY": "default"},
}


@dataclass(frozen=True)
class Config(base.Config):
    """What is run in every way. The seed numbers the comparison; nothing depends on it.

    Attributes:
        runs: experiments, of which the first smoke run is taken.
        epochs, chips: of MNIST, [784, 256, 256, 10] without noise.
    """

    runs: tuple[str, ...] = ("iris", "vowels", "access", "alignment")
    epochs: int = 10
    chips: int = 3
    seed: int = 0


PROFILES = {
    "smoke": Config(
        runs=("iris",),
        epochs=1,
        chips=1,
    ),
    "quick": Config(epochs=2),
    "paper": Config(),
}


def run(config: Config, _: Execution = HERE) -> pd.DataFrame:
    """Compute everything in every way, and compare it with the usual one.

    Returns:
        A row a way and run: way, run, rows, differ (rows that are not equal),
        largest (difference of two numbers), alike (1 where both fingerprints of rounding agree).
    """
    usual = None
    rows = []
    for way in WAYS:
        tables, fingerprint = computed(way, config)
        usual = usual or (tables, fingerprint)
        usual_tables, usual_fingerprint = usual
        alike = int(fingerprint == usual_fingerprint)
        for name, table in tables.items():
            difference = compared(table, usual_tables[name])
            rows.append(
                {
                    "way": way,
                    "run": name,
                    **difference,
                    "alike": alike,
                }
            )
    return pd.DataFrame(rows)


def compared(table: pd.DataFrame, usual: pd.DataFrame) -> dict[str, float]:
    """How many rows are not equal, and the largest difference of two numbers."""
    both_missing = table.isna() & usual.isna()
    equal = (table == usual) | both_missing
    differ = ~equal.all(axis=1)
    numbers = usual.select_dtypes("number").columns
    differences = (table[numbers] - usual[numbers]).abs()
    return {
        "rows": len(table),
        "differ": int(differ.sum()),
        "largest": differences.max().max(),
    }


def computed(way: str, config: Config) -> tuple[dict[str, pd.DataFrame], str]:
    """The tables of a way, and how its process rounds."""
    from asyt.experiments.trials.processes import environment

    fresh = multiprocessing.get_context("spawn")
    own = {**WAYS["one thread"], **WAYS[way]}
    with environment(own), ProcessPoolExecutor(1, fresh) as pool:
        return pool.submit(_tables, config).result()


def _tables(config: Config) -> tuple[dict[str, pd.DataFrame], str]:
    """In a new process: whatever is compared."""
    from asyt.experiments import mnist
    from asyt.provenance import arithmetic

    tables = {}
    for name in config.runs:
        experiment = find(name)
        first = experiment.jobs("smoke")[0]
        tables[name] = experiment.run(first, HERE)
    fig5a = find("mnist").jobs("paper")[0]
    short = replace(
        fig5a,
        epochs=config.epochs,
        devices=config.chips,
        noise_db=None,
        population=config.chips,
        population_epochs=(),
        scan=(),
    )
    trainer = mnist.build(short, "cpu")
    tables["mnist"] = pd.DataFrame(trainer.fit(lambda _: True))
    return tables, arithmetic()


EXPERIMENT = Experiment("rounding", PROFILES, base.one_a_seed(PROFILES), run, gpu=False)
