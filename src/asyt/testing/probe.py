"""A device under watch: whatever the kit reads is held against what every pass promises."""

from __future__ import annotations

import copy
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

import torch
from torch import Tensor

from asyt.devices import Accesses, Device
from asyt.errors import AsytError, DeviceOutputError
from asyt.testing import process
from asyt.testing.report import ConformanceError, require
from asyt.twins import Weights, tensors

#: Read-outs that are looked at again after later passes.
REMEMBERED = 4


@dataclass
class Probe:
    """Runs a device, and looks at what came out and at what went in.

    Attributes:
        device: whose passes they are.
        passes: how many there were.
        notes: broken promise -> what was seen, of promises that are judged at the end.
    """

    device: Device
    passes: int = 0
    notes: dict[str, str] = field(default_factory=dict)
    _readouts: deque = field(default_factory=lambda: deque(maxlen=REMEMBERED))

    @classmethod
    def of(cls, make: Callable[[], Device], notes: dict[str, str]) -> Probe:
        """A new device, and a look at what making it did to the process."""
        shared = process.state()
        device = make()
        if not isinstance(device, Device):
            raise AsytError(
                f"make() gave a {type(device).__name__}: give a function that builds a Device, "
                "check_device(lambda: MyDevice()); a function of one chip becomes one by Device.of."
            )
        probe = cls(device, notes=notes)
        probe._note_changes(shared, "its making")
        return probe

    def read(self, controls: Weights, x: Tensor) -> Tensor:
        """One pass; a `ConformanceError` if it breaks what every pass promises."""
        device = self.device
        about = f"a batch of {len(x)}"
        readout = self._watched(device, controls, x, about)
        require(
            "type",
            isinstance(readout, Tensor),
            f"a pass returned a {type(readout).__name__}.",
        )
        wanted = (device.population, len(x), device.layers[-1])
        shape = tuple(readout.shape)
        require(
            "shape",
            shape == wanted,
            f"read-out of shape {shape}, not (C, B, P) = {wanted}.",
        )
        require(
            "type",
            readout.dtype == x.dtype and readout.device == x.device,
            f"the read-out is {readout.dtype} on {readout.device}, the inputs {x.dtype} on "
            f"{x.device}: return readout.to(x).",
        )
        require(
            "finite",
            bool(readout.isfinite().all()),
            f"a read-out is not finite: {_odd(readout)} in {about}.",
        )
        self._own_memory(readout, [*tensors(controls), x])
        copied = readout.detach().clone()
        self._readouts.append((readout, copied))
        return copied

    def opened(self, controls: Weights, x: Tensor) -> list[Tensor]:
        """All layers, the read-out last."""
        run = self.device.layer_by_layer
        return self._watched(run, controls, x, "layer by layer", opened=True)

    def at(self, *moment: int) -> None:
        """Set the moment of what follows."""
        shared = process.state()
        try:
            self.device.at(*moment)
        except Exception as error:
            raise ConformanceError(
                "runs", f"at{moment} ended in {type(error).__name__}: {error}"
            ) from error
        self._note_changes(shared, f"at{moment}")

    def scribble(self, controls: Weights, x: Tensor) -> None:
        """Run a pass and write over what it returned, as its owner may."""
        self.read(controls, x)
        readout, _ = self._readouts.pop()
        if "own_memory" not in self.notes:
            readout.detach().fill_(1e6)

    def _watched(
        self,
        run: Callable,
        controls: Weights,
        x: Tensor,
        about: str,
        opened: bool = False,
    ) -> Any:
        given = [*tensors(controls), x]
        before = [tensor.clone() for tensor in given]
        counted = copy.copy(self.device.accesses)
        shared = process.state()
        try:
            with mock.patch.object(self.device, "propagate", self._propagate):
                answer = run(controls, x)
        except ConformanceError:
            raise
        except Exception as error:
            promise = "shape" if isinstance(error, DeviceOutputError) else "runs"
            raise ConformanceError(
                promise, f"{about} ended in {type(error).__name__}: {error}"
            ) from error
        finally:
            self._note_changes(shared, f"pass {self.passes + 1}")
        self.passes += 1
        same = all(map(torch.equal, before, given))
        require("black_box", same, "a pass changed the controls or the inputs it was given.")
        self._counts(counted, len(x), opened)
        return answer

    def _propagate(self, controls: Weights, x: Tensor) -> list[Tensor]:
        """The physics; what it changes may be a copy that the library made of what it was given."""
        given = [*tensors(controls), x]
        before = [tensor.clone() for tensor in given]
        states = type(self.device).propagate(self.device, controls, x)
        same = all(map(torch.equal, before, given))
        require(
            "black_box",
            same,
            "propagate changed the controls or the inputs it was given.",
        )
        return states

    def _note_changes(self, before: dict, when: str) -> None:
        for name in process.changed(before):
            self.notes.setdefault(name, f"{name} changed in {when}")

    def _counts(self, before: Accesses, batch: int, opened: bool) -> None:
        """P reads a sample, no writes, one time-step; opened, as in `layer_by_layer`."""
        device = self.device
        if device.accesses == before and batch:
            try:
                device.accesses.a_sample()
            except Exception as error:
                raise ConformanceError("counts_outputs", str(error)) from error
        outputs = device.layers[-1]
        hidden = sum(device.layers[1:-1])
        wanted = Accesses(1, outputs, 0, 1)
        if opened:
            wanted = Accesses(1, outputs + hidden, hidden, len(device.layers) - 1)
        for name, number in vars(wanted).items():
            counted = getattr(device.accesses, name) - getattr(before, name)
            require(
                "keeps_its_budget" if opened else "counts_outputs",
                counted == number * batch,
                f"{batch} samples counted as {counted} {name}, not {number * batch}.",
            )

    def _own_memory(self, readout: Tensor, given: Sequence[Tensor]) -> None:
        """Note a read-out that somebody else may change, or that changes somebody else."""
        seen = ""
        shared = {_storage(tensor) for tensor in given if tensor.numel()}
        if readout.requires_grad:
            seen = "a read-out carries a gradient: return readout.detach()."
        elif readout.numel() and _storage(readout) in shared:
            seen = "a read-out is a view of the controls or inputs: return a copy."
        elif readout.numel() and _expanded(readout):
            seen = "a read-out is expanded, so that several values are one: return a copy."
        elif not all(torch.equal(held, copied) for held, copied in self._readouts):
            seen = "an earlier read-out changed in a later pass: return a copy of the buffer."
        if seen:
            self.notes.setdefault("own_memory", seen)


def _storage(tensor: Tensor) -> int:
    return tensor.untyped_storage().data_ptr()


def _expanded(readout: Tensor) -> bool:
    """Whether several values lie at one place in memory."""
    strides = zip(readout.stride(), readout.shape, strict=True)
    return any(stride == 0 and size > 1 for stride, size in strides)


def _odd(readout: Tensor) -> list[float]:
    """The first values that are not finite."""
    return readout[~readout.isfinite()][:3].tolist()
