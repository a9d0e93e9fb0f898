"""Gives the documents that wait to a server, oldest first, and goes on trying for as long as it can't be reached.

A document leaves the spool once the server said that it is stored, and the next is sent once that one is decided. One
that is refused stays where it is, for whoever looks. Killed at any moment, the next push sends what was not confirmed
again, and the server knows it.
"""

import hashlib
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from secrets import SystemRandom
from typing import NamedTuple

from rempart_agent.installed.server_link import Reply, Server, post, say_theirs
from rempart_agent.installed.spool import Spool
from rempart_core.error import DeliveryError, SpoolError
from rempart_core.messages.message import Message, as_is
from rempart_core.messages.system import reason_of
from rempart_core.text import clean_line

PATH = "/api/rempart/documents"
_KIND = "application/octet-stream"
_FIRST, _LONGEST = 30.0, 3600.0  # seconds
_AGENT = ("unknown", "waiting", "revoked")  # what is wrong with the agent, whatever document it sends


class Pushed(NamedTuple):
    """What became of the documents.

    Attributes:
        stored: How many the server has stored.
        refused: Why others were refused.
        waits: Why some wait still; None where all were decided.
    """

    stored: int
    refused: tuple[Message, ...]
    waits: Message | None = None


class _Later(Exception):
    """Nothing is decided: the server is to be asked again.

    Attributes:
        why: In words.
        after: Seconds that it wants to wait; 0 where it did not say.
    """

    def __init__(self, why: Message, after: int = 0) -> None:
        self.why = why
        self.after = after
        super().__init__(why)


class _Shut(Exception):
    """The server does not take anything of this agent.

    Attributes:
        why: In words.
    """

    def __init__(self, why: Message) -> None:
        self.why = why
        super().__init__(why)


def delays(random: Callable[[float, float], float] | None = None) -> Iterator[float]:
    """Give the seconds to wait before each further try: any time up to 30 s, then up to twice that, to an hour at most.

    So machines that lost the server together do not come back together.

    Args:
        random: Returns a number between two others; None draws one.
    """
    draw, most = random or SystemRandom().uniform, _FIRST
    while True:
        yield draw(0.0, most)
        most = min(most * 2, _LONGEST)


def push(
    folder: str,
    server: Server,
    stop: threading.Event,
    say: Callable[[Message], None],
    *,
    once: bool,
    waits: Iterator[float] | None = None,
) -> Pushed:
    """Send what waits until all of it is decided.

    Args:
        folder: Where the spool lies.
        server: Where it goes.
        stop: Ends the waiting; what is not decided by then waits for the next push.
        say: Is told why something is tried again.
        once: Whether nothing is tried again.
        waits: The seconds between tries; None for :func:`delays`.

    Raises:
        SpoolError: The spool can't be read or written, or another push is at work.
    """
    spool, refused = Spool(folder), dict[int, Message]()
    stored = 0
    pauses = waits or delays()
    with _alone(folder):
        while True:
            try:
                for one in spool.waiting():
                    if one.number in refused:
                        continue
                    if stop.is_set():
                        return Pushed(stored, tuple(refused.values()), Message("agent_push.stopped"))
                    why = _send(spool, server, one.number)
                    if isinstance(why, Message):
                        refused[one.number] = why
                        say(why)
                        continue
                    stored += why
                    pauses = waits or delays() if why else pauses
            except _Shut as shut:
                say(shut.why)
                return Pushed(stored, (*refused.values(), shut.why))
            except _Later as later:
                if once:
                    return Pushed(stored, tuple(refused.values()), later.why)
                pause = max(next(pauses), later.after)
                say(Message("agent_push.again", why=later.why, seconds=round(pause)))
                stop.wait(pause)
                if stop.is_set():
                    return Pushed(stored, tuple(refused.values()), later.why)
                continue
            if all(one.number in refused for one in spool.waiting()):
                return Pushed(stored, tuple(refused.values()))


def _send(spool: Spool, server: Server, number: int) -> bool | Message:
    """Send one document; tells whether it was stored (not, where it is gone meanwhile), or why it is refused."""
    data = spool.read(number)
    if not data:
        return False
    try:
        reply = post(server, PATH, data, _KIND)
    except DeliveryError as error:
        raise _Later(error.message) from error
    if reply.status == 200 and reply.said.get("stored") == [number]:
        spool.confirm([(number, hashlib.sha256(data).hexdigest())])
        return True
    refused = reply.said.get("refused")
    if reply.status == 409 and isinstance(refused, dict):
        if not spool.read(number):
            return False  # a controller took it meanwhile
        why = Message("agent_push.refused", number=str(number), why=say_theirs(refused))
        if refused.get("kind") in _AGENT:
            raise _Shut(why)
        return why
    raise _Later(_what(server, reply), reply.retry_after)


def _what(server: Server, reply: Reply) -> Message:
    error = reply.said.get("error")
    said = Message("agent_push.status", status=reply.status)
    if isinstance(error, str):
        said = as_is(clean_line(error)[:1000])
    return Message("agent_push.unreachable", url=server.url, error=said)


@contextmanager
def _alone(folder: str) -> Iterator[None]:
    """Hold that no other push is at work: two would send what the other has just sent."""
    import fcntl  # which Windows has not

    path = os.path.join(folder, "push.lock")
    try:
        with open(path, "ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
    except BlockingIOError as error:
        raise SpoolError(Message("agent_push.busy", folder=folder)) from error
    except OSError as error:
        raise SpoolError(Message("file.failed", path=path, error=reason_of(error))) from error
