"""The engines, and which of them answers. Each is imported when it is opened: most runs only look for the others."""

import os
import sys
from collections.abc import Callable
from typing import Any

from rempart_core.error import EngineError, UsageError

NAMES = ("auto", "osqueryd", "osqueryi", "embedded")

OSQUERYI = "REMPART_OSQUERYI"
"""The environment variable that names the shell to use, without looking further."""

_SOCKETS = {
    "win32": (r"\\.\pipe\osquery.em", r"\\.\pipe\orbit-osquery-extension"),
    "darwin": ("/var/osquery/osquery.em", "/opt/orbit/orbit-osquery.em"),
    "linux": ("/var/osquery/osquery.em", "/run/osquery/osquery.em", "/opt/orbit/orbit-osquery.em"),
}
_PROGRAMS = {
    "win32": (r"C:\Program Files\osquery\osqueryi.exe", r"C:\ProgramData\osquery\osqueryi.exe"),
    "darwin": ("/usr/local/bin/osqueryi", "/opt/osquery/lib/osquery.app/Contents/MacOS/osqueryi"),
    "linux": ("/usr/bin/osqueryi", "/opt/osquery/bin/osqueryi", "/usr/local/bin/osqueryi"),
}


def open_engine(
    engine: str, socket: str, root: str | None, redact: bool, say: Callable[[str], None], history: Any = None
) -> Any:
    """Return the engine.

    Args:
        engine: One of :data:`NAMES`.
        socket: The daemon's extension socket or pipe; ``""`` for the usual one. Naming one means ``osqueryd``.
        root: A root filesystem, which only the embedded engine answers for; None for this machine.
        redact: Whether secrets are redacted where a row is read: every audit does, an ad hoc query does not.
        say: Is told what the user must know: that another engine answers than might be expected.
        history: What earlier runs saw of the target, a ``history.UpdateHistory``; None for nothing.

    Raises:
        UsageError: the root filesystem does not exist or may not be entered.
        EngineError: the engine can't be had.
    """
    if root is not None:
        if engine not in {"auto", "embedded"} or socket:
            say("a root filesystem is answered by the embedded engine: osquery tells of the machine that it runs on")
        return _embedded(root, redact, history)
    if socket and engine not in {"auto", "osqueryd"}:
        raise UsageError(f"--socket names an osqueryd, and --engine {engine} asks for another engine")
    if engine == "osqueryd" or socket:
        return _osqueryd(socket or next(iter(find_sockets()), usual_socket()), redact, history)
    if engine == "osqueryi":
        return _osqueryi(find_osqueryi(), redact, history)
    if engine == "auto":
        found = _running_osqueryd(redact, say, history) or _installed_osqueryi(redact, say, history)
        if found is not None:
            return found
        if not sys.platform.startswith("linux"):
            raise EngineError("no osquery of this machine can be asked, and on this system only osquery can answer")
    return _embedded(None, redact, history)


def _running_osqueryd(redact: bool, say: Callable[[str], None], history: Any) -> Any:
    for path in find_sockets():
        try:
            return _osqueryd(path, redact, history)
        except EngineError as error:
            if sys.platform != "win32":  # where only opening a pipe tells whether it is there
                say(f"not asked: {error}")
    return None


def _installed_osqueryi(redact: bool, say: Callable[[str], None], history: Any) -> Any:
    program = find_osqueryi()
    if program:
        try:
            return _osqueryi(program, redact, history)
        except EngineError as error:
            say(f"not asked: {error}")
    return None


def _osqueryd(path: str, redact: bool, history: Any) -> Any:
    from rempart_agent.engines.osquery.osqueryd import Osqueryd

    return Osqueryd(path, redact=redact, history=history)


def _osqueryi(program: str, redact: bool, history: Any) -> Any:
    from rempart_agent.engines.osquery.osqueryi import Osqueryi

    if not program:
        raise EngineError(f"osqueryi is nowhere to be found; name it in {OSQUERYI}")
    return Osqueryi(program, redact=redact, history=history)


def _embedded(root: str | None, redact: bool, history: Any) -> Any:
    if root is None and not sys.platform.startswith("linux"):
        raise UsageError("the embedded engine answers for Linux only")
    from rempart_agent.engines.embedded.engine import Embedded

    if root is None:
        from rempart_agent.targets.live import LiveTarget

        return Embedded(LiveTarget, privileged=_privileged_on(None), redact=redact, history=history)
    from rempart_agent.source.contract import SourceError
    from rempart_agent.targets.root import RootTarget

    try:
        target = RootTarget(root)
    except SourceError as error:
        raise UsageError(f"--root {error}") from error
    return Embedded(lambda: target, privileged=_privileged_on(root), redact=redact, history=history)


def _privileged_on(root: str | None) -> bool:
    """Tell whether the embedded engine may read what only root may: as root, or on a root filesystem of the user."""
    if sys.platform == "win32":
        return False
    else:  # noqa: RET505 - what follows a return would be dead to the type checker
        return os.geteuid() == 0 or (root is not None and os.stat(root).st_uid == os.geteuid())


def find_sockets() -> list[str]:
    """Return the extension sockets of a daemon that may be running; on Windows the pipes, which only opening tells."""
    places = _SOCKETS.get(sys.platform, ())
    return [place for place in places if sys.platform == "win32" or os.path.exists(place)]


def usual_socket() -> str:
    """Return where osqueryd makes its extension socket unless it is told otherwise."""
    return _SOCKETS.get(sys.platform, _SOCKETS["linux"])[0]


def find_osqueryi() -> str:
    """Return where ``osqueryi`` is: as the environment says, at the usual places, on PATH; ``""`` where it is not."""
    given = os.environ.get(OSQUERYI, "")
    if given:
        return given
    name = "osqueryi.exe" if sys.platform == "win32" else "osqueryi"
    on_path = [os.path.join(folder, name) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    for place in (*_PROGRAMS.get(sys.platform, ()), *on_path):
        if os.path.isfile(place) and os.access(place, os.X_OK):
            return place
    return ""
