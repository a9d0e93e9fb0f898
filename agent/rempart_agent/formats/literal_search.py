"""Finds many literals in bytes at once: by Hyperscan where that is installed, else one after the other.

Both find the same places. Hyperscan looks for all literals in one pass; the loop runs on endpoints, where nothing is
installed, and costs a pass for each literal that may be there.
"""

import bisect
import functools
import re
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Optional, Tuple

MOST = 200_000
"""The most places of one literal that are told; one more says that there are more."""

_SEPARATORS = (b"_", b"-", b".")
_WIDE = re.compile(rb"(?:[\t\n\r -~]\0){8,}")  # UTF-16 of ASCII, little-endian; or big-endian, one byte on
_KIND = bytes(97 if 32 <= byte < 127 or byte in {9, 10, 13} else 0 if byte == 0 else 255 for byte in range(256))
_EIGHT_WIDE = b"a\0" * 8


class Literal(NamedTuple):
    """What is looked for.

    Attributes:
        text: The bytes; in lower case unless ``exact``.
        exact: Whether they are looked for as they are; else ASCII letters are found in either case.
    """

    text: bytes
    exact: bool = True


Literals = Tuple[Literal, ...]
Places = Dict[int, List[int]]
"""Number of a literal -> where it begins, in ascending order; without those that are nowhere."""
Finder = Callable[[bytes], Places]


@functools.lru_cache(maxsize=8)
def finder(literals: Literals) -> Finder:
    """Return what finds these literals fastest on this machine.

    Args:
        literals: None of them empty.
    """
    return hyperscan_finder(literals) or functools.partial(find_each, literals)


@functools.lru_cache(maxsize=8)
def wide_finder(literals: Literals) -> Finder:
    """Return what finds these literals fastest where they stand in UTF-16 among other bytes.

    Args:
        literals: None of them empty. A place is that of the first byte of a literal in UTF-16.
    """
    wide = tuple(Literal(b"".join(bytes((byte, 0)) for byte in text), exact) for text, exact in literals)
    return hyperscan_finder(wide) or functools.partial(find_each_wide, literals)


def find_each(literals: Literals, data: bytes) -> Places:
    """Find literals one after the other.

    Args:
        literals: What is looked for.
        data: Where.
    """
    lowered = data.lower() if any(not literal.exact for literal in literals) else b""
    found: Places = {}
    for number in _candidates(literals, data):
        literal = literals[number]
        text = data if literal.exact else lowered
        at = text.find(literal.text)
        if at < 0:
            continue
        places = found[number] = []
        while at >= 0 and len(places) <= MOST:
            places.append(at)
            at = text.find(literal.text, at + 1)
    return found


def find_each_wide(literals: Literals, data: bytes) -> Places:
    """Find literals in UTF-16 one after the other, in the runs of eight characters and more.

    Args:
        literals: What is looked for.
        data: Where.
    """
    kinds = data.translate(_KIND)
    starts: List[int] = []  # of each run, where its characters begin among those of all
    begins: List[int] = []  # and where it begins in the data
    texts: List[bytes] = []
    size = 0
    at = kinds.find(_EIGHT_WIDE)
    while at >= 0:
        run = _WIDE.match(data, at)
        end = run.end() if run else at + 1
        starts.append(size)
        begins.append(at)
        texts.append(data[at:end:2] + b"\xff")
        size += len(texts[-1])
        at = kinds.find(_EIGHT_WIDE, end)
    found = find_each(literals, b"".join(texts)) if texts else {}
    for places in found.values():
        for index, place in enumerate(places):
            of_run = bisect.bisect_right(starts, place) - 1
            places[index] = begins[of_run] + 2 * (place - starts[of_run])
    return found


@functools.lru_cache(maxsize=8)
def _plan(literals: Literals) -> Tuple[Tuple[int, ...], Tuple[Tuple[bytes, int, Dict[bytes, List[int]]], ...]]:
    """Return the literals that are looked for one by one, and the others by what stands before a separator in them."""
    alone: List[int] = []
    beside: Dict[Tuple[bytes, int], Dict[bytes, List[int]]] = {}
    for number, literal in enumerate(literals):
        for separator in _SEPARATORS:
            before = literal.text.partition(separator)[0]
            if literal.exact and 2 <= len(before) < len(literal.text):
                size = min(len(before), 4)
                beside.setdefault((separator, size), {}).setdefault(before[-size:], []).append(number)
                break
        else:
            alone.append(number)
    return tuple(alone), tuple((separator, size, tails) for (separator, size), tails in sorted(beside.items()))


def _candidates(literals: Literals, data: bytes) -> Iterator[int]:
    """Yield the literals that may be there: what stands before separators tells that of most, faster than a search."""
    alone, beside = _plan(literals)
    yield from alone
    pieces: List[bytes] = []
    split_by = b""
    for separator, size, tails in beside:
        if separator != split_by:
            pieces, split_by = data.split(separator), separator
            pieces.pop()
        for tail in {piece[-size:] for piece in pieces}.intersection(tails):
            yield from tails[tail]


def hyperscan_finder(literals: Literals) -> Optional[Finder]:
    """Return what finds literals by Hyperscan; None where it is not installed, or not for this processor."""
    import importlib

    try:
        hyperscan: Any = importlib.import_module("hyperscan")
        database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        database.compile(
            expressions=[b"".join(b"\\x%02x" % byte for byte in literal.text) for literal in literals],
            ids=list(range(len(literals))),
            elements=len(literals),
            flags=[hyperscan.HS_FLAG_DOTALL | (0 if one.exact else hyperscan.HS_FLAG_CASELESS) for one in literals],
        )
        hyperscan.Scratch(database)
    except (ImportError, OSError):
        return None
    except Exception as error:
        if type(error).__module__.partition(".")[0] in {"hyperscan", "_hyperscan"}:
            return None
        raise
    sizes = [len(literal.text) for literal in literals]

    def find(data: bytes) -> Places:
        found: Places = {}

        def note(number: int, begin: int, end: int, flags: int, context: object) -> None:
            places = found.get(number)
            if places is None:
                found[number] = [end - sizes[number]]
            elif len(places) <= MOST:
                places.append(end - sizes[number])

        if data:
            database.scan(data, match_event_handler=note)
        return found

    return find
