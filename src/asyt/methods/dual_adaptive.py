"""Dual adaptive training (DAT, Zheng et al. 2023): the device's model is trained along with it.

A systematic error prediction network (SEPN) S_l behind each layer of the twin learns, from what is
measured, by how much the device departs from it: z' = z + S_l(z). Then the output error goes back
through the twin and its SEPNs, with measured states in place of predicted ones ("state fusion").
In separable mode each S_l learns from its own layer alone, given the measured input of that layer;
in unitary mode all learn together, end to end from the network's input, by all states' errors.

From the paper's code: a residual SEPN on every layer's net output, mean squared errors, Adam at
1e-3 for the SEPNs, one SEPN step before every step of the device. Theirs is a complex-valued
mini-UNet on a field of 64 modes; neurons have no such order, so here S(z) = U tanh(V z). It starts
at zero (U = 0), where theirs is left out for the first 20 of 50 epochs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import mse_loss

from asyt import streams
from asyt.errors import lookup
from asyt.methods.alignment import SEED
from asyt.methods.contract import Mark, Method
from asyt.methods.sources import Batch, every_layer
from asyt.twins import Layer, Twin, Weights, products

MODES = ("separable", "unitary")


class Predictor(NamedTuple):
    """S(z) = U tanh(V z) of one layer: V (C, hidden, n) and U (C, n, hidden)."""

    v: Tensor
    u: Tensor

    def predicted(self, z: Tensor) -> Tensor:
        """The device's expected net output where its twin has z: z + S(z)."""
        hidden = torch.tanh(products.watched(z, self.v))
        return z + products.watched(hidden, self.u)

    def pulled(self, z: Tensor, delta: Tensor) -> Tensor:
        """Back through `predicted`: (1 + S'^T) delta."""
        v = self.v.detach()
        u = self.u.detach()
        slope = 1 - torch.tanh(products.forward(z, v)) ** 2
        hidden = products.backward(delta, u) * slope
        return products.backward(hidden, v).add_(delta)


def modelled_states(twin: Twin, controls: Weights, measured: list[Tensor]) -> list[Tensor]:
    """The twin's net output of every layer, given what was measured to enter it."""
    with torch.no_grad():
        layers = enumerate(zip(controls, measured, strict=False))
        return [twin.net(l, layer, entered) for l, (layer, entered) in layers]


class DualAdaptive(Method):
    """Reads every layer, 2 M - P accesses a sample, as PAT does.

    Args:
        mode: separable or unitary; others are an `UnknownNameError`.
        hidden: neurons of a SEPN.
        rate: Adam's, of the SEPNs.
        seed: of what the SEPNs (`networks`, made in the first step) start from.
    """

    name = "dat"
    label = "dual adaptive training"
    cites = ("zheng2023",)
    mark = Mark("#7A3B8F", (0, (3, 1, 1, 1, 1, 1)), ">")

    def __init__(
        self,
        mode: str = "separable",
        hidden: int = 32,
        rate: float = 1e-3,
        seed: int = 0,
    ):
        self.mode = lookup(mode, MODES, "mode of dual adaptive training")
        self.hidden = hidden
        self.rate = rate
        self.seed = seed
        self.networks: list[Predictor] = []
        self._saved: dict[str, Any] = {}

    def start(self, controls: Weights, widths: Sequence[int] | None = None) -> None:
        """Make the SEPNs of a population, as they were saved or anew.

        The widths are those of all layers' outputs, by default of a perceptron with these controls.
        """
        if not widths:
            widths = [layer.weight.shape[-2] for layer in controls]
        pairs = zip(controls, widths, strict=True)
        self.networks = []
        for l, (layer, n) in enumerate(pairs):
            self.networks.append(self._drawn(l, layer, n))
        trained = list(chain.from_iterable(self.networks))
        self._optimizer = torch.optim.Adam(trained, lr=self.rate)
        if self._saved:
            saved = chain.from_iterable(self._saved["networks"])
            for tensor, value in zip(trained, saved, strict=True):
                tensor.detach().copy_(value)
            self._optimizer.load_state_dict(self._saved["optimizer"])

    def _drawn(self, l: int, layer: Layer, n: int) -> Predictor:
        """The SEPN of layer l, with n outputs, at its start: U = 0."""
        like = layer.tensors()[0].real  # as real as the read-outs
        seed = SEED + self.seed
        drawn = streams.normal((self.hidden, n), "initial", seed, l, 0)
        one = (drawn / n**0.5).to(like)
        v = one.expand(*layer.leading, self.hidden, n).clone()
        u = v.new_zeros(*layer.leading, n, self.hidden)
        return Predictor(v.requires_grad_(), u.requires_grad_())

    def differences(
        self,
        twin: Twin,
        controls: Weights,
        measured: list[Tensor],
        modelled: list[Tensor],
    ) -> Iterator[Tensor]:
        """Mean squared difference between a layer's predicted and measured states, of all chips.

        `modelled` is what `modelled_states` returns.
        """
        a = measured[0]
        for l, layer in enumerate(controls):
            together = self.mode == "unitary" and l > 0
            z = twin.net(l, layer, a) if together else modelled[l]
            a = twin.settle(l, self.networks[l].predicted(z))
            wanted = measured[l + 1].expand_as(a)
            error = mse_loss(a.mT, wanted.mT, reduction="sum")  # large states lie in columns
            samples, neurons = a.shape[-2:]
            yield error / (samples * neurons)

    def update(self, batch: Batch) -> Weights:
        """As `Method.update`: a step of the SEPNs, then the error back through twin and SEPNs."""
        twin, controls = batch.twin, batch.controls
        measured = every_layer(batch)
        if not self.networks:
            widths = [state.shape[-1] for state in measured[1:]]
            self.start(controls, widths)
        modelled = modelled_states(twin, controls, measured)
        with torch.enable_grad():
            self._optimizer.zero_grad()
            losses = self.differences(twin, controls, measured, modelled)
            if self.mode == "unitary":
                torch.stack(list(losses)).sum().backward()
            else:
                for loss in losses:
                    loss.backward()  # at once, while the layer's states are in the cache
        self._optimizer.step()
        delta = twin.error(measured[-1], batch.target) * batch.scale
        update = []
        for l in reversed(range(twin.depth)):
            layer = controls[l]
            entered = measured[l]
            pulled = self.networks[l].pulled(modelled[l], delta)
            if l > 0:
                delta, change = twin.back(l, layer, entered, pulled)
                delta = delta * twin.derivative(l - 1, entered)
            else:
                change = twin.gradient(l, layer, entered, pulled)
            update.append(change)
        return update[::-1]

    def state(self) -> dict[str, Any]:
        """The SEPNs and their optimizer."""
        if not self.networks:
            return self._saved
        networks = []
        for network in self.networks:
            networks.append([network.v.detach(), network.u.detach()])
        return {
            "networks": networks,
            "optimizer": self._optimizer.state_dict(),
        }

    def load_state(self, state: dict[str, Any]) -> None:
        """Continue from `state`."""
        self._saved = state
        self.networks = []
