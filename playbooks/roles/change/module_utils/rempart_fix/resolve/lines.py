"""Specs about lines of a file: pure functions of its lines and the spec to its lines as declared."""

import re
from typing import Any, List, Mapping, Tuple

BOF, EOF = "BOF", "EOF"


def apply_lines(lines: List[str], spec: Mapping[str, Any]) -> List[str]:
    """Return the lines as declared.

    Args:
        lines: Each with its end.
        spec: ``{match, line | block | absent | replace, all, after, before, unless}``. ``line``: the last line that
            matches becomes it, with ``all`` the others that match go; where none matches and it is not there, it is put
            in after the last line that fits ``after``, before the first that fits ``before`` (``BOF``: at the top),
            else at the end. ``block``: several lines that stand together, put in where they do not. ``absent``: all
            lines that match go. ``replace``: the match is replaced in each line. For these two it is looked
            from each line that fits ``after`` to the next that fits ``before``.
    """
    bodies, end = read_bodies(lines)
    if spec.get("unless") and any(re.search(spec["unless"], body) for body in bodies):
        return lines
    match = spec.get("match")
    if spec.get("line") is not None:
        return _set_line(lines, bodies, end, spec)
    if spec.get("block") is not None:
        return _set_block(lines, bodies, end, spec)
    spots = _bound(bodies, spec)
    if spec.get("absent"):
        gone = {number for number in spots if re.search(match or "", bodies[number])}
        return [line for number, line in enumerate(lines) if number not in gone]
    out = list(lines)
    for number in spots:
        body = re.sub(match or "", spec["replace"], bodies[number])
        if body != bodies[number]:
            out[number] = body + lines[number][len(bodies[number]) :]
    return out


def read_bodies(lines: List[str]) -> Tuple[List[str], str]:
    """Return the lines without their ends, and the end that the file uses."""
    end = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    return [line.rstrip("\r\n") for line in lines], end


def insert(lines: List[str], number: int, new: List[str]) -> List[str]:
    """Return lines with others put in before one; a last line that has no end gets one."""
    out = list(lines)
    if 0 < number == len(out) and not out[-1].endswith("\n"):
        out[-1] += "\n"
    out[number:number] = new
    return out


def _set_line(lines: List[str], bodies: List[str], end: str, spec: Mapping[str, Any]) -> List[str]:
    new = spec["line"].rstrip("\r\n")
    hits = [n for n, body in enumerate(bodies) if spec.get("match") and re.search(spec["match"], body)]
    if hits:
        out = list(lines)
        if bodies[hits[-1]] != new:
            out[hits[-1]] = new + (lines[hits[-1]][len(bodies[hits[-1]]) :] or "")
        gone = set(hits[:-1]) if spec.get("all") else set()
        return [line for number, line in enumerate(out) if number not in gone]
    spot = _spot(bodies, spec)
    if new in bodies and not (spec.get("before") == BOF and _first(bodies) != new):
        return lines
    return insert(lines, spot, [new + end])


def _set_block(lines: List[str], bodies: List[str], end: str, spec: Mapping[str, Any]) -> List[str]:
    """Put in lines that belong together, where they do not stand together already."""
    new = spec["block"].splitlines()
    if any(bodies[number : number + len(new)] == new for number in range(len(bodies))):
        return lines
    return insert(lines, _spot(bodies, spec), [line + end for line in new])


def _first(bodies: List[str]) -> str:
    """Return the first line that is neither empty nor a comment."""
    return next((body for body in bodies if body.strip() and not body.lstrip().startswith("#")), "")


def _spot(bodies: List[str], spec: Mapping[str, Any]) -> int:
    after, before = spec.get("after"), spec.get("before")
    if before == BOF:
        return 0
    if after not in (None, EOF):
        hits = [number for number, body in enumerate(bodies) if re.search(str(after), body)]
        return hits[-1] + 1 if hits else len(bodies)
    if before is not None:
        hits = [number for number, body in enumerate(bodies) if re.search(str(before), body)]
        return hits[0] if hits else len(bodies)
    return len(bodies)


def _bound(bodies: List[str], spec: Mapping[str, Any]) -> List[int]:
    """Return where it is looked: from each line that fits ``after`` to the next that fits ``before``."""
    after, before = spec.get("after"), spec.get("before")
    inside, found = not after, []
    for number, body in enumerate(bodies):
        inside = inside and not (before and re.search(before, body))
        if inside:
            found.append(number)
        inside = inside or bool(after and re.search(after, body))
    return found
