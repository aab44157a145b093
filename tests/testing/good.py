"""A population that keeps every promise, and small ways to break it."""

import torch

from asyt.devices import Device
from asyt.twins import Layer


class Chips(Device):
    """Two layers with gains of each chip's own; a mutant replaces one of these methods.

    `physics` changes the read-out y, (C, B, P), as a device does; `driver` changes it, or something
    else, behind all that the library checks itself.
    """

    noise = 0.0
    closed = True

    def __init__(self, population=3):
        super().__init__((4, 5, 3), population, self.closed)
        self.calls, self.moments, self.kept, self.buffers = 0, 0, None, {}
        self.seed(0)
        self.gain = 1 + 0.3 * torch.stack([self.drawn(chip) for chip in range(population)])

    def drawn(self, chip):
        """The errors of a chip."""
        return torch.randn(5, 4, generator=torch.Generator().manual_seed(chip))

    def at(self, seed, epoch, phase):
        self.seed(seed + 1000 * epoch + 10**6 * phase)

    def seed(self, number):
        """Start noise anew."""
        self.generator = torch.Generator().manual_seed(number)

    def noise_like(self, y):
        """Standard normal numbers, from the device's own generator."""
        return torch.randn(y.shape, generator=self.generator)

    def states(self, c, x):
        """What every layer carries, without noise."""
        hidden = torch.tanh(x @ (c[0].weight * self.gain.to(x)).mT + c[0].bias[:, None])
        return [x, hidden, hidden @ c[1].weight.mT + c[1].bias[:, None]]

    def read(self, c, x):
        """The read-out without noise."""
        return self.states(c, x)[-1]

    def propagate(self, c, x):
        self.calls += 1
        *states, y = self.states(c, x)
        y = self.physics(c, x, y)
        return [*states, y + self.noise * self.noise_like(y) if self.noise else y]

    def physics(self, _c, _x, y):
        return y

    def __call__(self, c, x):
        return self.driver(c, x, super().__call__(c, x))

    driver = physics

    def layer_by_layer(self, c, x):
        return self.opened(super().layer_by_layer(c, x))

    def opened(self, states):
        return states

    # what mutants are made of

    def before(self, value):
        """What was given in the pass before; at first the same."""
        before, self.kept = self.kept, value
        return value if before is None else before

    def same_as_before(self, key, y):
        """The read-out of the pass before, if controls or inputs seem to be the same."""
        if self.kept is None or self.kept[0] != (key, y.shape):
            self.kept = ((key, y.shape), y)
        return self.kept[1]

    def counted_moments(self):
        """How often this was asked."""
        self.moments += 1
        return self.moments

    def buffered(self, y, buffers):
        """The read-out, in a buffer that is used again."""
        key = (y.shape, self.calls % buffers)
        return self.buffers.setdefault(key, y.clone()).copy_(y)

    def counted(self, reads, writes, steps):
        """Count more."""
        self.accesses.reads += reads
        self.accesses.writes += writes
        self.accesses.time_steps += steps

    def table(self, shape):
        """Errors of all chips from one generator, chips last."""
        return torch.randn((*shape, self.population), generator=torch.Generator().manual_seed(0))


class Noisy(Chips):
    """With noise that `at` sets."""

    noise = 0.05


class Real(Noisy):
    """With noise that nothing sets, as of an instrument."""

    def at(self, *_moment):
        pass


def after(y, change, *arguments):
    """The read-out, after something else was done."""
    change(*arguments)
    return y


def stuck(controls, chips=slice(None), layers=(0, 1), parts=("weight", "bias")):
    """Some of the controls at 0.3, whatever they are set to."""
    felt = []
    for l, layer in enumerate(controls):
        layer = Layer(layer.weight.clone(), layer.bias.clone())
        for part in parts if l in layers else ():
            getattr(layer, part)[chips] = 0.3
        felt.append(layer)
    return felt


def mapped(controls, change):
    """Every tensor changed."""
    return [layer.map(change) for layer in controls]


def put(tensor, where, value):
    """A copy with other values in some places."""
    tensor = tensor.clone()
    tensor[where] = value
    return tensor
