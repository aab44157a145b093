"""MNIST under AsyT against distortion, width and depth: the runs behind AsyT Figs. 5d to 5f.

One run is one draw: a seed, and the chip of that number. On one digital trajectory it trains this
chip at any number of distortions and under any reading of the noise, so that curves belong to one
pattern of errors.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pandas as pd

from asyt.devices import DistortedDevice
from asyt.errors import AsytError
from asyt.experiments import mnist as mnist_runs
from asyt.methods import METHODS
from asyt.training import Branch, Data, Trainer

#: One sigma_phy: the public demo's distortion, as in Fig. 5a.
SIGMA = mnist_runs.Config().distortion
SEEDS = (0, 1, 2, 3, 4)
#: Name of a reading of the noise, as in Fig. 5a -> its settings.
NOISES = {mnist_runs.Config(**variant).reading: variant for variant in mnist_runs.VARIANTS}
#: A reading of the noise, and distortions under it in units of one sigma_phy.
Fleet = tuple[str, tuple[float, ...]]
PAPER_RANGE = tuple(step / 4 for step in range(9))  # 0 to 2 sigma_phy


@dataclass(frozen=True)
class Config:
    """One draw. Rate, batch, mixing, initial values, clip and place of the distortion are those of Fig. 5a."""

    dataset: str = "mnist"
    samples: int | None = None
    layers: tuple[int, ...] = (784, 256, 256, 10)
    epochs: int = 300
    trained: tuple[Fleet, ...] = ()  # chip number `seed`, by AsyT
    tested: tuple[Fleet, ...] = ()  # a population given the final digital weights
    population: int = 20
    seed: int = 0

    @property
    def label(self) -> str:
        """For progress lines and `--only`."""
        what = (
            " + ".join(f"{noise} at {'/'.join(f'{s:g}' for s in at)}" for noise, at in self.trained)
            or "digital"
        )
        return f"{self.dataset}, {'-'.join(map(str, self.layers))}, {what}, seed {self.seed}"

    @property
    def columns(self) -> dict[str, object]:
        """What tells the runs of a profile apart."""
        hidden = self.layers[1:-1]
        return {"width": hidden[0], "depth": len(hidden), "seed": self.seed}

    def base(self, noise: str = "none") -> mnist_runs.Config:
        """The run of Fig. 5a that this draw varies, under a reading of the noise."""
        return mnist_runs.Config(
            dataset=self.dataset,
            samples=self.samples,
            layers=self.layers,
            epochs=self.epochs,
            devices=1,
            seed=self.seed,
            **NOISES[noise],
        )


def one_draw(devices: int | None) -> None:
    """Refuse several chips a run.

    Raises:
        AsytError: if `devices` is neither None nor 1.
    """
    if devices not in (None, 1):
        raise AsytError(
            f"--devices {devices}: here a draw is one seed and one chip; give several --seed "
            "instead."
        )


def evaluated(epoch: int) -> bool:
    """Each of the first three epochs, then every tenth."""
    return epoch <= 3 or epoch % 10 == 0


def build(config: Config, compute: str = "cpu", data: Data | None = None) -> Trainer:
    """The trainer of a draw: the digital trajectory, and along it the chip under every reading of the noise."""
    base = config.base()
    trainer = mnist_runs.build(base, compute, data)
    asyt, branches = METHODS["asyt"].mixing(*base.mixing), {}
    for noise, severities in config.trained:
        chips = [config.seed] * len(severities)
        branches[noise] = Branch(
            asyt, _chips(config, noise, [SIGMA * s for s in severities], chips, compute)
        )
    return Trainer(trainer.twin, trainer.digital, trainer.data, trainer.schedule, branches=branches)


def _chips(
    config: Config, noise: str, distortions: list[float], chips: list[int], compute: str
) -> DistortedDevice:
    base = config.base(noise)
    return DistortedDevice(
        mnist_runs.twin(base),
        len(chips),
        mnist_runs.CHIPS,
        distortion=distortions,
        acts_on=base.acts_on,
        noise=base.noise,
        chips=chips,
        compute=compute,
    )


def run(
    config: Config, *, compute: str = "cpu", checkpoint=None, progress: bool = False
) -> pd.DataFrame:
    """Train, test after each `evaluated` epoch; at the end put the digital weights on the populations.

    Returns:
        Tidy rows: noise, severity (units of one sigma_phy), epoch, method (ideal-bp, asyt,
        insilico-bp), fleet, chip (of asyt: index of the severity), split, accuracy (fraction). The
        digital model has noise "none", severity 0.
    """
    trainer = build(config, compute)
    rows, trained = (
        trainer.fit(evaluated, checkpoint, every=4, progress=progress),
        dict(config.trained),
    )
    found = [
        {"noise": r["fleet"], "severity": trained[r["fleet"]][r["chip"]], **r}
        if r["method"] == "asyt"
        else {"noise": "none", "severity": 0.0, **r}
        for r in rows
    ]
    return pd.DataFrame(found + list(_insilico(trainer, config, compute)))


def _insilico(trainer: Trainer, config: Config, compute: str) -> Iterator[dict]:
    """The final digital weights on populations."""
    for noise, severities in config.tested:
        for severity in severities:
            size = config.population
            chips = _chips(config, noise, [SIGMA * severity] * size, list(range(size)), compute)
            name = f"{noise}, {severity:g}"
            for row in trainer.test(
                "insilico-bp", name, chips, lambda x, chips=chips: chips(trainer.digital, x)
            ):
                yield {"noise": noise, "severity": severity, **row}


def jobs(
    bases: list[Config], profile: str, seeds: tuple[int, ...] | None, devices: int | None
) -> list[Config]:
    """Every base with every seed, seed by seed; by default `SEEDS`, two of them at smoke scale."""
    one_draw(devices)
    seeds = seeds or (SEEDS[:2] if profile == "smoke" else SEEDS)
    return [replace(base, seed=seed) for seed in seeds for base in bases]
