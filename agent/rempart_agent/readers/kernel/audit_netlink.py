"""Asks the kernel's audit subsystem over netlink and reads its answers (linux/audit.h, auditctl(8)).

``list_rules`` and ``get_status`` ask; all else is pure. Rule files are read by
:mod:`rempart_agent.readers.kernel.audit_rules`.
"""

from typing import Dict, Iterator, List, NamedTuple, Optional

from rempart_agent.readers.kernel import netlink
from rempart_agent.source.contract import Denied, Malformed

_GET, _LIST_RULES = 1000, 1013
_HEAD, _WORDS, _FIELDS = 12, 64, 64
_SIZE = _HEAD + 4 * (_WORDS + 3 * _FIELDS) + 4  # struct audit_rule_data without what follows it
_STATUS = ("enabled", "failure", "pid", "rate_limit", "backlog_limit", "lost", "backlog")

LISTS = ("user", "task", "entry", "watch", "exit", "exclude", "filesystem", "io_uring")
ACTIONS = ("never", "possible", "always")
PERMS = ((4, "r"), (2, "w"), (1, "x"), (8, "a"))  # in auditctl's order
ALL_PERMS = "rwxa"
_OPERATORS = {8: "&", 16: "<", 32: ">", 48: "!=", 64: "=", 72: "&=", 80: "<=", 96: ">="}  # the word's highest byte
_ARCH, _WATCH, _PERM, _DIR, _EXE, _KEY, _INODE = 11, 105, 106, 107, 112, 210, 102
_STRINGS = frozenset([13, 14, 15, 16, 17, 19, 20, 21, 22, 23, _WATCH, _DIR, _EXE, _KEY])
_FROM_0 = (
    "pid uid euid suid fsuid gid egid sgid fsgid auid pers arch msgtype subj_user subj_role subj_type subj_sen subj_clr"
    " ppid obj_user obj_role obj_type obj_lev_low obj_lev_high loginuid_set sessionid fstype"
)
_FROM_100 = "devmajor devminor inode exit success watch perm dir filetype obj_uid obj_gid compare exe saddr_fam"
_NAMES = dict(enumerate(_FROM_0.split()))
_NAMES.update(enumerate(_FROM_100.split(), 100))
_NAMES.update(enumerate(("a0", "a1", "a2", "a3"), 200))
_64_BIT = 0x80000000


class Rule(NamedTuple):
    """One rule; a control line (``-b``, ``-e``, ``-f`` …) has its text alone.

    Attributes:
        list: ``exit``, ``task``, ``user``, ``exclude``, ``filesystem``, ``io_uring``; ``""`` for a control line.
        action: ``always`` or ``never``.
        watch: The file or directory that the rule is about, without a slash at its end, or ``""``.
        tree: 1 where all below ``watch`` is meant, 0 where it is not, None where the rule does not say.
        perms: Of ``rwxa``: the accesses that are traced; ``""`` where only ``syscalls`` tell.
        key: The keys, parted by spaces.
        syscalls: ``all``, or what is named, parted by commas; ``""`` in lists that know none.
        arch: ``b64``, ``b32``, what else is named, or ``""``.
        conditions: All other fields, parted by spaces: ``auid>=1000 auid!=-1``.
        text: As auditctl would be given it; what the kernel lists has numbers for the names of system calls.
    """

    list: str = ""
    action: str = ""
    watch: str = ""
    tree: Optional[int] = None
    perms: str = ""
    key: str = ""
    syscalls: str = ""
    arch: str = ""
    conditions: str = ""
    text: str = ""


def list_rules() -> str:
    """Return the kernel's rules, raw, in base64.

    Raises:
        Unsupported: the kernel has no audit subsystem.
        Denied: it does not answer this run.
    """
    return _ask(_LIST_RULES)


def get_status() -> str:
    """Return the state of the kernel's audit subsystem, raw, in base64. Raises as ``list_rules``."""
    return _ask(_GET)


def _ask(kind: int) -> str:
    import base64

    try:
        with netlink.Talk(netlink.AUDIT) as talk:
            if kind == _LIST_RULES:
                return talk.dump(kind, b"")
            return base64.b64encode(talk.get(kind, b"")).decode("ascii")
    except (Denied, netlink.Refused) as error:
        raise Denied("audit: the kernel answers root alone, and not in a container ({error})", error=error) from error


def parse_status(answer: object) -> Dict[str, int]:
    """Read ``struct audit_status``. Raises ``Malformed``."""
    for message in netlink.messages(netlink.unpack(answer)):
        if message.type == _GET and len(message.body) >= 4 * (len(_STATUS) + 1):
            words = [netlink.number(message.body[at : at + 4]) for at in range(4, 4 * (len(_STATUS) + 1), 4)]
            return dict(zip(_STATUS, words))
    raise Malformed("audit: no status in the kernel's answer")


def parse_list(answer: object) -> Iterator[Rule]:
    """Read the rules of the kernel's list, in its order. Raises ``Malformed``."""
    for message in netlink.messages(netlink.unpack(answer)):
        if message.type == _LIST_RULES:
            yield parse_data(message.body)


def parse_data(data: bytes) -> Rule:
    """Read ``struct audit_rule_data``. Raises ``Malformed``."""
    if len(data) < _SIZE:
        raise Malformed("audit: a rule of {count} bytes", count=len(data))
    words = [netlink.number(data[at : at + 4]) for at in range(0, _SIZE, 4)]
    flags, action, count = words[:3]
    mask = words[3 : 3 + _WORDS]
    fields, values, operators = (words[3 + _WORDS + n * _FIELDS :][:_FIELDS] for n in range(3))
    if count > _FIELDS or action >= len(ACTIONS) or flags & 0xF >= len(LISTS):
        raise Malformed("audit: a rule that makes no sense")
    rest = data[_SIZE:]
    rule = Rule(list=LISTS[flags & 0xF], action=ACTIONS[action])
    conditions: List[str] = []
    for field, value, operator in zip(fields[:count], values, operators):
        sign = _OPERATORS.get(operator >> 24 & 0x78, "=")
        text = ""
        if field in _STRINGS:
            if value > len(rest):
                raise Malformed("audit: a text of {value} bytes does not fit", value=value)
            text, rest = rest[:value].decode("utf-8", "replace"), rest[value:]
        if field in (_WATCH, _DIR):
            rule = rule._replace(watch=trim(text), tree=int(field == _DIR))
        elif field == _PERM:
            rule = rule._replace(perms="".join(letter for bit, letter in PERMS if value & bit))
        elif field == _KEY:
            rule = rule._replace(key=text.replace("\x01", " "))
        elif field == _ARCH and sign == "=":
            rule = rule._replace(arch="b64" if value & _64_BIT else "b32")
        else:
            number = value if field == _INODE else value - (value >> 31 << 32)  # signed, but for an inode
            conditions.append("{}{}{}".format(_NAMES.get(field, "f{}".format(field)), sign, text or number))
    rule = rule._replace(conditions=" ".join(conditions), syscalls=_named(mask) if has_calls(rule) else "")
    rule = with_perms(rule)
    return rule._replace(text=write(rule))


def _named(mask: List[int]) -> str:
    if all(word == 0xFFFFFFFF for word in mask[:-1]):  # the last word has other uses
        return "all"
    return ",".join(str(32 * at + bit) for at, word in enumerate(mask) for bit in range(32) if word >> bit & 1)


def has_calls(rule: Rule) -> bool:
    """Tell whether a rule stands in a list of system calls."""
    return rule.list in ("exit", "entry", "io_uring")


def with_perms(rule: Rule) -> Rule:
    """Say that a rule traces every access where it names a file and leaves no access out."""
    return rule._replace(perms=ALL_PERMS) if rule.watch and not rule.perms and rule.syscalls == "all" else rule


def write(rule: Rule) -> str:
    """Return the line that would make a rule."""
    plain = rule.syscalls == "all" and not rule.arch and not rule.conditions
    if plain and rule.watch and rule.action == "always" and rule.list == "exit":
        watch = "-w {}{} -p {}".format(rule.watch, "/" if rule.tree else "", rule.perms)
        return " ".join([watch] + ["-k " + key for key in rule.key.split()])
    parts = ["-a {},{}".format(rule.action, rule.list)]
    parts += ["-F arch=" + rule.arch] if rule.arch else []
    parts += ["-S " + rule.syscalls] if rule.syscalls else []
    parts += ["-F {}={}".format("dir" if rule.tree else "path", rule.watch)] if rule.watch else []
    parts += ["-F perm=" + rule.perms] if rule.perms else []
    parts += ["-F " + condition for condition in rule.conditions.split()]
    return " ".join(parts + ["-F key=" + key for key in rule.key.split()])


def trim(path: str) -> str:
    """Return a path without the slash at its end."""
    return path.rstrip("/") or "/"
