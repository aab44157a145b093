"""Looking names up: an answer, a refusal, and name servers that say nothing."""

import os
import shutil
import socket
import subprocess
import sys
import threading

import pytest

from asyt import fetching, hosts
from asyt.errors import DataError

HERE = fetching.DataFile("toy", "a", urls=("http://a.example/a", "http://b.example/a"))


@pytest.fixture
def asked(monkeypatch):
    """The names that were looked up; nothing was silent before, and no proxy is set."""
    names = []
    monkeypatch.setattr(hosts, "_silent_until", 0.0)
    monkeypatch.setattr("urllib.request.getproxies", dict)
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, _: names.append(host))
    return names


@pytest.fixture
def black_hole(asked, monkeypatch):
    """Name servers that never answer, and little patience."""
    answer = threading.Event()

    def silent(host, _):
        asked.append(host)
        answer.wait()

    monkeypatch.setattr(socket, "getaddrinfo", silent)
    monkeypatch.setattr(hosts, "LOOKUP_SECONDS", 0.05)
    yield asked
    answer.set()


@pytest.mark.parametrize("url", ["http://some.example/x", "https://some.example:8080/x"])
def test_the_machine_of_an_address_is_looked_up(asked, url):
    hosts.check(url)
    assert asked == ["some.example"]


@pytest.mark.parametrize("proxy", ["http://proxy.example:3128", "proxy.example:3128"])
def test_a_proxy_is_looked_up_instead(asked, monkeypatch, proxy):
    monkeypatch.setattr("urllib.request.getproxies", lambda: {"http": proxy})
    monkeypatch.setattr("urllib.request.proxy_bypass", lambda host: host == "near.example")
    hosts.check("http://some.example/x")
    hosts.check("http://near.example/x")
    assert asked == ["proxy.example", "near.example"]


@pytest.mark.parametrize("error", [socket.gaierror("unknown"), UnicodeError("label too long")])
@pytest.mark.usefixtures("asked")
def test_a_refusal_is_an_answer(monkeypatch, error):
    def refuse(*_):
        raise error

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert hosts.check("http://some.example/x") is None


def test_no_address_is_looked_up_where_there_is_none(asked):
    hosts.check("file:///packages")
    assert asked == []


def test_silence_is_told_and_waited_for_once(black_hole):
    for host in ("a.example", "b.example"):
        with pytest.raises(DataError, match=rf"no name server .DNS. answers for {host}: check"):
            hosts.check(f"http://{host}/x")
    assert black_hole == ["a.example"]


def test_a_data_file_behind_silent_name_servers_says_what_to_do(black_hole, tmp_path, monkeypatch):
    monkeypatch.setenv("ASYT_CACHE_DIR", str(tmp_path))
    monkeypatch.delenv("ASYT_DATA_DIR", raising=False)
    with pytest.raises(DataError) as caught:
        fetching.obtain([HERE])
    assert str(caught.value).count("no name server (DNS) answers") == 2
    assert "put the published file at FOLDER/toy/a and set ASYT_DATA_DIR=FOLDER" in str(
        caught.value
    )
    assert black_hole == ["a.example"]


@pytest.mark.parametrize("url", ["http://10.0.0.1/simple", ""])
def test_pip_says_where_it_looks(monkeypatch, url):
    monkeypatch.setenv("PIP_INDEX_URL", url)
    monkeypatch.setattr(hosts, "_printed", lambda *_: "")
    assert hosts.of_pip() == (url or "https://pypi.org/simple")


def test_where_apt_is_not_there_it_looks_nowhere(monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert hosts.of_apt() == []


#: Runs the rest of its arguments where the only name server is the one that is named first.
ASKING = """
echo "nameserver $1" > "$2"
shift
mount --bind "$1" /etc/resolv.conf
shift
exec "$@"
"""


@pytest.fixture
def name_server():
    """The address of a name server of this machine that takes questions and never answers."""
    if shutil.which("unshare") is None or os.geteuid() != 0:
        pytest.skip("a name server of our own needs the administrator and `unshare`")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.77", 53))
        yield silent


def test_a_real_name_server_that_never_answers(name_server, tmp_path):
    resolver = (name_server.getsockname()[0], str(tmp_path / "resolv.conf"))
    command = ["unshare", "-m", "sh", "-c", ASKING, "sh", *resolver]
    command += [sys.executable, "-c", "from asyt import cli; cli.app()", "data", "fetch", "mnist"]
    hidden = ("ASYT_DATA_DIR", "PIP_INDEX_URL", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
    own = {key: value for key, value in os.environ.items() if key.upper() not in hidden}
    own["ASYT_CACHE_DIR"] = str(tmp_path / "cache")
    done = subprocess.run(command, env=own, capture_output=True, text=True)
    assert done.returncode == 2
    assert "no name server (DNS) answers for" in done.stderr
    assert "and set ASYT_DATA_DIR=FOLDER" in done.stderr
    name_server.setblocking(False)
    assert b"pypi" in name_server.recv(512)
