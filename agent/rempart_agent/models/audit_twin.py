"""Whether a rule of a file is one that the kernel has: both are brought into one form.

auditctl gives the kernel numbers for names, ``-1`` for ``unset``, and of ``-F perm=`` beside ``-F arch=`` the system
calls (since audit 3.1.5), so that neither text nor fields are the same.
"""

import re
from typing import FrozenSet, Iterable, List, NamedTuple, Optional, Tuple

from rempart_agent.models import audit_calls, audit_limits
from rempart_agent.models.audit_rules import Rule
from rempart_agent.models.audit_trace import PERM_CALLS

_RECORDS = {
    "SYSCALL": 1300,
    "PATH": 1302,
    "CWD": 1307,
    "EXECVE": 1309,
    "EOE": 1320,
    "PROCTITLE": 1327,
    "CRYPTO_KEY_USER": 2404,
}
_KINDS = {"file": 0o100000, "dir": 0o40000, "link": 0o120000, "socket": 0o140000, "character": 0o20000}
_KINDS.update({"block": 0o60000, "fifo": 0o10000})
_SYSTEMS = {"tracefs": 0x74726163, "debugfs": 0x64626720}
_NAMES = {"msgtype": _RECORDS, "filetype": _KINDS, "fstype": _SYSTEMS}
_CONDITION = re.compile(r"([a-z_0-9]+)(!=|>=|<=|&=|=|>|<|&)(.*)\Z", re.DOTALL)
_NUMBER = re.compile(r"(0[xX][0-9a-fA-F]{1,8}|[0-9]{1,10})\Z")


class _Form(NamedTuple):
    """A rule in one form; ``calls`` is None for all, and empty with ``sure`` off where one is not known."""

    head: Tuple[object, ...]
    calls: Optional[FrozenSet[int]]
    conditions: Tuple[object, ...]
    sure: bool


def twins(rules: Iterable[Tuple[Rule, str]], others: Iterable[Tuple[Rule, str]], machine: str) -> List[Optional[int]]:
    """Tell of each rule whether it is among the others: 1, 0, or None where that is not known.

    Args:
        rules: Rules with their keys.
        others: Others with theirs.
        machine: As ``audit_calls.known`` names it.
    """
    there = [_form(rule, key, machine) for rule, key in others]
    found: List[Optional[int]] = []
    for rule, key in rules:
        one = _form(rule, key, machine)
        if any(_same(one, other) for other in there):
            found.append(1)
        else:
            alike = [other for other in there if not other.sure and other.head == one.head]
            found.append(0 if one.sure and not alike else None)
    return found


def _same(one: _Form, other: _Form) -> bool:
    if (one.head, one.conditions) != (other.head, other.conditions):
        return False
    if one.calls == other.calls:
        return True
    perms, arch, name = one.head[4], one.head[5], one.head[5]
    if not perms or not arch or (one.calls is not None and other.calls is not None):
        return False
    named = one.calls if other.calls is None else other.calls
    numbers = audit_calls.calls(str(name))
    wanted = {numbers[call] for letter in str(perms) for call in PERM_CALLS[letter].split() if call in numbers}
    return bool(wanted) and wanted <= (named or frozenset())


def _form(rule: Rule, key: str, machine: str) -> _Form:
    arch = audit_calls.named(machine, rule.arch) if rule.arch else ""
    sure = bool(machine) and bool(arch or not rule.arch)
    calls: Optional[FrozenSet[int]] = None
    if rule.syscalls not in ("", "all"):
        numbers = audit_calls.calls(arch or machine)
        named = [int(call) if call.isdigit() else numbers.get(call, -1) for call in rule.syscalls.split(",")]
        sure = sure and -1 not in named
        calls = frozenset(named)
    conditions = []
    for text in rule.conditions.split():
        form, plain = _condition(text)
        conditions.append(form)
        sure = sure and plain
    perms = "".join(sorted(rule.perms))
    head = (rule.list, rule.action, rule.watch, rule.tree or 0, perms, arch, tuple(key.split()))
    return _Form(head, calls, tuple(sorted(conditions, key=repr)), sure)


def _condition(text: str) -> Tuple[object, bool]:
    limits = audit_limits.limits(text)
    if limits is not None:
        return limits[0], True
    parsed = _CONDITION.match(text)
    if parsed:
        name, sign, value = parsed.groups()
        known = _NAMES.get(name, {}).get(value)
        if known is None and _NUMBER.match(value):
            known = int(value, 16 if value[:2].lower() == "0x" else 10)
        if known is not None:
            return (name, sign, known), True
    return text, False
