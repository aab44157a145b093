"""One module a figure group: a frozen config, run(config) -> tidy table, draw(table) -> matplotlib Figure."""

#: Experiment name -> the module that defines it (imported only when needed).
EXPERIMENTS = {
    "iris": "asyt.figures.iris",
    "mnist": "asyt.figures.mnist",
    "mnist-demo": "asyt.figures.demo",
    "mnist-growth": "asyt.figures.growth",
}
