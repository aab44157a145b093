"""The files that describe the project agree with each other."""

import ast
import importlib.metadata
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
DECLARED = [*PROJECT["dependencies"], *EXTRAS["book"], *EXTRAS["test"]]
REQUIREMENTS = [Requirement(declared) for declared in DECLARED]


def pins() -> dict[str, str]:
    """Name to version of every line of constraints.txt."""
    found = {}
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines():
        name, _, version = line.partition("#")[0].strip().partition("==")
        if name:
            found[canonicalize_name(name)] = version
    return found


def canonical(requirements: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(r).name) for r in requirements}


def toc_files() -> set[str]:
    toc = yaml.safe_load((ROOT / "book/_toc.yml").read_text(encoding="utf-8"))
    entries = list(toc.get("chapters", []))
    for part in toc.get("parts", []):
        entries += part["chapters"]
    for entry in tuple(entries):
        entries += entry.get("sections", [])
    return {toc["root"], *(entry["file"] for entry in entries)}


def test_conda_environment_equals_pyproject():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    conda = [d for d in environment["dependencies"] if isinstance(d, str)]
    (pip,) = [d["pip"] for d in environment["dependencies"] if isinstance(d, dict)]
    assert environment["name"] == PROJECT["name"]
    assert "python=3.11" in conda
    assert "3.11" in SpecifierSet(PROJECT["requires-python"])
    assert {p for p in pip if p.startswith("-")} == {"-c constraints.txt", "-e ."}
    assert sorted(p for p in pip if not p.startswith("-")) == sorted(DECLARED)


@pytest.mark.parametrize("requirement", REQUIREMENTS, ids=lambda r: r.name)
def test_constraints_pin_every_requirement(requirement):
    assert requirement.specifier.contains(pins()[canonicalize_name(requirement.name)])


def test_installed_versions_are_the_pinned_ones():
    installed = {canonicalize_name(d.name): d.version for d in importlib.metadata.distributions()}
    wrong = {
        n: (v, installed.get(n))
        for n, v in pins().items()
        if installed.get(n, "").split("+")[0] != v
    }
    assert wrong == {}, "pinned, installed: run 'make venv', or bring constraints.txt up to date"


def test_library_imports_only_what_pyproject_declares():
    core = canonical(PROJECT["dependencies"])
    extra = {"pages.py": canonical(EXTRAS["book"]), "cluster.py": canonical(EXTRAS["cluster"])}
    owners = importlib.metadata.packages_distributions()
    undeclared = set()
    for file in (ROOT / "src").rglob("*.py"):
        declared = core | extra.get(file.name, set())
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module]
            for top in {n.split(".")[0] for n in names} - sys.stdlib_module_names - {"asyt"}:
                if declared.isdisjoint(map(canonicalize_name, owners.get(top, []))):
                    undeclared.add((file.relative_to(ROOT).as_posix(), top))
    assert undeclared == set()


def test_citation_file_agrees_with_pyproject():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == PROJECT["version"]
    assert citation["license"] == PROJECT["license"]
    assert citation["authors"]
    references = (ROOT / "book/references.bib").read_text(encoding="utf-8")
    assert [r["title"] for r in citation["references"] if r["doi"] not in references] == []


def test_every_reference_has_a_doi():
    text = (ROOT / "book/references.bib").read_text(encoding="utf-8")
    entries = re.findall(r"^@\w+\{(\w+),(.*?)^\}", text, flags=re.MULTILINE | re.DOTALL)
    assert len(entries) == text.count("\n@")
    assert [
        key for key, body in entries if not re.search(r"doi\s*=\s*\{10\.\d{4,9}/\S+\}", body)
    ] == []


def test_table_of_contents_lists_every_page():
    pages = {
        f.relative_to(ROOT / "book").with_suffix("").as_posix()
        for f in (ROOT / "book").glob("*.md")
    }
    assert toc_files() == pages


def test_notebook_pages_are_paired_and_use_the_same_kernel():
    headers = {}
    for file in (ROOT / "book").glob("*.md"):
        text = file.read_text(encoding="utf-8")
        if "{code-cell}" in text:
            headers[file.name] = yaml.safe_load(text.split("---\n")[1])
    assert headers
    assert {n for n, h in headers.items() if h["jupytext"]["formats"] != "ipynb,md:myst"} == set()
    assert {n for n, h in headers.items() if h["kernelspec"]["name"] != "python3"} == set()


def test_help_lists_every_target():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.search(r"^\.PHONY: (.*)$", makefile, flags=re.MULTILINE).group(1).split()
    shown = subprocess.run(
        ["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert re.findall(r"^  make ([a-z-]+)", shown, flags=re.MULTILINE) == targets


@pytest.mark.parametrize("workflow", ["test.yml", "publish.yml", "weekly.yml"])
def test_workflows_call_targets_that_exist(workflow):
    steps = yaml.safe_load((ROOT / ".github/workflows" / workflow).read_text(encoding="utf-8"))[
        "jobs"
    ]
    runs = []
    for job in steps.values():
        runs += [step["run"] for step in job["steps"] if "run" in step]
    assert runs
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"make ([a-z-]+)", " ".join(runs)):
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE)


def test_commit_hooks_are_those_of_make_lint():
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    [local] = hooks["repos"]
    shown = subprocess.run(
        ["make", "--dry-run", "lint"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    commands = [line.removesuffix(" .") for line in shown.splitlines() if "bin/" in line]
    assert commands[-3:] == [hook["entry"] for hook in local["hooks"]]


def test_every_tested_python_is_allowed():
    workflow = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text(encoding="utf-8"))
    tested = workflow["jobs"]["test"]["strategy"]["matrix"]["python"]
    allowed = SpecifierSet(PROJECT["requires-python"])
    assert [version for version in tested if version not in allowed] == []
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [version for version in tested if f"python{version}" not in readme] == []


def test_issue_forms_can_be_read_and_ask_for_something():
    forms = sorted((ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml"))
    asked = [yaml.safe_load(form.read_text(encoding="utf-8")) for form in forms]
    asked = [form for form in asked if "body" in form]
    assert len(asked) == 3
    for form in asked:
        assert form["name"] and form["description"]
        fields = [part["id"] for part in form["body"]]
        assert len(fields) == len(set(fields)) > 0
        assert any(part.get("validations", {}).get("required") for part in form["body"])


def test_changelog_has_the_version_of_the_project():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    released = re.findall(r"^## (\d+\.\d+\.\d+)$", text, flags=re.MULTILINE)
    assert released[0] == PROJECT["version"]
    assert "## Unreleased" in text


def test_all_three_systems_are_tested():
    workflow = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text(encoding="utf-8"))
    systems = workflow["jobs"]["systems"]["strategy"]["matrix"]["system"]
    tested = {name.split("-")[0] for name in [*systems, workflow["jobs"]["test"]["runs-on"]]}
    assert tested == {"ubuntu", "windows", "macos"}


def test_course_names_exercises_that_its_chapters_have():
    text = (ROOT / "book/course.md").read_text(encoding="utf-8")
    named = re.findall(r"^\|.*xercises? \d.*\{doc\}`([\w-]+)` \|$", text, flags=re.MULTILINE)
    assert set(named) == {"optical-chip", "efficiency", "physical", "light-in-the-loop"}
    for chapter in named:
        page = (ROOT / f"book/{chapter}.md").read_text(encoding="utf-8")
        begun = re.findall(
            r"^:::+\{(?:admonition\} Exercise \d|exercise\})", page, flags=re.MULTILINE
        )
        assert len(begun) >= 2
