"""Lines of a shared file: what an act put in for what, and how that is taken out after others wrote to it."""

import difflib
import re
from typing import Any, Dict, Iterable, List, NamedTuple, Optional, Set, Tuple

_MOST = 4000  # pairs of lines that are compared with each other
_ALIKE = 0.6
Edit = Dict[str, Any]
"""``at``: the line of the text as we left it (from 0); ``new``: our lines there; ``old``: what they replaced."""


def split(data: bytes) -> List[str]:
    """Return the lines, each with its end; what is no UTF-8 survives."""
    return re.findall(r"[^\n]*\n|[^\n]+", data.decode("utf-8", "surrogateescape"))


def join(lines: List[str]) -> bytes:
    """Return the file that lines make."""
    return "".join(lines).encode("utf-8", "surrogateescape")


def find_edits(before: List[str], after: List[str]) -> List[Edit]:
    """Return how one text became the other, line by line where lines stand for lines."""
    edits: List[Edit] = []
    for old_from, old_to, new_from, new_to in _differences(before, after):
        edits += _pair(before[old_from:old_to], after[new_from:new_to], new_from)
    return edits


def _pair(old: List[str], new: List[str], at: int) -> List[Edit]:
    """Return the edits of a range: each line with the one that it replaced, as far as they are alike."""
    if len(old) == len(new) or not old or len(old) * len(new) > _MOST:
        if len(old) != len(new) and old:
            return [{"at": at, "old": old, "new": new}]
        return [{"at": at + number, "old": old[number : number + 1], "new": [line]} for number, line in enumerate(new)]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    alike = [[difflib.SequenceMatcher(None, one, other).ratio() for other in new] for one in old]
    for a in range(len(old) - 1, -1, -1):
        for b in range(len(new) - 1, -1, -1):
            both = alike[a][b] + best[a + 1][b + 1] if alike[a][b] > _ALIKE else 0.0
            best[a][b] = max(both, best[a + 1][b], best[a][b + 1])
    edits: List[Edit] = []
    a = b = 0
    gone: List[str] = []
    while a < len(old) or b < len(new):
        paired = a < len(old) and b < len(new) and alike[a][b] > _ALIKE
        if paired and best[a][b] == alike[a][b] + best[a + 1][b + 1]:
            edits += [{"at": at + b, "old": gone, "new": []}] if gone else []
            edits.append({"at": at + b, "old": [old[a]], "new": [new[b]]})
            a, b, gone = a + 1, b + 1, []
        elif a < len(old) and (b == len(new) or best[a][b] == best[a + 1][b]):
            gone = [*gone, old[a]]
            a += 1
        else:
            edits += [{"at": at + b, "old": gone, "new": []}] if gone else []
            edits.append({"at": at + b, "old": [], "new": [new[b]]})
            b, gone = b + 1, []
    return edits + ([{"at": at + len(new), "old": gone, "new": []}] if gone else [])


def _differences(one: List[str], other: List[str]) -> List[Tuple[int, int, int, int]]:
    """Return the ranges in which two texts differ; equal heads and tails are cut off first, for speed."""
    head = 0
    while head < min(len(one), len(other)) and one[head] == other[head]:
        head += 1
    tail = 0
    while tail < min(len(one), len(other)) - head and one[-1 - tail] == other[-1 - tail]:
        tail += 1
    left, right = one[head : len(one) - tail], other[head : len(other) - tail]
    codes = difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    return [(a + head, b + head, c + head, d + head) for tag, a, b, c, d in codes if tag != "equal"]


class Reverted(NamedTuple):
    """A text out of which edits were taken.

    Attributes:
        lines: The text.
        back: The edits that are out.
        moved: Those that another changed since, and that stay.
    """

    lines: List[str]
    back: List[Edit]
    moved: List[Edit]


def revert(after: List[str], now: List[str], edits: List[Edit], *, force: bool = False) -> Reverted:
    """Take edits out of a text: each where our lines still stand, once.

    Args:
        after: The text as we left it.
        now: The text as it is.
        edits: What we did.
        force: Whether what another put into the place of our lines is replaced too.
    """
    places = _align(after, now)
    known = {*after, *(line for edit in edits for line in edit["old"])}
    taken: List[Tuple[int, int, List[str]]] = []
    back, moved = [], []
    for edit in edits:
        found = _find(edit, after, now, places, known, force=force)
        if found is None or any(found[0] < high and low < found[1] for low, high, _ in taken):
            moved.append(edit)
            continue
        back.append(edit)
        if found[1] >= 0:
            taken.append((found[0], found[1], edit["old"]))
    lines = list(now)
    for low, high, old in sorted(taken, key=lambda one: (one[0], one[1]), reverse=True):
        lines[low:high] = old
    return Reverted(_end(lines), back, moved)


def drop(after: List[str], edits: List[Edit], moved: List[Edit]) -> Tuple[List[str], List[Edit]]:
    """Return a text as we left it without the edits that are out of it, and where those lie in it that are not."""
    lines = list(after)
    rest: List[Edit] = []
    shift = 0
    for edit in sorted(edits, key=lambda one: (int(one["at"]), len(one["new"]))):
        at = edit["at"] + shift
        if edit in moved:
            rest.append(dict(edit, at=at))
            continue
        lines[at : at + len(edit["new"])] = edit["old"]
        shift += len(edit["old"]) - len(edit["new"])
    return lines, rest


def _end(lines: List[str]) -> List[str]:
    """Return lines of which all but the last have an end."""
    return [line if line.endswith("\n") or n == len(lines) else line + "\n" for n, line in enumerate(lines, 1)]


def _align(after: List[str], now: List[str]) -> Dict[int, int]:
    """Return where each line that both have lies now."""
    places: Dict[int, int] = {}
    spot = 0
    last = 0
    for low, high, _, new_high in [*_differences(after, now), (len(after), len(after), len(now), len(now))]:
        for number in range(last, low):
            places[number] = spot + number - last
        last, spot = high, new_high
    return places


def _find(
    edit: Edit, after: List[str], now: List[str], places: Dict[int, int], known: Set[str], *, force: bool
) -> Optional[Tuple[int, int]]:
    """Return the range of the present text that an edit gives back; ``(-1, -1)`` where it is back already."""
    at, size, old, new = edit["at"], len(edit["new"]), edit["old"], edit["new"]
    if size:
        spots = [places.get(number, -1) for number in range(at, at + size)]
        if spots[0] >= 0 and spots == list(range(spots[0], spots[0] + size)):
            return spots[0], spots[0] + size
        found = [spot for spot in range(len(now) - size + 1) if now[spot : spot + size] == new]
        if len(found) == 1 and now[found[0] : found[0] + size] == new and after.count(new[0]) == 1:
            return found[0], found[0] + size
        low, high = _between(at, size, len(now), places)
        if not found and not old:
            spot = _find_alike(new[0], now, range(low, high), known)
            return (-1, -1) if spot < 0 else (spot, spot + 1) if force else None
        if not found and _holds(now[low:high], old):
            return -1, -1
    else:
        if _holds(now, old) and not _holds(after, old):
            return -1, -1
        above, below = places.get(at - 1, -1), places.get(at, -1)
        if above >= 0 or at == 0:
            return above + 1, above + 1
        if below >= 0 or at == len(after):
            spot = below if below >= 0 else len(now)
            return spot, spot
    return _between(at, size, len(now), places) if force else None


def _find_alike(line: str, now: List[str], spots: Iterable[int], known: Set[str]) -> int:
    """Return where a line of ours stands that another has changed; -1 where none is like it that nobody knew."""
    match = difflib.SequenceMatcher(None, "", line.strip())
    for spot in spots:
        match.set_seq1(now[spot].strip())
        if now[spot] not in known and match.real_quick_ratio() > _ALIKE and match.ratio() > _ALIKE:
            return spot
    return -1


def _holds(lines: List[str], part: List[str]) -> bool:
    return any(lines[spot : spot + len(part)] == part for spot in range(len(lines) - len(part) + 1))


def _between(at: int, size: int, end: int, places: Dict[int, int]) -> Tuple[int, int]:
    """Return what lies now between the nearest lines above and below an edit that are still there."""
    above = [spot for number, spot in places.items() if number < at]
    below = [spot for number, spot in places.items() if number >= at + size]
    return max(above, default=-1) + 1, min(below, default=end)
