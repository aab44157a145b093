"""What is written beside a result."""

import subprocess

from asyt import provenance


def test_commit_and_dirt_are_read_from_the_checkout(tmp_path, monkeypatch):
    def git(*arguments):
        who = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]
        command = ["git", "-C", tmp_path, *who, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    source = tmp_path / "src" / "asyt" / "provenance.py"
    source.parent.mkdir(parents=True)
    source.write_text("")
    monkeypatch.setattr(provenance, "__file__", str(source))
    assert provenance.environment()["commit"] is None
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "first")
    assert provenance.environment()["commit"] == git("rev-parse", "HEAD")
    assert provenance.environment()["dirty"] is False
    (tmp_path / "result.csv").write_text("a result is not a change of the code")
    assert provenance.environment()["dirty"] is False
    source.write_text("changed")
    assert provenance.environment()["dirty"] is True
