"""Fashion-MNIST on the chip of the authors' public demo: the settings of `authors`."""

from dataclasses import replace

from asyt.experiments import authors

PROFILES = {
    name: replace(config, dataset="fashion-mnist") for name, config in authors.PROFILES.items()
}
EXPERIMENT = authors.experiment("authors-fashion", PROFILES)
