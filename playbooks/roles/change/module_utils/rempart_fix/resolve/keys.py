"""Wishes about settings by key, in files like ini and in those of a word and its value: pure functions of lines."""

import re
from typing import Any, List, Mapping, Optional, Tuple

from .lines import insert, read_bodies


def apply_key(lines: List[str], wish: Mapping[str, Any]) -> List[str]:
    """Return the lines as wished.

    Every line that sets the key gets the value, so that it is of no matter whether the first or the last counts; where
    none does, a line is put in: after a comment that shows the key, else at the end of the section or file.

    Args:
        lines: Each with its end.
        wish: ``{section, key, value | absent | at_least | at_most, one_of, separator, ignore_case}``. ``at_least`` and
            ``at_most``: a number on the right side of it stays; ``one_of``: one of these stays. What does not stay
            becomes ``value``, else the first of these three that is given.
    """
    bodies, end = read_bodies(lines)
    bounds = _find_section(bodies, wish.get("section"))
    flags = re.IGNORECASE if wish.get("ignore_case") else 0
    if bounds is None:
        if wish.get("absent"):
            return lines
        new = ([] if not bodies or not bodies[-1].strip() else [end]) + [f"[{wish['section']}]{end}"]
        return insert(lines, len(lines), [*new, _line(wish) + end])
    low, high = bounds
    setting = re.compile(_pattern(wish), flags)
    hits = [(n, found) for n in range(low, high) for found in [setting.match(bodies[n])] if found]
    if wish.get("absent"):
        gone = {number for number, _ in hits}
        return [line for number, line in enumerate(lines) if number not in gone]
    out = list(lines)
    for number, found in hits:
        if not holds(found["value"], wish):
            out[number] = found["head"] + _value(wish) + lines[number][len(bodies[number]) :]
    if hits:
        return out
    shown = re.compile(r"\s*[#;]+\s*" + _pattern(wish), flags)
    spots = [number + 1 for number in range(low, high) if shown.match(bodies[number])]
    return insert(lines, spots[-1] if spots else _end_of(bodies, low, high), [_line(wish) + end])


def holds(value: str, wish: Mapping[str, Any]) -> bool:
    """Tell whether a value that is there fulfils the wish."""
    text = value.strip()
    if wish.get("one_of") and text in [str(one) for one in wish["one_of"]]:
        return True
    if wish.get("at_least") is not None or wish.get("at_most") is not None:
        try:
            number = int(text)
        except ValueError:
            return False
        low, high = wish.get("at_least"), wish.get("at_most")
        return (low is None or number >= int(low)) and (high is None or number <= int(high))
    return not wish.get("one_of") and text == str(wish["value"])


def _value(wish: Mapping[str, Any]) -> str:
    for name in ("value", "at_least", "at_most"):
        if wish.get(name) is not None:
            return str(wish[name])
    return str(wish["one_of"][0])


def _separator(wish: Mapping[str, Any]) -> str:
    given = wish.get("separator")
    return " = " if given is None else str(given)


def _line(wish: Mapping[str, Any]) -> str:
    return f"{wish['key']}{_separator(wish)}{_value(wish)}"


def _pattern(wish: Mapping[str, Any]) -> str:
    sign = _separator(wish).strip()
    middle = rf"[ \t]*{re.escape(sign)}[ \t]*" if sign else r"[ \t]+"
    return rf"(?P<head>[ \t]*{re.escape(wish['key'])}{middle})(?P<value>.*)"


def _find_section(bodies: List[str], name: Optional[str]) -> Optional[Tuple[int, int]]:
    """Return the lines of a section; without a name those before the first; None where there is none.

    Of several sections of one name the last is taken.
    """
    heads = [
        (n, found[1].strip()) for n, body in enumerate(bodies) for found in [re.match(r"\s*\[([^]]*)\]", body)] if found
    ]
    if not name:
        return 0, len(bodies)
    for number, head in reversed(heads):
        if head == name:
            later = [n for n, _ in heads if n > number]
            return number + 1, later[0] if later else len(bodies)
    return None


def _end_of(bodies: List[str], low: int, high: int) -> int:
    """Return where a line goes at the end of a section: before the empty lines that end it."""
    while high > low and high < len(bodies) and not bodies[high - 1].strip():
        high -= 1
    return high
