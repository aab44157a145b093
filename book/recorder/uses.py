"""What a page used while it ran, written down by its own processes.

Every Python process of a page (kernel, workers, commands) has this folder on its PYTHONPATH, so
`sitecustomize.py` starts the recorder in it. One line of JSON a use: [kind, name, state].

    file    a path that was opened: the sha256 of its content, "folder" or "absent"
    kind    a path of which no more was asked than what it is: "file", "folder", "absent", its link
    outline a module that was imported: the sha256 of what runs then (marks.py)
    body    "file::function", a function that was called: the sha256 of its body
    listed  a folder whose entries were read: the sha256 of their names
    env     an environment variable that a page or the project asked for: its value
    set     an environment variable that a page set: from then on it is no input
    wrote   a path that was written
    ran     a program that cannot record itself

Installed packages are left out: their versions stand for them.
"""

import _collections_abc
import contextlib
import hashlib
import importlib.util
import json
import os
import pathlib
import site
import sys
import sysconfig
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import marks
from marks import ABSENT

#: The file that a page's processes write to, folders of no page, and folders nobody may write to.
RECORD, IGNORED, KEPT = "ASYT_BOOK_RECORD", "ASYT_BOOK_IGNORED", "ASYT_BOOK_KEPT"
#: Variables of the recorder, the kernel and the shell that no page means to read.
OWN = ("ASYT_BOOK_", "JPY_", "PYTHONPATH", "PWD", "OLDPWD", "SHLVL", "MAKE", "MFLAGS", "_")
#: Programs that only tell what machine this is, its fonts (figures use those of matplotlib), and
#: which commit a number was made at.
HARMLESS = ("uname", "lscpu", "ldconfig", "fc-list", "git")
IMPORTLIB = os.path.dirname(importlib.util.__file__)
#: Files through which `os.environ` answers.
ANSWERS = ("<frozen os>", "<frozen _collections_abc>", os.__file__, _collections_abc.__file__)

#: Files whose functions ask about paths, and those that tell no more than what is there.
PATHS = {
    function.__code__.co_filename
    for function in (os.path.exists, os.path.realpath, pathlib.Path.exists)
}
WHAT_IT_IS = (
    *("exists", "isfile", "isdir", "lexists", "islink", "ismount", "realpath", "_joinrealpath"),
    *("is_file", "is_dir", "is_symlink", "is_mount", "resolve"),
)


def installed() -> tuple[str, ...]:
    """Folders of the system and of this Python, whose content versions stand for."""
    named = sysconfig.get_paths()
    folders = {named[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    folders.add(site.getusersitepackages())
    if sys.prefix != sys.base_prefix:
        folders.add(sys.prefix)
    here = os.path.dirname(os.path.abspath(__file__))
    real = map(os.path.realpath, folders)
    return ("/proc", "/sys", "/dev", here, *folders, *real)


def file_state(path: str) -> str:
    """The sha256 of a file, "folder" of a folder, "absent" of what cannot be read."""
    if os.path.isdir(path):
        return "folder"
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ABSENT


def kind_state(path: str) -> str:
    """What a path is: "file", "folder" or "absent", and where it is a link, to what."""
    link = f"{os.readlink(path)}: " if os.path.islink(path) else ""
    if os.path.isdir(path):
        return f"{link}folder"
    return link + ("file" if os.path.exists(path) else ABSENT)


def listed_state(path: str) -> str:
    """The sha256 of the names in a folder; those that Python itself puts there do not count."""
    try:
        names = sorted(name for name in os.listdir(path) if name != "__pycache__")
    except OSError:
        return ABSENT
    return hashlib.sha256("\n".join(names).encode()).hexdigest()


def env_state(name: str) -> str:
    """The value of an environment variable."""
    value = os.environ.get(name)
    return ABSENT if value is None else f"={value}"


STATES: dict[str, Callable[[str], str]] = {
    "file": file_state,
    "kind": kind_state,
    "outline": marks.outline_state,
    "body": marks.body_state,
    "listed": listed_state,
    "env": env_state,
}


def within(path: str, folders: tuple[str, ...]) -> bool:
    """Whether a path is one of some folders or lies below one."""
    return any(path == folder or path.startswith(folder + os.sep) for folder in folders)


class Recorder:
    """Writes down every use once; an audit hook of Python tells it what is opened and run."""

    def __init__(self, record: str, ignored: tuple[str, ...], kept: tuple[str, ...]):
        self.ignored = (*installed(), *ignored, *_connection())
        self.kept = kept
        self._file = os.open(record, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self._seen: set[tuple[str, str]] = set()
        self._busy = threading.local()
        self._handlers: dict[str, Callable[..., None]] = {
            "open": self._opened,
            "os.listdir": self._listed,
            "os.scandir": self._listed,
            "os.mkdir": self._made,
            "os.truncate": self._wrote,
            "shutil.rmtree": self._wrote,
            "os.rename": self._renamed,
            "os.remove": self._removed,
            "os.rmdir": self._removed,
            "os.link": self._renamed,
            "os.symlink": self._renamed,
            "ctypes.dlopen": self._opened,
            "subprocess.Popen": self._started,
            "os.posix_spawn": self._started,
            "os.exec": self._started,
            "os.spawn": self._spawned,
            "os.system": self._shell,
        }
        self.note("ran", "")  # so that a record without uses is a record

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """The audit hook."""
        handler = self._handlers.get(event)
        if handler is not None:
            self.quietly(handler, *arguments)

    def quietly(self, handler: Callable[..., None], *arguments: Any) -> None:
        """Call a handler, whose own opening of files is no use of the page."""
        if getattr(self._busy, "now", False):
            return
        self._busy.now = True
        try:
            handler(*arguments)
        finally:
            self._busy.now = False

    @contextlib.contextmanager
    def unheard(self) -> Iterator[None]:
        """Within it nothing that is opened counts."""
        before = getattr(self._busy, "now", False)
        self._busy.now = True
        try:
            yield
        finally:
            self._busy.now = before

    def counts(self, path: str) -> bool:
        """Whether a path can be an input of a page."""
        return not within(path, self.ignored)

    def note(self, kind: str, name: str, state: str | None = None) -> None:
        """Write a use down, with its state now where none is given."""
        if (kind, name) not in self._seen:
            self._seen.add((kind, name))
            if state is None:
                state = STATES[kind](name) if kind in STATES else ""
            os.write(self._file, (json.dumps([kind, name, state]) + "\n").encode())

    def looked(self, path: Any, kind: str = "file") -> None:
        """A file that was opened or looked at."""
        if (name := self._own(path)) is not None:
            self.note(kind, name)

    def _own(self, path: Any) -> str | None:
        """The absolute path of a file that counts; of compiled code, its source."""
        if isinstance(path, int) or path is None:
            return None
        name = os.path.abspath(os.fsdecode(path))
        if not self.counts(name):
            return None
        folder, last = os.path.split(name)
        if os.path.basename(folder) == "__pycache__":
            return importlib.util.source_from_cache(name) if last.endswith(".pyc") else None
        return name if last != "__pycache__" else None

    def _opened(self, path: Any, _mode: Any = None, flags: Any = 0) -> None:
        if isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR):
            self._wrote(path)
        elif isinstance(path, (str, bytes, os.PathLike)):
            self.looked(path)

    def _listed(self, path: Any = None) -> None:
        by = _frame(3).f_code.co_filename  # who listed, past the hook
        if by.startswith("<frozen importlib") or within(by, (IMPORTLIB,)):
            return  # looks for one module or package: the module is opened next
        if (name := self._own(path or ".")) is not None:
            self.note("listed", name)

    def _wrote(self, path: Any, *_more: Any) -> None:
        name = self._own(path)
        if name is None:
            return
        if within(name, self.kept):
            raise PermissionError(
                f"{name}: a page of the book writes nothing to the project; 'asyt run' and 'asyt "
                "figure' publish tables and figures"
            )
        self.note("wrote", name)

    def _made(self, path: Any, *_more: Any) -> None:
        if not os.path.isdir(path):  # else nothing is made
            self._wrote(path)

    def _removed(self, path: Any, folder: int = -1) -> None:
        if folder == -1:  # else the path is relative to a folder that is being removed
            self._wrote(path)

    def _renamed(self, source: Any, target: Any, *_more: Any) -> None:
        self._wrote(source)
        self._wrote(target)

    def _spawned(self, _mode: Any, path: Any, arguments: Any, env: Any) -> None:
        self._started(path, arguments, env)

    def _shell(self, command: Any) -> None:
        self.note("ran", os.fsdecode(command))

    def _started(self, program: Any, arguments: Any, *more: Any) -> None:
        """Note a program, unless it is this Python and inherits the recorder."""
        env = more[-1] if more else None
        for variable in env or ():
            if env[variable] != os.environ.get(os.fsdecode(variable)):
                self.note("set", os.fsdecode(variable))
        inherits = env is None or RECORD in env or RECORD.encode() in env
        name = os.fsdecode(program or arguments[0])
        if os.path.basename(name) not in HARMLESS and not (inherits and _is_python(name)):
            self.note("ran", name)


def _connection() -> list[str]:
    """The file through which a kernel is told its ports, another one each time."""
    given = sys.orig_argv
    return given[given.index("-f") + 1 :][:1] if "ipykernel_launcher" in given else []


def _is_python(program: str) -> bool:
    """Whether a program is this Python, or a script that says so in its first line."""
    path = program if os.sep in program else _found(program)
    real = os.path.realpath(path)
    if real == os.path.realpath(sys.executable):
        return True
    try:
        with open(real, "rb") as file:
            first = file.readline(200)
    except OSError:
        return False
    return first.startswith(b"#!") and b"python" in first


def _found(program: str) -> str:
    """Where the shell would find a program."""
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        path = os.path.join(folder, program)
        if os.access(path, os.X_OK):
            return path
    return program


def watch_looks(recorder: Recorder) -> None:
    """Note what is asked about a file without opening it (`Path.exists`): Python tells no hook."""
    for name in ("stat", "lstat"):
        asked = getattr(os, name)

        def look(path: Any, *more: Any, asked: Any = asked, **options: Any) -> os.stat_result:
            if not options.get("dir_fd"):
                recorder.quietly(recorder.looked, path, _wanted(_frame(1)))
            return asked(path, *more, **options)

        setattr(os, name, look)
        for known in (os.supports_dir_fd, os.supports_fd, os.supports_follow_symlinks):
            if asked in known:
                known.add(look)


def _wanted(by: FrameType) -> str:
    """What a function that looks at a path wants of it: its content, or only what it is."""
    while by.f_back and by.f_code.co_name in ("stat", "lstat"):  # of a `Path`, for its others
        by = by.f_back
    only = by.f_code.co_filename in PATHS and by.f_code.co_name in WHAT_IT_IS
    return "kind" if only else "file"


def watch_environment(recorder: Recorder) -> None:
    """Note the variables that a page and the project ask for; libraries' are in `uses.base`."""

    class Environment(type(os.environ)):  # type: ignore[misc]
        def __getitem__(self, name: str) -> str:
            if not (name.startswith(OWN) or within(_asker(), recorder.ignored)):
                recorder.quietly(recorder.note, "env", name)
            return super().__getitem__(name)

        def __setitem__(self, name: str, value: str) -> None:
            recorder.quietly(recorder.note, "set", name)
            super().__setitem__(name, value)

        def __delitem__(self, name: str) -> None:
            recorder.quietly(recorder.note, "set", name)
            super().__delitem__(name)

    os.environ.__class__ = Environment


def _frame(above: int) -> FrameType:
    """The frame so many calls above the caller."""
    return sys._getframe(above + 1)  # noqa: SLF001  documented, and no other way is as quick


def _asker() -> str:
    """The file of the code that asks for a variable."""
    frame = _frame(2)
    while frame.f_back and frame.f_code.co_filename in ANSWERS:
        frame = frame.f_back
    name = frame.f_code.co_filename
    return os.path.abspath(name) if os.sep in name else name


def start() -> None:
    """Record this process, if it belongs to a page."""
    if RECORD not in os.environ:
        return
    folders = [filter(None, os.environ.get(name, "").split(os.pathsep)) for name in (IGNORED, KEPT)]
    recorder = Recorder(os.environ[RECORD], *map(tuple, folders))
    watch_looks(recorder)
    watch_environment(recorder)
    marks.watch_imports(recorder.note, recorder.counts, recorder.unheard)
    sys.addaudithook(recorder)
