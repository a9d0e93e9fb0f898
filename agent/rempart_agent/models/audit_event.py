"""Events that audit rules shall trace, as a check names them.

An event stands for many: all that fit its words.
"""

import re
from typing import NamedTuple, Optional, Tuple

from rempart_agent.models import audit_calls

_CALL_WORDS = frozenset(("call", "arch", "people", "exit", "where"))
_FILE_WORDS = frozenset(("perm", "people", "file", "link", "below"))


class Event(NamedTuple):
    """What shall be traced.

    Attributes:
        call: The name of a system call; ``""`` where a file is meant.
        arch: ``b64`` or ``b32``; ``""`` for a file: both.
        people: The first number of people's accounts: those who logged in with it or a higher one. None: everybody.
        exit: The error (``-13``) that it ends with; None for any end.
        where: Conditions that hold for it besides, as auditctl has them: ``uid!=euid``, ``euid=0``.
        path: The file or folder.
        below: All below the folder is meant.
        follows: A link at the end of the path is gone through.
        perms: Of ``rwxa``, for a file.
    """

    call: str = ""
    arch: str = ""
    people: Optional[int] = None
    exit: Optional[int] = None
    where: Tuple[str, ...] = ()
    path: str = ""
    below: bool = False
    follows: bool = True
    perms: str = ""


def read(text: str) -> Optional[Event]:
    """Read an event: ``call=chmod arch=b64 people=1000`` or ``perm=wa file=/etc/passwd``; None where it is none.

    The words of a call are ``call``, ``arch``, ``people``, ``exit`` and ``where`` (conditions, parted by commas); of a
    file ``perm``, ``people`` and, last, ``file``, ``link`` (the link itself) or ``below`` (a folder) with its path.
    """
    head, sign, path = text.partition("=/")
    words = head.split()
    place = words.pop() if sign and words else ""
    named = dict(word.partition("=")[::2] for word in words)
    if len(named) != len(words) or not all(named.values()):
        return None
    people, ends = named.get("people"), named.get("exit")
    if (people is not None and not re.match(r"[0-9]{1,9}\Z", people)) or (
        ends is not None and not re.match(r"-[0-9]{1,4}\Z", ends)
    ):
        return None
    event = Event(people=None if people is None else int(people), exit=None if ends is None else int(ends))
    if place:
        fits = place in ("file", "link", "below") and not set(named) - _FILE_WORDS and "perm" in named
        if not fits or set(named["perm"]) - set("rwxa"):
            return None
        path = "/" + path.rstrip("/")
        return event._replace(path=path, below=place == "below", follows=place != "link", perms=named["perm"])
    if sign or set(named) - _CALL_WORDS or "call" not in named or named.get("arch") not in ("b64", "b32"):
        return None
    where = tuple(named.get("where", "").split(",")) if "where" in named else ()
    return event._replace(call=named["call"], arch=named["arch"], where=where)


def exists(event: Event, machine: str) -> Optional[bool]:
    """Tell whether programs of a machine can make an event at all; None where its calls are not known.

    Args:
        event: The event.
        machine: As ``audit_calls.known`` names it.
    """
    if event.path:
        return True
    name = audit_calls.named(machine, event.arch)
    return event.call in audit_calls.calls(name) if machine else None
