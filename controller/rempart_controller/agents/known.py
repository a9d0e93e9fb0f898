"""Which key each endpoint's agent signs with: a file as known_hosts is one, written only when somebody accepts.

One line an endpoint: its name in the inventory, its machine id (hashed) and its public key, both in hex. Lines that
begin with ``#`` are comments. It lies in the user's data directory, or where ``REMPART_AGENTS`` says.
"""

import os
import re
import shlex
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from rempart_controller.agents.durable import replace_text
from rempart_core.error import ContentError, Mistake, UsageError
from rempart_core.messages.message import Message
from rempart_core.messages.system import reason_of
from rempart_store.location import data_directory, make_directory

FILE = "known_agents"
VARIABLE = "REMPART_AGENTS"
_HEX = re.compile(r"[0-9a-f]{64}")
_HEAD = "# Which key each endpoint's agent signs with; `rempart agent accept` writes here.\n"


class Agent(NamedTuple):
    """One that is known: machine id and public key, in hex."""

    machine_id: str
    key: str


def usual_file() -> str:
    """Return where the file lies: ``REMPART_AGENTS``, else in the user's data directory."""
    return os.environ.get(VARIABLE) or os.path.join(data_directory(), FILE)


def read_known(path: str = "") -> dict[str, Agent]:
    """Return the agents that are known, by name; none where there is no file.

    Raises:
        ContentError: Lines of it are wrong; all of them at once.
        UsageError: It can't be read, or others may write to it.
    """
    path = path or usual_file()
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            status = os.fstat(file.fileno())
            lines = file.readlines()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise UsageError(Message("agent.known_failed", path=path, error=reason_of(error))) from error
    if status.st_mode & 0o022 or status.st_uid not in {0, os.geteuid()} or not stat.S_ISREG(status.st_mode):
        raise UsageError(Message("agent.known_open", path=path))
    found: dict[str, Agent] = {}
    mistakes = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        fields = line.split()
        if len(fields) != 3 or not all(_HEX.fullmatch(field) for field in fields[1:]):
            mistakes.append(Mistake(path, number, 1, Message("agent.known_line")))
        elif fields[0] in found:
            mistakes.append(Mistake(path, number, 1, Message("content.text_twice", text=fields[0])))
        else:
            found[fields[0]] = Agent(*fields[1:])
    if mistakes:
        raise ContentError(mistakes)
    return found


def accept(name: str, agent: Agent, *, replace: bool, write: bool = True) -> str:
    """Know an agent from now on.

    Args:
        name: Its host's name in the inventory.
        agent: The agent.
        replace: Whether it may take the place of another one of that name.
        write: Whether it is written; else only said what would be.

    Returns:
        ``added``, ``replaced`` or ``unchanged``.

    Raises:
        UsageError: It is none, another one of that name is known, or the file can't be written.
        ContentError: The file holds mistakes.
    """
    if name.startswith("#") or name.split() != [name] or not name.isprintable():
        raise UsageError(Message("agent.not_a_host", name=name))
    if not all(_HEX.fullmatch(text) for text in agent):
        raise UsageError(Message("agent.hex"))
    with _changed(write=write) as known:
        before = known.get(name)
        if before == agent:
            return "unchanged"
        if before is not None and not replace:
            raise UsageError(Message("agent.known_other", name=name, machine=before.machine_id, key=before.key))
        known[name] = agent
    return "added" if before is None else "replaced"


def forget(name: str) -> bool:
    """Know an agent no more; tells whether it was known.

    Raises:
        UsageError: The file can't be written.
        ContentError: It holds mistakes.
    """
    with _changed(write=True) as known:
        return known.pop(name, None) is not None


@contextmanager
def _changed(*, write: bool) -> Iterator[dict[str, Agent]]:
    """Give what is known, and write what became of it; one at a time, since a playbook has many hosts at once."""
    import fcntl  # which Windows has not

    path = usual_file()
    if not write:
        yield read_known(path)
        return
    try:
        make_directory(os.path.dirname(path) or ".")
        with open(f"{path}.lock", "ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            known = read_known(path)
            before = dict(known)
            yield known
            if known != before:
                _write(path, known)
    except OSError as error:
        raise UsageError(Message("agent.known_failed", path=path, error=reason_of(error))) from error


def _write(path: str, known: Mapping[str, Agent]) -> None:
    replace_text(path, _HEAD + "".join(f"{name} {one.machine_id} {one.key}\n" for name, one in sorted(known.items())))


def say_how(name: str, agent: Agent, *, replace: bool) -> str:
    """Return the command that accepts an agent.

    Args:
        name: Of the host.
        agent: The agent.
        replace: Whether another one is known of the host.
    """
    words = ["rempart", "agent", "accept", *(["--replace"] if replace else []), name, agent.machine_id, agent.key]
    return shlex.join(words)
