"""Puts what is published into a wheel, in asyt/_published/: data/, references, examples.

All else is in pyproject.toml. These files lie outside src/, where a checkout reads them; package
data would need a second copy of them below src/. An editable install reads the checkout itself.
"""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithPublished(build_py):
    """Copies the modules, then what they read; a source tree is left as it was."""

    def run(self):
        """Build into an empty folder: modules of an earlier build would be packed too."""
        if self.editable_mode:
            super().run()
            return
        shutil.rmtree(self.build_lib, ignore_errors=True)
        super().run()
        published = Path(self.build_lib, "asyt", "_published")
        left_out = shutil.ignore_patterns("raw", ".*", "*.tmp", "*.pt", "__pycache__")
        shutil.copytree("data", published / "data", ignore=left_out)
        shutil.copytree("examples", published / "examples", ignore=left_out)
        (published / "book").mkdir()
        shutil.copy("book/references.bib", published / "book")


setup(cmdclass={"build_py": BuildWithPublished})
