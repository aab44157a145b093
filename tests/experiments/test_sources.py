"""The fingerprint of code: changes with what a run goes through, and with nothing else."""

import ast
import hashlib

import pytest

from asyt.experiments import fashion, mnist, sources


@pytest.fixture
def code(monkeypatch):
    """Fingerprint of the MNIST experiment with a statement added to one module."""
    whole = sources.tree

    def fingerprint(module=None):
        def tree(name):
            added = ast.parse("ADDED = 1").body if name == module else []
            return ast.Module([*whole(name).body, *added], [])

        with monkeypatch.context() as patch:
            patch.setattr(sources, "tree", tree)
            return sources.code(mnist.EXPERIMENT)

    return fingerprint


@pytest.mark.parametrize(
    "module", ["devices.distorted", "experiments.tasks", "training", "streams"]
)
def test_code_changes_with_what_a_run_goes_through(code, module):
    assert code(f"asyt.{module}") != code()


@pytest.mark.parametrize("module", ["experiments.kmnist", "experiments.base", "methods.looks"])
def test_code_ignores_what_computes_nothing_of_it(code, module):
    assert code(f"asyt.{module}") == code()


def test_a_shared_run_is_part_of_each_experiment():
    assert "asyt.experiments.mnist" in sources.reached(fashion.EXPERIMENT)
    assert "asyt.twins.perceptron" in sources.reached(fashion.EXPERIMENT)


def test_docstrings_and_comments_do_not_count(tmp_path, monkeypatch):
    file = tmp_path / "some_module.py"
    monkeypatch.setattr(sources, "source", lambda _: file)
    trees = []
    for text in ('"""One."""\nA = 1  # one\n', '"""Two."""\n\nA = 1\n'):
        file.write_text(text)
        trees.append(ast.dump(sources.tree.__wrapped__("some_module")))
    assert trees[0] == trees[1]


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("class A(B):\n    def f(self, x: int = 1) -> None:\n        return x", "559c711724d87da2"),
        ("@d\nasync def g(*a, **k):\n    f'{a!r:>{3}}'", "e8877ef848a82574"),
    ],
)
def test_a_fingerprint_is_the_same_on_every_python(source, wanted):
    told = sources.dumped(ast.parse(source))
    assert hashlib.sha256(told.encode()).hexdigest()[:16] == wanted
