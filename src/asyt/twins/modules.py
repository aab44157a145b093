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
from asyt.twins import trial
from asyt.twins.named import Named
from asyt.twins.population import Population, Run
from asyt.twins.rows import Form

#: Samples of the example that are run.
TRIED = 8


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
        own: its trainable parameters as they are.
        fixed: its buffers and other parameters.
        shape: of an output, a sample.
        batched: whether chips run at once, by vmap. Some operations (`nn.LSTM`, functions with a
            derivative of their own) have no rule for it: chips then run one after the other.
    """

    def __init__(self, module: nn.Module, example: Any):
        if not isinstance(module, nn.Module):
            raise AsytError(
                f"{type(module).__name__} in the place of a module: give nn.Modules; a function "
                "is the forward() of one that holds its parameters."
            )
        self.module = copy.deepcopy(module)
        self._several = isinstance(example, tuple)
        self.form = Form(example)
        trained: dict[str, Tensor] = {}
        fixed = dict(self.module.named_buffers())
        for name, parameter in self.module.named_parameters():
            if isinstance(parameter, nn.parameter.UninitializedParameter):
                raise AsytError(f"{self.kind} has no '{name}' yet: give it a batch first.")
            kind = trained if parameter.requires_grad else fixed
            kind[name] = parameter.detach()
        if not trained:
            raise AsytError(
                f"{self.kind} has no trainable parameter, so nothing to control: put it into one "
                "module with its neighbour."
            )
        self.own = Named(trained)
        self.fixed = fixed
        rows = self.form.rows(example)[:TRIED]
        self.shape = trial.output_shape(self, rows)
        self.batched = self._can_be_batched(rows)
        trial.check_derivatives(self, rows)

    @property
    def kind(self) -> str:
        """The class of the module."""
        return type(self.module).__name__

    @property
    def width(self) -> int:
        """Numbers that leave, a sample."""
        return self.shape.numel()

    @torch.no_grad()
    def outputs(self, example: Any) -> Tensor:
        """What the module as it stands makes of the first samples, (B, *shape)."""
        rows = self.form.rows(example)[:TRIED]
        return self.called(self.form.inputs(rows), dict(self.own))

    @torch.no_grad()
    def redrawn(self) -> Named:
        """Parameters drawn anew by the `reset_parameters` of every submodule."""
        module = copy.deepcopy(self.module).cpu()
        drawn = dict(module.named_parameters())
        for name in self.own:
            drawn[name].fill_(torch.nan)
        for child in module.modules():
            private = getattr(child, "_reset_parameters", None)
            reset = getattr(child, "reset_parameters", private)
            if reset is not None:
                reset()
        for name in self.own:
            if drawn[name].isnan().any():
                raise AsytError(
                    f"no reset_parameters() of {self.kind} draws '{name}': write one, or take the "
                    "parameters that it has, initial()."
                )

        def placed(own: Tensor, new: Tensor) -> Tensor:
            return new.detach().to(own)

        return self.own.map(placed, Named(drawn))

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

        update = self._each(run, layer, a, delta)
        return self._named_as(layer, update)

    def _vjp(
        self,
        run: Callable[..., Tensor],
        at: tuple[Tensor, ...],
        delta: Tensor,
    ) -> tuple[Tensor, ...]:
        if self.batched:
            return torch.func.vjp(run, *at)[1](delta)
        with torch.enable_grad():
            leaves = [tensor.detach().requires_grad_() for tensor in at]
            return torch.autograd.grad(
                run(*leaves),
                leaves,
                delta,
                materialize_grads=True,
            )

    def _named_as(self, layer: Any, update: Sequence[Tensor]) -> Any:
        named = self.own.filled(update)
        return layer.map(lambda _, tensor: tensor, named)

    def changed(self, change: Callable[[nn.Module], nn.Module]) -> ModuleStage:
        """The same stage of a module that is changed but for its parameters and outputs."""
        other = copy.copy(self)
        other.module = change(self.module)
        return other

    def _each(self, run: Run, layer: Any, *rows: Tensor) -> tuple[Tensor, ...]:
        """`run` on every index of the axes in front."""
        layer = self.own.matching(layer)
        controls = [layer[name] for name in self.own]
        axes = [2] * len(rows)
        for shape in self.own.shapes.values():
            axes.append(len(shape))
        population = Population(run, axes, self.batched)
        return population(*rows, *controls)

    def _run(self, a: Tensor, *controls: Tensor) -> Tensor:
        """Rows (B, n) of one chip -> rows (B, m)."""
        width = a.shape[-1]
        if width != self.form.width or a.dtype != self.form.dtype:
            raise AsytError(
                f"inputs of {width} numbers a sample, {a.dtype}: {self.kind} takes "
                f"{self.form.width}, {self.form.dtype}, as `rows` lays {self.form.shapes}."
            )
        parameters = dict(zip(self.own, controls, strict=True))
        outputs = self.called(self.form.inputs(a), parameters)
        return outputs.reshape(len(a), self.width)

    def called(self, inputs: Any, parameters: dict[str, Tensor]) -> Tensor:
        """What the module with these parameters makes of inputs as it takes them."""
        arguments = inputs if self._several else (inputs,)
        compute = next(iter(parameters.values())).device
        fixed = {name: tensor.to(compute) for name, tensor in self.fixed.items()}
        return functional_call(self.module, {**fixed, **parameters}, arguments)

    def _can_be_batched(self, rows: Tensor) -> bool:
        """Whether vmap has a rule for everything; else it raises, or warns that it is slow."""
        self.batched = True
        two = self.own.spread(2)
        error = rows.new_ones(2, len(rows), self.width)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                self(two, rows)
                self.pull(two, rows, error)
        except (RuntimeError, UserWarning):
            return False
        return True
