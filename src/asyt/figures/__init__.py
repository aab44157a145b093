"""One module a figure group: a frozen config, run(config) -> tidy table, draw(table) -> matplotlib Figure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Drawing:
    """One citable figure; each experiment's module lists its own in `FIGURES` (id -> Drawing).

    Attributes:
        experiment: whose table it shows.
        plot: function of the experiment's module: table -> (figure, plotted numbers).
        caption: as in the book.
        alt: what it shows, for readers who cannot see it.
    """

    experiment: str
    plot: str
    caption: str
    alt: str


#: Experiment name -> the module that defines it (imported only when needed).
EXPERIMENTS = {
    "opu": "asyt.figures.opu",
    "opu-scale": "asyt.figures.opu_scale",
    "dfa": "asyt.figures.dfa",
    "dfa-sweeps": "asyt.figures.dfa_sweeps",
    "opu-compare": "asyt.figures.opu_compare",
    "shg-gradients": "asyt.figures.shg_gradients",
    "vowels": "asyt.figures.vowels",
    "mnist-hybrid": "asyt.figures.hybrid",
    "robustness": "asyt.figures.robustness",
    "methods": "asyt.figures.bench",
    "methods-distortion": "asyt.figures.dual_logs",
}
#: Experiments whose simulation runs on the CPU whatever the compute device.
CPU_ONLY = frozenset(
    {
        "opu",
        "opu-scale",
        "dfa",
        "dfa-sweeps",
        "opu-compare",
        "shg-gradients",
        "vowels",
        "mnist-hybrid",
    }
)
