"""What a package's ``postrm`` may take away when it is purged, read from its words. Pure: text in, paths out.

Each path that the script names counts, whatever is done there. A script that may reach paths that it does not name (an
interpreter, an unknown variable behind ``rm``, another folder) is not understood. Sources: deb-postrm(5), sh(1p).
"""

import re
from typing import Dict, List, NamedTuple, Optional, Set

_SHELL = re.compile(r"#!\s*/(usr/)?bin/(ba|da)?sh\b")
_NOBODYS = re.compile(
    r"/(usr/(?!local/)|s?bin/|lib\w*/|run/|var/run/|var/lock/|proc/|sys/|dev/|tmp/|var/cache/|var/lib/(dpkg|ucf)/)"
)
"""Where nothing lies that somebody would miss: files of packages, what is made anew, and records of dpkg and ucf."""
_STRANGE = re.compile(
    r"(?m)(?:(?<![\w/.-])|bin/)"
    r"(perl|python[\d.]*|ruby|awk|eval|exec|xargs|find|cd|pushd|truncate|shred|unlink|rsync|tar|source)(?![\w/.-])"
    r"|(^|[;&|({]|\b(?:then|do|else))\s*\.\s+(?!/usr/share/debconf/confmodule\b)"
    r"|\bdeluser\b[^\n;|&]*--remove|\buserdel\b[^\n;|&]*\s-\w*r|\\\s"
)
_QUOTED = re.compile(r"""(["'])(.*?)\1""", re.DOTALL)
_SAID = re.compile(r"""\b(?:echo|printf)\s+("[^"]*"|'[^']*')""")
_VARIABLE = re.compile(r"\$\{?(\w+)")
_ASSIGNED = re.compile(r"""(?m)(?<![\w$-])(\w+)=("[^"\n]*"|'[^'\n]*'|[^\s;&|)]*)""")
_LOOP = re.compile(r"(?m)\bfor\s+(\w+)\s+in\s+([^;\n]*)")
_TEST = re.compile(r"(?<!\S)\[\[?\s[^\n]*?\s\]\]?(?=[\s;&|)]|$)")
_REDIRECTED = re.compile(r"\d?>+\s*(/dev/null|&\d)")
_PATH = re.compile(r"(?<![\w.~*?\]}$/-])/[^\s;|&<>(){},]*")
_DELETES = re.compile(r"(?:\b(?:rm|mv)\b|(?<!\d)>+(?=\s*\$))([^;|&\n]*)")
_NAMES = re.compile(r"\b(?:deluser|delgroup|userdel|groupdel)\b([^;|&\n]*)")


class Reach(NamedTuple):
    """What a purge may take away.

    Attributes:
        paths: Files and folders with all in them; they may hold ``*``, ``?`` and ``[``.
        accounts: Accounts and groups that it removes.
    """

    paths: List[str]
    accounts: Set[str]


def read_reach(script: str) -> Optional[Reach]:
    """Return what a script may take away; None where that can't be told."""
    if not _SHELL.match(script):
        return None
    text = "\n".join(map(_drop_comment, re.sub(r"\\\n", " ", script.partition("\n")[2]).splitlines()))
    text = _SAID.sub(" ", re.sub(r"\$\{?DPKG_ROOT(:-)?\}?", "", text))
    if _STRANGE.search(text) or any(_is_spaced(words) for _, words in _QUOTED.findall(text)):
        return None
    values = _read_values(text)
    text = re.sub(r"\brmdir\b[^;|&\n]*", "", _REDIRECTED.sub(" ", text)).replace('"', "").replace("'", "")
    text = _expand(text, values)
    if not all(_is_understood(words, values) for words in _DELETES.findall(text)):
        return None
    text = _TEST.sub(" ", text)
    found = {re.split(r"[$`]", path)[0] for path in _PATH.findall(text)}
    paths = sorted(path for path in found if not _NOBODYS.match(path))
    accounts = {word for words in _NAMES.findall(text) for word in words.split() if not word.startswith("-")}
    if any(path.rstrip("/").count("/") < 2 or ".." in path for path in paths) or any("$" in one for one in accounts):
        return None
    return Reach(paths, accounts)


def _drop_comment(line: str) -> str:
    """Return a line without its comment; a number sign between quotes begins none."""
    found = re.match(r"""((?:[^"'#]|"[^"]*"|'[^']*'|(?<=\S)#)*?)(?:^|(?<=\s))#""", line)
    return found[1] if found else line


def _is_spaced(words: str) -> bool:
    """Tell whether a quoted text is one path that holds blanks, in place of several paths."""
    path = words.startswith("/") or re.match(r"\$(?!\()", words)
    return bool(path) and not all(word.startswith(("/", "$")) for word in words.split())


def _read_values(text: str) -> Dict[str, Optional[List[str]]]:
    """Return the values that each variable may have; None for one that is made by a program."""
    found: Dict[str, Optional[List[str]]] = {}
    for name, value in _ASSIGNED.findall(text):
        made = "$(" in value or "`" in value
        old = found.get(name, [])
        found[name] = None if made or old is None else [*old, value.strip("\"'")]
    for name, words in _LOOP.findall(text):
        old = found.get(name, [])
        if "ucfq" in words:  # files that are registered with ucf, which are known
            found[name] = old
        else:
            found[name] = None if "$(" in words or "`" in words or old is None else [*old, *words.split()]
    return found


def _expand(text: str, values: Dict[str, Optional[List[str]]]) -> str:
    for _ in range(5):
        for name, known in values.items():
            if known and len(set(known)) == 1:
                value = known[0]
                text = re.sub(rf"\$(\{{{name}\}}|{name}\b)", lambda _, value=value: value, text)  # type: ignore[misc]
    return text


def _is_understood(words: str, values: Dict[str, Optional[List[str]]]) -> bool:
    """Tell whether all that a command takes away is named somewhere in the script."""
    for word in words.split():
        variable = _VARIABLE.match(word)
        known = _is_known(variable[1], values) if variable else word.startswith(("/", "-", "}", ")"))
        if not known:
            return False
    return True


def _is_known(name: str, values: Dict[str, Optional[List[str]]], depth: int = 5) -> bool:
    """Tell whether all that a variable may be stands in the script."""
    known = values.get(name)
    if known is None or not depth:
        return False
    words = [word for value in known for word in value.replace('"', "").replace("'", "").split()]
    # a name alone is one in a folder that nobody knows
    return all(word.startswith(("/", "$")) for word in words) and all(
        _is_known(one, values, depth - 1) for word in words for one in _VARIABLE.findall(word)
    )
