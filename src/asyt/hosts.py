"""Whether the names of machines can be looked up, asked once and with an end to the waiting.

A name server that never answers keeps every client waiting for minutes, whatever its own limits.
"""

import contextlib
import os
import queue
import socket
import subprocess
import sys
import threading
import time
import urllib.parse

from asyt.errors import DataError

#: Seconds that all name servers together have for an answer.
LOOKUP_SECONDS = 4.0
#: Seconds for which nobody waits again once no answer came.
SILENT_SECONDS = 60.0
_silent_until = 0.0


def check(url: str) -> None:
    """Look up the machine of an address, or that of the proxy which is asked instead.

    Raises:
        DataError: no name server has answered in time, now or in the last minute.
    """
    from urllib import request

    parts = urllib.parse.urlsplit(url)
    host = parts.hostname
    proxy = request.getproxies().get(parts.scheme)
    if host is None or parts.scheme == "file":
        return
    if proxy and not request.proxy_bypass(host):
        address = proxy if "//" in proxy else f"//{proxy}"
        host = urllib.parse.urlsplit(address).hostname or host
    global _silent_until
    now = time.monotonic()
    if now < _silent_until or not _answered(host):
        _silent_until = max(_silent_until, now + SILENT_SECONDS)
        raise DataError(f"no name server (DNS) answers for {host}: check the network")


def _answered(host: str) -> bool:
    """Whether a lookup ends, well or not; it goes on in a thread that nobody waits for."""
    ended: queue.SimpleQueue[None] = queue.SimpleQueue()
    threading.Thread(target=_look_up, args=(host, ended), daemon=True).start()
    try:
        ended.get(timeout=LOOKUP_SECONDS)
    except queue.Empty:
        return False
    return True


def _look_up(host: str, ended: "queue.SimpleQueue[None]") -> None:
    with contextlib.suppress(OSError, UnicodeError):  # an answer too: whoever connects tells it
        socket.getaddrinfo(host, None)
    ended.put(None)


def of_pip() -> str:
    """The address that pip takes packages from: as it is set, else PyPI."""
    asked = (sys.executable, "-m", "pip", "config", "get", "global.index-url")
    return os.environ.get("PIP_INDEX_URL") or _printed(*asked) or "https://pypi.org/simple"


def of_apt() -> list[str]:
    """The addresses that apt takes packages from; none where it has no lists yet."""
    return _printed("apt-get", "indextargets", "--format", "$(REPO_URI)").split()


def _printed(*command: str) -> str:
    """What a command prints; nothing if it cannot."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LOOKUP_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()
