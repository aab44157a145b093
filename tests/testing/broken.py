"""Broken devices, by the promise that the kit must name; printed, what it makes of each.

    python tests/testing/broken.py

Each is good but for one thing. Functions get the device d, its controls c, inputs x and the good
read-out y, (C, B, P), of three chips, and return another one.
"""

# ruff: noqa: ARG005 - mutants are functions of all that a device is given

import random
import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from good import Chips, Noisy, Real, after, mapped, put, stuck

from asyt.devices import Accesses
from asyt.testing import ConformanceError, check_device

ALL, BIASES = slice(None), ("bias",)

#: The physics is broken: promise -> name -> read-out.
PHYSICS = {
    "hears_weights": {
        "constant": lambda d, c, x, y: torch.zeros_like(y),
        "deaf to controls": lambda d, c, x, y: d.read(stuck(c), x),
        "deaf to the first layer": lambda d, c, x, y: d.read(stuck(c, layers=[0]), x),
        "deaf to the last layer": lambda d, c, x, y: d.read(stuck(c, layers=[1]), x),
        "last chip deaf": lambda d, c, x, y: d.read(stuck(c, chips=2), x),
        "a chip deaf to a layer": lambda d, c, x, y: d.read(stuck(c, chips=1, layers=[0]), x),
        "one-bit controls": lambda d, c, x, y: d.read(mapped(c, torch.round), x),
    },
    "hears_biases": {
        "deaf to biases": lambda d, c, x, y: d.read(stuck(c, parts=BIASES), x),
        "to those of a layer": lambda d, c, x, y: d.read(stuck(c, layers=[0], parts=BIASES), x),
        "to those of a chip": lambda d, c, x, y: d.read(stuck(c, chips=0, parts=BIASES), x),
    },
    "hears_inputs": {
        "deaf to inputs": lambda d, c, x, y: d.read(c, torch.ones_like(x)),
        "last input cut": lambda d, c, x, y: d.read(c, put(x, (ALL, -1), 0.5)),
        "first input cut": lambda d, c, x, y: d.read(c, put(x, (ALL, 0), 0.5)),
        "a chip in the dark": lambda d, c, x, y: put(y, 1, d.read(c, torch.ones_like(x))[1]),
    },
    "every_output": {
        "dead detector": lambda d, c, x, y: put(y, (ALL, ALL, 0), 0.0),
        "dead detector of a chip": lambda d, c, x, y: put(y, (2, ALL, 1), 0.5),
    },
    "chip_by_chip": {
        "first controls for all": lambda d, c, x, y: d.read(mapped(c, lambda t: t[:1]), x),
        "controls swapped": lambda d, c, x, y: d.read(mapped(c, lambda t: t.flip(0)), x),
        "controls rolled": lambda d, c, x, y: d.read(mapped(c, lambda t: t.roll(1, 0)), x),
        "read-outs swapped": lambda d, c, x, y: y.flip(0),
        "biases of another": lambda d, c, x, y: d.read(
            [layer._replace(bias=layer.bias.flip(0)) for layer in c], x
        ),
        "mean of the chips": lambda d, c, x, y: y.mean(0, keepdim=True).repeat(3, 1, 1),
        "crosstalk of chips": lambda d, c, x, y: y + 0.01 * y.roll(1, 0),
        "chips sorted": lambda d, c, x, y: y.sort(0).values,
        "one laser for all": lambda d, c, x, y: y / (1 + c[1].weight.abs().sum()),
        "last chip leaks": lambda d, c, x, y: put(y, 0, y[0] + y[-1]),
    },
    "any_population": {
        "dims with every chip": lambda d, c, x, y: y / d.population,
        "first chip is special": lambda d, c, x, y: put(y, 0, y[0] * d.population),
    },
    "sample_by_sample": {
        "minus the mean": lambda d, c, x, y: y - y.mean(1, keepdim=True),
        "batch norm": lambda d, c, x, y: (y - y.mean(1, True)) / (1 + y.square().mean(1, True)),
        "gain by the batch": lambda d, c, x, y: y / (1 + y.square().mean((1, 2), True)),
        "gain by the inputs": lambda d, c, x, y: d.read(c, x / (1 + x.norm())),
        "samples sorted": lambda d, c, x, y: y.sort(1).values,
        "samples reversed": lambda d, c, x, y: y.flip(1),
        "rows past 8 lost": lambda d, c, x, y: put(y, (ALL, slice(8, None)), 0.0),
        "rows past 200 lost": lambda d, c, x, y: put(y, (ALL, slice(200, None)), 0.0),
        "crosstalk of rows": lambda d, c, x, y: y + 0.01 * y.roll(1, 1),
        "first row dark": lambda d, c, x, y: put(y, (ALL, slice(0, 1)), 0.0),
        "last row dark": lambda d, c, x, y: put(y, (ALL, slice(-1, None)), 0.0),
        "gain by the size": lambda d, c, x, y: y * (1 + 1e-3 * len(x)),
    },
    "repeats": {
        "warms up": lambda d, c, x, y: y * (1 + 1e-3 * d.calls),
        "noise of its own": lambda d, c, x, y: y + 1e-3 * d.noise_like(y),
        "noise of torch": lambda d, c, x, y: y + 1e-3 * torch.randn(y.shape),
        "noise of NumPy": lambda d, c, x, y: y + 1e-3 * np.random.standard_normal(),  # noqa: NPY002
        "state of torch": lambda d, c, x, y: y + 1e-3 * torch.get_rng_state().sum(),
        "drifts by the second": lambda d, c, x, y: y + 1e-3 * (time.perf_counter() % 1000),
        "drifts by the hour": lambda d, c, x, y: y + 1e-3 * (time.time() // 3600 % 1000),
        "every other pass fails": lambda d, c, x, y: y * (d.calls % 2),
    },
    "forgets": {
        "hysteresis": lambda d, c, x, y: y + 0.1 * d.before(c[0].weight.mean()),
        "bleeds": lambda d, c, x, y: y + 0.1 * d.before(x[-1:].sum()),
        "knows the last size": lambda d, c, x, y: y + 0.1 * d.before(len(x)),
        "tires": lambda d, c, x, y: y * (1 - 0.1 * (d.calls > 14)),
        "tires late": lambda d, c, x, y: y * (1 - 0.1 * (d.calls > 60)),
    },
    "black_box": {
        "edits weights": lambda d, c, x, y: after(y, c[0].weight.add_, 1.0),
        "edits below zero": lambda d, c, x, y: after(y, c[1].weight.clamp_, 0.0),
        "edits inputs": lambda d, c, x, y: after(y, x.mul_, 2.0),
        "edits now and then": lambda d, c, x, y: after(y, c[1].bias.mul_, min(1, d.calls % 20)),
    },
    "finite": {
        "no light": lambda d, c, x, y: y / x.norm(dim=-1, keepdim=True),
        "no control": lambda d, c, x, y: y / c[0].weight.norm(dim=(1, 2), keepdim=True),
        "negative controls": lambda d, c, x, y: y + 0 * c[0].weight[:, :1, :1].sqrt(),
        "far controls": lambda d, c, x, y: y * torch.exp(4 * c[1].weight.mean((1, 2), True)),
        "large batches": lambda d, c, x, y: y / float(len(x) < 100),
    },
    "leaves_the_process": {
        "seeds torch": lambda d, c, x, y: after(y, torch.manual_seed, 0),
        "draws from torch": lambda d, c, x, y: after(y, torch.rand, 1),
        "seeds NumPy": lambda d, c, x, y: after(y, np.random.seed, 0),
        "draws from Python": lambda d, c, x, y: after(y, random.random),
        "changes the type": lambda d, c, x, y: after(y, torch.set_default_dtype, torch.float64),
        "stops gradients": lambda d, c, x, y: after(y, torch.set_grad_enabled, False),
        "hides NumPy's errors": lambda d, c, x, y: after(y, np.seterr, "ignore"),
    },
    "runs": {
        "fails for one sample": lambda d, c, x, y: y[:, [1]] if len(x) == 1 else y,
        "fails below zero": lambda d, c, x, y: y * [1.0][int(c[0].weight.min() < 0)],
    },
}
#: A driver goes around what the library checks itself, with a `__call__` of its own.
DRIVERS = {
    "black_box": {
        "adds to weights": lambda d, c, x, y: after(y, c[0].weight.add_, 1.0),
        "clips below zero": lambda d, c, x, y: after(y, c[1].weight.clamp_, 0.0),
        "clips far biases": lambda d, c, x, y: after(y, c[0].bias.clamp_, None, 1.0),
        "scales inputs": lambda d, c, x, y: after(y, x.mul_, 2.0),
        "in large batches": lambda d, c, x, y: after(y, x[100:].mul_, 2.0),
        "every twentieth pass": lambda d, c, x, y: after(y, c[1].bias.mul_, min(1, d.calls % 20)),
        "one weight": lambda d, c, x, y: after(y, c[1].weight[-1, -1, -1].zero_),
    },
    "forgets": {
        "knows weights by identity": lambda d, c, x, y: d.same_as_before(id(c[0].weight), y),
        "knows inputs by identity": lambda d, c, x, y: d.same_as_before(id(x), y),
    },
    "any_layout": {
        "memory of weights": lambda d, c, x, y: y + c[0].weight.as_strided((), (), 7),
        "order of weights": lambda d, c, x, y: y * (1 + 0.1 * c[1].weight.is_contiguous()),
        "order of inputs": lambda d, c, x, y: y * (1 + 0.1 * x.is_contiguous()),
        "strides of chips": lambda d, c, x, y: y * (1 + 0.1 * c[0].weight.stride(0)),
    },
    "type": {
        "double out of float": lambda d, c, x, y: y.double(),
        "half": lambda d, c, x, y: y.half(),
        "bfloat16": lambda d, c, x, y: y.bfloat16(),
        "integer": lambda d, c, x, y: (100 * y).int(),
        "bool": lambda d, c, x, y: y > 0,
        "complex": lambda d, c, x, y: y + 0j,
        "NumPy": lambda d, c, x, y: y.numpy(),
        "list": lambda d, c, x, y: y.tolist(),
        "nothing": lambda d, c, x, y: None,
        "double in large batches": lambda d, c, x, y: y.double() if len(x) > 100 else y,
    },
    "shape": {
        "extra axis": lambda d, c, x, y: y[None],
        "extra axis of two": lambda d, c, x, y: torch.stack([y, y]),
        "batch first": lambda d, c, x, y: y.transpose(0, 1),
        "samples last": lambda d, c, x, y: y.mT,
        "flat": lambda d, c, x, y: y.flatten(1),
        "one chip": lambda d, c, x, y: y[:1],
        "an output too few": lambda d, c, x, y: y[..., 1:],
        "an output too many": lambda d, c, x, y: torch.cat([y, y], -1),
        "one sample squeezed": lambda d, c, x, y: y.squeeze(1),
        "padded": lambda d, c, x, y: torch.cat([y, y[:, :1]], 1),
        "no samples, one row": lambda d, c, x, y: y if len(x) else y.new_zeros(3, 1, 3),
    },
    "finite": {
        "NaN": lambda d, c, x, y: y * float("nan"),
        "one value": lambda d, c, x, y: put(y, (0, slice(-1, None), 0), float("inf")),
        "every twentieth": lambda d, c, x, y: y / min(1, d.calls % 20),
    },
    "own_memory": {
        "expanded": lambda d, c, x, y: y[..., :1].expand(y.shape),
        "view of inputs": lambda d, c, x, y: x[:, :3].expand(3, -1, -1),
        "its buffer": lambda d, c, x, y: d.buffered(y, 1),
        "one of two buffers": lambda d, c, x, y: d.buffered(y, 2),
        "carries a gradient": lambda d, c, x, y: y.requires_grad_(),
    },
    "counts_outputs": {
        "forgets to count": lambda d, c, x, y: after(y, setattr, d, "accesses", Accesses()),
        "counts no reads": lambda d, c, x, y: after(y, setattr, d.accesses, "reads", 0),
        "counts a write": lambda d, c, x, y: after(y, d.counted, 0, 1, 0),
        "counts twice": lambda d, c, x, y: after(y, d.counted, 3 * len(x), 0, len(x)),
        "counts no time": lambda d, c, x, y: after(y, setattr, d.accesses, "time_steps", 0),
    },
}
#: Other methods: promise -> name -> methods; all but the first group are checked as noisy.
METHODS = {
    "keeps_its_budget": {
        "shows hidden states": {"layer_by_layer": lambda d, c, x: d.states(c, x)},
        "shows its outputs": {"layer_by_layer": lambda d, c, x: [x, d.read(c, x)]},
        "open, not counted": {"layer_by_layer": lambda d, c, x: d.states(c, x), "closed": False},
        "open, other outputs": {"opened": lambda d, s: [*s[:-1], 2 * s[-1]], "closed": False},
        "open, a layer less": {"opened": lambda d, s: [s[0], s[-1]], "closed": False},
        "open, NaN": {"opened": lambda d, s: [s[0], s[1] * float("nan"), s[2]], "closed": False},
        "open, too many reads": {
            "opened": lambda d, s: after(s, d.counted, 1, 0, 0),
            "closed": False,
        },
        "open, reads for writes": {
            "opened": lambda d, s: after(s, d.counted, 35, -35, 0),
            "closed": False,
        },
    },
    "any_population": {
        "drawn together": {"drawn": lambda d, chip: d.table((5, 4))[..., chip]},
        "numbered from the end": {"drawn": lambda d, chip: Chips.drawn(d, d.population - chip)},
    },
    "moment_sets_the_noise": {
        "chips of torch": {"drawn": lambda d, chip: torch.randn(5, 4)},
        "drifts with calls of at": {
            "at": lambda d, *moment: after(None, d.gain.mul_, 1.01),
        },
    },
    "runs": {"two numbers a moment": {"at": lambda d, epoch, phase: None}},
    "leaves_the_process": {
        "seeds torch at a moment": {"at": lambda d, *moment: torch.manual_seed(moment[1])},
        "seeds torch when made": {
            "drawn": lambda d, chip: after(Chips.drawn(d, chip), torch.rand, 1)
        },
    },
}
NOISE = {
    "moment_sets_the_noise": {
        "ignores at": {"at": lambda d, *moment: None},
        "first at only": {"at": lambda d, *moment: d.calls or d.seed(moment[1])},
        "counts calls of at": {"at": lambda d, *moment: d.seed(d.counted_moments())},
        "goes on": {"at": lambda d, *moment: d.seed(d.calls)},
        "only at new moments": {
            "at": lambda d, *moment: d.before(moment) == moment or d.seed(sum(moment))
        },
        "ignores the seed": {"at": lambda d, s, e, p: d.seed(1000 * e + p)},
        "ignores the epoch": {"at": lambda d, s, e, p: d.seed(1000 * s + p)},
        "ignores the phase": {"at": lambda d, s, e, p: d.seed(1000 * s + e)},
        "noise of torch": {"noise_like": torch.randn_like},
        "noise of NumPy": {"noise_like": lambda d, y: y * np.random.standard_normal()},  # noqa: NPY002
        "noise of the clock": {"noise_like": lambda d, y: y * (time.time_ns() % 1000)},
    },
}
#: What only a device without repeatable noise can do: its mean moves.
DRIFTS = {
    "repeats": {
        "drifts": lambda d, c, x, y: y * (1 + 5e-3 * d.calls),
        "tires": lambda d, c, x, y: y * (1 - 0.2 * (d.calls > 25)),
    },
}
#: Names of mutants in `PHYSICS` and `DRIVERS` that are found above noise as well.
ABOVE_NOISE = (
    "deaf to controls",
    "deaf to the first layer",
    "last chip deaf",
    "deaf to biases",
    "deaf to inputs",
    "first controls for all",
    "controls swapped",
    "read-outs swapped",
    "mean of the chips",
    "chips sorted",
    "last chip leaks",
    "minus the mean",
    "gain by the batch",
    "gain by the inputs",
    "samples sorted",
    "samples reversed",
    "rows past 8 lost",
    "rows past 200 lost",
    "first row dark",
    "adds to weights",
    "scales inputs",
    "every twentieth",
    "double in large batches",
    "extra axis",
    "its buffer",
    "counts twice",
)


class Mutant(NamedTuple):
    """A broken device: the promise, its name, how it is made, and how the kit is called."""

    promise: str
    name: str
    make: Callable
    options: dict


def mutants(kind, method, table, label="", **options):
    """One for each entry of a table of functions, or of methods if `method` is empty."""
    found = []
    for promise, group in table.items():
        for name, change in group.items():
            cls = type("Mutant", (kind,), {method: change} if method else change)
            sizes = {"of_size": cls} if promise == "any_population" else {}
            found.append(Mutant(promise, label + name, cls, options | sizes))
    return found


NOISY = {"noisy": True}
UNREPEATABLE = {"noisy": True, "repeatable": False}


def above_noise(kind, label, options):
    """Mutants of devices with noise."""
    every = mutants(kind, "physics", PHYSICS, **options)
    every += mutants(kind, "driver", DRIVERS, **options)
    return [m._replace(name=label + m.name) for m in every if m.name in ABOVE_NOISE]


MUTANTS = [
    *mutants(Chips, "physics", PHYSICS),
    *mutants(Chips, "driver", DRIVERS),
    *mutants(Chips, "", METHODS),
    *mutants(Noisy, "", NOISE, "noisy: ", **NOISY),
    *above_noise(Noisy, "noisy: ", NOISY),
    *above_noise(Real, "real: ", UNREPEATABLE),
    *mutants(Real, "physics", DRIFTS, "real: ", **UNREPEATABLE),
]


def named(mutant):
    """The error that the kit raises, or None."""
    try:
        check_device(mutant.make, **mutant.options)
    except ConformanceError as error:
        return error
    return None


def main():
    """Print what the kit makes of each."""
    found = 0
    for mutant in MUTANTS:
        error = named(mutant)
        right = error is not None and error.promise == mutant.promise
        found += right
        print(f"{'named' if right else 'MISSED':8}{mutant.name:32}{error or mutant.promise}"[:150])
    print(f"{found} of {len(MUTANTS)} named")


if __name__ == "__main__":
    main()
