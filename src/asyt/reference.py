"""The two procedures of the authors' public demo, run with this library, and held against recorded runs of it.

The demo differs from the paper's text in ways that change its numbers; all of them are settings
here, none is code of its own:

- a fixed "update error" multiplies every update (`gain`);
- its digital model of AsyT receives M1 * (1 + update error) * dW_dig, where the paper says dW_dig.
  This is "as shipped"; `as_written=True` gives the digital model dW_dig;
- hidden net outputs are limited to 5 A instead of A, and the limit is not differentiated;
- gradients are summed over the batch; each epoch permutes the already permuted data.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from asyt.devices import DistortedDevice
from asyt.errors import ReferenceFileError
from asyt.methods import method
from asyt.training import Branch, Data, Schedule, Trainer
from asyt.twins import Layer, Perceptron, Weights

#: Largest difference to a recorded array that counts as agreement.
TOLERANCE = 1e-10
#: Bytes that the arrays of a file may take; those of MNIST in float64 take 0.4 of it.
LARGEST = 2**30
#: What a file that is no .npz of plain arrays makes numpy raise.
UNREADABLE = (OSError, ValueError, EOFError, TypeError, MemoryError, zipfile.BadZipFile, zlib.error)


@dataclass(frozen=True)
class Setup:
    """Everything the demo's procedures start from.

    Attributes:
        layers: neurons a layer, input first.
        data: inputs (N, in) and one-hot targets (N, P).
        order: epoch -> order of the training samples; None draws one from stream `batches`.
        schedule: epochs, batch size, rate (gradients are summed).
        mixing: M1, M2.
        initial: weights a layer (out, in) and (out,).
        masks: chips by name; relative errors a layer (C, out, in) and (C, out).
        update: relative update error a layer (out, in) and (out,).
    """

    layers: tuple[int, ...]
    data: Data
    order: Callable[[int], Tensor] | None
    schedule: Schedule
    mixing: tuple[float, float]
    initial: Weights
    masks: dict[str, Weights]
    update: Weights

    def _chips(self) -> dict[str, DistortedDevice]:
        limited = Perceptron(self.layers, clip=5.0, straight_through=True)
        return {
            name: DistortedDevice.from_masks(limited, mask) for name, mask in self.masks.items()
        }

    def asyt(self, as_written: bool = False) -> Trainer:
        """AsyT as the demo ships it, or with the digital update as the paper writes it."""
        gain = _plus_one(self.update)
        asyt = method("asyt").mixing(*self.mixing)
        return Trainer(
            Perceptron(self.layers, clip=5.0, straight_through=True),
            self.initial,
            self.data,
            self.schedule,
            branches={name: Branch(asyt, chips, gain) for name, chips in self._chips().items()},
            order=self.order,
            digital_gain=None if as_written else _times(self.mixing[0], gain),
        )

    def insilico(self) -> Trainer:
        """In-silico BP: a digital model without limits, whose weights are put on the chips."""
        return Trainer(
            Perceptron(self.layers),
            self.initial,
            self.data,
            self.schedule,
            insilico=self._chips(),
            order=self.order,
            digital_gain=_plus_one(self.update),
        )


def _plus_one(masks: Weights) -> Weights:
    return [Layer(1 + weight, 1 + bias) for weight, bias in masks]


def _times(factor: float, masks: Weights) -> Weights:
    return [Layer(factor * weight, factor * bias) for weight, bias in masks]


def load(path: str | Path) -> tuple[Setup, dict[str, np.ndarray]]:
    """Read a recorded run.

    Args:
        path: an .npz with `layers, x, y, permutations, batch_size, epochs, learning_rate,
            mixing_digital, mixing_physical`, per layer l `init_*_l, device_*_mask_l,
            update_*_mask_l` (* is weight, bias), and the results `p_digital_*_l, p_device_*_l,
            p_train_accuracy` of the procedures p in asyt, insilico.

    Returns:
        The setup (float64) and the recorded results by name.

    Raises:
        ReferenceFileError: naming the array that is missing, misshaped or not finite.
    """
    arrays = _Arrays(Path(path))
    layers = tuple(int(n) for n in arrays.get("layers", None))
    if len(layers) < 2 or min(layers) < 1:
        raise ReferenceFileError(
            f"{path}: layers {layers} must name at least an input and an output width."
        )
    epochs, batch = int(arrays.get("epochs", ())), int(arrays.get("batch_size", ()))
    samples = arrays.get("x", (None, layers[0]))
    targets = arrays.get("y", (len(samples), layers[-1]))
    permutations = arrays.get("permutations", (epochs, len(samples)))
    if not (np.sort(permutations, axis=1) == np.arange(len(samples))).all():
        raise ReferenceFileError(
            f"{path}: a row of 'permutations' is not an order of the {len(samples)} samples."
        )
    if not 1 <= batch <= len(samples):
        raise ReferenceFileError(f"{path}: batch_size {batch} does not fit {len(samples)} samples.")
    permutations = permutations.astype(np.int64)
    order = np.empty_like(permutations)
    for epoch, permutation in enumerate(permutations):  # each epoch permutes what the last one left
        order[epoch] = permutation if epoch == 0 else order[epoch - 1][permutation]

    rate = float(arrays.get("learning_rate", ()))
    x, y = torch.tensor(samples, dtype=torch.float64), torch.tensor(targets, dtype=torch.float64)
    device_masks = [
        Layer(m.weight[None], m.bias[None]) for m in arrays.layers("device_{}_mask", layers)
    ]
    setup = Setup(
        layers,
        Data(x, y, x, y),
        lambda epoch: torch.from_numpy(order[epoch]),
        Schedule(epochs, batch, rate),
        (float(arrays.get("mixing_digital", ())), float(arrays.get("mixing_physical", ()))),
        arrays.layers("init_{}", layers),
        {"chip": device_masks},
        arrays.layers("update_{}_mask", layers),
    )
    recorded = {}
    for procedure in ("asyt", "insilico"):
        for side in ("digital", "device"):
            for l, layer in enumerate(arrays.layers(f"{procedure}_{side}_{{}}", layers)):
                recorded[f"{procedure}_{side}_weight_{l}"] = layer.weight.numpy()
                recorded[f"{procedure}_{side}_bias_{l}"] = layer.bias.numpy()
        recorded[f"{procedure}_train_accuracy"] = arrays.get(
            f"{procedure}_train_accuracy", (epochs,)
        )
    return setup, recorded


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
        except UNREADABLE as error:
            raise ReferenceFileError(
                f"{path}: not a readable .npz of plain arrays ({error})."
            ) from error

    def get(self, name: str, shape: tuple | None) -> np.ndarray:
        """The array of that name and shape (None stands for any length, a shape of None for any vector)."""
        if name not in self.held:
            raise ReferenceFileError(f"{self.path}: array '{name}' is missing.")
        value = self.held[name]
        wanted = (None,) if shape is None else shape
        fits = value.ndim == len(wanted) and all(
            w in (None, n) for w, n in zip(wanted, value.shape, strict=True)
        )
        if not fits:
            raise ReferenceFileError(
                f"{self.path}: array '{name}' has shape {value.shape}, needed is {wanted}."
            )
        if value.dtype.kind not in "iuf" or not np.isfinite(value).all():
            raise ReferenceFileError(
                f"{self.path}: array '{name}' ({value.dtype}) must hold finite numbers only."
            )
        return value

    def layers(self, pattern: str, layers: tuple[int, ...]) -> Weights:
        """Weight and bias of every layer, float64."""
        return [
            Layer(
                torch.tensor(
                    self.get(f"{pattern.format('weight')}_{l}", (n_out, n_in)), dtype=torch.float64
                ),
                torch.tensor(
                    self.get(f"{pattern.format('bias')}_{l}", (n_out,)), dtype=torch.float64
                ),
            )
            for l, (n_in, n_out) in enumerate(zip(layers, layers[1:], strict=False))
        ]


def rerun(setup: Setup, as_written: bool = False) -> dict[str, np.ndarray]:
    """Both procedures with this library; the results under the names of the file format."""
    results = {}
    for name, trainer in (("asyt", setup.asyt(as_written)), ("insilico", setup.insilico())):
        rows = trainer.fit(lambda epoch: epoch > 0, splits=("train",))
        measured = [r["accuracy"] for r in rows if r["fleet"] == "chip"]
        controls = trainer.branches["chip"].controls if trainer.branches else trainer.digital
        (masks,) = setup.masks.values()
        for l, (digital, control, mask) in enumerate(
            zip(trainer.digital, controls, masks, strict=True)
        ):
            for part, d, c, m in zip(("weight", "bias"), digital, control, mask, strict=True):
                results[f"{name}_digital_{part}_{l}"] = d.numpy()
                results[f"{name}_device_{part}_{l}"] = ((1 + m) * c)[
                    0
                ].numpy()  # the effective parameters
        results[f"{name}_train_accuracy"] = np.array(measured)
    return results


def differences(path: str | Path, as_written: bool = False) -> dict[str, float]:
    """Largest absolute difference of every recorded array to a rerun with this library.

    Raises:
        ReferenceFileError: see `load`.
    """
    setup, recorded = load(path)
    ours = rerun(setup, as_written)
    return {name: float(np.abs(ours[name] - value).max()) for name, value in recorded.items()}
