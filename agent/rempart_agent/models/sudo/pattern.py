"""The patterns of sudoers(5): fnmatch(3), and POSIX extended regular expressions as far as Python reads them alike.

Globs are matched in time linear in both lengths: a pattern may be long, and an image's file hostile.
"""

import re
from typing import List, NamedTuple, Optional, Tuple

from rempart_agent.said import SaidError

META = re.compile(r"[*?\[\]\\]")  # has_meta of sudo: these four make a glob
_CLASSES = {
    "alnum": "a-zA-Z0-9", "alpha": "a-zA-Z", "blank": " \t", "digit": "0-9", "lower": "a-z", "upper": "A-Z",
    "space": " \t\n\r\f\v", "xdigit": "0-9A-Fa-f", "word": "a-zA-Z0-9_",
}  # fmt: skip


class _Unit(NamedTuple):
    """One position of a glob: any run of characters, or a set of characters."""

    star: bool
    accepts: Optional["re.Pattern[str]"]
    literal: str


class Unknown(SaidError):
    """The pattern is one that others may read differently."""


def _units(pattern: str, flags: int) -> List[_Unit]:
    units: List[_Unit] = []
    at = 0
    while at < len(pattern):
        char = pattern[at]
        at += 1
        if char == "*":
            if not (units and units[-1].star):
                units.append(_Unit(True, None, ""))
        elif char == "?":
            units.append(_Unit(False, re.compile(".", re.DOTALL), ""))
        elif char == "[":
            found = _bracket(pattern, at, flags)
            if found is None:
                units.append(_Unit(False, None, "["))
            else:
                at = found[1]
                units.append(_Unit(False, found[0], ""))
        else:
            if char == "\\" and at < len(pattern):
                char = pattern[at]
                at += 1
            units.append(_Unit(False, None, char.lower() if flags else char))
    return units


def _bracket(pattern: str, at: int, flags: int) -> Optional[Tuple["re.Pattern[str]", int]]:
    """Return what a bracket expression accepts and where it ends; None where it is never closed."""
    negated = pattern[at : at + 1] in ("!", "^")
    at += negated
    parts: List[str] = []
    first = True
    while at < len(pattern):
        char = pattern[at]
        if char == "]" and not first:
            body = "".join(parts)
            return re.compile("[{}{}]".format("^" if negated else "", body), flags | re.DOTALL), at + 1
        first = False
        if pattern.startswith("[:", at):
            name, closed, _ = pattern[at + 2 :].partition(":]")
            if not closed or name not in _CLASSES:
                raise Unknown("the class [:{name}:]", name=name[:20])
            parts.append(_CLASSES[name])
            at += len(name) + 4
            continue
        if pattern[at : at + 2] in ("[.", "[="):
            raise Unknown("an equivalence class")
        if char == "\\" and at + 1 < len(pattern):
            at += 1
            char = pattern[at]
        at += 1
        if pattern[at : at + 1] == "-" and pattern[at + 1 : at + 2] not in ("", "]"):
            last = pattern[at + 1]
            at += 2
            if last in "\\[" or last < char:
                raise Unknown("the range {char}-{last}", char=char, last=last)
            parts.append(re.escape(char) + "-" + re.escape(last))
        else:
            parts.append(re.escape(char))
    return None


def matches(pattern: str, text: str, path: bool = False, fold: bool = False) -> bool:
    """Tell whether fnmatch(3) matches.

    Args:
        pattern: The pattern.
        text: What it is held against.
        path: Whether ``/`` is matched by a ``/`` alone (FNM_PATHNAME).
        fold: Whether capitals do not matter (FNM_CASEFOLD).
    """
    if not path:
        return _match(_units(pattern, re.IGNORECASE if fold else 0), text.lower() if fold else text)
    parts, given = pattern.split("/"), text.split("/")
    return len(parts) == len(given) and all(_match(_units(p, 0), g) for p, g in zip(parts, given))


def _match(units: List[_Unit], text: str) -> bool:
    at = unit = 0
    star, mark = -1, 0
    while at < len(text):
        if unit < len(units) and units[unit].star:
            star, mark = unit, at
            unit += 1
        elif unit < len(units) and _accepts(units[unit], text[at]):
            unit += 1
            at += 1
        elif star >= 0:
            unit = star + 1
            mark += 1
            at = mark
        else:
            return False
    return all(u.star for u in units[unit:])


def _accepts(unit: _Unit, char: str) -> bool:
    return unit.accepts.match(char) is not None if unit.accepts else unit.literal == char


def expression(pattern: str) -> "re.Pattern[str]":
    """Return a POSIX extended regular expression for Python; raises Unknown where the two may differ, or be slow.

    ``^`` stands at the start and ``$`` at the end, as sudo asks; a search and a match are the same then.
    """
    flags = 0
    body = pattern[1:-1]
    if body.startswith("(?i)"):
        flags, body = re.IGNORECASE, body[4:]
    if len(pattern) > 1024 or sum(body.count(c) for c in "*+?{") > 6:
        raise Unknown("the expression is long")
    if re.search(r"\\[A-Za-z0-9`'<>]|\(\?|[*+?}][*+?{]|(?:^|[(|])[*+?{|)]|\|$|\[[:.=]|\)[*+{]|\\$", body):
        raise Unknown("the expression {pattern}", pattern=pattern[:60])
    if re.search(r"(?:^|[^\\])[\^$]", re.sub(r"\[\^?\]?[^\]]*\]", "", body)) or "[^" in body.replace("[^/", ""):
        raise Unknown("the expression {pattern}", pattern=pattern[:60])
    if "[" in body and ("\\" in body or "&&" in body or "--" in body or "[[" in body):
        raise Unknown("the expression {pattern}", pattern=pattern[:60])
    try:
        return re.compile("(?:" + body + r")\Z", flags | re.DOTALL)
    except re.error as error:
        raise Unknown("the expression {pattern}", pattern=pattern[:60]) from error
