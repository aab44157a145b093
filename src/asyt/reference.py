"""The two procedures of the authors' public demo, run here, and held against recorded runs of it.

The demo differs from the paper's text in ways that change its numbers, all settings here:

- a fixed "update error" multiplies every update (`gain`);
- its digital model of AsyT receives M1 * (1 + update error) * dW_dig, where the paper says dW_dig
  (`as_written=True`);
- hidden net outputs are limited to 5 A instead of A, and the limit is not differentiated;
- gradients are summed over the batch; each epoch permutes the already permuted data.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from asyt.devices import DistortedDevice
from asyt.errors import ReferenceFileError
from asyt.methods import METHODS
from asyt.training import Branch, Data, Schedule, Trainer
from asyt.twins import Layer, Perceptron, Weights

#: Largest difference to a recorded array that counts as agreement.
TOLERANCE = 1e-10
#: Bytes that the arrays of a file may take; those of MNIST in float64 take 0.4 of it.
LARGEST = 2**30


@dataclass(frozen=True)
class Setup:
    """Everything the demo's procedures start from.

    Data, order, schedule and initial weights are as in `Trainer`.
    """

    layers: tuple[int, ...]
    data: Data
    order: Callable[[int], Tensor] | None
    schedule: Schedule
    mixing: tuple[float, float]  # M1, M2
    initial: Weights
    masks: dict[str, Weights]  # chips by name; relative errors a layer (C, out, in) and (C, out)
    update: Weights  # relative update error a layer (out, in) and (out,)

    def _chips(self) -> dict[str, DistortedDevice]:
        chips = {}
        for name, mask in self.masks.items():
            chips[name] = DistortedDevice.from_masks(self._limited, mask)
        return chips

    @property
    def _limited(self) -> Perceptron:
        return Perceptron(self.layers, clip=5.0, straight_through=True)

    def asyt(self, as_written: bool = False) -> Trainer:
        """AsyT as the demo ships it, or with the digital update as the paper writes it."""
        gain = self._gain()
        method = METHODS["asyt"].mixing(*self.mixing)
        branches = {}
        for name, chips in self._chips().items():
            branches[name] = Branch(method, chips, gain)
        m1, _ = self.mixing
        digital = None
        if not as_written:
            digital = [update.map(lambda factor: m1 * factor) for update in gain]
        return self._trainer(self._limited, digital_gain=digital, branches=branches)

    def insilico(self) -> Trainer:
        """In-silico BP: a digital model without limits, whose weights are put on the chips."""
        twin = Perceptron(self.layers)
        return self._trainer(twin, digital_gain=self._gain(), insilico=self._chips())

    def _trainer(self, twin: Perceptron, **options: Any) -> Trainer:
        return Trainer(
            twin,
            self.initial,
            self.data,
            self.schedule,
            order=self.order,
            **options,
        )

    def _gain(self) -> Weights:
        return [error.map(lambda relative: 1 + relative) for error in self.update]


def load(path: str | Path) -> tuple[Setup, dict[str, np.ndarray]]:
    """The setup (float64) of a recorded run, and its results by name.

    Args:
        path: an .npz with `layers, x, y, permutations, batch_size, epochs, learning_rate,
            mixing_digital, mixing_physical`, per layer l `init_*_l, device_*_mask_l,
            update_*_mask_l` (* is weight, bias), and the results `p_digital_*_l, p_device_*_l,
            p_train_accuracy` of the procedures p in asyt, insilico.

    Raises:
        ReferenceFileError: naming the array that is missing, misshaped or not finite.
    """
    arrays = _Arrays(Path(path))
    layers = tuple(int(n) for n in arrays.get("layers", (None,)))
    if len(layers) < 2 or min(layers) < 1:
        raise ReferenceFileError(
            f"{path}: layers {layers} must name at least an input and an output width."
        )
    epochs = int(arrays.number("epochs"))
    batch = int(arrays.number("batch_size"))
    samples = arrays.get("x", (None, layers[0]))
    targets = arrays.get("y", (len(samples), layers[-1]))
    if not 1 <= batch <= len(samples):
        raise ReferenceFileError(f"{path}: batch_size {batch} does not fit {len(samples)} samples.")
    order = _orders(arrays, epochs, len(samples))
    x = torch.tensor(samples, dtype=torch.float64)
    y = torch.tensor(targets, dtype=torch.float64)
    masks = arrays.layers("device_{}_mask", layers)
    one_chip = [mask.map(lambda tensor: tensor[None]) for mask in masks]
    setup = Setup(
        layers,
        Data(x, y, x, y),
        lambda epoch: torch.from_numpy(order[epoch]),
        Schedule(epochs, batch, rate=arrays.number("learning_rate")),
        (arrays.number("mixing_digital"), arrays.number("mixing_physical")),
        arrays.layers("init_{}", layers),
        {"chip": one_chip},
        arrays.layers("update_{}_mask", layers),
    )
    recorded = _recorded(arrays, "asyt", layers, epochs)
    recorded |= _recorded(arrays, "insilico", layers, epochs)
    return setup, recorded


def _recorded(
    arrays: _Arrays,
    procedure: str,
    layers: tuple[int, ...],
    epochs: int,
) -> dict[str, np.ndarray]:
    """The results of a procedure: final weights of the digital model and the device, accuracies."""
    results: dict[str, np.ndarray] = {}
    for name in (f"{procedure}_digital", f"{procedure}_device"):
        weights = arrays.layers(name + "_{}", layers)
        results |= _named(name, weights)
    accuracy = f"{procedure}_train_accuracy"
    results[accuracy] = arrays.get(accuracy, (epochs,))
    return results


def _orders(arrays: _Arrays, epochs: int, samples: int) -> np.ndarray:
    """The order of the samples in every epoch; each permutes what the last one left."""
    permutations = arrays.get("permutations", (epochs, samples))
    if not (np.sort(permutations, axis=1) == np.arange(samples)).all():
        raise ReferenceFileError(
            f"{arrays.path}: a row of 'permutations' is not an order of the {samples} samples."
        )
    order = permutations.astype(np.int64)
    for epoch in range(1, epochs):
        order[epoch] = order[epoch - 1][order[epoch]]
    return order


def _named(name: str, weights: Weights) -> dict[str, np.ndarray]:
    """Arrays under the names of the file format: `name_weight_l` and `name_bias_l`."""
    arrays = {}
    for l, layer in enumerate(weights):
        weight, bias = layer.tensors()
        arrays[f"{name}_weight_{l}"] = weight.numpy()
        arrays[f"{name}_bias_{l}"] = bias.numpy()
    return arrays


class _Arrays:
    """The arrays of a file, checked as they are taken out."""

    def __init__(self, path: Path):
        self.path = path
        try:
            with open(path, "rb") as file, np.load(file, allow_pickle=False) as archive:
                size = sum(entry.file_size for entry in archive.zip.infolist())
                if size > LARGEST:
                    raise ValueError(f"its arrays take {size} bytes, more than {LARGEST}")
                self.held = {name: archive[name] for name in archive.files}
        except Exception as error:  # numpy, zipfile and zlib raise a dozen kinds on a damaged file
            message = f"{path}: not a readable .npz of plain arrays ({error}); record it again."
            raise ReferenceFileError(message) from error

    def get(self, name: str, wanted: tuple[int | None, ...]) -> np.ndarray:
        """The array of that name and shape; None stands for any length."""
        if name not in self.held:
            raise ReferenceFileError(f"{self.path}: array '{name}' is missing.")
        value = self.held[name]
        if not _fits(value.shape, wanted):
            raise ReferenceFileError(
                f"{self.path}: array '{name}' has shape {value.shape}, needed is {wanted}."
            )
        if value.dtype.kind not in "iuf" or not np.isfinite(value).all():
            raise ReferenceFileError(
                f"{self.path}: array '{name}' ({value.dtype}) must hold finite numbers only."
            )
        return value.astype(np.float64)

    def number(self, name: str) -> float:
        """The number of that name."""
        return float(self.get(name, ()))

    def layers(self, pattern: str, layers: tuple[int, ...]) -> Weights:
        """Weight and bias of every layer, float64."""
        held = []
        for l, (n_out, n_in) in enumerate(Perceptron(layers).shapes):
            weight = self.get(f"{pattern.format('weight')}_{l}", (n_out, n_in))
            bias = self.get(f"{pattern.format('bias')}_{l}", (n_out,))
            layer = Layer(torch.tensor(weight), torch.tensor(bias))
            held.append(layer.map(Tensor.double))
        return held


def _fits(shape: tuple[int, ...], wanted: tuple[int | None, ...]) -> bool:
    if len(shape) != len(wanted):
        return False
    lengths = zip(shape, wanted, strict=True)
    return all(length in (None, n) for n, length in lengths)


def rerun(setup: Setup, as_written: bool = False) -> dict[str, np.ndarray]:
    """Both procedures with this library; the results under the names of the file format."""
    results: dict[str, np.ndarray] = {}
    (masks,) = setup.masks.values()
    trainers = {
        "asyt": setup.asyt(as_written),
        "insilico": setup.insilico(),
    }
    for name, trainer in trainers.items():
        rows = trainer.fit(lambda epoch: epoch > 0, splits=("train",))
        accuracy = [row["accuracy"] for row in rows if row["fleet"] == "chip"]
        controls = trainer.digital
        if trainer.branches:
            controls = trainer.branches["chip"].controls
        pairs = zip(controls, masks, strict=True)
        effective = [layer.map(_on_chip, mask) for layer, mask in pairs]
        results |= _named(f"{name}_digital", trainer.digital)
        results |= _named(f"{name}_device", effective)
        results[f"{name}_train_accuracy"] = np.array(accuracy)
    return results


def _on_chip(control: Tensor, mask: Tensor) -> Tensor:
    """The effective control of the one chip: (1 + P) W."""
    return ((1 + mask) * control)[0]


def differences(path: str | Path, as_written: bool = False) -> dict[str, float]:
    """Largest absolute difference of every recorded array (`load`) to a rerun."""
    setup, recorded = load(path)
    ours = rerun(setup, as_written)
    found = {}
    for name, theirs in recorded.items():
        difference = np.abs(ours[name] - theirs)
        found[name] = float(difference.max())
    return found
