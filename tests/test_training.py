"""The loop against plain torch, its batches, and what stops it."""

import pytest
import torch

from asyt import streams
from asyt.devices import Device, DistortedDevice
from asyt.errors import AsytError, DivergenceError, ResultError
from asyt.methods import METHODS, method
from asyt.training import Branch, Data, Schedule, Trainer, stack
from asyt.twins import Layer, Perceptron

LAYERS = (4, 6, 3)
NET = Perceptron(LAYERS)
CLOSE = {"rtol": 1e-12, "atol": 1e-12}


class Recorder(Device):
    """A perfect chip that keeps what it was given; `broken` is the phase in which it gives NaN."""

    def __init__(self, broken=None):
        super().__init__(LAYERS, 1)
        self.seen, self.moments, self.broken = [], [], broken

    def at(self, *moment):
        self.moments.append(moment)

    def propagate(self, controls, x):
        self.seen.append(([t.clone() for layer in controls for t in layer], x))
        stacked = [Layer(w.reshape(1, *w.shape[-2:]), b.reshape(1, -1)) for w, b in controls]
        states = NET.forward(stacked, x)
        if self.moments and self.broken == self.moments[-1][-1]:
            states[-1][0, 0, 1] = float("nan")
        return states


def flat(weights):
    return [t for layer in weights for t in layer if t is not None]


def chips(**options):
    return DistortedDevice(NET, 2, 0, distortion=0.5, dtype=torch.float64, **options)


@pytest.mark.parametrize("reduction", ["sum", "mean"])
def test_digital_trajectory_is_that_of_plain_torch(draw_weights, blobs, reduction):
    initial = draw_weights(LAYERS)
    rate = 0.02 if reduction == "sum" else 0.3
    trainer = Trainer(NET, initial, blobs, Schedule(4, 20, rate, reduction=reduction, seed=3))
    rows = trainer.fit(splits=("train", "test"))

    first, last = torch.nn.Linear(4, 6).double(), torch.nn.Linear(6, 3).double()
    model = torch.nn.Sequential(first, torch.nn.ReLU(), last)
    for linear, layer in zip((first, last), initial, strict=True):
        linear.weight.data, linear.bias.data = layer.weight.clone(), layer.bias.clone()
    stepper, loss = (
        torch.optim.SGD(model.parameters(), rate),
        torch.nn.CrossEntropyLoss(reduction=reduction),
    )

    def accuracies():
        pairs = (blobs.train_x, blobs.train_y), (blobs.test_x, blobs.test_y)
        return [float((model(x).argmax(-1) == y.argmax(-1)).double().mean()) for x, y in pairs]

    wanted = accuracies()
    for epoch in range(4):
        for batch in streams.permutation(90, "batches", 3, epoch).split(20)[:4]:  # 90 = 4 * 20 + 10
            stepper.zero_grad()
            loss(model(blobs.train_x[batch]), blobs.train_y[batch].argmax(-1)).backward()
            stepper.step()
        wanted += accuracies()
    torch.testing.assert_close(
        flat(trainer.digital), [p.detach() for p in model.parameters()], **CLOSE
    )
    assert [(r["epoch"], r["split"]) for r in rows] == [
        (e, s) for e in range(5) for s in ("train", "test")
    ]
    assert [r["accuracy"] for r in rows] == pytest.approx(wanted, abs=1e-15)
    assert wanted[-1] > wanted[1]
    assert all(
        torch.equal(a, b) for a, b in zip(flat(initial), flat(draw_weights(LAYERS)), strict=True)
    )


def test_methods_share_initial_controls_and_batches(draw_weights, blobs):
    devices = {"asyt": Recorder(), "pseudo-ip-bp": Recorder()}
    trainer = Trainer(
        NET,
        draw_weights(LAYERS),
        blobs,
        Schedule(2, 20, 0.01),
        branches={name: Branch(METHODS[name], device) for name, device in devices.items()},
    )
    for _ in range(2):
        trainer.run_epoch()
    one, two = (device.seen for device in devices.values())
    assert len(one) == len(two) == 2 * 4
    assert all(torch.equal(x, y) for (_, x), (_, y) in zip(one, two, strict=True))
    for controls, _ in (one[0], two[0]):
        assert all(
            torch.equal(a[0], b) for a, b in zip(controls, flat(draw_weights(LAYERS)), strict=True)
        )
    assert devices["asyt"].moments == [(0, 0, 0), (0, 1, 0)]


def test_incomplete_batch_is_left_out(draw_weights, blobs):
    device = Recorder()
    trainer = Trainer(
        NET,
        draw_weights(LAYERS),
        blobs,
        Schedule(1, 25, 0.01),
        branches={"chips": Branch(METHODS["asyt"], device)},
    )
    trainer.run_epoch()
    batches = [x for _, x in device.seen]
    assert [len(x) for x in batches] == [25, 25, 25]
    assert len(torch.cat(batches).unique(dim=0)) == 75


def test_given_order_is_followed(draw_weights, blobs):
    device = Recorder()
    trainer = Trainer(
        NET,
        draw_weights(LAYERS),
        blobs,
        Schedule(1, 30, 0.01),
        branches={"chips": Branch(METHODS["asyt"], device)},
        order=lambda _: torch.arange(89, -1, -1),
    )
    trainer.run_epoch()
    assert torch.equal(torch.cat([x for _, x in device.seen]), blobs.train_x.flip(0))


def test_mean_is_the_sum_at_a_scaled_rate(draw_weights, blobs):
    def weights(rate, reduction):
        trainer = Trainer(
            NET,
            draw_weights(LAYERS),
            blobs,
            Schedule(3, 20, rate, reduction=reduction),
            branches={
                "asyt": Branch(METHODS["asyt"], chips()),
                "pseudo": Branch(METHODS["pseudo-ip-bp"], chips()),
            },
        )
        trainer.fit(lambda _: False)
        return [
            t
            for held in (trainer.digital, *(b.controls for b in trainer.branches.values()))
            for t in flat(held)
        ]

    torch.testing.assert_close(weights(0.01, "sum"), weights(0.2, "mean"), **CLOSE)


def test_gains_multiply_the_updates(draw_weights, blobs):
    gain = [Layer(w.abs(), b.abs()) for w, b in draw_weights(LAYERS, 5)]
    chip_gain = [Layer(w.abs(), b.abs()) for w, b in draw_weights(LAYERS, 6, lead=(2,))]

    def moved(**options):
        branch = Branch(METHODS["asyt"], chips(), chip_gain if options else None)
        trainer = Trainer(
            NET,
            draw_weights(LAYERS),
            blobs,
            Schedule(1, 90, 0.01),
            branches={"chips": branch},
            **options,
        )
        trainer.run_epoch()
        start = flat(draw_weights(LAYERS))
        return [
            [t - s for t, s in zip(flat(held), start, strict=True)]
            for held in (trainer.digital, branch.controls)
        ]

    for plain, gained, factor in zip(
        moved(), moved(digital_gain=gain), (gain, chip_gain), strict=True
    ):
        wanted = [p * f for p, f in zip(plain, flat(factor), strict=True)]
        torch.testing.assert_close(gained, wanted, rtol=1e-10, atol=1e-12)


def test_last_epoch_is_always_evaluated(draw_weights, blobs):
    rows = Trainer(NET, draw_weights(LAYERS), blobs, Schedule(5, 30, 0.01)).fit(
        lambda epoch: epoch == 2
    )
    assert [row["epoch"] for row in rows] == [2, 5]


def test_divergence_stops_with_the_epoch_and_the_rate(draw_weights, blobs):
    trainer = Trainer(NET, draw_weights(LAYERS), blobs, Schedule(50, 30, 1e200))
    with pytest.raises(
        DivergenceError,
        match=r"digital model is not finite after epoch \d+ at learning rate 1e\+200",
    ) as stop:
        trainer.fit(lambda _: False)
    assert f"after epoch {trainer.epoch} " in str(stop.value)
    assert trainer.epoch < 50


@pytest.mark.parametrize("phase", [0, 1])
def test_nan_of_a_device_is_caught(draw_weights, blobs, phase):
    trainer = Trainer(
        NET,
        draw_weights(LAYERS),
        blobs,
        Schedule(3, 30, 0.25),
        branches={"lab": Branch(METHODS["asyt"], Recorder(phase))},
    )
    with pytest.raises(
        DivergenceError, match=r"lab.*not finite.* after epoch 1 at learning rate 0\.25"
    ):
        trainer.fit(lambda epoch: epoch > 0)


def test_nan_of_a_tested_device_is_caught(draw_weights, blobs):
    trainer = Trainer(
        NET, draw_weights(LAYERS), blobs, Schedule(3, 30, 0.25), insilico={"lab": Recorder(1)}
    )
    with pytest.raises(
        DivergenceError, match=r"'lab' is not finite .* after epoch 0 at learning rate 0\.25"
    ):
        trainer.fit()


@pytest.mark.parametrize("name", ["ideal-bp", "insilico-bp"])
def test_method_that_trains_no_device_is_refused_as_a_branch(draw_weights, blobs, name):
    with pytest.raises(
        AsytError, match=f"method '{name}' does not train the device: put 'chips' into insilico"
    ):
        Trainer(
            NET,
            draw_weights(LAYERS),
            blobs,
            Schedule(1, 30, 0.1),
            branches={"chips": Branch(METHODS[name], chips())},
        )


def test_branch_without_a_name_is_refused(draw_weights, blobs):
    with pytest.raises(AsytError, match=r"branch name ''.*give another one"):
        Trainer(
            NET,
            draw_weights(LAYERS),
            blobs,
            Schedule(1, 30, 0.1),
            branches={"": Branch(METHODS["asyt"], chips())},
        )


def test_batch_larger_than_the_data_is_refused(draw_weights, blobs):
    with pytest.raises(AsytError, match="batch size 91 exceeds the 90 training samples"):
        Trainer(NET, draw_weights(LAYERS), blobs, Schedule(1, 91, 0.1))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"epochs": 0}, "0 epochs of batches of 10"),
        ({"batch_size": 0}, "1 epochs of batches of 0"),
        ({"rate": 0.0}, r"learning rate 0\.0: give a positive"),
        ({"rate": float("nan")}, "learning rate nan"),
        ({"rate": float("inf")}, "learning rate inf"),
        ({"reduction": "average"}, "reduction 'average': choose 'sum' or 'mean'"),
        ({"optimizer": "adam"}, "optimizer 'adam': .*a class in torch.optim"),
    ],
)
def test_impossible_schedule_is_refused(options, message):
    with pytest.raises(AsytError, match=message):
        Schedule(**{"epochs": 1, "batch_size": 10, "rate": 0.1, **options})


def test_evaluation_in_parts_counts_every_sample(draw_weights):
    x = torch.randn(2501, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    y = torch.eye(3, dtype=torch.float64)[x[:, :3].argmax(-1)]
    weights = draw_weights(LAYERS)
    (row,) = Trainer(NET, weights, Data(x, y, x, y), Schedule(1, 10, 0.1)).test(
        "ideal-bp", "digital", None, lambda part: NET.forward(weights, part)[-1]
    )
    right = int((NET.forward(weights, x)[-1].argmax(-1) == y.argmax(-1)).sum())
    assert row["accuracy"] == right / 2501


def test_checkpoint_of_other_branches_is_refused(draw_weights, blobs):
    def trainer(*names):
        branches = {name: Branch(METHODS["asyt"], chips()) for name in names}
        return Trainer(NET, draw_weights(LAYERS), blobs, Schedule(1, 30, 0.1), branches=branches)

    with pytest.raises(
        ResultError, match=r"branches \['a'\] cannot continue a trainer of \['a', 'b'\]"
    ):
        trainer("a", "b").load_state(trainer("a").state())


@pytest.mark.parametrize(
    ("method", "reduction", "rate"), [("asyt", "sum", 0.05), ("pseudo-ip-bp", "mean", 0.5)]
)
def test_trajectories_carried_together_are_those_trained_alone(
    draw_weights, blobs, method, reduction, rate
):
    initial = [draw_weights(LAYERS, seed=s) for s in range(3)]
    other = Data(*(t.flip(0) for t in (blobs.train_x, blobs.train_y)), blobs.test_x, blobs.test_y)
    tasks = [blobs, other, blobs]
    limits = {"digital_limits": (-0.6, 0.6)}

    def trainer(weights, data, seed):
        branches = {"fleet": Branch(METHODS[method], chips(), limits=(-0.9, 0.9))}
        return Trainer(
            NET,
            weights,
            data,
            Schedule(3, 30, rate, reduction=reduction, seed=seed),
            branches=branches,
            insilico={"tested": chips()},
            **limits,
        )

    together = trainer(stack(initial), Data.stack(tasks), 5)
    rows = together.fit(splits=("train", "test"))
    for s, (weights, data) in enumerate(zip(initial, tasks, strict=True)):
        alone = trainer(weights, data, 5 + s)
        expected = alone.fit(splits=("train", "test"))
        found = [
            {k: v for k, v in row.items() if k != "trajectory"}
            for row in rows
            if row["trajectory"] == s
        ]
        assert found == expected
        controls = (flat(t.branches["fleet"].controls) for t in (together, alone))
        for ours, theirs in zip(*controls, strict=True):
            torch.testing.assert_close(ours[s], theirs, **CLOSE)
        for ours, theirs in zip(flat(together.digital), flat(alone.digital), strict=True):
            torch.testing.assert_close(ours[s, 0], theirs, **CLOSE)


def test_data_and_weights_of_different_numbers_of_trajectories_are_refused(draw_weights, blobs):
    with pytest.raises(AsytError, match=r"have \(S, 1\) in front"):
        Trainer(NET, stack([draw_weights(LAYERS)]), blobs, Schedule(1, 10, 0.1))


def test_controls_and_digital_weights_stay_in_their_ranges(draw_weights, blobs):
    branch = Branch(METHODS["asyt"], chips(), limits=(-0.1, 0.5))
    trainer = Trainer(
        NET,
        draw_weights(LAYERS),
        blobs,
        Schedule(1, 30, 1.0),
        branches={"fleet": branch},
        digital_limits=(0.0, 0.3),
    )
    trainer.run_epoch()
    for weights, (low, high) in ((branch.controls, (-0.1, 0.5)), (trainer.digital, (0.0, 0.3))):
        values = torch.cat([t.flatten() for t in flat(weights)])
        assert float(values.min()) == low and float(values.max()) == high


def test_options_of_the_optimizer_reach_the_digital_model_and_every_chip(draw_weights, blobs):
    def weights(**options):
        branches = {
            "asyt": Branch(
                METHODS["asyt"], DistortedDevice(NET, 2, 0, distortion=0.0, dtype=torch.float64)
            )
        }
        trainer = Trainer(
            NET, draw_weights(LAYERS), blobs, Schedule(2, 30, 0.01, **options), branches=branches
        )
        trainer.fit(lambda _: False)
        return trainer.digital, trainer.branches["asyt"].controls

    plain, _ = weights()
    digital, controls = weights(options=(("momentum", 0.9),))
    assert (digital[0].weight - plain[0].weight).abs().max() > 1e-3
    torch.testing.assert_close(
        controls[0].weight[1], digital[0].weight, **CLOSE
    )  # a perfect chip follows it


@pytest.mark.parametrize("population", [1, 2])
def test_a_device_that_is_only_tested_gets_controls_of_every_chip(draw_weights, blobs, population):
    class Seen(Recorder):
        def propagate(self, controls, x):
            self.shapes = [tuple(t.shape) for t in flat(controls)]
            return [x, NET.forward([layer.spread(population) for layer in weights], x)[-1]]

    weights, device = draw_weights(LAYERS), Seen()
    device.population = population
    Trainer(NET, weights, blobs, Schedule(1, 30, 0.1), insilico={"lab": device}).evaluate()
    assert device.shapes == [
        (population, 6, 4),
        (population, 6),
        (population, 3, 6),
        (population, 3),
    ]


@pytest.mark.parametrize("acts_on", ["weights", "outputs"])
@pytest.mark.parametrize("lead", [(), (2, 1)])
def test_views_for_every_chip_read_as_the_weights_themselves(draw_weights, acts_on, lead):
    device = DistortedDevice(
        NET, 3, 0, distortion=0.5, offset=0.1, acts_on=acts_on, dtype=torch.float64
    )
    weights, x = draw_weights(LAYERS, lead=lead), torch.rand(*lead, 20, 4, dtype=torch.float64)
    spread = [layer.spread(3) for layer in weights]
    assert spread[0].weight.shape == (*lead[:1], 3, 6, 4)
    assert torch.equal(device(weights, x), device(spread, x))


@pytest.mark.parametrize("name", ["spsa", "dat", "forward-only"])
def test_a_method_with_a_memory_is_refused_in_two_branches(draw_weights, blobs, name):
    shared = method(name)
    branches = {"a": Branch(shared, chips()), "b": Branch(shared, chips())}
    with pytest.raises(AsytError, match=f"branches 'a' and 'b' share one method '{name}'"):
        Trainer(NET, draw_weights(LAYERS), blobs, Schedule(1, 30, 0.1), branches=branches)


class Flaky(DistortedDevice):
    """Chips whose line drops once, at a given pass."""

    passes, fails, error = 0, 0, None

    def propagate(self, controls, x):
        self.passes += 1
        if self.passes == self.fails:
            raise self.error
        return super().propagate(controls, x)


def resumed(weights, data, name, fails, error=ConnectionError):
    device = Flaky(NET, 2, 0, distortion=0.5, dtype=torch.float64, encapsulated=False)
    device.fails, device.error = fails, error("line dropped")
    plan = Schedule(3, 30, 0.02, optimizer="Adam", seed=1)
    branches = {"a": Branch(method(name), device)}
    trainer = Trainer(NET, weights, data, plan, branches=branches)
    if fails:
        with pytest.raises(error):
            trainer.fit()
    trainer.fit()
    return trainer


@pytest.mark.parametrize("error", [ConnectionError, KeyboardInterrupt])
@pytest.mark.parametrize("name", ["asyt", "spsa", "dat", "forward-only"])
def test_a_run_that_was_stopped_in_mid_epoch_goes_on_as_if_it_was_not(
    draw_weights, blobs, name, error
):
    whole = resumed(draw_weights(LAYERS), blobs, name, 0)
    again = resumed(
        draw_weights(LAYERS), blobs, name, whole.branches["a"].device.passes // 2, error
    )
    assert again.rows == whole.rows
    for trained in ("digital", "controls"):
        ours, theirs = (
            t.digital if trained == "digital" else t.branches["a"].controls for t in (whole, again)
        )
        assert all(map(torch.equal, flat(ours), flat(theirs)))


def test_an_evaluation_that_was_stopped_is_made_up_for(draw_weights, blobs):
    whole = resumed(draw_weights(LAYERS), blobs, "asyt", 0)
    for fails in (1, 5, 13):  # before training, after the first epoch, after the last
        assert resumed(draw_weights(LAYERS), blobs, "asyt", fails).rows == whole.rows


def wide_trainer(twin=None, dtype=torch.float32, **options):
    """A digital model and three chips, large enough for the products that a precision is about."""
    generator = torch.Generator().manual_seed(0)
    x = torch.rand(200, 160, generator=generator).to(dtype)
    target = torch.eye(10, dtype=dtype)[torch.arange(200) % 10]
    network = Perceptron((160, 96, 10))
    fleet = Branch(METHODS["asyt"], DistortedDevice(network, 3, 0, distortion=0.1))
    initial = [layer.to(dtype) for layer in network.initial(0, 0.1, 0.5)]
    schedule = Schedule(2, 100, 1e-3, **options)
    data = Data(x, target, x, target)
    return Trainer(twin or network, initial, data, schedule, branches={"fleet": fleet})


def trained_tensors(trainer):
    return [t for layer in trainer.digital + trainer.branches["fleet"].controls for t in layer]


def test_bf16_rounds_products_and_keeps_weights_in_float32():
    try:
        rounded = wide_trainer(precision="bf16")
    except AsytError as error:
        pytest.skip(str(error))
    exact, default = wide_trainer(precision="float32"), wide_trainer()
    for trainer in (rounded, exact, default):
        trainer.fit()
    start = wide_trainer()
    named = zip(*map(trained_tensors, (rounded, exact, default, start)), strict=True)
    for bf16, float32, same, initial in named:
        assert torch.equal(float32, same)
        assert bf16.dtype == torch.float32
        assert not torch.equal(bf16, float32)
        step = (float32 - initial).norm()
        assert (bf16 - float32).norm() < 0.05 * step  # 2^-8 a factor


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dtype": torch.float64, "precision": "bf16"}, "the inputs are torch.float64"),
        ({"twin": object(), "precision": "bf16"}, "the twin is a object"),
        ({"precision": "bf61"}, "unknown precision 'bf61'"),
    ],
)
def test_precision_that_cannot_be_had_is_refused(monkeypatch, options, message):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": True}, raising=False)
    with pytest.raises(AsytError, match=message):
        wide_trainer(**options)
