"""Any controllable system as a layer of an ordinary torch network: bring your own device.

A `PhysicalModule` is made of two callables (as in Wright et al. 2022): a device that can only be
run, and a differentiable twin. One argument says how it trains:

| method    | forward in training           | backward                                             |
|-----------|-------------------------------|------------------------------------------------------|
| in-silico | twin                          | twin                                                 |
| pat       | device                        | twin, at the device's controls and the input given   |
| asyt      | twin, then device (`asyt`)    | twin, at the digital controls and input              |

In evaluation mode every forward pass is the device's. PAT needs what enters each module; AsyT does
not: the digital model makes its own, so a chain of devices may stay closed.
"""

from __future__ import annotations

import copy
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils._pytree import tree_flatten, tree_map, tree_unflatten

from asyt import gate
from asyt.errors import AsytError, DivergenceError, lookup
from asyt.physical.autograd import Mix, Through, full_precision
from asyt.physical.line import FAILURES, Failure, Line, Patience, is_number, owner

TRAINED_BY = ("pat", "asyt", "insilico-bp")


class PhysicalModule(nn.Module):
    """A device and its twin as one layer, trained by any torch optimizer.

    Of a read-out `asyt.gate` takes any array of real, finite numbers with exactly the shape of the
    twin's output. It comes back in memory of its own, of the floating type to which inputs and
    controls promote, and of which all are that the twin gets. The device gets copies of inputs and
    controls in their own types. Under autocast, device and twin keep full precision. An empty batch
    is no pass: the device is not asked.

    `copy.deepcopy` copies the controls and shares the device. A device that two modules share, or
    whose methods they are, answers one after the other, from whatever thread they ask.

    Args:
        device: (controls, x) -> y, any array: a function, a driver, a socket.
        twin: (controls, x) -> y of the same shape, differentiable by torch.
        controls: initial controls, floating or complex: a tensor or NumPy array, or these in lists,
            tuples or dicts. Both callables get them in this form, as tensors. The module's copies
            are its parameters.
        method: one of `TRAINED_BY`, else an `UnknownNameError`.
        mixing: AsyT's M1, M2 (AsyT Eq. 3).
        attempts: how often a pass is tried before it counts as failed.
        pause_s: seconds before another attempt.
        deadline_s: seconds an attempt may take; by default any. With one, the device is called in a
            thread of its own. A call that hangs cannot be ended: it is given up, and until it
            returns, no other is made.
        retry: exceptions of the device after which a pass is tried again; by default any but
            `asyt.physical.BUGS`. An unusable read-out and a missed deadline always are.

    Raises:
        AsytError: an option that cannot work.

    Example:
        >>> import torch
        >>> from asyt import PhysicalModule
        >>> layer = PhysicalModule(lambda w, x: 0.9 * x @ w, lambda w, x: x @ w, torch.eye(2))
        >>> layer(torch.ones(3, 2)).sum().backward()
        >>> layer.controls[0].grad.shape, layer.passes
        (torch.Size([2, 2]), 1)
    """

    device: Callable[..., Any]
    twin: Callable[..., Any]

    def __init__(
        self,
        device: Callable[[Any, Tensor], Any],
        twin: Callable[[Any, Tensor], Tensor],
        controls: Any,
        method: str = "pat",
        *,
        mixing: tuple[float, float] = (0.5, 0.5),
        attempts: int = 1,
        pause_s: float = 0.0,
        deadline_s: float | None = None,
        retry: type[Exception] | tuple[type[Exception], ...] = FAILURES,
    ):
        super().__init__()
        for name, function in (("device", device), ("twin", twin)):
            if not callable(function):
                raise AsytError(f"{name} {function!r} cannot be called: give (controls, x) -> y.")
        self.method = lookup(method, TRAINED_BY, "method")
        # as plain attributes: of submodules an optimizer would train the constants as well
        vars(self).update(device=device, twin=twin)
        self.mixing = _two_shares(mixing)
        self.attempts = attempts
        self.pause_s = pause_s
        self.deadline_s = deadline_s
        self.retry = retry
        self.patience()
        leaves, form = tree_flatten(controls)
        tensors = [_control(leaf) for leaf in leaves if leaf is not None]
        if not tensors:
            raise AsytError("controls hold no tensor: give the device something to be set to.")
        count = iter(range(len(tensors)))
        places = [None if leaf is None else next(count) for leaf in leaves]
        #: The controls as they were given, with their places in `self.controls` for tensors.
        self._form = tree_unflatten(places, form)
        self.controls = _parameters(tensors)
        digital = tensors if method == "asyt" else []
        self.digital = _parameters(digital)  # W_(0,dig) = W_(0,phy)
        self.passes = 0
        self._line = Line(device)
        self._shapes: dict[torch.Size, torch.Size] = {}  # of inputs -> of the twin's output
        self._pass: str | None = None
        self._digital_inputs: deque[Tensor] = deque()  # one a call, for the physical pass

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> PhysicalModule:
        """What moves or casts the module does so to a twin that is a module."""
        if isinstance(self.twin, nn.Module):
            self.twin._apply(fn, recurse)  # noqa: SLF001 - torch's own hook for .to()
        return super()._apply(fn, recurse)

    def train(self, mode: bool = True) -> PhysicalModule:
        """Training or evaluation mode, of a twin that is a module too."""
        if isinstance(self.twin, nn.Module):
            self.twin.train(mode)
        return super().train(mode)

    @property
    def failures(self) -> list[Failure]:
        """The last passes of the device that failed, oldest first."""
        return list(self._line.failures)

    def patience(self) -> Patience:
        """How a pass is tried."""
        return Patience(
            self.attempts,
            self.pause_s,
            self.deadline_s,
            self.retry,
        )

    def forward(self, x: Tensor) -> Tensor:
        """One pass of a batch; in training an "asyt" module needs to be inside of `asyt`."""
        controls = list(self.controls)
        count = len(controls)
        if x.is_floating_point():
            x = x.to(gate.floating(x, *controls))
        if not self.training:
            return self.read(controls, x)
        if self.method == "insilico-bp":
            return self.model(controls, x)
        if self.method == "pat":
            at = x.detach()
            return Through.apply(self, 1.0, count, x, at, *controls, *controls)
        digital = list(self.digital)
        m1, m2 = self.mixing
        if self._pass == "digital":
            self._digital_inputs.append(x.detach())
            pairs = zip(digital, controls, strict=True)
            mixed = [Mix.apply(m1, *pair) for pair in pairs]
            return self.model(mixed, x)
        if self._pass == "physical":
            at = self._digital_input(x)
            return Through.apply(self, m2, count, x, at, *controls, *digital)
        raise AsytError(
            "an 'asyt' module trains in two passes: loss = asyt.physical.asyt(network, x, "
            "criterion)."
        )

    def model(self, controls: Sequence[Tensor], x: Tensor) -> Tensor:
        """The twin's answer, all numbers being of one floating precision."""
        dtype = gate.floating(x, *controls)
        controls = [_in_precision(control, dtype) for control in controls]
        x = _in_precision(x, dtype)
        with full_precision(x):
            return self.twin(self._formed(controls), x)

    def read(self, controls: Sequence[Tensor], x: Tensor) -> Tensor:
        """The device's answer.

        Raises:
            DeviceFailedError: after `attempts`.
            DivergenceError: controls or inputs are not finite; nothing is sent.
        """
        shape = self._promised(controls, x)
        result = x.new_empty(shape, dtype=gate.floating(x, *controls))
        if not result.numel():
            return result
        sent = (x, *controls)
        if not all(tensor.isfinite().all() for tensor in sent):
            raise DivergenceError(
                f"controls or inputs of {self._name()} are not finite, so that nothing was sent to "
                "it: lower the learning rate, or check the layer before."
            )
        self.passes += 1
        who = f"{self._name()} in pass {self.passes}"
        promise = f"for inputs {tuple(x.shape)} it must return {tuple(shape)}, as its twin does."

        def ask() -> Tensor:
            with torch.no_grad(), full_precision(x):
                lent = [gate.lent(control) for control in controls]
                readout = self.device(self._formed(lent), gate.lent(x))
                return gate.received(
                    readout,
                    shape,
                    result,
                    who=who,
                    promise=promise,
                    finite=True,
                )

        if self._line.device is not self.device:  # it was replaced
            self._line.connect(self.device)
        return self._line.read(ask, self.patience(), self._name())

    def _promised(self, controls: Sequence[Tensor], x: Tensor) -> torch.Size:
        """The shape of the twin's output, which is tried once for each shape of inputs."""
        if x.shape not in self._shapes:
            gpu = [x.device] if x.device.type == "cuda" else []
            detached = [control.detach() for control in controls]
            with torch.no_grad(), torch.random.fork_rng(gpu):
                output = self.model(detached, x.detach())
            if not isinstance(output, Tensor) or not output.is_floating_point():
                kind = getattr(output, "dtype", type(output).__name__)
                raise AsytError(
                    f"the twin of {self._name()} returned {kind}: return what the device does, a "
                    "real, floating tensor (of a field, what a detector reads, abs(y) ** 2)."
                )
            self._shapes[x.shape] = output.shape
        return self._shapes[x.shape]

    def _name(self) -> str:
        kind = type(self.device).__name__
        return getattr(self.device, "__qualname__", kind)

    def begin(self, name: str | None) -> None:
        """Enter a pass of `asyt`, digital or physical, or leave it (None)."""
        self._pass = name
        if name == "digital":
            self._digital_inputs.clear()

    def _digital_input(self, x: Tensor) -> Tensor:
        """What entered this module at the same place of the digital pass."""
        if not self._digital_inputs:
            raise AsytError(
                "the physical pass met a module more often than the digital pass: they must be "
                "alike."
            )
        at = self._digital_inputs.popleft()
        if at.shape != x.shape:
            raise AsytError(
                f"inputs {tuple(x.shape)} in the physical pass and {tuple(at.shape)} in the "
                "digital pass: they must be alike."
            )
        return at

    def check_done(self) -> None:
        """Raise an AsytError if the physical pass left out a call of the digital pass."""
        if self._digital_inputs:
            raise AsytError(
                f"the digital pass met a module {len(self._digital_inputs)} times more often than "
                "the physical pass: they must be alike."
            )

    def _formed(self, tensors: Sequence[Tensor]) -> Any:
        def put(place: int | None) -> Tensor | None:
            return None if place is None else tensors[place]

        return tree_map(put, self._form)

    def __deepcopy__(self, memo: dict[int, Any]) -> PhysicalModule:
        kind = type(self)
        other = kind.__new__(kind)
        memo[id(self)] = other
        shared = [self.device, owner(self.device)]
        if not isinstance(self.twin, nn.Module):
            shared.append(self.twin)
        memo.update({id(one): one for one in shared})
        other.__dict__.update(copy.deepcopy(self.__dict__, memo))
        return other


def _two_shares(mixing: Any) -> tuple[float, float]:
    """M1 and M2, if they are."""
    shares = list(mixing) if isinstance(mixing, list | tuple | np.ndarray) else []
    if len(shares) != 2 or not all(is_number(share) and np.isfinite(share) for share in shares):
        raise AsytError(f"mixing {mixing!r}: give two finite numbers, M1 and M2.")
    return shares[0], shares[1]


def _in_precision(tensor: Tensor, dtype: torch.dtype) -> Tensor:
    """The same numbers in this real type, or, if they are complex, in its complex one."""
    if tensor.is_complex():
        dtype = dtype.to_complex()
    return tensor.to(dtype)


def _control(leaf: Any) -> Tensor:
    """A tensor of controls, if it can be trained."""
    if isinstance(leaf, np.ndarray) and leaf.dtype.char in "efdFD":
        native = leaf.dtype.newbyteorder("=")
        leaf = torch.from_numpy(np.array(leaf, dtype=native, order="C"))
    if not isinstance(leaf, Tensor) or not (leaf.is_floating_point() or leaf.is_complex()):
        kind = getattr(leaf, "dtype", type(leaf).__name__)
        raise AsytError(f"controls hold {kind}: give tensors of floating numbers, that can change.")
    if leaf.layout != torch.strided or not leaf.isfinite().all():
        raise AsytError("controls must be dense tensors of finite numbers.")
    return leaf


def _parameters(tensors: Sequence[Tensor]) -> nn.ParameterList:
    parameters = []
    for tensor in tensors:
        parameters.append(nn.Parameter(tensor.detach().clone()))
    return nn.ParameterList(parameters)
