"""What a command that is run once is made of, and how it is known how files stand."""

import glob
import os
from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Sequence

from ..contract import Act, Text
from ..place import Place
from ..sight import Sight


def _no_hand(act: Act) -> str:
    return ""


class Command(NamedTuple):
    """A command that is run once.

    Attributes:
        due: To what it is to be done, by the spec and the live state; ``[]`` for nothing.
        see: What is observed of a target, before and after: where both are equal nothing was done.
        run: Does it; returns what went wrong, or ``""``.
        stays: Why an undo can't take it back.
        by_hand: What does it by hand as far as that is possible.
        later: Whether it takes place only after the record of it, so that both are equal then.
    """

    due: Callable[[Mapping[str, Any], Sight], List[str]]
    see: Callable[[str, Place], Dict[str, Any]]
    run: Callable[[Act, Place], str]
    stays: Text
    by_hand: Callable[[Act], str] = _no_hand
    later: bool = False


def list_files(place: Place, patterns: Sequence[str]) -> Dict[str, os.stat_result]:
    """Return the files that patterns name, and how each stands; of a link itself."""
    found: Dict[str, os.stat_result] = {}
    top = 0 if place.root == "/" else len(place.root)
    for pattern in patterns:
        for path in glob.glob(place.at(pattern), recursive=True):
            try:
                found[path[top:]] = os.lstat(path)
            except OSError:
                continue  # gone since
    return found


def see_files(place: Place, patterns: Sequence[str]) -> Dict[str, Any]:
    """Return size and time of the files that patterns name."""
    return {path: [one.st_size, one.st_mtime_ns] for path, one in sorted(list_files(place, patterns).items())}


def ask(place: Place, words: List[str], timeout: float = 120) -> str:
    """Run a program; return what went wrong, or ``""``."""
    status, said = place.run(words, timeout)
    return f"{' '.join(words)}: {said[-300:] or status}" if status else ""
