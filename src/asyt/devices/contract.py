"""The contract every device keeps: a population of chips, a black box, an information budget.

`device(controls, x)` takes the controls of C chips, (C, out, in) a layer, and one batch of inputs
(B, in), and returns what a detector at the end of the light path reads: (C, B, P). Nothing else of
the device is known to a training method. A single chip is C = 1; real instruments are stacked
behind the same call.
"""

from __future__ import annotations

import abc
from dataclasses import dataclass

from torch import Tensor

from asyt.errors import AsytError, DeviceOutputError, EncapsulationError
from asyt.twins import Weights


@dataclass
class Accesses:
    """Crossings of the analogue-digital interface, counted a chip.

    Attributes:
        samples: samples propagated.
        reads: neuron values read out.
        writes: neuron values written back into the light path (the input encoding is not counted,
            as in the paper).
        time_steps: sequential interface steps.
    """

    samples: int = 0
    reads: int = 0
    writes: int = 0
    time_steps: int = 0

    def a_sample(self) -> dict[str, float]:
        """Reads, writes, accesses (their sum) and time-steps a sample.

        Raises:
            AsytError: before the first sample.
        """
        if not self.samples:
            raise AsytError(
                "no sample has passed through this device yet: run it first, then read the "
                "counters."
            )
        reads, writes = self.reads / self.samples, self.writes / self.samples
        steps = self.time_steps / self.samples
        return {"reads": reads, "writes": writes, "accesses": reads + writes, "time_steps": steps}


class Device(abc.ABC):
    """A population of chips of one design.

    A subclass implements `propagate`; it may also follow `at`. Callers use the device as a
    function, or, where it is not encapsulated, `layer_by_layer`. To be cited by name, it has a
    `kind` (the name in `asyt cite --device`) and `cites` (keys of the bibliography).

    Args:
        layers: neurons a layer, input first.
        population: number of chips C.
        encapsulated: whether the light path is closed. An encapsulated device refuses to show
            hidden states.
    """

    kind: str = "own"
    cites: tuple[str, ...] = ()

    def __init__(self, layers: tuple[int, ...], population: int, encapsulated: bool = True):
        if population < 1:
            raise AsytError(f"a population of {population} chips: give at least 1.")
        self.layers = tuple(layers)
        self.population = population
        self.encapsulated = encapsulated
        self.accesses = Accesses()

    @abc.abstractmethod
    def propagate(self, controls: Weights, x: Tensor) -> list[Tensor]:
        """The physics: what neurons of every layer carry, input first; last the read-out (C, B, P).

        A device that cannot be opened returns only `[x, read-out]`.
        """

    def at(self, *moment: int) -> None:  # noqa: B027 - a device without a clock does nothing here
        """Set the moment (seed, epoch, phase) of what follows.

        Noise, drift and events depend on it and nothing else. Called by the training loop before
        each epoch and each evaluation, so that a resumed run meets the same physics as an
        uninterrupted one. A real device ignores it.
        """

    def __call__(self, controls: Weights, x: Tensor) -> Tensor:
        """Run a batch through all chips and read their outputs: P reads a sample, one time-step.

        Raises:
            DeviceOutputError: if the read-out is not (C, B, P).
        """
        readout = self._checked(self.propagate(controls, x)[-1], x)
        self._count(x, reads=self.layers[-1], writes=0, time_steps=1)
        return readout

    def layer_by_layer(self, controls: Weights, x: Tensor) -> list[Tensor]:
        """Run a batch and read every layer, writing hidden states back.

        2M - P accesses, N + 1 time-steps. What is counted is what comes back: every layer's values
        are read, all but the read-out are written again.

        Raises:
            EncapsulationError: if the light path is closed.
            DeviceOutputError: if the device gives other than one state a layer, as wide as the
                layer.
        """
        if self.encapsulated:
            raise EncapsulationError(
                f"{type(self).__name__} is encapsulated: only its {self.layers[-1]} outputs can be "
                "read. Use a method that needs no hidden states (AsyT, pseudo IP-BP), or build "
                "the device with encapsulated=False."
            )
        states = self.propagate(controls, x)
        self._checked(states[-1], x)
        widths = [state.shape[-1] for state in states]
        if widths != list(self.layers):
            raise DeviceOutputError(
                f"{type(self).__name__} gave states of {widths} values; opened, it must give one a "
                f"layer, input first: {list(self.layers)}. If it cannot, build it with "
                "encapsulated=True."
            )
        *hidden, readout = widths[1:]
        self._count(x, reads=sum(hidden) + readout, writes=sum(hidden), time_steps=len(hidden) + 1)
        return states

    def _count(self, x: Tensor, reads: int, writes: int, time_steps: int) -> None:
        batch = x.shape[-2]
        self.accesses.samples += batch
        self.accesses.reads += reads * batch
        self.accesses.writes += writes * batch
        self.accesses.time_steps += time_steps * batch

    def _checked(self, readout: Tensor, x: Tensor) -> Tensor:
        if not isinstance(readout, Tensor):
            raise DeviceOutputError(
                f"{type(self).__name__} returned a {type(readout).__name__}; return a torch.Tensor "
                "(torch.as_tensor)."
            )
        wanted = (self.population, x.shape[-2], self.layers[-1])
        if tuple(readout.shape[-3:]) != wanted:
            raise DeviceOutputError(
                f"{type(self).__name__} returned shape {tuple(readout.shape)}; a population of "
                f"{self.population} with {self.layers[-1]} outputs must return (C, B, P) = "
                f"{wanted} for this batch."
            )
        return readout


class Transforming(Device):
    """A simulated device whose light meets other weights than the controls say, and can tell them.

    For figures and tests: a chip cannot tell, so no method may ask.
    """

    @abc.abstractmethod
    def effective(self, controls: Weights) -> list[Tensor]:
        """The weights that the light really meets, (C, out, in [+ 1 for a bias]) a layer."""
