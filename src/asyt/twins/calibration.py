"""A twin brought to its device: constants of the data sheet, fitted to recorded passes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from asyt.errors import AsytError


class CalibrationError(AsytError):
    """Recordings that cannot calibrate a twin; the message says what to record instead."""


@dataclass(frozen=True)
class Calibration:
    """How well a twin foretells passes that it was not fitted to.

    Attributes:
        before, after: rms error over rms read-out, of those recordings: 0 is perfect, 1 is no
            better than foretelling zero.
        fitted, held: recordings that the twin was fitted to, and those kept back.
    """

    before: float
    after: float
    fitted: int
    held: int


def calibrate(
    twin: nn.Module,
    controls: Sequence[Tensor] | Tensor,
    inputs: Tensor,
    readouts: Tensor,
    *,
    kept: float = 0.25,
    steps: int = 60,
) -> Calibration:
    """Fit the parameters of a twin to recorded passes of its device, in place.

    The squared error is minimised by L-BFGS over all but the last recordings; those are kept back,
    and tell whether the twin has learnt the device or only the recordings. Afterwards the twin's
    parameters are frozen, so that training changes the controls and not the twin.

    Args:
        twin: (controls, x) -> y. Its parameters are what is not known of the device: gains,
            offsets, crosstalk. They start from the data sheet.
        controls: of each of R recordings, in the form that the twin takes.
        inputs: of each recording, (R, B, in).
        readouts: what the device read, (R, B, P).
        kept: the share of recordings that is kept back, at least one.
        steps: of L-BFGS at most.

    Raises:
        CalibrationError: lengths or shapes that do not fit, values that are not finite, fewer than
            two recordings, a twin without parameters, or a fit that diverged.
    """
    count = _checked(twin, controls, inputs, readouts, kept)
    fitted = count - max(1, round(kept * count))
    parameters = [p.requires_grad_() for p in twin.parameters()]
    data_sheet = [p.detach().clone() for p in parameters]
    kept_back = (controls[fitted:], inputs[fitted:], readouts[fitted:])
    before = _error(twin, *kept_back)
    optimizer = torch.optim.LBFGS(parameters, max_iter=steps, line_search_fn="strong_wolfe")
    wanted = readouts[:fitted]
    power = wanted.square().mean()

    def closure() -> Tensor:
        optimizer.zero_grad()
        told = _passes(twin, controls[:fitted], inputs[:fitted])
        loss = (told - wanted).square().mean() / power
        loss.backward()
        return loss

    with torch.enable_grad():
        optimizer.step(closure)
    twin.zero_grad()
    after = _error(twin, *kept_back)
    twin.requires_grad_(False)
    if not after < float("inf"):
        for parameter, value in zip(parameters, data_sheet, strict=True):
            parameter.copy_(value)
        raise CalibrationError(
            f"the fit diverged, to an error of {after}: the twin has its values of before. Record "
            "at controls of the size that training uses, or start nearer to the device."
        )
    return Calibration(before, after, fitted, count - fitted)


def _passes(twin: nn.Module, controls: Sequence[Tensor] | Tensor, inputs: Tensor) -> Tensor:
    """What the twin foretells of each recording, (R, B, P)."""
    told = []
    for of_recording, x in zip(controls, inputs, strict=True):
        told.append(twin(of_recording, x))
    return torch.stack(told)


@torch.no_grad()
def _error(
    twin: nn.Module,
    controls: Sequence[Tensor] | Tensor,
    inputs: Tensor,
    readouts: Tensor,
) -> float:
    """Rms error over rms read-out."""
    wrong = _passes(twin, controls, inputs) - readouts
    return float((wrong.square().mean() / readouts.square().mean()).sqrt())


@torch.no_grad()
def _checked(
    twin: nn.Module,
    controls: Sequence[Tensor] | Tensor,
    inputs: Tensor,
    readouts: Tensor,
    kept: float,
) -> int:
    """The number of recordings."""
    lengths = {len(controls), len(inputs), len(readouts)}
    if len(lengths) > 1 or len(inputs) < 2:
        raise CalibrationError(
            f"{len(controls)} controls, {len(inputs)} inputs, {len(readouts)} read-outs: give as "
            "many of each, at least two, so that one can be kept back."
        )
    if not 0 < kept < 1:
        raise CalibrationError(f"kept {kept}: keep back a share between 0 and 1.")
    if not [*twin.parameters()]:
        raise CalibrationError(
            f"{type(twin).__name__} has no parameters: make what you do not know of the device an "
            "nn.Parameter of the twin."
        )
    first = twin(controls[0], inputs[0])
    told = tuple(first.shape)
    read = tuple(readouts.shape[1:])
    if told != read:
        raise CalibrationError(f"the twin gives {told} a recording, the device gave {read}.")
    bad = int((~readouts.isfinite()).sum())
    if bad or not readouts.any():
        raise CalibrationError(
            f"{bad} of {readouts.numel()} read-outs are not finite, and the largest is "
            f"{float(readouts.nan_to_num().abs().max()):g}: leave out passes that failed or were "
            "dark."
        )
    return len(inputs)
