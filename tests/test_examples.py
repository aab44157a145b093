"""Every public name has an example in its docstring, and every example gives what it says."""

import doctest
import importlib

import pytest

#: What a reader may import by name.
MODULES = (
    "asyt",
    "asyt.devices",
    "asyt.methods",
    "asyt.photonics",
    "asyt.testing",
    "asyt.training",
    "asyt.twins",
)


def public(module):
    """The names of a module that a reader may use."""
    return importlib.import_module(module).__all__


NAMES = [(module, name) for module in MODULES for name in public(module)]


def documented(module, name):
    """What holds the example: a class or function itself; of a constant its module."""
    owner = importlib.import_module(module)
    value = getattr(owner, name)
    return value if getattr(value, "__module__", "").startswith("asyt.") else owner


def examples(owner):
    name = getattr(owner, "__qualname__", owner.__name__)
    return doctest.DocTestParser().get_doctest(owner.__doc__, {}, name, None, 0)


@pytest.mark.parametrize(("module", "name"), NAMES)
def test_public_name_has_an_example_that_uses_it(module, name):
    code = [example.source for example in examples(documented(module, name)).examples]
    assert len(code) > 1
    assert any(name in line for line in code)


@pytest.mark.parametrize("owner", dict.fromkeys(documented(*pair) for pair in NAMES))
def test_example_gives_what_it_says(owner):
    found = doctest.DocTestRunner(verbose=False).run(examples(owner))
    assert found.attempted > 0
    assert found.failed == 0
