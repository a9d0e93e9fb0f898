r"""Reads the files of rules of Linux's audit subsystem (audit.rules(7), auditctl(8), augenrules(8)).

A line is split at spaces alone, as auditctl does; ``\ `` and ``\\`` stand for a space and a backslash, quotes for
themselves, and a comment has a line of its own.
"""

import re
from typing import Iterable, Iterator, List, Tuple, TypeVar

from rempart_agent.readers.kernel.audit_netlink import ACTIONS, LISTS, PERMS, Rule, has_calls, trim, with_perms

Place = TypeVar("Place")

_LIST_NAMES = dict({name: name for name in LISTS}, fs="filesystem")
_WITH_ARGUMENT = frozenset("aAbCdefFkpqrSwW")
_FIELD = re.compile(r"([A-Za-z0-9_]+)(!=|>=|<=|&=|=|>|<|&)(.*)", re.DOTALL)


def parse(text: str) -> Iterator[Tuple[int, List[str]]]:
    """Return the lines of a rule file that are no comment, as number and words."""
    for number, line in enumerate(text.split("\n"), 1):
        line = line.rstrip("\r")
        if line.strip() and not line.lstrip().startswith("#"):
            yield number, split(line)


def split(line: str) -> List[str]:
    r"""Return the words of a line: parted by spaces, with ``\ `` and ``\\`` resolved."""
    words, word = [], ""
    at = 0
    while at < len(line):
        if line[at] == "\\" and line[at + 1 : at + 2] in (" ", "\\"):
            word += line[at + 1]
            at += 1
        elif line[at] != " ":
            word += line[at]
        elif word:
            words.append(word)
            word = ""
        at += 1
    return [*words, word] if word else words


def read_line(words: Iterable[str]) -> Tuple[str, Rule]:
    """Read the words of a line.

    Returns:
        What it does (``add``, ``delete``, ``clear``, or ``set`` for a control line) and the rule. A line that auditctl
        would refuse sets nothing, and is a control line here.
    """
    words = list(words)
    options = list(_options(words))
    deed, rule = "set", Rule(text=" ".join(words))
    named: List[str] = []
    conditions: List[str] = []
    keys: List[str] = []
    for option, value in options:
        if option in "aAd":
            parts = value.split(",")
            lists = [_LIST_NAMES[p] for p in parts if p in _LIST_NAMES]
            actions = [p for p in parts if p in ACTIONS]
            if len(parts) != 2 or len(lists) != 1 or len(actions) != 1 or deed != "set":
                return "set", Rule(text=rule.text)
            deed = "delete" if option == "d" else "add"
            rule = rule._replace(list=lists[0], action=actions[0])
        elif option in "wW":
            if not value.startswith("/") or deed != "set":
                return "set", Rule(text=rule.text)
            deed = "delete" if option == "W" else "add"
            rule = rule._replace(list="exit", action="always", watch=trim(value))
        elif option == "S":
            named += value.split(",")
        elif option == "p":
            rule = rule._replace(perms=_ordered(value))
        elif option == "k":
            keys.append(value)
        elif option == "D":
            deed = "clear"
        elif option == "C":
            conditions.append(value)
        elif option == "F":
            found = _FIELD.match(value)
            if not found:
                return "set", Rule(text=rule.text)
            name, sign, what = found.groups()
            if name == "path" and what.endswith("/"):  # the kernel refuses it (audit_to_watch)
                return "set", Rule(text=rule.text)
            if name in ("path", "dir") and sign == "=":
                rule = rule._replace(watch=trim(what), tree=int(name == "dir"))
            elif name == "perm" and sign == "=":
                rule = rule._replace(perms=_ordered(what))
            elif name == "key" and sign == "=":
                keys.append(what)
            elif name == "arch" and sign == "=":
                rule = rule._replace(arch=what)
            else:
                conditions.append(value)
        elif option == "?":
            return "set", Rule(text=rule.text)
    if has_calls(rule):
        rule = rule._replace(syscalls="all" if not named or "all" in named else ",".join(named))
    rule = rule._replace(key=" ".join(keys), conditions=" ".join(conditions))
    return deed, with_perms(rule)


def _options(words: List[str]) -> Iterator[Tuple[str, str]]:
    """Take a line apart as getopt(3) does; an option that is none comes as ``?``."""
    at = 0
    while at < len(words):
        word = words[at]
        at += 1
        if word.startswith("--"):
            at += int(word == "--backlog_wait_time")
            yield "-", word
        elif not word.startswith("-") or len(word) < 2:
            yield "?", word
        elif word[1] not in _WITH_ARGUMENT:
            yield word[1], ""
        elif len(word) > 2:
            yield word[1], word[2:]
        elif at < len(words):
            yield word[1], words[at]
            at += 1
        else:
            yield "?", word


def apply(lines: Iterable[Tuple[Place, List[str]]]) -> List[Tuple[Place, Rule]]:
    """Return the rules that are left when lines have been carried out one after the other, each with its mark."""
    left: List[Tuple[Place, Rule]] = []
    for mark, words in lines:
        deed, rule = read_line(words)
        if deed == "clear":
            left = [(m, r) for m, r in left if not r.list or (rule.key and rule.key not in r.key)]
        elif deed == "delete":
            left = [(m, r) for m, r in left if r._replace(text="", tree=None) != rule._replace(text="", tree=None)]
        else:
            left.append((mark, rule))
    return left


def _ordered(perms: str) -> str:
    return "".join(letter for _, letter in PERMS if letter in perms.lower())
