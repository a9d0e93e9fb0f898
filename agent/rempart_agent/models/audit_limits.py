"""What a condition of an audit rule asks, as ranges of values of a field, and what is left of a box without them.

The kernel compares numbers without a sign (``audit_comparator`` of kernel/auditfilter.c), so ``auid>=1000`` holds for
processes that nobody logged in for (-1), and ``exit<0`` for none. Numbers are read as libaudit does: ``01000`` is 512.
"""

import re
from typing import Dict, List, Optional, Tuple

Ranges = Tuple[Tuple[int, int], ...]
Box = Dict[str, Ranges]
Limits = List[Tuple[str, Ranges]]

UNSET = 0xFFFFFFFF
_WORD: Ranges = ((0, UNSET),)
SOMEBODY: Ranges = ((0, UNSET - 1),)
_BOTH: Ranges = ((0, 1),)
YES: Ranges = ((1, 1),)
_NUMBERS = ("auid", "uid", "euid", "suid", "fsuid", "gid", "egid", "sgid", "fsgid")
ARGUMENTS = ("a0", "a1", "a2", "a3")
_CONDITION = re.compile(r"([a-z_0-9]+)(!=|>=|<=|&=|=|>|<|&)(.*)\Z", re.DOTALL)
_NUMBER = re.compile(r"-?(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)\Z")
_ERRORS = {"EPERM": 1, "ENOENT": 2, "EACCES": 13, "EEXIST": 17, "EINVAL": 22, "ENOSPC": 28, "EROFS": 30}
_PAIRS = (
    *("", "uid obj_uid", "gid obj_gid", "euid obj_uid", "egid obj_gid", "auid obj_uid", "suid obj_uid"),
    *("sgid obj_gid", "fsuid obj_uid", "fsgid obj_gid", "uid auid", "uid euid", "uid fsuid", "uid suid"),
    *("auid fsuid", "auid suid", "auid euid", "euid suid", "euid fsuid", "suid fsuid", "gid egid", "gid fsgid"),
    *("gid sgid", "egid fsgid", "egid sgid", "sgid fsgid"),
)  # AUDIT_COMPARE_* of linux/audit.h
_SAME = {frozenset(pair.split()): pair for pair in _PAIRS if pair}


def limits(condition: str) -> Optional[Limits]:
    """Return what a condition asks, as ranges; None where it is not understood."""
    parsed = _CONDITION.match(condition)
    if not parsed:
        return None
    name, sign, value = parsed.groups()
    name = "auid" if name == "loginuid" else name
    if name == "compare" and value.isdigit() and 0 < int(value) < len(_PAIRS):
        name, value = _PAIRS[int(value)].split()
    pair = _SAME.get(frozenset((name, value)))
    if pair and sign in ("=", "!="):
        return [(pair, ((0, 0),) if sign == "!=" else YES)]
    if name in _NUMBERS or name == "exit":
        number = _number(name, value)
        if number is None or (number == UNSET and sign not in ("=", "!=") and name == "auid"):
            return None
        ranges = _ranges(sign, number)
        return None if ranges is None else [(name, ranges)]
    if name == "success" and sign == "=" and value in ("0", "1"):
        return [("success", ((int(value),) * 2,))]
    if name in ARGUMENTS and sign in ("=", "!=") and _NUMBER.match(value):
        ranges = _ranges(sign, int(_number(name, value) or 0))
        return None if ranges is None else [(name, ranges)]
    if name == "exe" or name in ARGUMENTS:
        return [(condition, YES)]
    return None


def _number(name: str, value: str) -> Optional[int]:
    if value == "unset" and name != "exit":
        return UNSET
    if name == "exit" and value.lstrip("-") in _ERRORS:
        number = _ERRORS[value.lstrip("-")]
        return -number & UNSET if value.startswith("-") else number
    if not _NUMBER.match(value):
        return None
    digits = value.lstrip("-")
    base = 16 if digits[:2] in ("0x", "0X") else 8 if digits.startswith("0") else 10
    number = int(digits, base)
    return None if number > UNSET else (-number if value.startswith("-") else number) & UNSET


def _ranges(sign: str, number: int) -> Optional[Ranges]:
    """Return the numbers that meet a comparison; the kernel compares them without a sign."""
    low, high = {
        "=": (number, number),
        "!=": (number, number),
        ">=": (number, UNSET),
        "<=": (0, number),
        ">": (number + 1, UNSET),
        "<": (0, number - 1),
    }.get(sign, (0, -2))
    if high == -2:
        return None
    if sign == "!=":
        return _without(_WORD, ((low, high),))
    return ((low, high),) if low <= high else ()


def whole(field: str) -> Ranges:
    """Return all values of a field."""
    if field in ("auid", "exit", "call", *ARGUMENTS):
        return _WORD
    return SOMEBODY if field in _NUMBERS else _BOTH


def meet(one: Ranges, other: Ranges) -> Ranges:
    """Return the values that are in both.

    Args:
        one: Ranges.
        other: Others.
    """
    return tuple((max(a, c), min(b, d)) for a, b in one for c, d in other if max(a, c) <= min(b, d))


def _without(one: Ranges, other: Ranges) -> Ranges:
    left = list(one)
    for low, high in other:
        left = [
            piece for a, b in left for piece in ((a, min(b, low - 1)), (max(a, high + 1), b)) if piece[0] <= piece[1]
        ]
    return tuple(left)


def split(box: Box, asked: Limits) -> Optional[List[Box]]:
    """Return in pieces what of a box does not meet all that is asked; None where nothing of it does meet it.

    Args:
        box: The box.
        asked: What is asked of its fields.
    """
    pieces: List[Box] = []
    inside = dict(box)
    for field, ranges in asked:
        there = inside.get(field, whole(field))
        out = _without(there, ranges)
        if out:
            pieces.append(dict(inside, **{field: out}))
        inside[field] = meet(there, ranges)
        if not inside[field]:
            return None
    return pieces
