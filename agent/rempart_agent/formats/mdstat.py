"""Reads ``/proc/mdstat``: the arrays of Linux' software RAID, and what is going on with each.

Source: ``md_seq_show`` and ``status_resync`` of the kernel (drivers/md/md.c), the ``status`` of each personality
(``raid1_status``, ``raid5_status``, ``raid10_status``, ``raid0_status``), and ``md_bitmap_get_stats``.
"""

import re
from typing import Dict, List, NamedTuple, Optional, Tuple

from rempart_agent.source.contract import Malformed

ACTIONS = ("recovery", "resync", "reshape", "check")
_ARRAY = re.compile(r"(md\S*)\s*: (.*)")
_ACTION = re.compile(r".*?\b(recovery|resync|reshape|check)\s*=\s*(.*)")
_COUNT = re.compile(r"\[\d+/\d+\]")
_MARKS = re.compile(r"\[[U_]*\]")
_PERSONALITIES, _UNUSED, _BITMAP = "Personalities :", "unused devices:", "bitmap:"


class Action(NamedTuple):
    """What an array is busy with.

    Attributes:
        progress: How far it is, ``12.6% (37043392/292945152)``; ``DELAYED``, ``PENDING`` or ``REMOTE`` where it waits.
        finish: When it is expected to end; ``""`` where it waits.
        speed: How fast it goes; the same.
    """

    progress: str
    finish: str = ""
    speed: str = ""


class Array(NamedTuple):
    """One array.

    Attributes:
        name: The kernel's.
        status: ``active``, ``inactive`` or ``broken``.
        size: In blocks of 1 KiB; None where it is not told.
        other: What else is told of it: its superblock, its chunks.
        actions: What it is busy with, by name.
        bitmap: Pages in memory, size of a chunk and file of its bitmap; empty texts where it has none.
    """

    name: str
    status: str
    size: Optional[int]
    other: str
    actions: Dict[str, Action]
    bitmap: Tuple[str, str, str]


class Stat(NamedTuple):
    """The whole file.

    Attributes:
        personalities: What the kernel knows to make of disks.
        arrays: The arrays.
        unused: Disks of no array.
    """

    personalities: List[str]
    arrays: List[Array]
    unused: str


def parse(text: str) -> Stat:
    """Parse the file.

    Raises:
        Malformed: it does not begin with the personalities, or a line is none of the kernel's.
    """
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if not lines or not lines[0].startswith(_PERSONALITIES):
        raise Malformed("/proc/mdstat: {text}", text=repr("".join(lines[:1])[:80]))
    personalities = [
        word[1:-1] for word in lines[0][len(_PERSONALITIES) :].split() if len(word) > 2 and word[0] + word[-1] == "[]"
    ]
    arrays: List[Array] = []
    unused = ""
    at = 1
    while at < len(lines):
        found = _ARRAY.fullmatch(lines[at])
        at += 1
        if found:
            start = at
            while at < len(lines) and not _begins(lines[at]):
                at += 1
            arrays.append(_array(found.group(1), found.group(2), lines[start:at]))
        elif lines[at - 1].startswith(_UNUSED):
            unused = lines[at - 1][len(_UNUSED) :].strip()
        else:
            raise Malformed("/proc/mdstat: {text}", text=repr(lines[at - 1][:80]))
    return Stat(personalities, arrays, unused)


def _begins(line: str) -> bool:
    return line.startswith(_UNUSED) or _ARRAY.fullmatch(line) is not None


def _array(name: str, told: str, lines: List[str]) -> Array:
    words = lines[0].split() if lines else []
    size: Optional[int] = None
    if len(words) > 1 and words[1] == "blocks" and words[0].isascii() and words[0].isdigit() and len(words[0]) < 20:
        size = int(words[0])
        words = words[2:]
    if words and _MARKS.fullmatch(words[-1]):
        words.pop()
    if words and _COUNT.fullmatch(words[-1]):
        words.pop()
    actions: Dict[str, Action] = {}
    bitmap = ("", "", "")
    for line in lines[1:]:
        before, mark, behind = line.partition(_BITMAP)
        action = _ACTION.fullmatch(before)
        if action:
            actions[action.group(1)] = _action(action.group(2).strip())
        if mark:
            bitmap = _bitmap(behind)
    status = told.split(maxsplit=1)[0] if told.split() else ""
    return Array(name, status, size, " ".join(words), actions, bitmap)


def _action(told: str) -> Action:
    words = told.split()
    if len(words) != 4:
        return Action(told)
    finish, speed = (word.partition("=")[2] if "=" in word else word for word in words[2:])
    return Action(" ".join(words[:2]), finish, speed)


def _bitmap(told: str) -> Tuple[str, str, str]:
    parts = [part.strip() for part in told.split(",", 2)]
    if len(parts) < 2:
        return "", "", ""
    file = parts[2].partition("file:")[2].strip() if len(parts) > 2 else ""
    return parts[0], parts[1], file
