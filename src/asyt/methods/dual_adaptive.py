"""Dual adaptive training (DAT, Zheng et al. 2023): the model of the device is trained along with the device.

A systematic error prediction network (SEPN) S_l behind each layer of the twin learns, from what is
measured, by how much the device departs from it: z' = z + S_l(z). Then the output error goes back
through the twin and its SEPNs, with measured states in place of predicted ones ("state fusion").

- Separable mode: each S_l learns from its own layer alone, given the measured input of that layer.
- Unitary mode: all S_l learn together, end to end from the network's input, by the errors of all
  measured states.

From the paper's code: a residual SEPN on every layer's net output, mean squared errors, Adam at
1e-3 for the SEPNs, one SEPN step before every step of the device. Theirs is a complex-valued
mini-UNet on a field of 64 modes; neurons have no such order, so here S(z) = U tanh(V z), a
perceptron with one hidden layer. It starts at zero (U = 0), where theirs is left out for the first
20 of 50 epochs.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from asyt import streams
from asyt.devices import Device
from asyt.errors import lookup
from asyt.methods.alignment import SEED
from asyt.methods.contract import Method
from asyt.methods.sources import DigitalStep
from asyt.twins import Layer, Perceptron, Weights, net, products

MODES = ("separable", "unitary")


class DualAdaptive(Method):
    """Reads every layer, 2 M - P accesses a sample, as PAT does.

    Args:
        mode: separable or unitary.
        hidden: neurons of a SEPN.
        rate: Adam's, of the SEPNs.
        seed: of what the SEPNs start from.

    Raises:
        UnknownNameError: a mode that does not exist.
    """

    name, label = "dat", "dual adaptive training"

    def __init__(
        self, mode: str = "separable", hidden: int = 32, rate: float = 1e-3, seed: int = 0
    ):
        self.mode = lookup(mode, MODES, "mode of dual adaptive training")
        self.hidden, self.rate, self.seed = hidden, rate, seed
        self._networks: list[
            tuple[Tensor, Tensor]
        ] = []  # (V, U) a layer, (C, hidden, n) and (C, n, hidden)
        self._saved: dict[str, Any] = {}

    def _start(self, twin: Perceptron, controls: Weights) -> None:
        for l, layer in enumerate(controls):
            n = twin.layers[l + 1]
            v = (streams.normal((self.hidden, n), "initial", SEED + self.seed, l, 0) / n**0.5).to(
                layer.weight
            )
            v = v.expand(*layer.weight.shape[:-2], self.hidden, n).clone()
            self._networks.append(
                (v.requires_grad_(), torch.zeros_like(v.detach().mT.contiguous()).requires_grad_())
            )
        self._optimizer = torch.optim.Adam(
            [t for pair in self._networks for t in pair], lr=self.rate
        )
        if self._saved:
            with torch.no_grad():
                for pair, saved in zip(self._networks, self._saved["networks"], strict=True):
                    for tensor, value in zip(pair, saved, strict=True):
                        tensor.copy_(value)
            self._optimizer.load_state_dict(self._saved["optimizer"])

    def predicted(self, l: int, z: Tensor) -> Tensor:
        """Net output that the device is expected to have where its twin has z: z + S_l(z)."""
        v, u = self._networks[l]
        return z + torch.tanh(z @ v.mT) @ u.mT

    def _pulled(self, l: int, z: Tensor, delta: Tensor) -> Tensor:
        """Back through `predicted`: (1 + S'^T) delta."""
        v, u = (t.detach() for t in self._networks[l])
        return delta + ((delta @ u) * (1 - torch.tanh(z @ v.mT) ** 2)) @ v

    def similarity(self, twin: Perceptron, controls: Weights, measured: list[Tensor]) -> Tensor:
        """Mean squared difference between predicted and measured states, summed over layers and chips."""
        loss, a = 0.0, measured[0]
        for l, layer in enumerate(controls):
            entered = measured[l] if self.mode == "separable" else a
            z = torch.matmul(entered, layer.weight.mT)  # differentiable, as `net` need not be
            z = self.predicted(l, z if layer.bias is None else z + layer.bias.unsqueeze(-2))
            if (bound := twin.bound(l)) is not None:
                z = z.clamp(-bound, bound)
            a = twin.nonlinear(l, z.clone())
            loss = loss + (a - measured[l + 1]).square().mean((-2, -1)).sum()
        return loss

    def gradient(
        self,
        twin: Perceptron,
        step: DigitalStep,
        device: Device,
        controls: Weights,
        x: Tensor,
        target: Tensor,
        scale: float = 1.0,
    ) -> Weights:
        """As `Method.gradient`: a step of the SEPNs towards the device, then the error back through twin and SEPNs."""
        measured = device.layer_by_layer(controls, x)
        if not self._networks:
            self._start(twin, controls)
        with torch.enable_grad():
            self._optimizer.zero_grad()
            self.similarity(twin, controls, measured).backward()
        self._optimizer.step()
        delta, update = twin.error(measured[-1], target) * scale, []
        for l in range(twin.depth - 1, -1, -1):
            pulled = self._pulled(l, net(controls[l], measured[l]), delta)
            bias = None if controls[l].bias is None else pulled.sum(-2)
            update.append(Layer(products.gradient(pulled, measured[l]), bias))
            if l > 0:
                delta = products.backward(pulled, controls[l].weight) * twin.derivative(
                    l - 1, measured[l]
                )
        return update[::-1]

    def state(self) -> dict[str, Any]:
        """The SEPNs and their optimizer."""
        if not self._networks:
            return self._saved
        networks = [[t.detach() for t in pair] for pair in self._networks]
        return {"networks": networks, "optimizer": self._optimizer.state_dict()}

    def load_state(self, state: dict[str, Any]) -> None:
        """Continue from `state`."""
        self._saved, self._networks = state, []
