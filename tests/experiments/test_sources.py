"""The fingerprint of code: changes with what a run goes through, and with nothing else."""

import ast

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
