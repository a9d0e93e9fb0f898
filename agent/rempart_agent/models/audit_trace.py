"""Whether a set of audit rules traces an event: each of its kind, by everybody whom it means.

Rules are gone through as the kernel does (``audit_filter_rules`` of kernel/auditsc.c: of those that match, the first
loaded decides), and what is left of the event is worked out exactly: as boxes, one range of values for each field that
a rule looks at. So an earlier ``never``, a condition that leaves somebody out, a missing architecture, or two rules
that do it together count as they do there. What is not understood is taken both ways: as if it matched all, and
nothing. Where that decides, the answer is None.
"""

import re
from typing import Iterable, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from rempart_agent.models import audit_calls
from rempart_agent.models.audit_event import Event
from rempart_agent.models.audit_limits import UNSET, YES, Box, Limits, limits, meet, split, whole
from rempart_agent.models.audit_rules import Rule
from rempart_agent.said import Why

_MOST_BOXES = 512
_SYSCALL, _PATH = 1300, 1302
_TYPES = {"SYSCALL": _SYSCALL, "PATH": _PATH}
_OTHER_TYPES = frozenset(
    (
        *("CWD", "EOE", "PROCTITLE", "CRYPTO_KEY_USER", "EXECVE", "IPC", "SOCKADDR", "BPF"),
        *("SERVICE_START", "SERVICE_STOP"),
    )
)
_PSEUDO = frozenset(("fstype=tracefs", "fstype=debugfs", "fstype=1953653091", "fstype=1684170528"))
_APART = ("/dev/shm", "/proc", "/sys", "/run", "/dev/pts")  # noqa: S108 - file systems of their own, always
PERM_CALLS = {
    "x": "execve",
    "w": "rename mkdir rmdir creat link unlink symlink mknod mkdirat mknodat unlinkat renameat linkat symlinkat"
    " renameat2 acct swapon quotactl truncate ftruncate bind fallocate open openat openat2",
    "r": "readlink quotactl listxattr llistxattr flistxattr getxattr lgetxattr fgetxattr readlinkat open openat"
    " openat2",
    "a": "chmod fchmod chown lchown fchown setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr fchownat"
    " fchmodat link linkat",
}
"""What auditctl makes of ``-F perm=`` beside ``-F arch=`` (lib/permtab.h of audit 3.1.5 to 4.0.2)."""


class Traced(NamedTuple):
    """Whether an event is traced.

    Attributes:
        traced: 1, 0, or None where it is not known.
        rules: The rules that trace it.
        why: Why it is not 1.
    """

    traced: Optional[int]
    rules: Tuple[str, ...] = ()
    why: str = ""


class _Part(NamedTuple):
    """Events of one architecture and one kind of access (``""`` for a system call)."""

    box: Box
    arch: str
    letter: str
    event: Event

    @property
    def name(self) -> str:
        """Return what it is, for people."""
        return "{} {}".format(self.arch, self.letter or self.event.call)


class _Known(NamedTuple):
    """What a rule is to an event: whether it records, what it asks, whether there is more that is not understood."""

    records: bool
    asked: Limits
    doubt: bool
    text: str


class _Left(NamedTuple):
    """What no rule records: whether there is some, which rule takes it out, and which ones record the rest."""

    lost: bool
    never: str
    used: Tuple[str, ...]


def trace(event: Event, rules: Sequence[Tuple[Rule, bool]], machine: str) -> Traced:
    """Tell whether rules trace an event.

    Args:
        event: The event.
        rules: What the kernel has, in its order, each with whether it is sure that it has it.
        machine: As ``audit_calls.known`` names it.
    """
    if not machine and not event.path:
        return Traced(None, (), Why("the system calls of this machine are not known"))
    ordered = [r for r in rules if r[0].list in ("task", "exclude")]  # they silence a task, or leave records out
    ordered += [r for r in rules if r[0].list in ("exit", "filesystem")]
    found = [_trace(part, ordered, machine) for part in _parts(event, machine)]
    if not found:
        return Traced(None, (), Why("this machine has no such system call"))
    for answer in (0, None):
        for one in found:
            if one.traced == answer:
                return one
    return Traced(1, tuple(dict.fromkeys(text for one in found for text in one.rules)))


def _parts(event: Event, machine: str) -> Iterator[_Part]:
    box: Box = {} if event.people is None else {"auid": ((event.people, UNSET - 1),)}
    if event.exit is not None:
        box.update({"exit": ((event.exit & UNSET,) * 2,), "success": ((0, 0),)})
    for condition in event.where:
        asked = limits(condition)
        for field, ranges in asked or ():
            box[field] = meet(box.get(field, whole(field)), ranges)
        if asked is None:
            box["?"] = ()
    for arch in (event.arch,) if event.arch else ("b64", "b32"):
        numbers = audit_calls.calls(audit_calls.named(machine, arch))
        if event.call in numbers:
            yield _Part(dict(box, call=((numbers[event.call],) * 2,)), arch, "", event)
        elif event.path and (numbers or not machine):
            for letter in event.perms:
                wanted = sorted(numbers[name] for name in PERM_CALLS[letter].split() if name in numbers)
                calls: Box = {"call": tuple((n, n) for n in wanted)} if numbers else {}  # not known: any call
                yield _Part(dict(box, **calls), arch, letter, event)


def _trace(part: _Part, rules: Sequence[Tuple[Rule, bool]], machine: str) -> Traced:
    """Answer for one part: by what is sure, and by what may be."""
    if () in part.box.values():
        return Traced(
            None, (), Why("the condition {condition} is not understood", condition=" ".join(part.event.where))
        )
    known = [r for r in (_apply(rule, part, machine, sure=sure) for rule, sure in rules) if r]
    least = _left(part.box, known, hopes=False)
    most = _left(part.box, known, hopes=True)
    if least is None or most is None:
        return Traced(None, (), Why("{part}: too many rules are about a part of it", part=part.name))
    if not least.lost:
        return Traced(1, least.used)
    if not most.lost:
        doubts = "; ".join([r.text for r in known if r.doubt][:3])
        return Traced(None, (), Why("{part}: not understood: {text}", part=part.name, text=doubts))
    if most.never:
        return Traced(0, (), Why("{part}: a rule leaves it out: {text}", part=part.name, text=most.never))
    if most.used:
        return Traced(0, (), Why("{part}: only a part is traced: {text}", part=part.name, text="; ".join(most.used)))
    return Traced(0, (), Why("{part}: no rule", part=part.name))


def _apply(rule: Rule, part: _Part, machine: str, *, sure: bool) -> Optional[_Known]:
    """Return what a rule is to an event; None where it is never about it."""
    asked: Limits = []
    doubt = not sure
    if rule.list == "task" and rule.action != "never":
        return None
    if rule.list == "filesystem":
        harmless = not part.letter or rule.conditions in _PSEUDO
        return None if harmless else _Known(False, [], True, rule.text)
    if rule.arch:
        meant = audit_calls.named(machine, rule.arch)
        if meant and meant != audit_calls.named(machine, part.arch):
            return None
        doubt = doubt or not meant
    if rule.list == "exit" and rule.syscalls != "all":
        numbers = audit_calls.calls(audit_calls.named(machine, rule.arch))
        named = [int(said) if said.isdigit() else numbers.get(said, -1) for said in rule.syscalls.split(",")]
        if -1 in named:
            doubt = True
        else:
            asked.append(("call", tuple((n, n) for n in sorted(set(named)))))
    if rule.perms and part.letter and part.letter not in rule.perms:
        return None
    if rule.perms and not part.letter:
        asked.append(("perm " + rule.perms, YES))
    place = _place(rule, part)
    if place is None:
        return None
    asked += place[0]
    doubt = doubt or place[1]
    for condition in rule.conditions.split():
        if rule.list == "exclude" and condition.startswith("msgtype"):
            leaves = _leaves_out(condition[7:], part.letter)
            if leaves is False:
                return None
            doubt = doubt or leaves is None
            continue
        more = limits(condition)
        doubt = doubt or more is None
        asked += more or []
    return _Known(_records(rule), asked, doubt, rule.text)


def _records(rule: Rule) -> bool:
    return rule.list == "exit" and rule.action == "always"


def _place(rule: Rule, part: _Part) -> Optional[Tuple[Limits, bool]]:
    """Compare the file of a rule with that of an event; None for another one.

    Returns:
        What the rule asks, and whether that is in doubt.
    """
    if not rule.watch:
        return [], False
    name = "in {} {}".format(rule.watch, rule.tree)
    if not part.letter:
        return [(name, YES)], False
    path, below = part.event.path, part.event.below
    inside = path == rule.watch or (rule.tree == 1 and path.startswith(rule.watch.rstrip("/") + "/"))
    if inside and (rule.tree == 1 or not below):
        return [], False
    if inside or (below and rule.watch.startswith(path.rstrip("/") + "/")):
        return [(name, YES)], False
    # a file that is renamed out of a folder that is left out, or linked there, is left out with it
    elsewhere = any(rule.watch == one or rule.watch.startswith(one + "/") for one in _APART)
    return None if _records(rule) or part.letter != "w" or elsewhere else ([], True)


def _leaves_out(text: str, letter: str) -> Optional[bool]:
    """Tell whether a rule of the list exclude takes away who did it, or which file; None where that is not known."""
    value = text.lstrip("!<>=&")
    sign = text[: len(text) - len(value)]
    if value in _OTHER_TYPES and sign == "=":
        return False
    if value == "ALL" and sign == "=":
        return True
    number = int(value) if re.match(r"[0-9]{1,9}\Z", value) else _TYPES.get(value)
    if number is None:
        return None
    for record in (_SYSCALL, _PATH) if letter else (_SYSCALL,):
        met = {
            "=": record == number,
            "!=": record != number,
            ">=": record >= number,
            "<=": record <= number,
            ">": record > number,
            "<": record < number,
        }.get(sign)
        if met is not False:
            return met
    return False


def _left(box: Box, rules: Iterable[_Known], *, hopes: bool) -> Optional[_Left]:
    """Go through the rules.

    Args:
        box: The events.
        rules: The rules in their order.
        hopes: Whether what is not understood helps; else it harms.

    Returns:
        What is left; None where it is in too many pieces.
    """
    left: List[Box] = [box]
    never = ""
    used: List[str] = []
    for rule in rules:
        if rule.doubt and rule.records != hopes:
            continue
        met = False
        rest: List[Box] = []
        for one in left:
            pieces = split(one, rule.asked)
            met = met or pieces is not None
            rest += [one] if pieces is None else pieces
        if met and rule.records:
            used.append(rule.text)
        elif met:
            never = never or rule.text
        left = rest
        if not left:
            break
        if len(left) > _MOST_BOXES:
            return None
    return _Left(bool(left or never), never, tuple(used))
