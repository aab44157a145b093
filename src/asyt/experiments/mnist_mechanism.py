"""Why AsyT collapses where the noise is a share of the signal: one experiment an explanation.

MNIST with a sixth of the samples at six times the rate, so that an epoch moves the controls as far
as one of `mnist` (a random walk would go further: it counts the rate twice); rows of unit length,
chip number `seed` of the population. All variants lean on one digital trajectory. Every explanation
said beforehand what each experiment would give; the numbers that decide are
`mnist_explanations.PREDICTIONS`:

- walk: the noise of the output error moves the controls at random. Then two chips that differ in
  noise alone move apart, distances grow like the square root of the steps, and averaging errors
  helps. At an equal step a sample, larger batches do not change a random walk.
- feedback: noise is a share of the signal, larger controls make more of it, and the error never
  vanishes. Then a fixed floor, clipped controls and a pull towards the digital controls end it, and
  growth gets faster.
- drift: the mean softmax of noisy read-outs is flatter than the softmax without noise, so the mean
  error asks for larger margins. Then two chips that differ in noise alone move alike, averaging
  errors does not help, noise without a mean does no harm, noise of the read-out is enough, and the
  last layer grows along the digital controls.
- blind: the update goes through digital states and weights. Then hidden noise does the harm, that
  of the read-out none, and pseudo IP-BP, whose states follow the controls, holds.
"""

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
import torch
from torch import Tensor

from asyt.devices import DistortedDevice, Noise
from asyt.experiments import base, mnist
from asyt.experiments._interventions import Pulled, averaged, centred
from asyt.experiments.base import HERE, Execution, Experiment
from asyt.methods import METHODS
from asyt.methods.contract import Method
from asyt.training import Branch, Trainer
from asyt.twins import Weights, tensors

#: Chips of the reference that differ in their noise alone.
REPLICAS = 2
#: Images whose read-out is the signal.
SHOWN = 1000
REFERENCE, NOISELESS = "mean-square", "independent"


@dataclass(frozen=True)
class Config(mnist.Config):
    """One chip, one digital trajectory, and every variant along it.

    Attributes:
        part: "main", or "batches" for the reference with larger batches.
        limit: of clipped controls.
        pull: rate * pull is the share of its distance to the digital control that a control loses
            in a step: a tenth an epoch.
        passes: read-outs whose errors are averaged.
    """

    by = ("part", "seed")

    part: str = "main"
    samples: int | None = 10_000
    rate: float = 6e-4
    epochs: int = 70
    noise_db: float | None = 10.0
    limit: float = 0.5
    pull: float = 10.0
    passes: int = 4

    @property
    def columns(self) -> dict[str, Any]:
        """Part and seed."""
        return {name: getattr(self, name) for name in self.by}


PROFILES = {
    "smoke": Config(samples=2000, epochs=15),  # three stops, which growth needs
    "quick": Config(epochs=20),
    "paper": Config(),
}
BATCHES: dict[str, Any] = {"part": "batches", "batch_size": 2000}


def plan(profile: str, seeds: base.Seeds = None) -> list[Config]:
    """All variants a seed, and larger batches with the first seed."""
    main = base.one_a_seed(PROFILES, mnist.SEEDS, smoke=1)
    large = base.one_a_seed(PROFILES, mnist.SEEDS[:1], (BATCHES,))
    return [*main(profile, seeds), *large(profile, seeds)]


def chips(
    config: Config, noise: Noise | None, copies: int = 1, compute: str = "cpu"
) -> DistortedDevice:
    """Copies of the chip of a config, which differ in their noise alone."""
    return DistortedDevice(
        mnist.twin(config),
        copies,
        mnist.CHIPS,
        distortion=config.distortion,
        noise=noise,
        chips=[config.seed] * copies,
        compute=compute,
    )


def branches(config: Config, compute: str = "cpu") -> dict[str, Branch]:
    """Every variant of a config's part."""
    noise = Noise(config.noise_db or 0.0)
    asyt = METHODS["asyt"]

    def variant(
        method: Method = asyt,
        noise: Noise | None = noise,
        copies: int = 1,
        **options: Any,
    ) -> Branch:
        device = chips(config, noise, copies, compute)
        return Branch(method, device, **options)

    copies = REPLICAS if config.part == "main" else 1
    references = {
        NOISELESS: variant(noise=None),
        REFERENCE: variant(copies=copies),
    }
    if config.part == "batches":
        return references
    *hidden, last = range(len(config.layers) - 1)
    floor = mnist.noise(replace(config, noise_reading="floor"))
    exact = chips(config, None, compute=compute)
    return {
        **references,
        "floor": variant(noise=floor),
        "read-out alone": variant(noise=replace(noise, layers=(last,))),
        "hidden alone": variant(noise=replace(noise, layers=tuple(hidden))),
        "clipped": variant(limits=(-config.limit, config.limit)),
        "pulled": variant(Pulled(config.pull)),
        "errors averaged": variant(averaged(config.passes)),
        "errors centred": variant(centred(exact)),
        "pseudo-ip-bp": variant(METHODS["pseudo-ip-bp"]),
    }


def build(config: Config, compute: str = "cpu") -> Trainer:
    """The digital trajectory and all variants."""
    return Trainer(
        mnist.twin(config),
        [layer.to(compute) for layer in mnist.initial(config)],
        config.data(compute),
        config.schedule(),
        branches=branches(config, compute),
    )


class Record:
    """What the controls of all variants did since the last measurement.

    Attributes:
        rows: as `run` returns them.
    """

    def __init__(self, trainer: Trainer, config: Config, compute: str):
        self.trainer = trainer
        self.exact = {}
        for name, branch in trainer.branches.items():
            self.exact[name] = chips(
                config,
                None,
                branch.device.population,
                compute,
            )
        self.rows: list[dict[str, Any]] = []
        self._before: dict[str, Tensor] = {}
        self._moved: dict[str, Tensor] = {}

    def measure(self) -> None:
        """Measure every variant at this epoch."""
        trainer = self.trainer
        digital = _flat(trainer.digital, 1)
        self._note("digital", "size", _rms(digital))
        plain = _flat(trainer.branches[NOISELESS].controls, 1)
        for name, branch in trainer.branches.items():
            controls = _flat(branch.controls, branch.device.population)
            excess = controls - plain
            self._note(name, "size", _rms(controls))
            self._note(name, "excess", _rms(excess))
            self._read(name, branch)
            if trainer.epoch and name != NOISELESS:
                self._directions(name, excess, digital)

    def _read(self, name: str, branch: Branch) -> None:
        """The signal of the last layer, and the accuracy, of the chip without its noise."""
        exact = self.exact[name]
        x = self.trainer.data.test_x[:SHOWN]
        signal = exact(branch.controls, x).flatten(-2)
        self._note(name, "signal", _rms(signal))

        def read(x: Tensor) -> Tensor:
            return exact(branch.controls, x)

        accuracy = self.trainer.accuracy(name, exact, read, "test")
        self._note(name, "accuracy without noise", accuracy)

    def _directions(self, name: str, excess: Tensor, digital: Tensor) -> None:
        """Cosines of the excess of controls: with the digital ones, its past, its replica's."""
        last = self.trainer.digital[-1]
        of_last = sum(tensor.numel() for tensor in last.tensors())
        along = _cosine(excess, digital)
        self._note(name, "along digital", along)
        last_along = _cosine(excess[:, -of_last:], digital[:, -of_last:])
        self._note(name, "last layer along digital", last_along)
        before = self._before.get(name, torch.zeros_like(excess))
        moved = excess - before
        if name in self._moved:
            again = _cosine(moved, self._moved[name])
            self._note(name, "as before", again)
        self._before[name] = excess
        self._moved[name] = moved
        if len(excess) > 1:
            alike = _cosine(excess[:1], excess[1:])
            self._note(name, "as its replica", alike)

    def _note(self, variant: str, quantity: str, values: Tensor) -> None:
        for replica, value in enumerate(values.tolist()):
            self.rows.append(
                {
                    "epoch": self.trainer.epoch,
                    "variant": variant,
                    "quantity": quantity,
                    "replica": replica,
                    "value": value,
                }
            )


def _flat(weights: Weights, copies: int) -> Tensor:
    """All parameters of each chip, layer after layer: (copies, n)."""
    rows = [tensor.reshape(copies, -1) for tensor in tensors(weights)]
    return torch.cat(rows, 1)


def _rms(values: Tensor) -> Tensor:
    return values.square().mean(-1).sqrt()


def _cosine(a: Tensor, b: Tensor) -> Tensor:
    return torch.cosine_similarity(a.double(), b.double(), dim=-1)


def measured(epoch: int) -> bool:
    """Every fifth epoch."""
    return epoch % 5 == 0


def run(config: Config, execution: Execution = HERE) -> pd.DataFrame:
    """Train all variants, measure every fifth epoch. Minutes: no checkpoint.

    Returns:
        Tidy rows: epoch, variant ("digital" is the model), quantity, replica, value. Quantities:
        accuracy, accuracy without noise (fractions), size (root mean square of all parameters),
        excess (that of their distance to the controls of the chip without noise), signal (root mean
        square of the read-out without noise), and cosines of the excess.
    """
    trainer = build(config, execution.compute)
    record = Record(trainer, config, execution.compute)

    def when(epoch: int) -> bool:
        due = measured(epoch) or epoch == config.epochs
        if due:
            record.measure()
        return due

    tested = trainer.fit(when, progress=execution.progress)
    names = {"fleet": "variant", "chip": "replica", "accuracy": "value"}
    values = pd.DataFrame(tested).rename(columns=names)
    accuracy = values.assign(quantity="accuracy")
    quantities = pd.DataFrame(record.rows)
    rows = pd.concat([accuracy, quantities], ignore_index=True)
    return rows[["epoch", "variant", "quantity", "replica", "value"]]


EXPERIMENT = Experiment("mnist-mechanism", PROFILES, plan, run)
