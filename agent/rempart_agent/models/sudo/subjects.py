"""Who is asked about, and as whom: accounts, what rules name and no account stands for, whom rules let one be."""

from typing import Dict, Iterator, List, Optional, Set, Tuple

from rempart_agent.models.sudo import root_equivalents
from rempart_agent.models.sudo.match import Request
from rempart_agent.models.sudo.parser import Member, Members, Policy
from rempart_agent.models.sudo.world import Account, World


def expanded(policy: Policy, kind: str, members: Optional[Members]) -> Iterator[Member]:
    """Yield the items of a list with those of its aliases, whatever stands before them.

    Args:
        policy: What sudoers says.
        kind: Of the aliases.
        members: The list; None for an empty one.
    """
    todo = [*(members or ())]
    seen: Set[str] = set()
    while todo:
        member = todo.pop(0)
        inner = policy.aliases.get((kind, member.name)) if member.kind == "ALIAS" else None
        if inner is None:
            yield member
        elif member.name not in seen:
            seen.add(member.name)
            todo = [*inner, *todo]


def others(policy: Policy, world: World) -> List[Account]:
    """Return what rules name and no local account stands for: groups, netgroups, strangers, everybody.

    Args:
        policy: What sudoers says.
        world: Accounts, groups, names and files of the machine.
    """
    found: Dict[str, Account] = {}
    names = {name.lower() for name in world.accounts}
    numbers = {account.uid for account in world.accounts.values()}
    for rule in policy.rules:
        for member in expanded(policy, "U", rule.users):
            if member.negated and member.kind != "ALL":
                continue
            name = member.name
            label, account = name, None
            if member.kind == "ALL":
                label, account = "ALL", Account("", -1, label="ALL")
            elif member.kind == "NETGROUP" or name.startswith("%:"):
                account = Account("", -1, label=name)
            elif member.kind == "USERGROUP":
                account = _group(name, world)
            elif name.startswith("#") and name[1:].lstrip("-").isdigit():
                number = int(name[1:]) & 0xFFFFFFFF
                account = None if number in numbers else Account("", number, label=name)
            elif name.lower() not in names:
                account = Account(name, -1, label=name)
            if account is not None:
                found.setdefault(label, account)
    return list(found.values())


def _group(name: str, world: World) -> Account:
    """Return what stands for a member of a group, of whom nothing else is known."""
    group = name[1:]
    number = int(group[1:]) & 0xFFFFFFFF if group.startswith("#") and group[1:].lstrip("-").isdigit() else None
    names = {n for n, gid in world.groups.items() if gid == number} if number is not None else {group}
    gid = world.groups.get(group) if number is None else number
    return Account("", -1, -1, frozenset(names), frozenset() if gid is None else frozenset((gid,)), name)


def targets(policy: Policy, world: World) -> List[Request]:
    """Return as whom commands are asked for: root first, whom rules name, and in the groups that make root.

    Args:
        policy: What sudoers says.
        world: Accounts, groups, names and files of the machine.
    """
    roots = [a for a in world.accounts.values() if a.uid == 0]
    roots.sort(key=lambda a: a.name != "root")
    found: Dict[str, Request] = {a.name: Request(a) for a in roots or [Account("root", 0, 0)]}
    groups: Dict[str, None] = {}
    named = [Member("WORD", d.value) for d in policy.defaults if d.name == "runas_default" and d.value]
    everybody = False
    for rule in policy.rules:
        for spec in rule.specs:
            for member in (*expanded(policy, "R", spec.runas_users), *named):
                everybody = everybody or member.kind in ("ALL", "USERGROUP", "NETGROUP")
                for account in _named(member, world):
                    found.setdefault(account.name or account.label, Request(account))
            for member in expanded(policy, "R", spec.runas_groups):
                groups.update(_groups(member, world))
    if everybody:
        ordinary = [a for a in world.accounts.values() if a.uid != 0]
        strong = [a for a in ordinary if a.groups & root_equivalents.GROUPS]
        for account in strong + ordinary[:2]:
            found.setdefault(account.name, Request(account))
    return [*found.values(), *(Request(Account("", -1), group) for group in groups)]


def _named(member: Member, world: World) -> List[Account]:
    if member.kind == "USERGROUP":
        group = _group(member.name, world)
        return [a for a in world.accounts.values() if a.gids & group.gids or a.groups & group.groups]
    if member.kind not in ("WORD", "ALIAS"):
        return []
    if member.name.startswith("#"):
        return [a for a in world.accounts.values() if "#{}".format(a.uid) == member.name]
    same = [a for a in world.accounts.values() if a.name.lower() == member.name.lower()]
    return same or [Account(member.name, -1, label=member.name)]


def _groups(member: Member, world: World) -> List[Tuple[str, None]]:
    if member.kind == "ALL":
        return [(name, None) for name in sorted(root_equivalents.GROUPS) if name in world.groups]
    return [(n, None) for n, gid in world.groups.items() if n == member.name or "#{}".format(gid) == member.name]
