"""An nn.Module as one stage of a digital model: rows in, rows out, its parameters the controls."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call

from asyt.errors import AsytError
from asyt.twins.named import Named
from asyt.twins.population import Run, each
from asyt.twins.rows import Form

#: Samples of the example that are run.
TRIED = 8
#: Relative to the largest output: what rounding may change where samples are run apart.
ROUNDING = 1e-3


class ModuleStage:
    """A copy of a module, with parameters from outside; buffers and frozen parameters stay.

    Args:
        module: an nn.Module. Several arguments are given to it as a tuple.
        example: two or more samples as it takes them.

    Raises:
        AsytError: no trainable parameter, outputs that are no tensor (B, ...), or a module that is
            no differentiable function of its parameters and of one sample: it draws numbers
            (dropout), remembers or changes what it was given, or mixes samples (batch normalisation
            in training mode).

    Attributes:
        module: the copy.
        form: of the inputs.
        shape: of an output, a sample.
        batched: whether chips run at once, by vmap. Some operations (`nn.LSTM`, functions with a
            derivative of their own) have no rule for it: chips then run one after the other.
    """

    def __init__(self, module: nn.Module, example: Any):
        self.module = copy.deepcopy(module)
        self._several = isinstance(example, tuple)
        self.form = Form(example)
        trained: dict[str, Tensor] = {}
        fixed = dict(self.module.named_buffers())
        for name, parameter in self.module.named_parameters():
            if isinstance(parameter, nn.parameter.UninitializedParameter):
                raise AsytError(f"{self._kind} has no '{name}' yet: give it a batch first.")
            (trained if parameter.requires_grad else fixed)[name] = parameter.detach()
        if not trained:
            raise AsytError(
                f"{self._kind} has no trainable parameter: there is nothing to control."
            )
        self.own, self._fixed = Named(trained), fixed
        rows = self.form.rows(example)[:TRIED]
        self.shape = self._tried(rows)
        self.batched = self._can_be_batched(rows)
        self._check_derivatives(rows)

    @property
    def _kind(self) -> str:
        return type(self.module).__name__

    @property
    def width(self) -> int:
        """Numbers that leave, a sample."""
        return self.shape.numel()

    @torch.no_grad()
    def outputs(self, example: Any) -> Tensor:
        """What the module as it stands makes of the first samples, (B, *shape)."""
        rows = self.form.rows(example)[:TRIED]
        return self._called(self.form.inputs(rows), dict(self.own))

    @torch.no_grad()
    def redrawn(self) -> Named:
        """Parameters drawn anew by the `reset_parameters` of every submodule."""
        module = copy.deepcopy(self.module)
        drawn = dict(module.named_parameters())
        for name in self.own:
            drawn[name].fill_(torch.nan)
        for part in module.modules():
            reset = getattr(part, "reset_parameters", getattr(part, "_reset_parameters", None))
            if reset is not None:
                reset()
        for name in self.own:
            if drawn[name].isnan().any():
                raise AsytError(
                    f"no reset_parameters() of {self._kind} draws '{name}': write one, or take the "
                    "parameters that it has, initial()."
                )
        return self.own.filled(drawn[name].detach() for name in self.own)

    def __call__(self, layer: Any, a: Tensor) -> Tensor:
        """Outputs (..., B, m) of inputs (..., B, n), and of controls (..., *shape) by name."""

        def run(a: Tensor, *controls: Tensor) -> tuple[Tensor, ...]:
            return (self._run(a, *controls),)

        (outputs,) = self._each(run, layer, a)
        return outputs

    def pull(self, layer: Any, a: Tensor, delta: Tensor) -> tuple[Tensor, Any]:
        """From dL/d(outputs) to dL/d(inputs) and dL/d(controls), summed over the batch."""

        def run(a: Tensor, delta: Tensor, *controls: Tensor) -> tuple[Tensor, ...]:
            return self._vjp(self._run, (a, *controls), delta)

        error, *update = self._each(run, layer, a, delta)
        return error, self._named_as(layer, update)

    def gradient(self, layer: Any, a: Tensor, delta: Tensor) -> Any:
        """`pull` of the controls alone."""

        def run(a: Tensor, delta: Tensor, *controls: Tensor) -> tuple[Tensor, ...]:
            return self._vjp(partial(self._run, a), controls, delta)

        return self._named_as(layer, self._each(run, layer, a, delta))

    def _vjp(
        self, run: Callable[..., Tensor], at: tuple[Tensor, ...], delta: Tensor
    ) -> tuple[Tensor, ...]:
        if self.batched:
            return torch.func.vjp(run, *at)[1](delta)
        with torch.enable_grad():
            leaves = [tensor.detach().requires_grad_() for tensor in at]
            return torch.autograd.grad(run(*leaves), leaves, delta, materialize_grads=True)

    def _named_as(self, layer: Any, update: Sequence[Tensor]) -> Any:
        return layer.map(lambda _, tensor: tensor, self.own.filled(update))

    def changed(self, change: Callable[[nn.Module], nn.Module]) -> ModuleStage:
        """The same stage of a module that is changed but for its parameters and outputs."""
        other = copy.copy(self)
        other.module = change(self.module)
        return other

    def _each(self, run: Run, layer: Any, *rows: Tensor) -> tuple[Tensor, ...]:
        """`run` on every index of the axes in front."""
        layer = self.own.matching(layer)
        controls = [layer[name] for name in self.own]
        axes = [2] * len(rows) + [len(shape) for shape in self.own.shapes.values()]
        tensors = [*rows, *controls]
        leads = [t.shape[: t.dim() - own] for t, own in zip(tensors, axes, strict=True)]
        leading = torch.broadcast_shapes(*leads)
        return each(run, leading, tensors, axes, self.batched)

    def _run(self, a: Tensor, *controls: Tensor) -> Tensor:
        """Rows (B, n) of one chip -> rows (B, m)."""
        if a.shape[-1] != self.form.width:
            raise AsytError(
                f"inputs of {a.shape[-1]} numbers a sample: {self._kind} takes {self.form.width}, "
                f"{self.form.shapes}, laid in rows by `rows`."
            )
        outputs = self._called(self.form.inputs(a), dict(zip(self.own, controls, strict=True)))
        return outputs.reshape(len(a), self.width)

    def _called(self, inputs: Any, parameters: dict[str, Tensor]) -> Tensor:
        arguments = inputs if self._several else (inputs,)
        compute = next(iter(parameters.values())).device
        fixed = {name: tensor.to(compute) for name, tensor in self._fixed.items()}
        return functional_call(self.module, {**fixed, **parameters}, arguments)

    @torch.no_grad()
    def _tried(self, rows: Tensor) -> torch.Size:
        """The shape of an output, once the module is known to be a function of a sample."""
        given, parameters = self.form.inputs(rows.clone()), dict(self.own)
        held = [tensor.clone() for tensor in (rows, *self.own.tensors(), *self._fixed.values())]
        try:
            once = self._called(given, parameters)
        except Exception as error:  # a module has errors of its own
            raise AsytError(
                f"{self._kind} cannot take the example: {error} Give two or more samples as it "
                "takes them, several arguments as a tuple."
            ) from error
        self._check_outputs(once, len(rows))
        kept = (self.form.rows(given), *self.own.tensors(), *self._fixed.values())
        if not all(map(torch.equal, held, kept)):
            raise AsytError(
                f"{self._kind} changes its inputs, parameters or buffers in a pass: call .eval() "
                "on it, and do without inplace=True on inputs."
            )
        if not torch.equal(once, self._called(self.form.inputs(rows), parameters)):
            raise AsytError(
                f"{self._kind} gives other outputs in a second pass: a twin is a function. Call "
                ".eval() on it (dropout), or take away what it draws or remembers."
            )
        beside_itself = self.form.inputs(rows[:1].repeat(2, 1))
        moved = self._called(beside_itself, parameters)[0] - once[0]
        if moved.abs().max() > ROUNDING * once.abs().max():
            raise AsytError(
                f"{self._kind} gives a sample other outputs beside other samples: call .eval() on "
                "it (batch normalisation), or normalise within a sample."
            )
        return once.shape[1:]

    def _check_outputs(self, outputs: Any, batch: int) -> None:
        found = f"type {type(outputs).__name__}"
        if isinstance(outputs, Tensor):
            found = f"shape {tuple(outputs.shape)} and {outputs.dtype}"
            if outputs.dim() > 1 and len(outputs) == batch and outputs.is_floating_point():
                if outputs.isfinite().all():
                    return
                found = "numbers that are not finite"
        raise AsytError(
            f"{self._kind} returned {found} for {batch} samples: return one real tensor, "
            "(B, outputs), of finite numbers."
        )

    def _can_be_batched(self, rows: Tensor) -> bool:
        """Whether vmap has a rule for everything; else it raises, or warns that it is slow."""
        self.batched = True
        two, error = self.own.spread(2), rows.new_ones(2, len(rows), self.width)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                self(two, rows)
                self.pull(two, rows, error)
        except (RuntimeError, UserWarning):
            return False
        return True

    def _check_derivatives(self, rows: Tensor) -> None:
        try:
            slopes = self.gradient(self.own, rows, rows.new_ones(len(rows), self.width))
        except RuntimeError as error:
            raise AsytError(
                f"{self._kind} cannot be differentiated by torch: {error} Write it in torch's "
                "operations, without NumPy or detach()."
            ) from error
        if not any(bool(slope.any()) for slope in slopes.tensors()):
            raise AsytError(
                f"no derivative of {self._kind} by a parameter differs from zero: write it in "
                "torch's operations, without rounding, NumPy or detach()."
            )
