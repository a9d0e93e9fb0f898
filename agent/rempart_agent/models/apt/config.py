"""Reads apt.conf(5): settings, blocks, comments, ``#clear`` and ``#include`` (``apt-pkg/contrib/configuration.cc``)."""

import re
from typing import Iterator, List, Mapping, Optional, Tuple

from rempart_agent.models.apt.word import WORD, Refused, plain, truth

_TEXT = re.compile(r'(?:"[^"]*"\s*)+$')
DEFAULTS = {
    "dir": "/",
    "dir::etc": "etc/apt/",
    "dir::etc::sourcelist": "sources.list",
    "dir::etc::sourceparts": "sources.list.d",
    "dir::state": "var/lib/apt/",
    "dir::state::lists": "lists/",
}


def switch(values: Mapping[str, str], key: str, default: bool) -> bool:
    """Return a switch as apt does: a word that it does not know is the default.

    Args:
        values: The configuration: text by key, in small letters.
        key: The switch.
        default: What it is without a word.
    """
    said = truth(values.get(key.lower(), ""))
    return default if said is None else said


def place(values: Mapping[str, str], key: str) -> str:
    """Return a path that the configuration names: relative ones belong to the key around it (``Dir::Etc::…``).

    Args:
        values: The configuration: text by key, in small letters.
        key: Of the path.
    """
    key = key.lower()
    path = values.get(key, DEFAULTS.get(key, ""))
    while "::" in key and not path.startswith("/"):
        key = key.rpartition("::")[0]
        path = values.get(key, DEFAULTS.get(key, "")).rstrip("/") + "/" + path
    return "/" + path.lstrip("/")


def parse(text: str, path: str = "apt.conf") -> Iterator[Tuple[int, str, str]]:
    """Parse one file: line, key and value of each setting; ``#clear`` and ``#include`` as keys.

    Args:
        text: Its content.
        path: Its name, for errors.

    Raises:
        Refused: apt would refuse the file.
    """
    outer: List[str] = []
    for line, statement, end in _statements(text, path):
        words = WORD.match(statement)
        if words is None:
            if end == "{":
                raise Refused("{path}:{line}: a block without a name", path=path, line=line)
        else:
            tag, value, named = _split(statement, words.end(), end)
            if tag is None:
                raise Refused("{path}:{line}: more than a key and a value", path=path, line=line)
            if tag.startswith("#") and not outer and end == ";" and tag.lower() in ("#clear", "#include"):
                yield line, tag.lower(), value
            elif tag.startswith("#") and outer:
                raise Refused("{path}:{line}: {tag} within a block", path=path, line=line, tag=tag)
            elif named:
                parent = outer[-1] if outer else ""
                yield line, f"{parent}::{tag}" if parent and (tag or end != "{") else parent or tag, value
            if end == "{":
                outer.append(f"{outer[-1]}::{tag}" if outer else tag)
                continue
        if end == "}" and outer:
            outer.pop()


def _split(statement: str, at: int, end: str) -> Tuple[Optional[str], str, bool]:
    """Return tag, value and whether there is a value; no tag where apt finds junk behind it."""
    tag, rest = plain(statement[:at]), statement[at:].strip()
    if not rest:
        return (tag, "", False) if end == "{" else ("", tag, True)
    if _TEXT.match(rest):
        return tag, _joined(rest), True
    word = WORD.match(rest)
    if word is None or word.end() != len(rest):
        return None, "", False
    return tag, plain(rest), True


def _joined(quoted: str) -> str:
    """Return what stands within quotes, with one blank where a blank stands between two of them."""
    parts: List[Tuple[str, str]] = re.findall(r'"([^"]*)"(\s*)', quoted)
    return "".join(text + (" " if blank else "") for text, blank in parts[:-1]) + parts[-1][0]


def _statements(text: str, path: str) -> Iterator[Tuple[int, str, str]]:
    """Return the statements, without comments, each with the line of its end and what ends it."""
    pending: List[str] = []
    hidden = False
    number = 0
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.replace("\t", " " * 8).strip()  # as apt does
        start = at = 0
        quoted = False
        while at < len(line):
            two = line[at : at + 2]
            if hidden:
                if two == "*/":
                    hidden, start, at = False, at + 2, at + 1
            elif line[at] == '"':
                quoted = not quoted
            elif quoted:
                pass
            elif two == "/*":
                pending.append(line[start:at])
                hidden, at = True, at + 1
            elif two == "//" or (line[at] == "#" and not line.startswith(("#clear", "#include", "#x-apt-conf"), at)):
                break
            elif line[at] in "{;}":
                pending.append(line[start:at])
                yield number, " ".join(part for part in pending if part).strip(), line[at]
                pending = []
                start = at + 1
            at += 1
        if not hidden:
            pending.append(line[start:at].strip())
    if any(part.strip() for part in pending):
        raise Refused("{path}:{number}: a statement without its end", path=path, number=number)
