"""The digital model of any network: made from nn.Modules, differentiated by torch.func.

    twin = Neural.of(network, example=images[:2])
    weights = twin.initial(seed=0)
    *_, readout = twin.forward(weights, twin.rows(images))

Convolution, recurrence, branches, several inputs: whatever is a function of one sample.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn

from asyt.errors import AsytError
from asyt.twins.contract import Layer, Weights
from asyt.twins.detour import detoured
from asyt.twins.functional import Functional
from asyt.twins.modules import ModuleStage


@dataclass(frozen=True, eq=False)
class Neural(Functional):
    """A chain of nn.Modules, most often of one; see `of`.

    Its controls are one `Named` a module: the module's trainable parameters by name, (..., *shape).
    Numbers pass from module to module in rows, (..., B, n).

    Example:
        >>> import torch
        >>> from asyt.twins import Neural
        >>> twin = Neural.of(torch.nn.Conv1d(1, 2, 3), example=torch.rand(5, 1, 8))
        >>> twin.layers
        (8, 12)
    """

    stages: tuple[Any, ...]  # ModuleStage, with a Named in the place of a Layer

    @classmethod
    def of(
        cls,
        *modules: nn.Module,
        example: Any,
        loss: str = "cross-entropy",
        scale: float = 1.0,
    ) -> Neural:
        """The twin of a network that is given whole, or of one that can be read between parts.

        Methods that need hidden states (PAT layer by layer, DFA, forward-only) see those between
        two modules. Of a network given whole nothing but the read-out is seen.

        Args:
            modules: one after the other; later changes of them do not reach the twin.
            example: two or more samples, as the first module takes them: a tensor (B, *shape);
                lists or dicts of tensors; a tuple of several arguments.
            loss: as that of `Functional`.
            scale: as that of `Functional`.

        Raises:
            AsytError: see `asyt.twins.modules.ModuleStage`.
        """
        if not modules:
            raise AsytError("no module: give an nn.Module, e.g. Neural.of(network, example=x).")
        stages: list[ModuleStage] = []
        for module in modules:
            stages.append(ModuleStage(module, example))
            example = stages[-1].outputs(example)
        return cls(tuple(stages), scale, loss)

    @property
    def layers(self) -> tuple[int, ...]:
        """Numbers a sample, inputs first, read-out last: the layers of a `Device`."""
        inputs = self.stages[0].form.width
        outputs = [stage.width for stage in self.stages]
        return (inputs, *outputs)

    def rows(self, inputs: Any) -> Tensor:
        """Inputs as the first module takes them -> (..., B, n), as a trainer takes them."""
        return self.stages[0].form.rows(inputs)

    def initial(self, seed: int | None = None) -> Weights:
        """Controls to start from: the modules' own parameters, or with a seed drawn anew.

        They are drawn by PyTorch's `reset_parameters` of every submodule, on the CPU.

        Raises:
            AsytError: a parameter that no `reset_parameters` draws.
        """
        if seed is None:
            return [stage.own.map(torch.clone) for stage in self.stages]
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            return [stage.redrawn() for stage in self.stages]

    def aligned(self, draw: Callable[[int, tuple[int, ...]], Tensor]) -> Neural:
        """The same network, with fixed random weights in the way back; see `asyt.twins.detour`.

        Args:
            draw: (index of a linear layer, shape of its weights) -> N(0, 1).
        """
        count = itertools.count()

        def one(shape: tuple[int, ...]) -> Tensor:
            return draw(next(count), shape)

        def aligned(module: nn.Module) -> nn.Module:
            return detoured(module, one)

        stages = [stage.changed(aligned) for stage in self.stages]
        return replace(self, stages=tuple(stages))

    def gradient(
        self,
        l: int,
        layer: Layer,
        entered: Tensor,
        delta: Tensor,
    ) -> Layer:
        """As `Twin.gradient`; what chips share is computed once."""
        return self.stages[l].gradient(layer, entered, delta)

    def back(
        self,
        l: int,
        layer: Layer,
        entered: Tensor,
        delta: Tensor,
    ) -> tuple[Tensor, Layer]:
        """As `Twin.back`; what chips share is computed once."""
        return self.stages[l].pull(layer, entered, delta)
