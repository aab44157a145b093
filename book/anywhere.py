"""Makes the executed pages notebooks that run anywhere: an empty folder, Colab, Binder.

One setting says where the project is: `$ASYT_REPOSITORY`, else `repository: url:` of _config.yml.
Without one the pages have no launch buttons, and a downloaded notebook says what to install.
"""

import os
import shutil
import subprocess
from pathlib import Path

import nbformat
import yaml

BOOK = Path(__file__).resolve().parent
#: The branch that holds the executed notebooks: Colab and Binder open .ipynb files in git only.
BRANCH = "notebooks"
#: What Binder runs them with; its own default may be older than the library allows.
PYTHON = "python-3.11"
INSTALL = """\
# Installs AsyT where it is missing. Its stored tables come along.
import os
import subprocess
import sys
from importlib.util import find_spec

source = os.environ.get("ASYT_REPOSITORY", {source!r})
if not (find_spec("asyt") and find_spec("myst_nb")):
    if not source:
        raise ImportError("AsyT is not installed: set ASYT_REPOSITORY to its folder or address")
    where = f"file://{{source}}" if os.path.isdir(source) else f"git+{{source}}"
    wanted = f"asyt[notebook] @ {{where}}"
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", wanted], check=True)
"""


def repository() -> str:
    """The address of the project; empty where it is not known."""
    config = yaml.safe_load((BOOK / "_config.yml").read_text(encoding="utf-8"))
    return os.environ.get("ASYT_REPOSITORY", config["repository"]["url"])


def commit() -> str:
    """The commit that is built; empty outside of git."""
    asked = ["git", "-C", BOOK, "rev-parse", "HEAD"]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()


def add_installer(notebook: Path, address: str) -> None:
    """Put a cell first that installs what is missing; the page does not show it."""
    found = nbformat.read(notebook, as_version=4)
    source = f"{address}@{commit()}" if address else ""
    cell = nbformat.v4.new_code_cell(INSTALL.format(source=source), id="install")
    cell.metadata["tags"] = ["remove-cell"]
    found.cells.insert(0, cell)
    nbformat.write(found, notebook)


def add_buttons(config: Path, address: str) -> None:
    """Add launch buttons to the settings of a staged book, if the project has an address."""
    if not address:
        return
    settings = yaml.safe_load(config.read_text(encoding="utf-8"))
    settings["sphinx"]["config"]["html_theme_options"] |= {
        "repository_url": address,
        "repository_branch": BRANCH,
        "path_to_docs": "",
        "launch_buttons": {
            "notebook_interface": "jupyterlab",
            "binderhub_url": "https://mybinder.org",
            "colab_url": "https://colab.research.google.com",
        },
    }
    config.write_text(yaml.safe_dump(settings, sort_keys=False), encoding="utf-8")


def requirements(address: str) -> str:
    """What Binder installs: the library with the tested torch, which fits its memory on the CPU."""
    pins = (BOOK.parent / "constraints.txt").read_text(encoding="utf-8").splitlines()
    (torch,) = [pin for pin in pins if pin.startswith("torch==")]
    asyt = f"asyt[notebook] @ git+{address}@{commit()}"
    torch = torch.partition("#")[0].strip()
    return f"--extra-index-url https://download.pytorch.org/whl/cpu\n{torch}\n{asyt}\n"


def lay_out(stage: Path, folder: Path) -> None:
    """Fill the folder that is pushed as `BRANCH`: executed notebooks, and what they need."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for notebook in stage.glob("*.ipynb"):
        shutil.copy(notebook, folder)
    if address := repository():
        (folder / "requirements.txt").write_text(requirements(address), encoding="utf-8")
        (folder / "runtime.txt").write_text(f"{PYTHON}\n", encoding="utf-8")


def prepare(stage: Path) -> None:
    """Give a staged book its installers and buttons."""
    address = repository()
    for notebook in stage.glob("*.ipynb"):
        add_installer(notebook, address)
    add_buttons(stage / "_config.yml", address)
