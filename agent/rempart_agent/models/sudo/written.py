"""What sudoers(5) says, as it is written: each setting with what sudo makes of it, each command out of its aliases."""

import re
from typing import Iterable, Iterator, List, NamedTuple, Optional, Set, Tuple

from rempart_agent.models.sudo.parser import Default, Member, Members, Policy
from rempart_agent.models.sudo.settings import minutes
from rempart_agent.said import Why

FLAGS = frozenset(
    {
        *("authenticate", "env_reset", "ignore_dot", "log_input", "log_output", "mail_badpass", "noexec", "requiretty"),
        *("rootpw", "runaspw", "set_home", "setenv", "targetpw", "umask_override", "use_pty", "visiblepw"),
    }
)
"""Settings that are on or off and take no value (def_data.c, T_FLAG), as far as they are asked for."""
PATHS = frozenset({"logfile", "iolog_dir"})
"""Settings that take a path, which begins with a slash (T_PATH)."""
MOST = 5000  # commands that aliases stand for, which can multiply


class Setting(NamedTuple):
    """One setting of a Defaults line.

    Attributes:
        number: Its place among all, in the order in which sudo reads them.
        name: Its name.
        scope: ``""`` for everybody, ``:`` users, ``@`` hosts, ``>`` target users, ``!`` commands.
        members: Whom the scope names, as written.
        state: ``on``, ``off`` or ``value``; ``ignored`` where sudo warns and leaves it out, ``unknown`` where it is not
            known what sudo makes of it.
        operator: ``=``, ``+=``, ``-=``, ``!`` or ``""``.
        value: Its value, None for a flag.
        source: The file.
        line: The line.
        why: Why nothing is known of a line.
    """

    number: int
    name: str
    scope: str
    members: str
    state: str
    operator: str
    value: Optional[str]
    source: str
    line: int
    why: str


class Command(NamedTuple):
    """One command of a rule, of one of the aliases that it names.

    Attributes:
        users: Who, aliases taken apart.
        hosts: Where, as written.
        runas: As whom, aliases taken apart; ``""`` where the rule does not say (then root, or ``runas_default``),
            ``MYSELF`` where it names groups alone.
        runas_groups: In which groups.
        command: The path, or ``ALL``.
        arguments: Those that it is bound to.
        any_arguments: Whether it is bound to none in particular: ``""`` behind it allows none, nothing behind it any.
        negated: Whether it is taken out (``!``).
        source: The file.
        line: The line.
        why: Why nothing is known of a line.
    """

    users: str
    hosts: str
    runas: str
    runas_groups: str
    command: str
    arguments: str
    any_arguments: int
    negated: int
    source: str
    line: int
    why: str


def settings(policy: Policy) -> Iterator[Setting]:
    """Yield each setting in the order in which sudo reads it, then the lines that it refuses."""
    for number, default in enumerate(policy.defaults):
        yield Setting(
            number,
            default.name,
            default.scope,
            _listed(default.members),
            _state(default),
            default.operator,
            default.value,
            default.source,
            default.line,
            "",
        )
    for source, line, why in policy.errors:
        yield Setting(-1, "", "", "", "unknown", "", None, source, line, why)


def commands(policy: Policy) -> Iterator[Command]:
    """Yield each command of each rule, then the lines that sudo refuses."""
    count = 0
    for rule in policy.rules:
        for spec in rule.specs:
            users = _expanded(policy, "U", rule.users)
            runas = _expanded(policy, "R", spec.runas_users or ())
            groups = _expanded(policy, "R", spec.runas_groups or ())
            for member in _expanded(policy, "C", (spec.command,)):
                count += 1
                if count > MOST:
                    yield Command("", "", "", "", "", "", 0, 0, spec.source, spec.line, Why("too many commands"))
                    return
                yield Command(
                    _listed(users),
                    _listed(rule.hosts),
                    _listed(runas),
                    _listed(groups),
                    member.name,
                    "" if member.arguments in (None, '""') else str(member.arguments),
                    int(member.arguments is None),
                    int(member.negated),
                    spec.source,
                    spec.line,
                    "",
                )
    for source, line, why in policy.errors:
        yield Command("", "", "", "", "", "", 0, 0, source, line, why)


def _state(default: Default) -> str:
    if default.name in FLAGS:
        if default.operator in ("", "!"):
            return "off" if default.operator == "!" else "on"
        return "ignored"  # "does not take a value"
    if default.operator == "!":
        return "off"
    if default.name in PATHS:
        return "value" if default.operator == "=" and (default.value or "").startswith("/") else "ignored"
    if default.name == "timestamp_timeout":
        return "value" if default.operator == "=" and minutes(default.value) is not None else "ignored"
    if default.name == "umask":
        fits = default.operator == "=" and re.fullmatch("[0-7]{1,4}", default.value or "")
        return "value" if fits and int(default.value or "", 8) <= 0o777 else "ignored"
    return "unknown"


def _listed(members: Iterable[Member]) -> str:
    return ", ".join(("!" if m.negated else "") + (m.name or "MYSELF") for m in members)


def _expanded(policy: Policy, kind: str, members: Members, within: Tuple[str, ...] = ()) -> List[Member]:
    """Return members with the aliases among them taken apart; an alias that nobody defines stays as it is."""
    found: List[Member] = []
    seen: Set[str] = set(within)
    for member in members:
        inner = policy.aliases.get((kind, member.name)) if member.kind == "ALIAS" else None
        if inner is None or member.name in seen or len(found) > MOST:
            found.append(member)
            continue
        taken = _expanded(policy, kind, inner, (*within, member.name))
        found.extend(one._replace(negated=one.negated != member.negated) for one in taken)
    return found
