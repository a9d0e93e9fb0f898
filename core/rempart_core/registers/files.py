"""Which files of a folder are registers; what only looks like one is said, for nobody reads it."""

import os
import re
from typing import NamedTuple

from rempart_core.error import Mistake, UsageError
from rempart_core.messages.message import Message
from rempart_core.messages.system import reason_of
from rempart_core.registers.catalogue import CONTRACTS
from rempart_core.suggestion import find_near, quoted

HEADS = "registers.yaml"
_TABLES = re.compile(r"(.*)\.(ya?ml|csv|xlsx?|ods|tsv)", re.IGNORECASE)


class Files(NamedTuple):
    """The files of a folder.

    Attributes:
        names: That of each register that has one.
        heads: Whether there is a file with the heads of CSV files.
        mistakes: What only looks like a register, and registers that have two files.
        double: The registers that have two, also where one of them is not read (``.yml``, ``People.csv``).
    """

    names: dict[str, str]
    heads: bool
    mistakes: list[Mistake]
    double: set[str]


def find_files(folder: str) -> Files:
    """Return the files of a folder.

    Args:
        folder: The folder of registers.

    Raises:
        UsageError: It can't be read.
    """
    try:
        listed = sorted(os.listdir(folder))
    except (OSError, ValueError) as error:
        reason = reason_of(error) if isinstance(error, OSError) else Message("registers.absent")
        raise UsageError(Message("file.failed", path=folder, error=reason)) from error
    found = Files({}, HEADS in listed, [], set())
    unread: dict[str, list[Mistake]] = {}
    for name in listed:
        looks = None if name.startswith(".") or name == HEADS else _TABLES.fullmatch(name)
        if not looks or os.path.isdir(os.path.join(folder, name)):
            continue
        stem, ending = looks.groups()
        file = os.path.join(folder, name)
        if stem in CONTRACTS and ending in ("yaml", "csv"):
            if stem in found.names:
                found.double.add(stem)
                found.mistakes.append(_tell_two(found.names[stem], file))
            else:
                found.names[stem] = file
        else:
            unread.setdefault(stem.lower(), []).append(Mistake(file, 0, 0, _tell_unread(stem)))
    for stem, mistakes in unread.items():
        kept = found.names.get(stem)
        if kept is None:
            found.mistakes.extend(mistakes)
        else:  # nobody knows which of them is kept up to date
            found.double.add(stem)
            found.mistakes.extend(_tell_two(kept, one.file) for one in mistakes)
    return found


def _tell_two(first: str, second: str) -> Mistake:
    both = Message("registers.two_files", first=os.path.basename(first), second=os.path.basename(second))
    return Mistake(second, 0, 0, both)


def _tell_unread(stem: str) -> Message:
    """Return why a file that looks like a register is none."""
    if stem in CONTRACTS:
        return Message("registers.ending", name=stem)
    near = find_near(stem, CONTRACTS, 1)
    hint = Message("suggestion.one", name=quoted(near[0])) if near else Message("registers.see_list")
    return Message("registers.no_register", name=quoted(stem), hint=hint)
