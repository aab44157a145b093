"""The checks, in order: each makes rows of the table, or raises at a broken promise."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from asyt.errors import AsytError, DeviceOutputError, EncapsulationError
from asyt.testing import process
from asyt.testing.hearing import hears
from asyt.testing.judges import Exact
from asyt.testing.kit import Kit
from asyt.testing.pairs import pairs
from asyt.testing.probe import Probe
from asyt.testing.report import KEPT, NOT_CHECKED, ConformanceError, Row, require
from asyt.twins import Weights

MOMENT = (0, 3, 1)
PARTS = ("seed", "epoch", "phase")
#: Far beyond what training is likely to ask for, and below where float32 overflows at once.
FAR = 100.0


def any_batch(kit: Kit) -> Iterator[Row]:
    """Batches of any size, one sample and none included."""
    sizes = (1, len(kit.tries.x), len(kit.tries.crowd))
    for size in sizes:
        kit.read(x=kit.tries.crowd[:size])
    outcome = KEPT
    try:
        kit.read(x=kit.tries.crowd[:0])
    except ConformanceError as broken:
        if broken.__cause__ is None:  # no error of the device, but a wrong read-out
            raise
        outcome = f"{KEPT}; refuses to read no sample"
    yield Row("any_batch", f"{sizes[0]}, {sizes[1]}, {sizes[2]} samples and none", outcome)


def repeats(kit: Kit) -> Iterator[Row]:
    """The same controls and inputs give the same, now and tomorrow."""
    kit.read()
    if not kit.repeatable:
        kit.start = kit.judge.series(kit.read)  # compared when all else is done
    if not isinstance(kit.judge, Exact):
        return
    once = kit.read()
    process.stir()
    remedy = "say noisy=True if the device has noise."
    require("repeats", torch.equal(once, kit.read()), f"two passes differ; {remedy}")
    with process.tomorrow():
        later = kit.read()
    require("repeats", torch.equal(once, later), "a read-out depends on the clock.")
    yield Row("repeats", "the same, now and tomorrow", KEPT)


def moment_sets_the_noise(kit: Kit) -> Iterator[Row]:
    """Noise and events depend on the moment and on nothing else: a resumed run meets the same."""
    name = "moment_sets_the_noise"
    if not kit.repeatable:
        yield Row(name, "at(...)", f"{NOT_CHECKED}repeatable=False")
        return
    once = _two_passes(kit, kit.probe)
    kit.probe.at(1, 7, 0)
    kit.read()
    process.stir()
    with process.tomorrow():
        again = _two_passes(kit, kit.probe)
        fresh = _two_passes(kit, Probe.of(kit.make, kit.probe.notes))
    kit.at(*MOMENT)
    seen = f"equal devices differ at one moment, `at{MOMENT}`"
    remedy = "if no program can repeat its noise, say repeatable=False."
    require(name, torch.equal(once, fresh), f"{seen}, as they are made; {remedy}")
    require(name, torch.equal(once, again), f"{seen}, one used and one new; {remedy}")
    parts = () if torch.equal(once[0], once[1]) else PARTS
    for place, part in enumerate(parts):
        later = list(MOMENT)
        later[place] += 1
        other = tuple(later)
        moved = _two_passes(kit, kit.probe, other)
        alike = torch.equal(once, moved)
        require(
            name,
            not alike,
            f"the noise is the same at {MOMENT} and {other}: set the {part}.",
        )
    how = ", each part of it felt" if parts else ""
    yield Row(name, f"used and new device at one moment{how}", KEPT)


def _two_passes(kit: Kit, probe: Probe, moment: tuple[int, ...] = MOMENT) -> torch.Tensor:
    """Two passes from a moment on, (2, C, B, P)."""
    probe.at(*moment)
    first = probe.read(kit.tries.controls, kit.tries.x)
    second = probe.read(kit.tries.controls, kit.tries.x)
    return torch.stack([first, second])


def agreements(kit: Kit) -> Iterator[Row]:
    """All pairs of ways to read that must agree."""
    every = pairs(kit)
    kit.judge.share(len(every) + 1)  # and `ages`
    for pair in every:
        agree, seen = kit.judge.compare(pair.first, pair.second)
        require(pair.promise, agree, f"{pair.wrong} ({pair.how}: {seen})")
        yield Row(pair.promise, pair.how, f"{KEPT}, {seen}")
    if kit.device.population == 1:
        yield Row("chip_by_chip", "another chip changed", f"{NOT_CHECKED}one chip")
    if not kit.sizes:
        yield Row("any_population", "other sizes", f"{NOT_CHECKED}give of_size=")


def keeps_its_budget(kit: Kit) -> Iterator[Row]:
    """A closed device refuses hidden states; an open one shows all, counting 2 M - P accesses."""
    name = "keeps_its_budget"
    device = kit.device
    if not device.encapsulated:
        states = kit.probe.opened(kit.tries.controls, kit.tries.x)
        widths = [state.shape[-1] for state in states]
        require(name, widths == list(device.layers), f"states of {widths} values are shown.")
        finite = all(bool(state.isfinite().all()) for state in states)
        require(name, finite, "a hidden state is not finite.")
        yield Row(name, "open: one state a layer, each counted", KEPT)
        return
    try:
        device.layer_by_layer(kit.tries.controls, kit.tries.x)
    except EncapsulationError:
        yield Row(name, "closed: hidden states are refused", KEPT)
        return
    raise ConformanceError(name, "the device calls itself encapsulated and shows hidden states.")


def leaves_alone(kit: Kit) -> Iterator[Row]:
    """What passes did to memory and to the process."""
    notes = kit.probe.notes
    require("own_memory", "own_memory" not in notes, notes.get("own_memory", ""))
    yield Row("own_memory", "read-outs looked at again", KEPT)
    watched = process.SHARED if kit.repeatable else process.SETTINGS
    for name in watched:
        seen = f"{notes.get(name)}: use a generator of the device's own."
        require("leaves_the_process", name not in notes, seen)
    yield Row("leaves_the_process", f"{len(watched)} settings and generators", KEPT)


def whole_range(kit: Kit) -> Iterator[Row]:
    """No light, no control, negative and far too large ones are read, or refused in words."""
    if not kit.free:
        yield Row(
            "whole_range",
            "other controls",
            f"{NOT_CHECKED}none beyond those given are sent",
        )
        return
    controls = kit.tries.controls
    dark = torch.zeros_like(kit.tries.x)
    outcomes = [_or_refuses(kit, controls, dark)]
    for factor in (0.0, -1.0, FAR, -FAR):
        scaled = [layer.map(lambda tensor, f=factor: f * tensor) for layer in controls]
        outcomes.append(_or_refuses(kit, scaled, kit.tries.x))
    refusals = [outcome for outcome in outcomes if outcome != KEPT]
    first = refusals[0] if refusals else KEPT
    yield Row("whole_range", f"no light; controls x 0, -1, {FAR:g}", first)


#: How a device says that it does not want some controls; other errors are failures.
REFUSALS = (AsytError, ValueError, OSError)


def _or_refuses(kit: Kit, controls: Weights, x: torch.Tensor) -> str:
    """Read, or find out why the device refuses to."""
    try:
        kit.read(controls, x)
    except ConformanceError as broken:
        why = broken.__cause__
        if isinstance(why, DeviceOutputError) or not isinstance(why, REFUSALS):
            raise
        return f"refused: {why}"[:60]
    return KEPT


def ages(kit: Kit) -> Iterator[Row]:
    """After all these passes a device is as it was at first."""
    done = f"after {kit.probe.passes} passes"
    if kit.start is not None:
        agree, seen = kit.judge.alike(kit.start, kit.judge.series(kit.read))
        require("repeats", agree, f"the mean of the read-outs has drifted {done}: {seen}.")
        yield Row("repeats", f"the mean, at first and {done}", f"{KEPT}, {seen}")
        return
    used = _two_passes(kit, kit.probe)
    new = _two_passes(kit, Probe.of(kit.make, kit.probe.notes))
    same = torch.equal(used, new)
    require("forgets", same, f"{done} the device is another one than when it was new.")
    yield Row("forgets", done, KEPT)


def every_pass(kit: Kit) -> Iterator[Row]:
    """What the probe saw to in each pass."""
    outcome = f"{KEPT} in {kit.probe.passes} passes"
    yield Row("shape", "(C, B, P)", outcome)
    yield Row("type", "of the inputs", outcome)
    yield Row("finite", "every value", outcome)
    yield Row("black_box", "controls and inputs as they were", outcome)
    yield Row("counts_outputs", "P reads a sample, no write, one step", outcome)


STAGES = (
    any_batch,
    repeats,
    moment_sets_the_noise,
    whole_range,
    agreements,
    keeps_its_budget,
    leaves_alone,
    hears,
    ages,
    every_pass,
)
