"""A step of AsyT through any network: a pass through the twins, then one through the devices."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from torch import Tensor, nn

from asyt.errors import AsytError
from asyt.physical.module import PhysicalModule


def asyt(
    network: nn.Module,
    x: Tensor,
    criterion: Callable[[Tensor], Tensor],
) -> Tensor:
    """The loss of an AsyT step of a network; `backward()` on it fills every gradient.

    Two passes, one through the twins with the digital controls, one through the devices. Of the
    second only the network's final output is used: each module takes the error back through its
    twin as it stood in the first pass. So

    * digital controls get their own gradient (AsyT Eq. 2),
    * a device's controls M1 times that, plus M2 times the pseudo update (Eq. 3),
    * conventional layers, which serve both passes, the sum of both gradients.

    The criterion makes a scalar loss of an output.

    Raises:
        AsytError: no module of method "asyt", one in evaluation mode, or passes that differ.
    """
    modules = []
    for module in network.modules():
        if isinstance(module, PhysicalModule) and module.method == "asyt":
            modules.append(module)
    in_training = all(module.training for module in (network, *modules))
    if not modules or not in_training:
        raise AsytError(
            "asyt() needs a network in training mode with a PhysicalModule of method 'asyt', and "
            "all of these in training mode."
        )
    with _pass(modules, "digital"):
        digital = criterion(network(x))
    with _pass(modules, "physical"):
        both = digital + criterion(network(x))
        for module in modules:
            module.check_done()
    return both


@contextmanager
def _pass(modules: Sequence[PhysicalModule], name: str) -> Iterator[None]:
    for module in modules:
        module.begin(name)
    try:
        yield
    except BaseException:
        for module in modules:
            module.begin("digital")  # nothing is left for another step
        raise
    finally:
        for module in modules:
            module.begin(None)
