"""The extension that lets the one-page form of the book show what the site shows."""

import importlib.util
from pathlib import Path
from types import SimpleNamespace

FILE = Path(__file__).resolve().parents[1] / "book" / "one_page.py"


def test_one_page_shows_what_the_site_shows_and_keeps_its_own():
    spec = importlib.util.spec_from_file_location("one_page", FILE)
    extension = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(extension)
    handlers = {"html": {"fold": "html", "exercise": "html"}, "singlehtml": {"exercise": "own"}}
    connected = {}
    registry = SimpleNamespace(translation_handlers=handlers)
    app = SimpleNamespace(registry=registry, connect=connected.__setitem__)
    assert extension.setup(app)["parallel_read_safe"]
    connected["builder-inited"](app)
    assert handlers["singlehtml"] == {"fold": "html", "exercise": "own"}
