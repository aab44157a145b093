"""Digital linear layers around second-harmonic generation, as an ordinary torch network.

The 97 % of Wright et al. (2022, Fig. 4) is of this kind: trainable linear layers in front of SHG
modules. Ours is 784 -> linear -> pulses of 24 amplitudes -> one SHG module a pulse -> linear -> 10,
with each pulse's 24 parameters.
"""

import torch
from torch import Tensor, nn

from asyt import streams
from asyt.devices import shg
from asyt.devices.shg_optics import WIDTH
from asyt.physical import PhysicalModule
from asyt.twins import Layer

#: Number of the first bench in the fabrication stream, apart from those of other populations.
BENCHES = 2000


class SHGNetwork(nn.Module):
    """Linear, second-harmonic generation of several pulses side by side on one bench, linear.

    The seed is that of the bench and of its initial parameters; without a method of its
    `PhysicalModule` the linear layers are alone.
    """

    def __init__(self, pulses: int, seed: int, method: str | None):
        super().__init__()
        self.before = nn.Linear(784, pulses * WIDTH)
        self.after = nn.Linear(pulses * WIDTH, 10)
        self.pulses = pulses
        self.physical = None
        if method:  # one module a pulse, (pulses, 1, B, WIDTH) -> the same
            layers = (WIDTH, WIDTH)
            device = shg.SHGDevice(1, BENCHES + seed, layers=layers)
            twin = shg.twin(layers)
            generator = streams.generator("initial", seed, 0, 0)
            drawn = generator.uniform(-1, 1, (pulses, 1, 1, WIDTH))
            parameters = torch.from_numpy(drawn).float()
            self.physical = PhysicalModule(
                device,
                lambda controls, a: twin.forward(controls, a)[-1],
                [Layer(parameters)],
                method,
            )

    def forward(self, x: Tensor) -> Tensor:
        """Images (B, 784) -> scores (B, 10)."""
        a = self.before(x)
        if self.physical is not None:
            pulses = a.unflatten(-1, (self.pulses, WIDTH)).transpose(0, 1)
            read = self.physical(pulses.unsqueeze(1)).squeeze(1)
            a = read.transpose(0, 1).flatten(1)
        return self.after(a)

    def confine(self) -> None:
        """Bring the parameters of the modules back into the shaper's range."""
        if self.physical is not None:
            self.physical.controls[0].data.clamp_(-1, 1)
