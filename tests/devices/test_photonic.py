"""The network of chips against its twin, its budget and its contract."""

import math
from dataclasses import replace

import pytest
import torch

from asyt.devices import DistortedDevice, PhotonicDevice, Transforming
from asyt.errors import AsytError, EncapsulationError
from asyt.photonics import Control, Encoding, profile
from asyt.photonics.fabrication import TYPICAL
from asyt.photonics.mzi import IDEAL
from asyt.twins import Layer, Perceptron

FINE = Control(profile("eq4"), levels=2**20, bits=30)
OPTICAL = Perceptron((2, 2, 2), activation="tanh")
DIGITAL = Perceptron((8, 4, 4), activation="sigmoid", threshold=1.5)


def uniform(seed, *shape):
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def controls(structure, encoding, lead=(3,), seed=0):
    low, high = encoding.limits
    return [
        Layer(
            low + (high - low) * uniform(seed + l, *lead, m, n),
            low + (high - low) * uniform(seed + 9 + l, *lead, m) if structure.bias else None,
        )
        for l, (n, m) in enumerate(zip(structure.layers, structure.layers[1:], strict=False))
    ]


def device(structure, encoding, optical, spreads=IDEAL, control=FINE, **options):
    return PhotonicDevice(
        structure,
        3,
        0,
        control=control,
        encoding=encoding,
        spreads=spreads,
        optical=optical,
        dtype=torch.float64,
        **options,
    )


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(("optical", "signed"), [(True, False), (False, False), (False, True)])
def test_ideal_cells_and_fine_levels_are_the_twin(optical, signed, bias):
    base = OPTICAL if optical else DIGITAL
    structure = Perceptron(
        base.layers, activation=base.activation, threshold=base.threshold, bias=bias
    )
    encoding = Encoding(3.0, signed)
    weights = controls(structure, encoding)
    x = uniform(5, 7, structure.layers[0])
    read = device(structure, encoding, optical, noise_figure_db=None)(weights, x)
    torch.testing.assert_close(read, structure.forward(weights, x)[-1], rtol=1e-4, atol=1e-4)


def test_simulated_light_loses_what_the_budget_says():
    encoding = Encoding(1.0)
    structure = Perceptron((4, 4, 4), activation="tanh", bias=False)
    chips = device(structure, encoding, True, noise_figure_db=None)
    one = torch.zeros(4, 4, dtype=torch.float64)
    one[0, 0] = 1.0
    open_path = [Layer(one.expand(3, 4, 4).clone(), None)] * 2
    weak = torch.zeros(1, 4, dtype=torch.float64)
    weak[0, 0] = power = 105 / (FINE.levels - 1)  # one of the levels, far below saturation
    (budget,) = chips.power_budgets()
    expected = power * budget.received / 20e-3  # read-outs are in units of the saturation power
    assert float(chips(open_path, weak)[0, 0, 0]) == pytest.approx(expected, rel=1e-4)


def test_every_layer_of_a_digital_network_has_a_budget_of_its_own():
    budgets = device(DIGITAL, Encoding(1.0), False, spreads=TYPICAL).power_budgets()
    assert len(budgets) == 2
    two_modules_wide = 2 * 1.0 + 4 * 10 * math.log10(2) + TYPICAL.loss_db + 10 * math.log10(3)
    assert budgets[0].loss_db == pytest.approx(
        two_modules_wide
    )  # 8 inputs and the bias light: three modules


def test_trajectories_pass_the_same_chips_as_alone():
    encoding = Encoding(2.0, signed=True)
    chips = device(DIGITAL, encoding, False, spreads=TYPICAL)
    weights, x = controls(DIGITAL, encoding, lead=(2, 3)), uniform(1, 2, 1, 6, 8)
    together = chips(weights, x)
    for s in range(2):
        alone = chips([Layer(w[s], b[s]) for w, b in weights], x[s, 0])
        torch.testing.assert_close(together[s], alone, rtol=1e-12, atol=1e-12)


def test_errors_of_cells_and_of_writers_change_the_read_out():
    encoding = Encoding(2.0)
    weights, x = controls(DIGITAL, encoding), uniform(1, 6, 8)
    ideal, real = (
        device(DIGITAL, encoding, False, spreads=s)(weights, x) for s in (IDEAL, TYPICAL)
    )
    assert float((ideal - real).abs().mean()) > 0.05
    chips = device(DIGITAL, encoding, False, spreads=TYPICAL)
    hidden, out = chips.propagate(weights, x)[1:]
    without_writers = (
        hidden @ chips.effective(weights)[1][..., :4].mT + chips.effective(weights)[1][..., 4:].mT
    )
    assert float((out - without_writers).abs().max()) > 0.01


def test_an_optical_network_shows_nothing_but_its_output():
    chips = device(OPTICAL, Encoding(2.0), True)
    weights, x = controls(OPTICAL, Encoding(2.0)), uniform(0, 5, 2)
    with pytest.raises(EncapsulationError, match="only its 2 outputs can be read"):
        chips.layer_by_layer(weights, x)
    assert [tuple(state.shape) for state in chips.propagate(weights, x)] == [(5, 2), (3, 5, 2)]


def test_noise_belongs_to_the_moment():
    chips = device(OPTICAL, Encoding(2.0), True)
    weights, x = controls(OPTICAL, Encoding(2.0)), uniform(0, 5, 2)
    reads = []
    for moment in ((1, 0), (1, 0), (2, 0)):
        chips.at(*moment)
        reads.append(chips(weights, x))
    assert torch.equal(reads[0], reads[1]) and not torch.equal(reads[0], reads[2])


def run_optical(weights_for, light):
    chips = device(OPTICAL, Encoding(1.0), True)
    return chips(controls(OPTICAL, Encoding(weights_for)), light * uniform(0, 5, 2))


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (
            lambda: device(OPTICAL, Encoding(1.0, signed=True), True),
            "signed=True: light adds powers",
        ),
        (lambda: device(DIGITAL, Encoding(1.0), True), "activation 'sigmoid'"),
        (
            lambda: device(OPTICAL, Encoding(1.0), True, encapsulated=False),
            "no read-out between its chips",
        ),
        (
            lambda: device(Perceptron((8, 4, 4)), Encoding(1.0), False),
            "activation 'relu' and clip None: modulators",
        ),
        (lambda: device(replace(DIGITAL, clip=0.1), Encoding(1.0), False), "and clip 0.1"),
        (lambda: run_optical(weights_for=2.0, light=1.0), "confine"),
        (lambda: run_optical(weights_for=1.0, light=2.0), "powers"),
    ],
)
def test_impossible_networks_and_settings_are_refused(build, message):
    with pytest.raises(AsytError, match=message):
        build()


def test_a_device_that_tells_its_effective_weights_says_so():
    assert issubclass(PhotonicDevice, Transforming)
    assert not issubclass(DistortedDevice, Transforming)
