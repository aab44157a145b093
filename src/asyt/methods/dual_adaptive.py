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

from itertools import chain
from typing import Any, NamedTuple

import torch
from torch import Tensor

from asyt import streams
from asyt.errors import lookup
from asyt.methods.alignment import SEED
from asyt.methods.contract import Mark, Method
from asyt.methods.sources import Batch
from asyt.twins import Layer, Perceptron, Weights, net, products
from asyt.twins.perceptron import layer_gradient, required

MODES = ("separable", "unitary")


class Predictor(NamedTuple):
    """S(z) = U tanh(V z) of one layer: V (C, hidden, n) and U (C, n, hidden)."""

    v: Tensor
    u: Tensor

    def predicted(self, z: Tensor) -> Tensor:
        """The device's expected net output where its twin has z: z + S(z)."""
        return z + torch.tanh(z @ self.v.mT) @ self.u.mT

    def pulled(self, z: Tensor, delta: Tensor) -> Tensor:
        """Back through `predicted`: (1 + S'^T) delta."""
        v, u = self.v.detach(), self.u.detach()
        slope = 1 - torch.tanh(z @ v.mT) ** 2
        return delta + ((delta @ u) * slope) @ v


class DualAdaptive(Method):
    """Reads every layer, 2 M - P accesses a sample, as PAT does.

    Args:
        mode: separable or unitary; others are an `UnknownNameError`.
        hidden: neurons of a SEPN.
        rate: Adam's, of the SEPNs.
        seed: of what the SEPNs (`networks`, made in the first step) start from.
    """

    name, label, cites = "dat", "dual adaptive training", ("zheng2023",)
    mark = Mark("#7A3B8F", (0, (3, 1, 1, 1, 1, 1)), ">")

    def __init__(
        self, mode: str = "separable", hidden: int = 32, rate: float = 1e-3, seed: int = 0
    ):
        self.mode = lookup(mode, MODES, "mode of dual adaptive training")
        self.hidden, self.rate, self.seed = hidden, rate, seed
        self.networks: list[Predictor] = []
        self._saved: dict[str, Any] = {}

    def start(self, controls: Weights) -> None:
        """Make the SEPNs of a population, as they were saved or anew."""
        self.networks = [self._drawn(l, layer) for l, layer in enumerate(controls)]
        trained = list(chain.from_iterable(self.networks))
        self._optimizer = torch.optim.Adam(trained, lr=self.rate)
        if self._saved:
            saved = chain.from_iterable(self._saved["networks"])
            for tensor, value in zip(trained, saved, strict=True):
                tensor.detach().copy_(value)
            self._optimizer.load_state_dict(self._saved["optimizer"])

    def _drawn(self, l: int, layer: Layer) -> Predictor:
        """The SEPN of layer l at its start: U = 0."""
        *leading, n, _ = layer.weight.shape
        drawn = streams.normal((self.hidden, n), "initial", SEED + self.seed, l, 0)
        v = (drawn / n**0.5).to(layer.weight).expand(*leading, self.hidden, n).clone()
        u = v.new_zeros(*leading, n, self.hidden)
        return Predictor(v.requires_grad_(), u.requires_grad_())

    def similarity(self, twin: Perceptron, controls: Weights, measured: list[Tensor]) -> Tensor:
        """Mean squared difference between predicted and measured states; all layers and chips."""
        a = measured[0]
        loss = a.new_zeros(())
        for l, layer in enumerate(controls):
            entered = measured[l] if self.mode == "separable" else a
            z = torch.matmul(entered, layer.weight.mT)  # differentiable, as `net` need not be
            if layer.bias is not None:
                z = z + layer.bias.unsqueeze(-2)
            z = self.networks[l].predicted(z)
            if (bound := twin.bound(l)) is not None:
                z = z.clamp(-bound, bound)
            a = twin.nonlinear(l, z.clone())
            error = (a - measured[l + 1]).square().mean((-2, -1))
            loss = loss + error.sum()
        return loss

    def update(self, batch: Batch) -> Weights:
        """As `Method.update`: a step of the SEPNs, then the error back through twin and SEPNs."""
        network, controls = required(batch.twin, self.label), batch.controls
        measured = batch.device.layer_by_layer(controls, batch.x)
        if not self.networks:
            self.start(controls)
        with torch.enable_grad():
            self._optimizer.zero_grad()
            self.similarity(network, controls, measured).backward()
        self._optimizer.step()
        delta, update = network.error(measured[-1], batch.target) * batch.scale, []
        for l in reversed(range(network.depth)):
            pulled = self.networks[l].pulled(net(controls[l], measured[l]), delta)
            update.append(layer_gradient(pulled, measured[l], controls[l]))
            if l > 0:
                delta = products.backward(pulled, controls[l].weight)
                delta = delta * network.derivative(l - 1, measured[l])
        return update[::-1]

    def state(self) -> dict[str, Any]:
        """The SEPNs and their optimizer."""
        if not self.networks:
            return self._saved
        networks = [[one.v.detach(), one.u.detach()] for one in self.networks]
        return {"networks": networks, "optimizer": self._optimizer.state_dict()}

    def load_state(self, state: dict[str, Any]) -> None:
        """Continue from `state`."""
        self._saved, self.networks = state, []
