"""The substitute for KMNIST on the chip of the authors' public demo: the settings of `authors`."""

from dataclasses import replace

from asyt.experiments import authors

PROFILES = {
    name: replace(config, dataset="kmnist-substitute") for name, config in authors.PROFILES.items()
}
EXPERIMENT = authors.experiment("authors-kmnist", PROFILES)
