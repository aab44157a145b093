"""The contract every device keeps: a population of chips, a black box, an information budget.

`device(controls, x)` takes the controls of C chips, (C, out, in) a layer, and inputs (B, in), and
returns what a detector at the end of the light path reads, (C, B, P). No method knows more of it.
"""

import abc
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from asyt import streams
from asyt.devices import checked
from asyt.errors import AsytError, EncapsulationError
from asyt.twins import Weights


@dataclass
class Accesses:
    """Crossings of the analogue-digital interface, counted a chip.

    Values of neurons read out and written back into the light path (encoding the input does not
    count, as in the paper), and sequential steps.

    Example:
        >>> from asyt.devices import Accesses
        >>> Accesses(samples=10, reads=30, writes=0, time_steps=10).a_sample()["accesses"]
        3.0
    """

    samples: int = 0
    reads: int = 0
    writes: int = 0
    time_steps: int = 0

    def a_sample(self) -> dict[str, float]:
        """Reads, writes, accesses (their sum) and time-steps a sample; an AsytError before one."""
        if not self.samples:
            raise AsytError("no sample has passed through this device yet: run it first.")
        reads = self.reads / self.samples
        writes = self.writes / self.samples
        steps = self.time_steps / self.samples
        return {
            "reads": reads,
            "writes": writes,
            "accesses": reads + writes,
            "time_steps": steps,
        }


class Device(abc.ABC):
    """A population of chips of one design, used as a function, or opened, `layer_by_layer`.

    A subclass implements `propagate`; it may also follow `at`. To be cited by name, it has a `kind`
    (the name in `asyt cite --device`) and `cites` (keys of the bibliography).

    What `propagate` returns passes `asyt.gate`: any array of real numbers with exactly the shape
    that belongs to a layer, brought to the floating type of inputs and controls, in memory of its
    own. A value that is not finite comes back as NaN, and stops a `Trainer`.

    Args:
        layers: neurons a layer, input first.
        population: number of chips C.
        encapsulated: whether the light path is closed, so that hidden states are not shown.

    Example:
        >>> import torch
        >>> from asyt.devices import Device
        >>> from asyt.twins import Layer
        >>> device = Device.of(lambda controls, x: 0.9 * x @ controls[0].weight.mT, layers=(4, 3))
        >>> device([Layer(torch.ones(1, 3, 4))], torch.ones(2, 4)).shape
        torch.Size([1, 2, 3])
        >>> device.accesses.a_sample()["reads"]
        3.0
    """

    kind: str = "own"
    cites: tuple[str, ...] = ()
    #: Whether `propagate` writes into none of its arguments; a class with a `propagate` of its own
    #: says so itself. Others get copies, a set of controls for each chip even where all are equal.
    only_reads: bool = False

    def __init_subclass__(cls, **options: Any):
        super().__init_subclass__(**options)
        if "propagate" in vars(cls) and "only_reads" not in vars(cls):
            cls.only_reads = False

    def __init__(
        self,
        layers: tuple[int, ...],
        population: int,
        encapsulated: bool = True,
    ):
        if population < 1:
            raise AsytError(f"a population of {population} chips: give at least 1.")
        self.layers = tuple(layers)
        self.population = population
        self.encapsulated = encapsulated
        self.accesses = Accesses()

    @staticmethod
    def of(chips: Any, layers: tuple[int, ...]) -> "Device":
        """A population from a function of one chip, or a list of them; see `SingleChips`."""
        from asyt.devices.single import SingleChips

        return SingleChips(chips, layers)

    @abc.abstractmethod
    def propagate(self, controls: Weights, x: Tensor) -> list[Tensor]:
        """The physics: what neurons of every layer carry, input first; last the read-out (C, B, P).

        A device that cannot be opened returns only `[x, read-out]`. Controls and inputs are copies
        that it may change, unless it `only_reads`.
        """

    def at(self, *moment: int) -> None:  # noqa: B027 - a device without a clock does nothing here
        """Set the moment (seed, epoch, phase) of what follows: all that noise and events depend on.

        The training loop calls it before each epoch and each evaluation, so that a resumed run
        meets the physics of an uninterrupted one. A real device ignores it.
        """

    def __call__(self, controls: Weights, x: Tensor) -> Tensor:
        """Run a batch through all chips and read their outputs: P reads a sample, one time-step.

        Raises:
            DeviceOutputError: the read-out is no array of real numbers (C, B, P).
        """
        states = checked.run(self, controls, x)
        readout = checked.readout(self, states, controls, x)
        self._count(x, reads=self.layers[-1], writes=0, time_steps=1)
        return readout

    def layer_by_layer(self, controls: Weights, x: Tensor) -> list[Tensor]:
        """Run a batch, read every layer, write hidden states back: 2M - P accesses, N + 1 steps.

        Raises:
            EncapsulationError: the light path is closed.
            DeviceOutputError: other than one state a layer, real numbers (C, B, n). (The first, the
                inputs, are returned as they were given.)
        """
        name = type(self).__name__
        if self.encapsulated:
            raise EncapsulationError(
                f"{name} is encapsulated: only its {self.layers[-1]} outputs can be read. Use a "
                "method that needs no hidden states (AsyT, pseudo IP-BP), or build the device with "
                "encapsulated=False."
            )
        carried = checked.run(self, controls, x)
        states = checked.all_layers(self, carried, controls, x)
        hidden = sum(self.layers[1:-1])
        outputs = self.layers[-1]
        self._count(
            x,
            reads=hidden + outputs,
            writes=hidden,
            time_steps=len(states) - 1,
        )
        return states

    def _count(
        self,
        x: Tensor,
        reads: int,
        writes: int,
        time_steps: int,
    ) -> None:
        batch = x.shape[-2]
        self.accesses.samples += batch
        self.accesses.reads += reads * batch
        self.accesses.writes += writes * batch
        self.accesses.time_steps += time_steps * batch


class NoisyDevice(Device):
    """A simulated device with Gaussian noise, of a seed, that starts anew at every moment."""

    def __init__(
        self,
        layers: tuple[int, ...],
        population: int,
        encapsulated: bool,
        seed: int,
        compute: torch.device | str = "cpu",
    ):
        super().__init__(layers, population, encapsulated)
        self._seed, self._compute = seed, compute
        self.at(0, 0)

    def at(self, *moment: int) -> None:
        """Start the noise of a moment from its own address in stream `noise`."""
        self._generator = streams.torch_generator(self._compute, "noise", self._seed, *moment)

    def _noisy(
        self,
        values: Tensor,
        deviation: float,
        scale: Tensor | float = 1.0,
    ) -> Tensor:
        """Values with noise of this deviation, in units of `scale`; nothing is drawn for zero."""
        if not deviation:
            return values
        noise = torch.empty_like(values).normal_(generator=self._generator)
        return values + deviation * scale * noise


def fabricated(
    shape: tuple[int, ...],
    population: int,
    seed: int,
    layer: int,
    kind: int,
) -> Tensor:
    """N(0, 1) for every chip (C, *shape); chip j is the same in a population of any size."""
    chips = []
    for chip in range(population):
        chips.append(streams.normal(shape, "fabrication", seed, chip, layer, kind))
    return torch.stack(chips)


class Transforming(Device):
    """A simulated device that can tell the weights its light meets: for figures and tests only.

    Example:
        >>> import torch
        >>> from asyt.devices import PhotonicDevice, Transforming
        >>> issubclass(PhotonicDevice, Transforming)
        True
    """

    @abc.abstractmethod
    def effective(self, controls: Weights) -> list[Tensor]:
        """The weights that the light really meets, (C, out, in [+ 1 for a bias]) a layer."""
