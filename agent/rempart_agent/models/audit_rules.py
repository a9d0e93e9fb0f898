"""Which rules of Linux's audit subsystem would be loaded, and which of them can ever record something.

Source: auditctl's ``fileopt`` (a line that it refuses ends the load, unless ``-i`` or ``-c`` came before), the kernel's
``kernel/auditfilter.c`` and ``kernel/audit_watch.c`` (a watch needs the folder of its file, a tree its folder) and
``audit_filter_rules`` (of the rules that match, the first decides). Held against augenrules.
"""

import re
from typing import Callable, Dict, FrozenSet, Iterable, List, NamedTuple, Optional, Set, Tuple

from rempart_agent.models import audit_calls, audit_line
from rempart_agent.said import Why

LOADED, DOUBTFUL, LOST = 1, None, 0
_PERMS = frozenset("rwxa")
_ALL = frozenset(["all"])
_UNSET = 0xFFFFFFFF
_NUMBERS = ("auid", "loginuid", "uid", "euid", "suid", "fsuid", "gid", "egid", "sgid", "fsgid")
_CONDITION = re.compile(r"([a-z_0-9]+)(!=|>=|<=|&=|=|>|<|&)(.*)", re.DOTALL)
_SYSCALL_RECORD = 1300
_WELL_KNOWN = 462  # the last call that audit 4.0.2 knows
_KEY = re.compile(r"-k ?(\S+)|-F ?key=(\S+)")
_NAMES = {"ALL": None, "SYSCALL": 1300}
FIELDS = frozenset(
    (
        *("pid", "uid", "euid", "suid", "fsuid", "gid", "egid", "sgid", "fsgid", "auid", "loginuid", "pers", "arch"),
        *("msgtype", "subj_user", "subj_role", "subj_type", "subj_sen", "subj_clr", "ppid", "obj_user", "obj_role"),
        *("obj_type", "obj_lev_low", "obj_lev_high", "sessionid", "devmajor", "devminor", "inode", "exit", "success"),
        *("path", "perm", "dir", "filetype", "fstype", "obj_uid", "obj_gid", "field_compare", "a0", "a1", "a2", "a3"),
        *("key", "exe", "saddr_fam"),
    )
)


class Rule(NamedTuple):
    """One rule, as it is read from a file or from the kernel.

    Attributes:
        list: ``exit``, ``task``, ``user``, ``exclude``, ``filesystem``, ``io_uring``; ``""`` for a control line.
        action: ``always`` or ``never``.
        watch: The file or directory that it is about; ``""`` for none.
        tree: 1 where all below ``watch`` is meant.
        perms: Of ``rwxa``.
        syscalls: ``all`` or names or numbers, parted by commas; ``""`` in lists that know none.
        arch: ``b64``, ``b32`` or ``""``.
        conditions: The other fields, parted by spaces.
        text: The line.
    """

    list: str
    action: str
    watch: str
    tree: Optional[int]
    perms: str
    syscalls: str
    arch: str
    conditions: str
    text: str


class Judged(NamedTuple):
    """What becomes of a rule.

    Attributes:
        loaded: 1 where it is loaded, 0 where the load ends before it, None where that is not known.
        watches: 1 where it records something that can happen, 0 where it never does, None where that is not known.
        why: Why not.
    """

    loaded: Optional[int]
    watches: Optional[int]
    why: str


Look = Callable[[str], str]
"""Says what lies at a path: ``file``, ``folder``, ``""`` for nothing."""


def judge(rules: Iterable[Rule], look: Look, *, loaded: bool, machine: str = "") -> List[Judged]:
    """Judge rules in the order in which they are loaded.

    Args:
        rules: The rules, control lines among them.
        look: Says what lies at a path.
        loaded: Whether the kernel has them already; else it is worked out which of them it would take.
        machine: As ``audit_calls.known`` names it; ``""``: not known.
    """
    everything = list(rules)
    fates = [Judged(LOADED, None, "")] * len(everything) if loaded else _load(everything, look, machine)
    order: List[int] = []  # of the rules that the kernel has in the end
    for at, rule in enumerate(everything):
        if rule.list and fates[at].loaded == LOADED:
            order.insert(0 if rule.text.startswith("-A") else len(order), at)
    silent = _silences([everything[at] for at in order])
    off = "" if loaded else _switched_off(everything, fates)
    found: List[Judged] = []
    for at, (rule, fate) in enumerate(zip(everything, fates)):
        if not rule.list:
            found.append(fate)
        elif fate.loaded == LOST:
            found.append(fate._replace(watches=0))
        else:
            before = [everything[n] for n in (order[: order.index(at)] if at in order else ())]
            watches, why = _watches(rule, before, look)
            if watches != 0 and silent:
                watches, why = 0, silent
            elif watches == 1 and off:
                watches, why = None, off
            sure = fate.loaded == LOADED or watches == 0
            found.append(Judged(fate.loaded, watches, why) if sure else fate)
    return found


def _load(rules: List[Rule], look: Look, machine: str) -> List[Judged]:
    """Tell which lines are carried out, one after the other."""
    found: List[Judged] = []
    state: Optional[int] = LOADED
    ignores = False
    reason = ""
    before: Set[Tuple[object, ...]] = set()
    texts: Set[str] = set()
    for rule in rules:
        if rule.list:
            fate, lost = _taken(rule, look, machine)
            same = (*rule._replace(text=""), frozenset(_KEY.findall(rule.text)))
            if fate == LOADED and same in before:  # the kernel compares what is in a rule in its order
                fate, lost = LOST if rule.text in texts else DOUBTFUL, Why("the kernel has that rule already")
            before.add(same)
            texts.add(rule.text)
        else:
            words = rule.text.split()
            ignores = ignores or (len(words) == 1 and words[0] in ("-i", "-c"))
            fate, lost = (LOST, Why("auditctl refuses it")) if _is_refused(words) else (LOADED, "")
        if state != LOADED:
            found.append(Judged(state, None, reason))
            continue
        found.append(Judged(fate, None, lost))
        if not rule.list and fate == LOADED and rule.text.split() == ["-e", "2"]:
            state, reason = LOST, Why("the rules are locked before it")
        if fate != LOADED and not ignores:
            state, reason = fate, Why("the load may end before it: {text} ({lost})", text=rule.text, lost=lost)
    return found


def _switched_off(rules: List[Rule], fates: List[Judged]) -> str:
    """Return why the kernel may be off after the load: the last ``-e`` says 0, and auditd may start before or after."""
    said = [rule.text.split() for rule, fate in zip(rules, fates) if not rule.list and fate.loaded == LOADED]
    last = [words[1] for words in said if len(words) == 2 and words[0] == "-e"][-1:]
    return Why("-e 0 turns the recording off, unless auditd starts later") if last == ["0"] else ""


def _is_refused(words: List[str]) -> bool:
    """Tell whether auditctl refuses a control line: what it knows are these options, each with one value or none."""
    with_value = ("-b", "-e", "-f", "-r", "--backlog_wait_time")
    alone = ("-D", "-i", "-c", "-s", "-l", "--reset-lost", "--reset_backlog_wait_time_actual", "--loginuid-immutable")
    if not words or words[0] in ("-a", "-A", "-w", "-W", "-d"):
        return True
    if words[0] in with_value:
        return len(words) != 2 or not words[1].isdigit()
    return words[0] not in alone


def _taken(rule: Rule, look: Look, machine: str) -> Tuple[Optional[int], str]:
    """Tell whether auditctl and the kernel take a rule."""
    if len(rule.perms) > len(set(rule.perms)) or set(rule.perms) - _PERMS:
        return LOST, Why("permissions that there are not")
    for condition in rule.conditions.split():
        parsed = _CONDITION.match(condition)
        if not parsed or parsed.group(1) not in FIELDS:
            return LOST, Why("the field {condition} is not known", condition=condition)
    if rule.watch and rule.list == "exit":
        if rule.tree and look(rule.watch) != "folder":
            return LOST, Why("there is no folder {watch}", watch=rule.watch)
        if not rule.tree and look(rule.watch.rpartition("/")[0] or "/") != "folder":
            return LOST, Why("there is no folder {value}", value=rule.watch.rpartition("/")[0])
    names = [n for n in rule.syscalls.split(",") if n and n != "all" and not n.isdigit()]
    unknown = [n for n in names if n not in syscalls()]
    if unknown:
        return DOUBTFUL, Why("the system call {unknown} is not known", unknown=unknown[0])
    if not audit_line.is_plain(rule.text):
        return DOUBTFUL, Why("whether auditctl takes it is not known")
    there = audit_calls.calls(audit_calls.named(machine, rule.arch))
    foreign = [n for n in names if there and n not in there]
    if foreign:
        return LOST, Why("there is no system call {foreign} on this machine", foreign=foreign[0])
    new = [n for n in names if there.get(n, 0) > _WELL_KNOWN]
    if new:
        return DOUBTFUL, Why("an older auditctl does not know the system call {new}", new=new[0])
    return LOADED, ""


def _watches(rule: Rule, before: List[Rule], look: Look) -> Tuple[Optional[int], str]:
    if rule.list != "exit" or rule.action != "always":
        return 0, Why("it records nothing by itself")
    if rule.arch == "b32":
        return 0, Why("it is about programs of 32 bits alone")
    for earlier in before:
        if earlier.action == "never" and _covers(earlier, rule):
            return 0, Why("a rule before it takes everything out: {text}", text=earlier.text)
    if rule.watch and not look(rule.watch):
        return 0, Why("there is no {watch}", watch=rule.watch)
    if rule.watch and not rule.perms and rule.syscalls == "all":
        return None, Why("no access is named")
    if not rule.watch and rule.perms and rule.syscalls == "all" and not rule.conditions:
        return 1, ""
    return _possible(rule.conditions.split(), look)


def _possible(conditions: List[str], look: Look) -> Tuple[Optional[int], str]:
    """Tell whether all conditions can hold for somebody."""
    ranges: Dict[str, Tuple[int, int]] = {}
    excluded: Dict[str, FrozenSet[int]] = {}
    signs: Dict[str, FrozenSet[str]] = {}
    doubt = ""
    for condition in conditions:
        parsed = _CONDITION.match(condition)
        if not parsed:
            return None, Why("the condition {condition} is not understood", condition=condition)
        name, operator, value = parsed.groups()
        name = "auid" if name == "loginuid" else name
        if name in _NUMBERS and operator in ("!=", ">=", "<=", "=", ">", "<"):
            if re.match(r"[a-z_]", value) and value != "unset":  # -C compares two fields; else a name of an account
                doubt = doubt if value in _NUMBERS or value.startswith("obj_") else Why("who {value} is", value=value)
                continue
            if value != "unset" and not re.match(r"-?[0-9]+\Z", value):
                return None, Why("the condition {condition} is not understood", condition=condition)
            number = _UNSET if value == "unset" else int(value) & _UNSET
            low, high = ranges.get(name, (0, _UNSET))
            if operator == "!=":
                excluded[name] = excluded.get(name, frozenset()) | {number}
            else:
                low = max(low, number + (operator == ">")) if operator in (">=", ">", "=") else low
                high = min(high, number - (operator == "<")) if operator in ("<=", "<", "=") else high
            ranges[name] = (low, high)
            if operator == "=" and number not in (0, _UNSET):
                doubt = Why("whether there is somebody of {condition}", condition=condition)
        elif name in ("exit", "success"):
            signs[name] = signs.get(name, frozenset()) | {operator + value}
        elif name == "exe" and operator == "=":
            if not look(value):
                return 0, Why("there is no program {value}", value=value)
        elif name not in ("filetype", "obj_uid", "obj_gid"):
            doubt = Why("the condition {condition} is not understood", condition=condition)
    for name, (low, high) in ranges.items():
        gone = excluded.get(name, frozenset())
        if low > high or (high - low < 1000 and all(n in gone for n in range(low, high + 1))):
            return 0, Why("no {name} fits its conditions", name=name)
    for name, said in signs.items():
        values = {s for s in said if s.startswith("=")}
        if len(values) > 1 or any("!" + s in said for s in values):
            return 0, Why("no {name} fits its conditions", name=name)
    good = {"=1", "=yes", "=true"} & signs.get("success", frozenset())
    if good and any(s.startswith("=-") for s in signs.get("exit", frozenset())):
        return 0, Why("a success with an error does not happen")
    return (None, doubt) if doubt else (1, "")


def _covers(never: Rule, rule: Rule) -> bool:
    """Tell whether everything that a rule would record is taken out by one before it."""
    if never.list == "task":
        return not never.conditions
    if never.list != "exit" or (never.arch and never.arch != rule.arch):
        return False
    if set(never.conditions.split()) - set(rule.conditions.split()):
        return False
    if never.syscalls != "all" and (
        rule.syscalls == "all" or set(rule.syscalls.split(",")) - set(never.syscalls.split(","))
    ):
        return False
    if not never.watch:
        return not never.perms or bool(rule.perms and set(rule.perms) <= set(never.perms))
    inside = rule.watch == never.watch or (never.tree == 1 and rule.watch.startswith(never.watch.rstrip("/") + "/"))
    wide = never.tree == 1 or rule.tree != 1
    return inside and wide and (not never.perms or (bool(rule.perms) and set(rule.perms) <= set(never.perms)))


def _silences(rules: List[Rule]) -> str:
    """Return what takes the records of all system calls out: a rule of the list task or exclude; ``""`` for nothing."""
    for rule in rules:
        if rule.list == "task" and rule.action == "never" and not rule.conditions:
            return Why("{text} stops the records of all system calls", text=rule.text)
        words = rule.conditions.split()
        if rule.list == "exclude" and len(words) == 1 and words[0].startswith("msgtype"):
            operator, value = words[0][7:].rstrip("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_"), words[0][7:].lstrip("!<>=&")
            number = int(value) if value.isdigit() else _NAMES.get(value, -1)
            if _meets(operator, number):
                return Why("{text} leaves out who did it", text=rule.text)
    return ""


def _meets(operator: str, number: Optional[int]) -> bool:
    if number is None:
        return operator == "="
    if number < 0:
        return False
    return {
        "=": number == _SYSCALL_RECORD,
        "!=": number != _SYSCALL_RECORD,
        ">=": number <= _SYSCALL_RECORD,
        "<=": number >= _SYSCALL_RECORD,
        ">": number < _SYSCALL_RECORD,
        "<": number > _SYSCALL_RECORD,
    }.get(operator, False)


def assemble(files: Iterable[str], *, blanks: bool) -> List[Tuple[int, int]]:
    r"""Return the lines of the files of ``rules.d`` in the order that augenrules gives them, each as file and line.

    The last ``-D``, ``-b`` and ``-f`` come first, the last ``-e`` last; all others as they stand.

    Args:
        files: The texts of the files.
        blanks: Whether awk, which augenrules asks, knows ``\s``: mawk, Debian's, does not, so that a blank before an
            option hides it.
    """
    last: Dict[str, Tuple[int, int]] = {}
    rest: List[Tuple[int, int]] = []
    for number, text in enumerate(files):
        for at, raw in enumerate(text.split("\n")):
            line = raw[:-1] if raw.endswith("\r") else raw
            bare = line.lstrip(" \t\r\f\v") if blanks else line
            if not line or line.lstrip().startswith("#"):
                continue
            kind = next((k for k in ("-e", "-f", "-b") if bare.startswith(k)), "")
            kind = "-D" if (bare.rstrip() if blanks else bare) == "-D" else kind
            if kind:
                last[kind] = (number, at)
            else:
                rest.append((number, at))
    head = [last[k] for k in ("-D", "-b", "-f") if k in last]
    return [*head, *rest, *([last["-e"]] if "-e" in last else [])]


def syscalls() -> FrozenSet[str]:
    """Return the names of the system calls that auditctl knows on the architectures of servers and workstations."""
    from rempart_agent.models.syscalls import NAMES

    return NAMES
