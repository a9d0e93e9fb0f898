"""As whom a shell of Windows runs, told by identifiers (SIDs): names are in the host’s language."""

import csv
import re
from typing import NamedTuple

from rempart_core.text import clean_line

PLACE = r"%ProgramFiles%\osquery\osqueryi.exe"
"""Where osquery's installer puts it, and nobody but an administrator may; no other place is looked at."""

_FOUND = "rempart_found="
_WHOAMI = r"%SystemRoot%\System32\whoami.exe"
# No quote at either end, which cmd.exe would take away
LOOK = (
    f"{_WHOAMI} /user /fo csv /nh & {_WHOAMI} /groups /fo csv /nh & "
    f'for %i in ("{PLACE}") do @if exist %i echo {_FOUND}%~i'
)
"""The line of ``cmd.exe`` whose output ``read_caller`` reads."""

_ADMINISTRATORS = "S-1-5-32-544"
_SYSTEM = "S-1-5-18"
_INTEGRITY = re.compile(r"S-1-16-(\d+)")
_HIGH = 12288  # the integrity that an administrator has who is one in full; Microsoft, "Well-known SIDs"


class Caller(NamedTuple):
    r"""As whom the shell runs.

    Attributes:
        user: ``DOMAIN\name``.
        privileged: Whether that is an administrator in full, or the system.
        program: Where osqueryi is; ``""`` where it is not.
    """

    user: str
    privileged: bool
    program: str


def read_caller(printed: str) -> Caller:
    """Return as whom a shell runs, from ``whoami /user`` and ``whoami /groups`` and our own line.

    Names of groups and attributes are in the language of the host; only identifiers (SIDs) are understood.
    """
    user, identifiers, program, level = "", set(), "", 0
    lines = printed.replace("\r", "").split("\n")
    for line in lines:
        if line.startswith(_FOUND):
            program = line[len(_FOUND) :].strip()
    for row in csv.reader(line for line in lines if line.startswith('"')):
        if len(row) == 2 and not user:
            user = clean_line(row[0])
        for field in row[1:]:
            integrity = _INTEGRITY.fullmatch(field)
            if integrity:
                level = max(level, int(integrity[1]))
            elif field.startswith("S-1-"):
                identifiers.add(field)
    privileged = level >= _HIGH and not identifiers.isdisjoint({_ADMINISTRATORS, _SYSTEM})
    return Caller(user, privileged, program)
