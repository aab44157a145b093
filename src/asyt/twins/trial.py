"""Is a module a differentiable function of its parameters and of one sample? It is tried.

So what draws, remembers or mixes samples is met by what it does, not by the name of a layer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from asyt.errors import AsytError

if TYPE_CHECKING:
    from asyt.twins.modules import ModuleStage

#: Relative to the largest output: what rounding may change where samples are run apart.
ROUNDING = 1e-3


@torch.no_grad()
def output_shape(stage: ModuleStage, rows: Tensor) -> torch.Size:
    """The shape of an output, once the module is known to be a function of a sample."""
    inputs = stage.form.inputs(rows.clone())
    parameters = dict(stage.own)
    constants = (*stage.own.tensors(), *stage.fixed.values())
    held = [tensor.clone() for tensor in (rows, *constants)]
    try:
        once = stage.called(inputs, parameters)
    except Exception as error:  # a module has errors of its own
        raise AsytError(
            f"{stage.kind} cannot take the example: {error} Give two or more samples as it "
            "takes them, several arguments as a tuple."
        ) from error
    _check_outputs(stage.kind, once, len(rows))
    after = (stage.form.rows(inputs), *constants)
    if not all(map(torch.equal, held, after)):
        raise AsytError(
            f"{stage.kind} changes its inputs, parameters or buffers in a pass: call .eval() "
            "on it, and do without inplace=True on inputs."
        )
    again = stage.called(stage.form.inputs(rows), parameters)
    if not torch.equal(once, again):
        raise AsytError(
            f"{stage.kind} gives other outputs in a second pass: a twin is a function. Call "
            ".eval() on it (dropout), or take away what it draws or remembers."
        )
    beside_itself = stage.form.inputs(rows[:1].repeat(2, 1))
    moved = stage.called(beside_itself, parameters)[0] - once[0]
    if moved.abs().max() > ROUNDING * once.abs().max():
        raise AsytError(
            f"{stage.kind} gives a sample other outputs beside other samples: call .eval() on "
            "it (batch normalisation), or normalise within a sample."
        )
    return once.shape[1:]


def _check_outputs(kind: str, outputs: Any, batch: int) -> None:
    found = f"type {type(outputs).__name__}"
    if isinstance(outputs, Tensor):
        found = f"shape {tuple(outputs.shape)} and {outputs.dtype}"
        if outputs.dim() > 1 and len(outputs) == batch and outputs.is_floating_point():
            if outputs.isfinite().all():
                return
            found = "numbers that are not finite"
    raise AsytError(
        f"{kind} returned {found} for {batch} samples: return one real tensor, "
        "(B, outputs), of finite numbers."
    )


def check_derivatives(stage: ModuleStage, rows: Tensor) -> None:
    """An `AsytError` where torch finds no derivative by any parameter."""
    numbers = torch.arange(1, stage.width + 1).to(rows)
    error = numbers.expand(len(rows), -1)
    try:
        slopes = stage.gradient(stage.own, rows, error)
    except RuntimeError as found:
        raise AsytError(
            f"{stage.kind} cannot be differentiated by torch: {found} Write it in torch's "
            "operations, without NumPy or detach()."
        ) from found
    if not any(bool(slope.any()) for slope in slopes.tensors()):
        raise AsytError(
            f"no derivative of {stage.kind} by a parameter differs from zero: write it in "
            "torch's operations, without rounding, NumPy or detach()."
        )
