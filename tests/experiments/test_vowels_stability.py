"""Whether an update repels: growths by hand, known Jacobians, predictions on made-up runs."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

from asyt.experiments import vowels, vowels_stability
from asyt.experiments.vowels_stability import growths
from asyt.training import Data

TINY = vowels_stability.PROFILES["smoke"]


@pytest.mark.parametrize(
    ("eigenvalue", "expected"), [(0.5, math.log(0.95)), (0.0, 0.0), (-0.5, math.log(1.05))]
)
def test_growth_without_momentum_is_that_of_gradient_descent(eigenvalue, expected):
    assert growths(np.array([[eigenvalue]]), 0.1, 0.0) == pytest.approx([expected], abs=1e-12)


@pytest.mark.parametrize("matrix", [[[2.0]], [[-0.3]], [[30.0]], [[0.1, 1.0], [-1.0, 0.1]]])
def test_growth_is_that_of_the_steps_themselves(matrix):
    matrix, rate, momentum = np.array(matrix), 0.1, 0.9
    point, velocity = np.ones(len(matrix)), np.zeros(len(matrix))
    sizes = []
    for _ in range(4000):
        velocity = momentum * velocity + (1 - momentum) * matrix @ point
        point = point - rate * velocity
        size = max(np.linalg.norm(point), np.linalg.norm(velocity))
        sizes.append(math.log(size))
        point, velocity = point / size, velocity / size
    assert growths(matrix, rate, momentum).max() == pytest.approx(np.mean(sizes[1000:]), abs=1e-3)


@pytest.fixture(scope="module")
def trained():
    generator = torch.Generator().manual_seed(0)
    x = 2 * torch.rand(84, 12, generator=generator) - 1
    y = torch.eye(7)[torch.arange(84) % 7]
    trainer = vowels_stability.build(TINY, Data(x, y, x, y))
    trainer.fit(lambda _: False)
    return trainer


def test_a_bench_that_is_its_twin_is_not_repelled(trained):
    exact = vowels.benches(replace(TINY, strength=0.0))
    same = [layer.spread(TINY.devices) for layer in trained.digital]
    matrix = vowels_stability.jacobians(trained, exact, same)[0]
    assert torch.allclose(matrix, matrix.mT, atol=2e-2 * float(matrix.abs().max()))
    assert float(torch.linalg.eigvalsh(matrix).min()) > -2e-2 * float(matrix.abs().max())


def test_a_jacobian_foretells_the_update_nearby(trained):
    controls = trained.branches["asyt"].controls
    shift = 1e-3 * torch.randn(48, generator=torch.Generator().manual_seed(0))
    moved = [
        layer.map(torch.add, type(layer)(part, None))
        for layer, part in zip(controls, shift.split(24), strict=True)
    ]
    quiet = vowels_stability.vowels_collapse.benches(replace(TINY, noise=0.0))
    matrix = vowels_stability.jacobians(trained, quiet, controls)
    before, after = (vowels_stability.update(trained, quiet, c).double() for c in (controls, moved))
    expected = matrix @ shift.double()
    assert float((after - before - expected).norm() / expected.norm()) < 0.05


def test_soft_targets_leave_every_sample_an_error():
    y = torch.eye(4)
    data = Data(torch.zeros(4, 2), y, torch.zeros(4, 2), y)
    soft = vowels_stability.softened(data, 0.2)
    assert torch.allclose(soft.train_y, 0.8 * y + 0.05)
    assert torch.equal(soft.test_y, y)


def test_a_run_examines_every_chip(trained):
    quiet = vowels_stability.vowels_collapse.benches(replace(TINY, noise=0.0))
    found = pd.DataFrame(vowels_stability.examined(trained, quiet))
    assert found.groupby("quantity").chip.apply(list).to_dict() == {
        name: [0, 1] for name in ("growing", "growth", "samples")
    }
    used = found[found.quantity == "samples"].value
    assert used.between(1, len(trained.data.train_x[0, 0])).all()


def made_up(*, grew_at, fell_at, soft_falls=False):
    """Two fresh trajectories of two chips: the first grows and falls, the second does neither."""
    rows = []
    for softness, seed in ((0.0, 2), (0.0, 7), (0.1, 4)):
        for chip, epoch in ((0, 0), (1, 0)):
            falls = chip == 0 and (soft_falls or not softness)
            for epoch in range(100, 210, 10):
                about = {"softness": softness, "seed": seed, "chip": chip, "epoch": epoch}
                low, grows = falls and epoch >= fell_at, falls and epoch >= grew_at
                rows.append({**about, "quantity": "accuracy", "value": 0.1 if low else 1.0})
                rows.append({**about, "quantity": "growth", "value": 0.5 if grows else 0.0})
    return pd.DataFrame(rows).assign(method="asyt")


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (made_up(grew_at=150, fell_at=180), ["agrees", "agrees", "agrees"]),
        (made_up(grew_at=190, fell_at=180), ["contradicts", "agrees", "agrees"]),
        (made_up(grew_at=999, fell_at=180), ["contradicts", "contradicts", "agrees"]),
        (
            made_up(grew_at=150, fell_at=180, soft_falls=True),
            ["agrees", "agrees", "contradicts"],
        ),
    ],
)
def test_predictions_are_held_to_the_fresh_trajectories(table, expected):
    found = vowels_stability.verdicts(table)
    assert found.verdict.tolist() == expected
    assert found.found[1].endswith(("2 of 2", "2 of 4"))
    assert found.found[2].endswith("of 2")


def test_a_prediction_that_no_draw_tests_stays_open():
    table = made_up(grew_at=999, fell_at=999)
    found = vowels_stability.verdicts(table[table.seed == vowels_stability.SEEN])
    assert found.verdict.tolist() == ["open", "open", "agrees"]
    hard = vowels_stability.verdicts(table[table.softness == 0])
    assert hard.verdict.tolist() == ["open", "agrees", "open"]


def test_a_draw_that_is_still_learning_has_not_collapsed():
    table = made_up(grew_at=999, fell_at=999)
    early = (table.quantity == "accuracy") & (table.epoch < 120)
    found = vowels_stability.draws(table.assign(value=table.value.mask(early, 0.2)))
    assert found[["grew", "collapsed"]].isna().all(axis=None)


def test_a_draw_says_when_it_grew_and_fell():
    found = vowels_stability.draws(made_up(grew_at=150, fell_at=180))
    first = found.iloc[0]
    assert (first.grew, first.collapsed) == (150, 180)
    assert found.iloc[1][["grew", "collapsed"]].isna().all()


def test_the_end_is_that_of_the_draws_that_hold():
    table = made_up(grew_at=150, fell_at=180)
    samples = table[table.quantity == "growth"].assign(quantity="samples", value=30.0)
    samples.loc[samples.chip == 0, "value"] = 210.0
    both = pd.concat([table, samples]).sort_values("seed")
    ends = vowels_stability.at_end(both)
    assert ends.samples[0.0] == 30.0
    assert ends.accuracy[0.0] == 1.0
