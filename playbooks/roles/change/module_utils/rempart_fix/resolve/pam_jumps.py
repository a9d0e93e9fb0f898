"""Whether rules of PAM that others wrote mean the same once lines are put in or taken out: pure. See pam.conf(5).

A control like ``[success=2 default=ignore]`` passes over the next rules of its type by their number: a rule that comes
or goes among them makes it lead elsewhere, past the password at worst.
"""

import re
from typing import Dict, List, NamedTuple, Tuple

from .pam import split_rules

_RULE = re.compile(r"\s*-?(auth|account|password|session)\s+(\[[^]]*\]|\S+)\s+(\S+)", re.IGNORECASE)
_INCLUDE = re.compile(r"\s*@include\s+\S")
_JUMP = re.compile(r"=\s*([0-9]+)")
Passed = Dict[Tuple[str, str, str, int], List[Tuple[str, str]]]


class _Rule(NamedTuple):
    type: str  # "" for what is included: it may hold rules of each
    control: str
    module: str


def find_broken(old: List[str], new: List[str]) -> str:
    """Return a rule of both texts that would lead elsewhere by the new one, or a line that is no rule; ``""``: none.

    Args:
        old: The lines of a service's file, each with its end.
        new: Those that would stand there.
    """
    before, strange = _read(old)
    after, stranger = _read(new)
    for line in stranger:
        if stranger.count(line) > strange.count(line):
            return line
    passed = _find_passed(before)
    for key, rules in _find_passed(after).items():
        if key in passed and passed[key] != rules:
            return " ".join(key[:3])
    return ""


def _read(lines: List[str]) -> Tuple[List[_Rule], List[str]]:
    """Return the rules of a file, and its lines that are none."""
    rules: List[_Rule] = []
    strange: List[str] = []
    for parts in split_rules(lines):
        text = "".join(re.sub(r"\\\r?\n\Z", " ", part) for part in parts).strip()
        found = _RULE.match(text)
        if found:
            rules.append(_Rule(found[1].lower(), " ".join(found[2].split()), found[3].rsplit("/", 1)[-1]))
        elif _INCLUDE.match(text):
            rules.append(_Rule("", "@include", text.split()[1]))
        elif text and not text.startswith("#"):
            strange.append(text)
    return rules, strange


def _find_passed(rules: List[_Rule]) -> Passed:
    """Return what each rule that jumps passes over, and where it leads to.

    How many rules an include stands for is not known here: behind one, all that follow count.
    """
    found: Passed = {}
    for at, rule in enumerate(rules):
        jumps = [int(number) for number in _JUMP.findall(rule.control)]
        if not jumps:
            continue
        window: List[Tuple[str, str]] = []
        included = False
        for other in rules[at + 1 :]:
            if other.type not in ("", rule.type):
                continue
            window.append((other.control, other.module))
            included = included or not other.type or other.control in ("include", "substack")
            if len(window) > max(jumps) and not included:
                break
        number = sum(key[:3] == rule for key in found)
        found[(*rule, number)] = window
    return found
