"""Asking in the network namespace of the machine itself, that of process 1, wherever this process lives.

An audit may run in a container or a service with a network of its own; its firewall is not the machine's.
"""

import os
from typing import Callable, List, Optional, TypeVar

from rempart_agent.source.contract import Denied, SourceError, reason

Answer = TypeVar("Answer")
_NEWNET = 0x40000000  # CLONE_NEWNET of setns(2)


def is_own() -> Optional[bool]:
    """Tell whether this process lives in the machine's network namespace; None where that can't be seen.

    The links in ``/proc/PID/ns`` say it to root; to others the files of ``/proc/PID/net`` do, which belong to the
    namespace.
    """
    try:
        return os.readlink("/proc/1/ns/net") == os.readlink("/proc/self/ns/net")
    except OSError:
        pass
    try:
        return os.path.samestat(os.stat("/proc/1/net/tcp"), os.stat("/proc/self/net/tcp"))
    except OSError:
        return None


def ask(question: Callable[[], Answer]) -> Answer:
    """Return ``question()``, asked in the machine's network namespace.

    A thread of its own enters the namespace, since setns(2) moves one thread alone.

    Raises:
        Denied: the namespace is another one, or can't be seen, and this process may not enter it.
    """
    own = is_own()
    if own:
        return question()
    try:
        descriptor = os.open("/proc/1/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        if own is None and os.geteuid():  # /proc hides other users' processes: an ordinary user looks around himself
            return question()
        raise Denied("the machine's network namespace may not be entered: {why}", why=reason(error)) from error
    try:
        return _ask_inside(descriptor, question)
    finally:
        os.close(descriptor)


def _ask_inside(descriptor: int, question: Callable[[], Answer]) -> Answer:
    import threading

    answers: List[Answer] = []
    errors: List[BaseException] = []

    def enter() -> None:
        try:
            _enter(descriptor)
            answers.append(question())
        except BaseException as error:  # noqa: BLE001 - it is raised again in the thread that asked
            errors.append(error)

    thread = threading.Thread(target=enter, daemon=True)
    thread.start()
    thread.join(30.0)
    if errors:
        raise errors[0]
    if not answers:
        raise SourceError("the machine's network namespace: no answer in time")
    return answers[0]


def _enter(descriptor: int) -> None:
    import ctypes  # os.setns is there from Python 3.12 on

    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(descriptor, _NEWNET):
        raise Denied(
            "the machine's network namespace may not be entered: {why}",
            why=SourceError(os.strerror(ctypes.get_errno())),
        )
