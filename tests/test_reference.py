"""`asyt reference` against an independent NumPy version of the demo, and broken files."""

import re
import zipfile

import numpy as np
import pytest
import typer.testing

from asyt import reference
from asyt.cli import app
from asyt.errors import AsytError, ReferenceFileError


def softmax(z):
    e = np.exp(z - z.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def forward(parameters, x, layers, clip):
    """Activations of all layers, softmax at the end; hidden net outputs within 5 input widths."""
    states = [x]
    for l, (w, b) in enumerate(parameters):
        z = states[-1] @ w.T + b
        if l == len(parameters) - 1:
            states.append(softmax(z))
        else:
            states.append(np.maximum(np.clip(z, -5 * layers[l], 5 * layers[l]) if clip else z, 0))
    return states


def backward(parameters, states, error):
    """Summed gradients a layer."""
    gradients = []
    for l in reversed(range(len(parameters))):
        gradients.insert(0, (error.T @ states[l], error.sum(0)))
        error = (error @ parameters[l][0]) * (states[l] > 0)
    return gradients


def record(
    layers,
    *,
    seed=0,
    samples=60,
    batch=12,
    epochs=3,
    rate=0.01,
    mixing=(0.5, 0.5),
    scale=0.1,
    mask=0.6,
    written=False,
):
    """A file of the documented format as a dict of arrays."""
    rng = np.random.default_rng(seed)
    x = rng.random((samples, layers[0])) + 0.01
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    y = np.eye(layers[-1])[rng.integers(layers[-1], size=samples)]
    permutations = np.array([rng.permutation(samples) for _ in range(epochs)])
    shapes = list(zip(layers[1:], layers[:-1], strict=True))

    def draw(s):
        return [
            (s[0] * rng.standard_normal(shape), s[1] * rng.standard_normal(shape[0]))
            for shape in shapes
        ]

    initial, masks, update = draw((scale, 5 * scale)), draw((mask, mask)), draw((0.6, 0.6))
    out = {
        "layers": np.array(layers),
        "x": x,
        "y": y,
        "permutations": permutations,
        "batch_size": np.array(batch),
        "epochs": np.array(epochs),
        "learning_rate": np.array(rate),
        "mixing_digital": np.array(mixing[0]),
        "mixing_physical": np.array(mixing[1]),
    }

    def keep(name, pairs):
        for l, (w, b) in enumerate(pairs):
            out.update({f"{name.format('weight')}_{l}": w, f"{name.format('bias')}_{l}": b})

    def plus(pairs, factor, gradients, gained=True):
        """pairs - rate * factor * (1 + update error) * gradients."""
        return [
            tuple(
                p - rate * factor * ((1 + u) if gained else 1) * g
                for p, u, g in zip(pair, error, gradient, strict=True)
            )
            for pair, error, gradient in zip(pairs, update, gradients, strict=True)
        ]

    keep("init_{}", initial)
    keep("device_{}_mask", masks)
    keep("update_{}_mask", update)
    for procedure in ("asyt", "insilico"):
        digital = control = initial
        px, py, accuracy = x, y, []
        for permutation in permutations:
            px, py = px[permutation], py[permutation]
            for start in range(0, samples - batch + 1, batch):
                bx, by = px[start : start + batch], py[start : start + batch]
                states = forward(digital, bx, layers, clip=procedure == "asyt")
                dig = backward(digital, states, states[-1] - by)
                if procedure == "insilico":
                    digital = control = plus(digital, 1, dig)
                    continue
                chip = [
                    ((1 + m) * w, (1 + n) * b)
                    for (w, b), (m, n) in zip(control, masks, strict=True)
                ]
                phy = backward(digital, states, forward(chip, bx, layers, clip=True)[-1] - by)
                mixed = [
                    tuple(mixing[0] * d + mixing[1] * p for d, p in zip(one, two, strict=True))
                    for one, two in zip(dig, phy, strict=True)
                ]
                control = plus(control, 1, mixed)
                digital = (
                    plus(digital, 1, dig, gained=False)
                    if written
                    else plus(digital, mixing[0], dig)
                )
            chip = [
                ((1 + m) * w, (1 + n) * b) for (w, b), (m, n) in zip(control, masks, strict=True)
            ]
            answer = forward(chip, px, layers, clip=True)[-1]
            accuracy.append((answer.argmax(1) == py.argmax(1)).mean())
        keep(f"{procedure}_digital_{{}}", digital)
        keep(f"{procedure}_device_{{}}", chip)
        out[f"{procedure}_train_accuracy"] = np.array(accuracy)
    return out


def run(path, *options):
    return typer.testing.CliRunner().invoke(app, ["reference", str(path), *options])


@pytest.fixture
def saved(tmp_path):
    """Arrays -> path of a file that holds them."""

    def save(arrays, name="run.npz"):
        np.savez(tmp_path / name, **arrays)
        return tmp_path / name

    return save


CASES = {
    "no hidden layer": {"layers": [5, 3]},
    "one hidden layer": {"layers": [6, 8, 4]},
    "three hidden layers": {"layers": [7, 6, 5, 4, 3], "rate": 0.05},
    "unequal mixing": {"layers": [6, 5, 3], "mixing": (0.3, 0.9)},
    "no physical share": {"layers": [6, 5, 3], "mixing": (0.7, 0.0)},
    "no digital share": {"layers": [6, 5, 3], "mixing": (0.0, 1.0)},
    "batch that does not fit": {"layers": [6, 5, 3], "batch": 25},
    "one batch": {"layers": [6, 5, 3], "batch": 60, "epochs": 1},
    "single samples": {"layers": [6, 5, 3], "batch": 1},
    "clipped": {"layers": [4, 20, 6, 3], "scale": 15.0, "rate": 0.001},
}
cases = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())


@cases
@pytest.mark.parametrize("seed", [0, 1])
def test_recording_agrees_with_its_own_reading_only(saved, case, seed):
    shipped = saved(record(**case, seed=seed), "shipped.npz")
    written = saved(record(**case, seed=seed, written=True), "written.npz")
    for path, same, other in ((shipped, (), ("--as-written",)), (written, ("--as-written",), ())):
        agrees, differs = run(path, *same), run(path, *other)
        assert (agrees.exit_code, differs.exit_code) == (0, 1), agrees.output + differs.output
        assert re.search(r"largest difference \S+: agrees to 1e-10", agrees.output)
        assert "does not agree" in differs.output
    found = reference.differences(shipped)
    assert set(found) == {
        name for name in record(**case) if name.startswith(("asyt_", "insilico_"))
    }
    assert max(found.values()) < 1e-10


def test_clipped_case_is_clipped():
    arrays = record(**CASES["clipped"])
    net_output = arrays["x"] @ arrays["init_weight_0"].T + arrays["init_bias_0"]
    assert (np.abs(net_output) > 5 * 4).mean() > 0.1


def test_every_result_is_compared(saved):
    arrays = record([4, 5, 3], samples=20, batch=10, epochs=2)
    for name in [name for name in arrays if name.startswith(("asyt_", "insilico_"))]:
        changed = arrays[name].copy()
        changed.flat[-1] += 1e-9
        assert run(saved({**arrays, name: changed})).exit_code == 1


ARRAYS = record([4, 5, 3], samples=20, batch=10, epochs=2)


def refused(path, message):
    with pytest.raises(ReferenceFileError, match=message):
        reference.load(path)
    shown = run(path)
    assert shown.exit_code == 2
    assert "Traceback" not in shown.output


@pytest.mark.parametrize("name", list(ARRAYS))
def test_missing_array_is_named(saved, name):
    refused(
        saved({key: value for key, value in ARRAYS.items() if key != name}),
        f"array '{name}' is missing",
    )


@pytest.mark.parametrize("name", list(ARRAYS))
def test_misshaped_array_is_named(saved, name):
    refused(
        saved({**ARRAYS, name: ARRAYS[name][None]}), rf"array '{name}' has shape \(1, ?.*needed is"
    )


@pytest.mark.parametrize(
    "name",
    ["x", "y", "learning_rate", "init_weight_1", "device_bias_mask_0", "asyt_train_accuracy"],
)
@pytest.mark.parametrize("value", [np.nan, np.inf, 1j])
def test_array_of_other_than_finite_numbers_is_named(saved, name, value):
    changed = ARRAYS[name].astype(complex if value == 1j else float)
    changed.flat[0] = value
    refused(saved({**ARRAYS, name: changed}), f"array '{name}' .* must hold finite numbers only")


def test_text_in_an_array_is_named(saved):
    refused(
        saved({**ARRAYS, "y": ARRAYS["y"].astype(str)}),
        "array 'y' .* must hold finite numbers only",
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"layers": np.array([4])}, r"layers \(4,\) must name at least"),
        ({"layers": np.array([4, 0, 3])}, r"layers \(4, 0, 3\) must name at least"),
        (
            {"layers": np.array([4, 6, 3])},
            r"array 'device_weight_mask_0' has shape \(5, 4\), needed is \(6, 4\)",
        ),
        ({"epochs": np.array(3)}, r"array 'permutations' has shape \(2, 20\), needed is \(3, 20\)"),
        (
            {"permutations": np.zeros((2, 20), int)},
            "'permutations' is not an order of the 20 samples",
        ),
        ({"batch_size": np.array(21)}, "batch_size 21 does not fit 20 samples"),
        ({"batch_size": np.array(0)}, "batch_size 0 does not fit 20 samples"),
    ],
)
def test_arrays_that_contradict_each_other_are_refused(saved, change, message):
    refused(saved({**ARRAYS, **change}), message)


def test_numbers_may_be_of_any_type(saved):
    floats = {name: np.asarray(value, float) for name, value in ARRAYS.items()}
    assert max(reference.differences(saved(floats)).values()) < 1e-10


def test_impossible_rate_is_refused(saved):
    path = saved({**ARRAYS, "learning_rate": np.array(-0.1)})
    with pytest.raises(AsytError, match=r"learning rate -0\.1"):
        reference.load(path)
    assert run(path).exit_code == 2


def test_file_that_is_not_an_npz_is_refused(saved, tmp_path):
    whole = saved(ARRAYS).read_bytes()
    files = {
        "truncated.npz": whole[: len(whole) // 2],
        "damaged.npz": whole[:300] + bytes(200) + whole[500:],
        "text.npz": b"layers = 4, 5, 3\n",
        "empty.npz": b"",
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    np.save(tmp_path / "single.npy", ARRAYS["x"])
    np.savez(tmp_path / "pickled.npz", layers=np.array([4, "x", None], dtype=object))
    for name in (*files, "single.npy", "pickled.npz", "absent.npz", "."):
        refused(tmp_path / name, "not a readable .npz of plain arrays")


def test_file_that_unpacks_to_too_much_is_refused_unread(saved, monkeypatch):
    monkeypatch.setattr(reference, "LARGEST", 5000)
    refused(saved({**ARRAYS, "unwanted": np.zeros(1000)}), "more than 5000")


def test_array_larger_than_memory_is_refused(tmp_path):
    header = {"descr": "<f8", "fortran_order": False, "shape": (1 << 58,)}
    with zipfile.ZipFile(tmp_path / "lies.npz", "w") as archive, archive.open("x.npy", "w") as file:
        np.lib.format.write_array_header_2_0(file, header)
    refused(tmp_path / "lies.npz", "not a readable .npz of plain arrays")
