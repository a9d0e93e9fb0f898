"""The engines, and which of them answers. Each is imported when it is opened: most runs only look for the others."""

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from rempart_agent.engines.osquery.program import OSQUERYI, find_osqueryi, find_sockets, usual_socket
from rempart_core.error import EngineError, UsageError
from rempart_core.messages.message import Message
from rempart_core.messages.readers import message_or_theirs

if TYPE_CHECKING:
    from rempart_agent.engine import Engine, Images
    from rempart_core.model.update_history import UpdateHistory

NAMES = ("auto", "osqueryd", "osqueryi", "embedded")


def open_engine(
    engine: str,
    socket: str,
    root: str | None,
    redact: bool,
    say: Callable[[Message], None],
    history: "UpdateHistory | None" = None,
    images: "Images | None" = None,
) -> "Engine":
    """Return the engine.

    Args:
        engine: One of :data:`NAMES`.
        socket: The daemon's extension socket or pipe; ``""`` for the usual one. Naming one means ``osqueryd``.
        root: A root filesystem, which only the embedded engine answers for; None for this machine.
        redact: Whether secrets are redacted where a row is read: every audit does, an ad hoc query does not.
        say: Is told what the user must know: that another engine answers than might be expected.
        history: What earlier runs saw of the target, a ``history.UpdateHistory``; None for nothing.
        images: Image files, which only the embedded engine answers for; None for none.

    Raises:
        UsageError: the images, or the root filesystem does not exist or may not be entered.
        EngineError: the engine can't be had.
    """
    if images is not None:
        if root is not None:
            raise UsageError(Message("engine.image_with", option="--root"))
        if engine not in {"auto", "embedded"} or socket:
            raise UsageError(Message("engine.image_with", option="--socket" if socket else f"--engine {engine}"))
        from rempart_agent.engines.embedded.image_engine import ImageEngine

        return ImageEngine(images, redact, say)
    if root is not None:
        if engine not in {"auto", "embedded"} or socket:
            say(Message("engine.root_embedded"))
        return _embedded(root, redact, history)
    if socket and engine not in {"auto", "osqueryd"}:
        raise UsageError(Message("engine.socket", engine=engine))
    if engine == "osqueryd" or socket:
        return _osqueryd(socket or next(iter(find_sockets()), usual_socket()), redact, history)
    if engine == "osqueryi":
        return _osqueryi(find_osqueryi(), redact, history)
    if engine == "auto":
        found = _running_osqueryd(redact, say, history) or _installed_osqueryi(redact, say, history)
        if found is not None:
            return found
        if not sys.platform.startswith("linux"):
            raise EngineError(Message("engine.only_osquery"))
    return _embedded(None, redact, history)


def _running_osqueryd(redact: bool, say: Callable[[Message], None], history: "UpdateHistory | None") -> "Engine | None":
    for path in find_sockets():
        try:
            return _osqueryd(path, redact, history)
        except EngineError as error:
            if sys.platform != "win32":  # where only opening a pipe tells whether it is there
                say(Message("engine.not_asked", error=error.message))
    return None


def _installed_osqueryi(
    redact: bool, say: Callable[[Message], None], history: "UpdateHistory | None"
) -> "Engine | None":
    program = find_osqueryi()
    if program:
        try:
            return _osqueryi(program, redact, history)
        except EngineError as error:
            say(Message("engine.not_asked", error=error.message))
    return None


def _osqueryd(path: str, redact: bool, history: "UpdateHistory | None") -> "Engine":
    from rempart_agent.engines.osquery.osqueryd import Osqueryd

    return Osqueryd(path, redact=redact, history=history)


def _osqueryi(program: str, redact: bool, history: "UpdateHistory | None") -> "Engine":
    from rempart_agent.engines.osquery.osqueryi import Osqueryi

    if not program:
        raise EngineError(Message("engine.no_osqueryi", variable=OSQUERYI))
    return Osqueryi(program, redact=redact, history=history)


def _embedded(root: str | None, redact: bool, history: "UpdateHistory | None") -> "Engine":
    if root is None and not sys.platform.startswith("linux"):
        raise UsageError(Message("engine.linux_only"))
    from rempart_agent.engines.embedded.engine import Embedded

    if root is None:
        from rempart_agent.targets.live import LiveTarget

        return Embedded(LiveTarget, privileged=_privileged_on(None), redact=redact, history=history)
    from rempart_agent.source.contract import Missing, SourceError
    from rempart_agent.targets.root import RootTarget

    try:
        target = RootTarget(root)
    except Missing as error:
        raise UsageError(Message("engine.root_missing", path=root)) from error
    except SourceError as error:
        raise UsageError(Message("engine.root", error=message_or_theirs(error.said, str(error)))) from error
    return Embedded(lambda: target, privileged=_privileged_on(root), redact=redact, history=history)


def _privileged_on(root: str | None) -> bool:
    """Tell whether the embedded engine may read what only root may: as root, or on a root filesystem of the user."""
    if sys.platform == "win32":
        return False
    else:  # noqa: RET505 - what follows a return would be dead to the type checker
        return os.geteuid() == 0 or (root is not None and os.stat(root).st_uid == os.geteuid())
