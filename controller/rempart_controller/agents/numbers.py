"""The last document that was taken of each agent, for good: an older one that comes back was replayed.

A file in the user's data directory, so that it holds without a store, with another one, and with one that was put back:
a line an agent, its public key, the document's number and its SHA-256. A number only grows, and no agent is forgotten.
"""

import os
import re
import stat
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from rempart_controller.agents.durable import replace_text
from rempart_core.error import ContentError, Mistake, ReportError, UsageError
from rempart_core.messages.message import Message, listed
from rempart_core.messages.system import reason_of
from rempart_store.location import data_directory, file_of, is_postgresql, make_directory

FILE = "agent_numbers"
_LINE = re.compile(r"([0-9a-f]{64}) ([1-9][0-9]{0,15}) ([0-9a-f]{64})\n?")
_HEAD = "# The last document that was taken of each agent; rempart writes here, and only numbers that are higher.\n"


class Number(NamedTuple):
    """A document: its number and its SHA-256, in hex."""

    number: int
    digest: str


def files_of(store: str | None) -> list[str]:
    """Return where the file lies: in the user's data directory, else, where that can't be written, beside the store.

    Args:
        store: The store's place; None where there is none.
    """
    folders = [data_directory()]
    if store is not None and not is_postgresql(store):
        folders.append(os.path.dirname(os.path.abspath(file_of(store))))
    return list(dict.fromkeys(os.path.join(folder, FILE) for folder in folders))


def read_numbers(paths: Sequence[str]) -> dict[str, Number]:
    """Return the last document of each agent, by public key, of all files that there are.

    Raises:
        ContentError: Lines of one are wrong.
        UsageError: One can't be read, or others may write to it.
    """
    found: dict[str, Number] = {}
    for path in paths:
        for key, one in _read(path).items():
            found[key] = max(found.get(key, one), one)
    return found


def _read(path: str) -> dict[str, Number]:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            status = os.fstat(file.fileno())
            lines = file.readlines()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise UsageError(Message("agent.numbers_failed", path=path, error=reason_of(error))) from error
    if status.st_mode & 0o022 or status.st_uid not in {0, os.geteuid()} or not stat.S_ISREG(status.st_mode):
        raise UsageError(Message("agent.numbers_open", path=path))
    found: dict[str, Number] = {}
    for place, line in enumerate(lines, 1):
        fields = _LINE.fullmatch(line)
        if fields:
            one = Number(int(fields[2]), fields[3])
            found[fields[1]] = max(found.get(fields[1], one), one)
        elif line.strip() and not line.startswith("#"):
            raise ContentError([Mistake(path, place, 1, Message("agent.number_line"))])
    return found


def note_numbers(taken: Mapping[str, Number], paths: Sequence[str]) -> None:
    """Remember documents that were taken, in the first file that can be written; numbers that are known stay.

    Args:
        taken: The highest number by public key.
        paths: The files that may keep them, the one that is wanted most first.

    Raises:
        ReportError: None can be written.
        ContentError: Lines of one are wrong.
        UsageError: One can't be read.
    """
    import fcntl  # which Windows has not

    known = read_numbers(paths)
    higher = {key: one for key, one in taken.items() if key not in known or one.number > known[key].number}
    faults = []
    for path in paths if higher else ():
        try:
            make_directory(os.path.dirname(path) or ".")
            with open(f"{path}.lock", "ab") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                now = _read(path)
                _write(path, now | {key: max(now.get(key, one), one) for key, one in higher.items()})
        except OSError as error:
            faults.append(Message("file.failed", path=path, error=reason_of(error)))
            continue
        return
    if faults:
        raise ReportError(Message("agent.numbers_wrong", faults=listed(faults)))


def _write(path: str, known: Mapping[str, Number]) -> None:
    replace_text(path, _HEAD + "".join(f"{key} {one.number} {one.digest}\n" for key, one in sorted(known.items())))
