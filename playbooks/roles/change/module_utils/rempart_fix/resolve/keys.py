"""Specs about settings by key, in files like ini and in those of a word and its value: pure functions of lines."""

import re
from typing import Any, List, Mapping, Optional, Tuple

from .lines import insert, read_bodies


def apply_key(lines: List[str], spec: Mapping[str, Any]) -> List[str]:
    """Return the lines as declared.

    Every line that sets the key gets the value, so that it is of no matter whether the first or the last counts; where
    none does, a line is put in: after a comment that shows the key, else at the end of the section or file.

    Args:
        lines: Each with its end.
        spec: ``{section, key, value | absent | at_least | at_most, one_of, separator, ignore_case}``. ``at_least`` and
            ``at_most``: a number on the right side of it stays; ``one_of``: one of these stays. What does not stay
            becomes ``value``, else the first of these three that is given.
    """
    bodies, end = read_bodies(lines)
    bounds = _find_section(bodies, spec.get("section"))
    flags = re.IGNORECASE if spec.get("ignore_case") else 0
    if bounds is None:
        if spec.get("absent"):
            return lines
        new = ([] if not bodies or not bodies[-1].strip() else [end]) + [f"[{spec['section']}]{end}"]
        return insert(lines, len(lines), [*new, _line(spec) + end])
    low, high = bounds
    setting = re.compile(_pattern(spec), flags)
    hits = [(n, found) for n in range(low, high) for found in [setting.match(bodies[n])] if found]
    if spec.get("absent"):
        gone = {number for number, _ in hits}
        return [line for number, line in enumerate(lines) if number not in gone]
    out = list(lines)
    for number, found in hits:
        if not holds(found["value"], spec):
            out[number] = found["head"] + _value(spec) + lines[number][len(bodies[number]) :]
    if hits:
        return out
    shown = re.compile(r"\s*[#;]+\s*" + _pattern(spec), flags)
    spots = [number + 1 for number in range(low, high) if shown.match(bodies[number])]
    return insert(lines, spots[-1] if spots else _end_of(bodies, low, high), [_line(spec) + end])


def holds(value: str, spec: Mapping[str, Any]) -> bool:
    """Tell whether a value that is there fulfils the spec."""
    text = value.strip()
    if spec.get("one_of") and text in [str(one) for one in spec["one_of"]]:
        return True
    if spec.get("at_least") is not None or spec.get("at_most") is not None:
        try:
            number = int(text)
        except ValueError:
            return False
        low, high = spec.get("at_least"), spec.get("at_most")
        return (low is None or number >= int(low)) and (high is None or number <= int(high))
    return not spec.get("one_of") and text == str(spec["value"])


def _value(spec: Mapping[str, Any]) -> str:
    for name in ("value", "at_least", "at_most"):
        if spec.get(name) is not None:
            return str(spec[name])
    return str(spec["one_of"][0])


def _separator(spec: Mapping[str, Any]) -> str:
    given = spec.get("separator")
    return " = " if given is None else str(given)


def _line(spec: Mapping[str, Any]) -> str:
    return f"{spec['key']}{_separator(spec)}{_value(spec)}"


def _pattern(spec: Mapping[str, Any]) -> str:
    sign = _separator(spec).strip()
    middle = rf"[ \t]*{re.escape(sign)}[ \t]*" if sign else r"[ \t]+"
    return rf"(?P<head>[ \t]*{re.escape(spec['key'])}{middle})(?P<value>.*)"


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
