"""Names of hosts and groups that a shell can complete: those of the inventory that the command line names.

An inventory is looked at, not read: Ansible would take a second for it. Names that are written out in a file of INI,
YAML or JSON are found; ranges (``web[01:20]``), programs and plugins are not, and a password's file is never opened.
"""

import json
import os
import re
from collections.abc import Iterable, Iterator
from typing import Any

_LIMIT = 1 << 20  # bytes of one file
_FILES = 50  # of one folder
NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:-]{0,252}(?<![:.])")
"""What may be completed."""


def look(places: Iterable[str]) -> set[str]:
    """Return the names of hosts and groups that inventories hold: files, folders, or ``HOST,HOST``."""
    return {name for place in places for name in _look(place)}


def _look(place: str) -> set[str]:
    if "," in place:
        return {name for name in place.split(",") if NAME.fullmatch(name)}
    place = os.path.expanduser(place)
    try:
        folder = os.path.isdir(place)
        files = [os.path.join(place, name) for name in sorted(os.listdir(place))[:_FILES]] if folder else [place]
    except OSError:
        return set()
    return {name for file in files for name in _read(file) if NAME.fullmatch(name)}


def _read(file: str) -> Iterator[str]:
    """Give the names of hosts and groups that a file holds."""
    try:
        if not os.path.isfile(file) or os.access(file, os.X_OK):  # a pipe would never end; a program is not run
            return
        with open(file, encoding="utf-8", errors="replace") as lines:
            text = lines.read(_LIMIT)
    except OSError:
        return
    if text.lstrip().startswith("{"):
        try:
            yield from _in_groups(json.loads(text))
        except (ValueError, RecursionError):
            return
    elif re.search(r"(?m)^\s*(?:hosts|children):", text):
        yield from _in_yaml(text)
    elif not file.endswith((".yaml", ".yml", ".json", ".md", ".txt")) and "$ANSIBLE_VAULT" not in text:
        yield from _in_ini(text)


def _in_groups(data: Any) -> Iterator[str]:
    for name, group in data.items() if isinstance(data, dict) else ():
        yield str(name)
        if isinstance(group, dict):
            yield from map(str, group.get("hosts") or ())
            yield from _in_groups(group.get("children"))


def _in_yaml(text: str) -> Iterator[str]:
    """Give the keys below ``hosts`` and ``children``: those that stand one step deeper."""
    at = deeper = -1  # how far the key that was found stands in, and those below it
    stack: list[tuple[int, int]] = []
    for line in text.splitlines():
        found = re.match(r"( *)(['\"]?)([^\s'\"#][^'\"#]*?)\2:(?: |$)", line)
        if not found:
            continue
        depth, key = len(found[1]), found[3]
        while stack and depth <= stack[-1][0]:
            stack.pop()
        at, deeper = stack[-1] if stack else (-1, -1)
        if stack and deeper in {-1, depth}:
            stack[-1] = (at, depth)
            yield key
        elif not stack and depth == 0:
            yield key  # a group of the highest level
        if key in {"hosts", "children"}:
            stack.append((depth, -1))


def _in_ini(text: str) -> Iterator[str]:
    variables = False
    for line in text.splitlines():
        word = line.split("#")[0].strip()
        if section := re.fullmatch(r"\[([^:\]]+)(?::(\w+))?\]", word):
            variables = section[2] == "vars"
            yield section[1]
        elif word and not variables:
            yield word.split()[0]
