"""Twins of any network: autograd's gradients, a population at once, and what is refused."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from asyt.devices import DistortedNetwork
from asyt.errors import AsytError, UnknownNameError
from asyt.methods import METHODS
from asyt.training import Branch, Data, Schedule, Trainer
from asyt.twins import Named, Neural
from asyt.twins.perceptron import opened, required


def normal(*shape, seed=0):
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


class Recurrent(nn.Module):
    """The last state of a recurrence over (B, T, 3)."""

    def __init__(self, kind):
        super().__init__()
        self.cell, self.out = getattr(nn, kind)(3, 4, batch_first=True), nn.Linear(4, 3)

    def forward(self, x):
        return self.out(self.cell(x)[0][:, -1])


class ByHand(nn.Module):
    """A recurrence written as a loop, one weight used at every step."""

    def __init__(self):
        super().__init__()
        self.cell, self.out = nn.RNNCell(3, 4), nn.Linear(4, 3)

    def forward(self, x):
        state = x.new_zeros(len(x), 4)
        for t in range(x.shape[1]):
            state = self.cell(x[:, t], state)
        return self.out(state)


class Tree(nn.Module):
    """Two branches, by name, that meet; one weight is shared by both ends."""

    def __init__(self):
        super().__init__()
        self.image, self.angles = nn.Conv2d(1, 2, 2), nn.Linear(2, 8)
        self.meet, self.skip = nn.Linear(8, 3), nn.Linear(8, 3)
        self.skip.weight = self.meet.weight

    def forward(self, inputs):
        seen = torch.tanh(self.image(inputs["image"])).flatten(1)
        felt = torch.sigmoid(self.angles(inputs["angles"][0]))
        return self.meet(seen * felt) + self.skip(felt)


class Pair(nn.Module):
    """Two arguments; parameters of its own, one of them a number."""

    def __init__(self):
        super().__init__()
        self.gain, self.mix = nn.Parameter(torch.tensor(0.7)), nn.Parameter(torch.ones(2, 4, 3))

    def forward(self, x, y):
        return self.gain * torch.einsum("bi,ijk,bj->bk", x, self.mix, torch.sin(y))


class Fields(nn.Module):
    """Complex weights, and a detector that squares."""

    def __init__(self):
        super().__init__()
        self.mix = nn.Parameter(torch.randn(3, 4, dtype=torch.complex128))

    def double(self):
        return self

    def forward(self, x):
        field = x.to(self.mix.dtype) @ self.mix.mT
        return field.real.square() + field.imag.square()


class Tokens(nn.Module):
    """Whole numbers in."""

    def __init__(self):
        super().__init__()
        self.table, self.out = nn.Embedding(5, 4), nn.Linear(4, 3)

    def forward(self, x):
        return self.out(torch.tanh(self.table(x).mean(1)))


class Round(torch.autograd.Function):
    """Rounding with the derivative of the identity, as it is usually written."""

    @staticmethod
    def forward(_, z):
        return (4 * z).round() / 4

    @staticmethod
    def backward(_, error):
        return error


class Rounded(nn.Module):
    """Weights of finite resolution."""

    def __init__(self):
        super().__init__()
        self.hidden, self.out = nn.Linear(4, 5), nn.Linear(5, 3)

    def forward(self, x):
        z = nn.functional.linear(x, Round.apply(self.hidden.weight), self.hidden.bias)
        return self.out(torch.tanh(z))


def convolution():
    return nn.Sequential(
        nn.Conv2d(1, 3, 2),
        nn.GroupNorm(1, 3),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(2),
        nn.BatchNorm2d(3).eval(),
        nn.Flatten(),
        nn.Linear(12, 3),
    )


def attention():
    layer = nn.TransformerEncoderLayer(3, 1, 5, dropout=0.0, batch_first=True)
    return nn.Sequential(layer, nn.Flatten(), nn.Linear(12, 3))


NETWORKS = {
    "convolution": (convolution, lambda: normal(6, 1, 5, 5)),
    "LSTM": (lambda: Recurrent("LSTM"), lambda: normal(6, 4, 3)),
    "GRU": (lambda: Recurrent("GRU"), lambda: normal(6, 4, 3)),
    "loop": (ByHand, lambda: normal(6, 4, 3)),
    "attention": (attention, lambda: normal(6, 4, 3)),
    "tree": (
        Tree,
        lambda: {"image": normal(6, 1, 3, 3), "angles": [normal(6, 2, seed=1)]},
    ),
    "pair": (Pair, lambda: (normal(6, 2), normal(6, 4, seed=1))),
    "rounded": (Rounded, lambda: normal(6, 4)),
    "fields": (Fields, lambda: normal(6, 4)),
    "tokens": (Tokens, lambda: torch.arange(18).reshape(6, 3) % 5),
}


def made(name):
    """A network in float64, a batch, and the twin."""
    make, batch = NETWORKS[name]
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network, x = make().double(), batch()
    return network, x, Neural.of(network, example=x)


@pytest.fixture(params=NETWORKS)
def case(request):
    return made(request.param)


def called(network, x):
    return network(*x) if isinstance(x, tuple) else network(x)


def chips(twin, population):
    """Controls of chips that all differ."""
    return [
        layer.spread(population).map(
            lambda t: t + 0.1 * normal(t.numel(), seed=t.numel()).view(t.shape)
        )
        for layer in twin.initial()
    ]


def largest_difference(one, other):
    return max((one[name] - other[name]).abs().max() for name in other)


def test_outputs_and_gradients_are_those_of_autograd(case):
    network, x, twin = case
    weights, rows = twin.initial(), twin.rows(x)
    states = twin.forward(weights, rows)
    wanted = called(network, x)
    assert torch.allclose(states[-1], wanted, rtol=1e-12, atol=1e-12)
    assert twin.layers == (rows.shape[-1], 3)
    error = normal(6, 3, seed=2)
    (wanted * error).sum().backward()
    (found,) = twin.vjp(states, weights, error)
    gradients = {name: tensor.grad for name, tensor in network.named_parameters()}
    assert set(found) == set(gradients)
    assert largest_difference(found, gradients) < 1e-12


@pytest.mark.parametrize("name", [name for name in NETWORKS if name != "rounded"])
def test_gradients_are_finite_differences_of_the_loss(name):
    _, x, twin = made(name)
    weights, rows = twin.initial(), twin.rows(x)
    target = torch.eye(3, dtype=torch.float64)[[0, 1, 2, 0, 1, 2]]
    states = twin.forward(weights, rows)
    (found,) = twin.vjp(states, weights, twin.error(states[-1], target))
    aside = [layer.map(lambda t: normal(t.numel(), seed=7).view(t.shape)) for layer in weights]

    def loss(step):
        moved = [
            layer.map(lambda t, d: t + step * d, d) for layer, d in zip(weights, aside, strict=True)
        ]
        return twin.loss_value(twin.forward(moved, rows)[-1], target).sum()

    slope = (loss(1e-5) - loss(-1e-5)) / 2e-5
    along = sum((found[name].conj() * aside[0][name]).real.sum() for name in found)
    assert along == pytest.approx(float(slope), rel=1e-6)
    assert abs(along) > 1e-3


def test_every_chip_of_a_population_is_as_it_is_alone(case):
    _, x, twin = case
    controls, rows, error = chips(twin, 3), twin.rows(x), normal(3, 6, 3, seed=3)
    readout = twin.forward(controls, rows)[-1]
    (found,) = twin.vjp([rows], controls, error)
    assert readout.shape == (3, 6, 3)
    for c in range(3):
        alone = [Named({name: t[c] for name, t in controls[0].items()})]
        assert torch.allclose(readout[c], twin.forward(alone, rows)[-1], atol=1e-12)
        (gradient,) = twin.vjp([rows], alone, error[c])
        assert largest_difference({n: t[c] for n, t in found.items()}, gradient) < 1e-12


def test_a_model_that_chips_share_gives_each_its_own_gradient(case):
    _, x, twin = case
    weights, rows, error = twin.initial(), twin.rows(x), normal(3, 6, 3, seed=3)
    (found,) = twin.vjp([rows], weights, error)
    for c in range(3):
        (alone,) = twin.vjp([rows], weights, error[c])
        assert largest_difference({n: t[c] for n, t in found.items()}, alone) < 1e-12


def test_trajectories_lie_in_front_of_chips(case):
    _, x, twin = case
    rows = twin.rows(x)
    both = torch.stack([rows, rows.flip(0)]).unsqueeze(1)  # (S, 1, B, n)
    controls = [
        layer.filled(torch.stack([t, t + 0.01]) for t in layer.tensors())
        for layer in chips(twin, 3)
    ]
    error = normal(2, 3, 6, 3, seed=4)
    readout, (found,) = twin.forward(controls, both)[-1], twin.vjp([both], controls, error)
    assert readout.shape == (2, 3, 6, 3)
    second = [Named({n: t[1] for n, t in controls[0].items()}, controls[0].shapes)]
    assert torch.allclose(readout[1], twin.forward(second, rows.flip(0))[-1], atol=1e-12)
    (alone,) = twin.vjp([rows.flip(0)], second, error[1])
    assert largest_difference({n: t[1] for n, t in found.items()}, alone) < 1e-12


def test_the_digital_model_is_trained_as_torch_trains_the_network(case):
    """And chips without errors go along, by AsyT, pseudo IP-BP and PAT."""
    network, x, twin = case
    rows, target = twin.rows(x), torch.eye(3, dtype=torch.float64)[[0, 1, 2, 0, 1, 2]]
    names = ("asyt", "pseudo-ip-bp", "pat")
    branches = {}
    for name in names:
        branches[name] = Branch(METHODS[name], DistortedNetwork(twin, 2, 0, distortion=0.0))
    data = Data(rows, target, rows, target)
    schedule = Schedule(3, 6, 0.05, options=(("momentum", 0.9),))
    trainer = Trainer(twin, twin.initial(), data, schedule, branches=branches)
    trainer.fit()
    optimizer = torch.optim.SGD(network.parameters(), 0.05, momentum=0.9)
    for _ in range(3):
        optimizer.zero_grad()
        outputs = called(network, x)
        functional.cross_entropy(outputs, target, reduction="sum").backward()
        optimizer.step()
    wanted = dict(network.named_parameters())
    assert largest_difference(trainer.digital[0], wanted) < 1e-10
    assert largest_difference(twin.initial()[0], wanted) > 1e-3
    for branch in branches.values():
        assert largest_difference(branch.controls[0], wanted) < 1e-10


def test_only_what_has_no_rule_for_vmap_runs_chip_after_chip():
    for name in NETWORKS:
        twin = made(name)[2]
        assert twin.stages[0].batched == (
            name not in ("LSTM", "GRU", "loop", "attention", "rounded")
        ), name


def test_a_seed_draws_the_start_and_no_seed_is_the_network_s_own():
    network = convolution()
    twin = Neural.of(network, example=normal(6, 1, 5, 5).float())
    assert largest_difference(twin.initial()[0], dict(network.named_parameters())) == 0
    before = torch.random.get_rng_state()
    one, again, other = (twin.initial(seed)[0] for seed in (3, 3, 4))
    assert torch.equal(torch.random.get_rng_state(), before)
    assert largest_difference(one, again) == 0
    assert largest_difference(one, other) > 0.01
    twin.initial()[0]["0.bias"].zero_()
    assert twin.initial()[0]["0.bias"].abs().max() > 0
    with torch.no_grad():
        network[0].weight.zero_()
    assert twin.initial()[0]["0.weight"].abs().max() > 0
    network.load_state_dict(dict(one), strict=False)
    assert torch.equal(network[0].weight, one["0.weight"])


def test_a_parameter_that_nothing_draws_is_named():
    twin = Neural.of(Pair(), example=(torch.ones(2, 2), torch.ones(2, 4)))
    assert twin.initial()[0]["gain"] == pytest.approx(0.7)
    with pytest.raises(AsytError, match=r"reset_parameters.* draws 'gain'"):
        twin.initial(0)


def test_frozen_parameters_and_buffers_are_no_controls():
    network = convolution()
    network[0].requires_grad_(False)
    network[4].running_mean += 1
    x = normal(6, 1, 5, 5).float()
    twin = Neural.of(network, example=x)
    (layer,) = twin.initial()
    assert "0.weight" not in layer and "6.weight" in layer
    assert torch.allclose(twin.forward([layer], twin.rows(x))[-1], network(x))


def test_parts_are_seen_between_them():
    network = convolution().double()
    first, second = network[:4], network[4:]
    x = normal(6, 1, 5, 5)
    twin, whole = Neural.of(first, second, example=x), Neural.of(network, example=x)
    assert twin.layers == (25, 12, 3)
    weights, rows = twin.initial(), twin.rows(x)
    states, error = twin.forward(weights, rows), normal(2, 6, 3)
    assert torch.allclose(states[1], first(x).flatten(1))
    front, back = twin.vjp(states, weights, error)
    (wanted,) = whole.vjp([rows], whole.initial(), error)
    found = [*front.values(), *back.values()]
    for one, other in zip(found, wanted.values(), strict=True):
        assert (one - other).abs().max() < 1e-12


def test_mse_is_half_the_squared_error():
    network = nn.Linear(4, 3).double()
    twin = Neural.of(network, example=normal(2, 4), loss="mse")
    readout, target = normal(5, 3).requires_grad_(), normal(5, 3, seed=1)
    twin.loss_value(readout, target).sum().backward()
    assert torch.allclose(twin.error(readout.detach(), target), readout.grad)
    with pytest.raises(UnknownNameError, match="mse"):
        Neural.of(network, example=normal(2, 4), loss="mes")


class Remembers(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear, self.last = nn.Linear(4, 3), 0

    def forward(self, x):
        self.last = self.last + self.linear(x)
        return self.last


class Scaled(nn.Module):
    """Normalises over the batch, without a layer that says so."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(4, 3)

    def forward(self, x):
        return self.linear(x / x.norm())


class Function(nn.Module):
    def __init__(self, run):
        super().__init__()
        self.linear, self.run = nn.Linear(4, 3), run

    def forward(self, x):
        return self.run(self.linear(x))


REFUSED = {
    "dropout": (nn.Sequential(nn.Linear(4, 3), nn.Dropout(0.5)), "second pass.*eval"),
    "own dropout": (Function(lambda y: functional.dropout(y, 0.5)), "second pass.*eval"),
    "batch norm": (nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3)), "changes.*eval"),
    "batch norm without memory": (
        nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3, track_running_stats=False)),
        "beside other samples.*eval",
    ),
    "batch statistics": (Scaled(), "beside other samples"),
    "memory": (Remembers(), "second pass"),
    "in place": (nn.Sequential(nn.ReLU(inplace=True), nn.Linear(4, 3)), "changes its inputs"),
    "nothing to train": (nn.ReLU(), "no trainable parameter"),
    "not yet made": (nn.LazyLinear(3), "give it a batch first"),
    "two outputs": (Function(lambda y: (y, y)), "type tuple.*one real tensor"),
    "one number": (Function(lambda y: y.sum()), r"shape \(\)"),
    "no axis": (Function(lambda y: y.sum(-1)), r"shape \(6,\)"),
    "labels": (Function(lambda y: y.argmax(-1, keepdim=True)), "torch.int64"),
    "complex": (Function(lambda y: y * 1j), "torch.complex64"),
    "not finite": (Function(lambda y: y / 0), "not finite"),
    "detached": (Function(lambda y: y.detach()), "derivative of Function"),
    "NumPy": (Function(lambda y: torch.from_numpy(y.detach().numpy())), "cannot be differentiated"),
    "steps": (Function(lambda y: y.round()), "no derivative"),
    "other width": (nn.Linear(5, 3), "cannot take the example"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_function_of_a_sample_is_refused(name):
    network, said = REFUSED[name]
    with pytest.raises(AsytError, match=f"(?s){said}"):
        Neural.of(network, example=normal(6, 4).float())


def test_outputs_may_have_a_fixed_sum():
    network = nn.Sequential(nn.Linear(4, 3), nn.Softmax(-1))
    assert Neural.of(network, example=normal(6, 4).float()).layers == (4, 3)


def test_in_evaluation_mode_dropout_and_batch_norm_are_functions():
    network = nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3), nn.Dropout(0.5)).eval()
    x = normal(6, 4).float()
    twin = Neural.of(network, example=x)
    network.train()  # changes the network, not its twin
    assert torch.equal(*(twin.forward(twin.initial(), x)[-1] for _ in range(2)))


@pytest.mark.parametrize(
    ("example", "said"),
    [
        (3, "type int"),
        ([], "type list"),
        ({"a": torch.ones(2, 4), "b": "c"}, "type dict"),
        (torch.tensor([[1.0, float("nan")]] * 2), "not finite"),
        (torch.ones(1, 4), r"\[1\] samples"),
        ((torch.ones(2, 4), torch.ones(3, 4)), r"\[2, 3\] samples"),
    ],
)
def test_an_example_is_tensors_of_two_samples_or_more(example, said):
    with pytest.raises(AsytError, match=said):
        Neural.of(nn.Linear(4, 3), example=example)


def test_inputs_and_controls_of_another_form_are_refused():
    twin = Neural.of(convolution(), example=torch.ones(2, 1, 5, 5))
    rows = twin.rows(torch.ones(7, 1, 5, 5))
    assert rows.shape == (7, 25)
    with pytest.raises(AsytError, match=r"\(7, 1, 6, 5\).*1, 5, 5"):
        twin.rows(torch.ones(7, 1, 6, 5))
    with pytest.raises(AsytError, match="takes"):
        twin.rows({"image": torch.ones(7, 1, 5, 5)})
    with pytest.raises(AsytError, match=r"(?s)inputs of 5 numbers.*takes 25"):
        twin.forward(twin.initial(), torch.ones(7, 1, 5, 5))
    with pytest.raises(AsytError, match=r"torch.float64: Sequential takes 25, torch.float32"):
        twin.forward(twin.initial(), rows.double())
    lacking = {name: t for name, t in twin.initial()[0].items() if name != "6.bias"}
    with pytest.raises(UnknownNameError, match=r"control '6.bias'"):
        twin.forward([Named(lacking)], rows)
    with pytest.raises(AsytError, match="function in the place of a module"):
        Neural.of(lambda x: x, example=torch.ones(2, 4))
    with pytest.raises(AsytError, match="no module"):
        Neural.of(example=torch.ones(2, 4))


def test_who_asks_for_more_is_told_what_does_with_less():
    twin = Neural.of(nn.Linear(4, 3), example=torch.ones(2, 4))
    with pytest.raises(AsytError, match=r"the twin is a Neural.*asyt, pseudo-ip-bp, spsa"):
        required(twin, "this")
    with pytest.raises(AsytError, match=r"one single function.*asyt, pseudo-ip-bp, spsa"):
        opened(twin, "this")
