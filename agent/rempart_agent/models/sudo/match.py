"""Which rule of sudoers(5) decides about a command: the last that matches (lookup.c and match.c of sudo 1.9.16).

Every list is read from its end, and the first item that says something counts. What an item says is a set of outcomes,
for a netgroup may or may not hold an account: the answer is known where all outcomes agree.
"""

import re
from typing import Callable, Dict, FrozenSet, List, NamedTuple, Optional, Set, Tuple

from rempart_agent.models.sudo import command, moments, pattern
from rempart_agent.models.sudo.command import Probe
from rempart_agent.models.sudo.parser import Member, Members, Policy, Rule, Spec
from rempart_agent.models.sudo.settings import Settings
from rempart_agent.models.sudo.world import Account, World
from rempart_agent.said import SaidError

ALLOW, DENY, UNSPEC = "allow", "deny", "unspecified"
Outcomes = FrozenSet[str]
_NOTHING: Outcomes = frozenset((UNSPEC,))
_DAY = 86400
MAX_STEPS, MAX_ALIASES = 1_000_000, 60  # aliases one within another


class Exceeded(SaidError):
    """The rules, accounts and commands multiply beyond what is evaluated."""


class Request(NamedTuple):
    """As whom a command is asked for: a user, or (with ``group``) oneself in a group."""

    target: Account
    group: str = ""


class Decision(NamedTuple):
    """One way in which a request may be decided; ``member`` is the command that matched."""

    outcome: str
    rule: Optional[Rule] = None
    spec: Optional[Spec] = None
    member: Optional[Member] = None


class Matcher:
    """Decides about requests under one policy on one machine."""

    def __init__(self, policy: Policy, world: World) -> None:
        """Take the policy and the machine.

        Args:
            policy: What sudoers says.
            world: Its accounts, groups, names and files.
        """
        self._policy = policy
        self._world = world
        self._rules: Dict[Account, List[Tuple[Rule, bool]]] = {}
        self._settings: Dict[Tuple[Account, Request, Optional[Probe]], Settings] = {}
        self._steps = 0
        # who names no target becomes another one, that of the setting, and what is bound to it holds or does not
        self._default_by_target = any(d.scope == ">" and d.name == "runas_default" for d in policy.defaults)
        self._by_command = any(d.scope == "!" for d in policy.defaults)

    def settings(self, account: Account, request: Request, probe: Optional[Probe] = None) -> Settings:
        """Return the Defaults for a request; those of commands apply to the one of ``probe``.

        Args:
            account: Who asks.
            request: As whom, and where.
            probe: The command; None where none is meant.
        """
        probe = probe if self._by_command else None
        key = (account, request, probe)
        if key not in self._settings:
            settings = Settings(self._world.timeout)
            for default in self._policy.defaults:
                if default.scope == "!":
                    continue
                outcomes = self._bound(default.scope, default.members, account, request, settings)
                if ALLOW in outcomes:
                    settings.apply(default, sure=len(outcomes) == 1)
            for default in self._policy.defaults:
                if probe is not None and default.scope == "!":
                    found = self.commands(default.members, probe, settings, elsewhere=chrooted(settings))
                    if any(outcome == ALLOW for outcome, _ in found):
                        settings.apply(default, sure=len(found) == 1)
            if self._default_by_target:
                settings.unsure.add("runas_default")
            self._settings[key] = settings
        return self._settings[key]

    def _bound(self, scope: str, members: Members, account: Account, request: Request, settings: Settings) -> Outcomes:
        if scope == ":":
            return self.users(members, account, settings, "U")
        if scope == "@":
            return self.hosts(members)
        if scope == ">":
            return self._runas(members, None, account, request, settings)
        return frozenset((ALLOW,))

    def rules(self, account: Account) -> List[Tuple[Rule, bool]]:
        """Return the rules that apply to an account on this host, the last first, and whether each surely does."""
        if account not in self._rules:
            settings = self.settings(account, Request(account))
            found = []
            for rule in reversed(self._policy.rules):
                user = self.users(rule.users, account, settings, "U")
                host = self.hosts(rule.hosts) if ALLOW in user else _NOTHING
                if ALLOW in host:
                    found.append((rule, len(user) == 1 and len(host) == 1))
            self._rules[account] = found
        return self._rules[account]

    def decide(self, account: Account, request: Request, probe: Probe) -> List[Decision]:
        """Return the ways in which a request may be decided: one where all is known.

        Args:
            account: Who asks.
            request: As whom, and where.
            probe: The command.
        """
        settings = self.settings(account, request, probe)
        possible: List[Decision] = []
        elsewhere = chrooted(settings)
        for rule, surely in self.rules(account):
            for spec in reversed(rule.specs):
                dated = self.in_time(spec)
                if dated is False:
                    continue
                runas = self._runas(spec.runas_users, spec.runas_groups, account, request, settings)
                if ALLOW not in runas:
                    continue
                # A command of another root is looked up there, and sudo does not always come back: what it knows of
                # the command asked for stays as found there, for all rules that come after (command_matches)
                elsewhere = elsewhere or "CHROOT" in spec.options
                found = self.commands((spec.command,), probe, settings, elsewhere)
                possible.extend(Decision(o, rule, spec, m) for o, m in found if o != UNSPEC)
                if surely and dated and len(runas) == 1 and all(o != UNSPEC for o, _ in found):
                    return possible
        return [*possible, Decision(UNSPEC)]

    def in_time(self, spec: Spec) -> Optional[bool]:
        """Tell whether a rule is in force today; None where its times have no zone and are near."""
        answers = [
            self._compare(spec.options[name], sign)
            for name, sign in (("NOTBEFORE", 1), ("NOTAFTER", -1))
            if name in spec.options
        ]
        if answers == [False, True]:
            return None  # before 1.9.17 the second of both decided alone
        return False if False in answers else None if None in answers else True

    def _compare(self, text: str, sign: int) -> Optional[bool]:
        found = moments.moment(text)
        if found is None or found.seconds is None:
            return None
        apart = (self._world.now - found.seconds) * sign
        if abs(apart) < (_DAY if found.local else 3700):
            return None
        return apart >= 0

    def _step(self, count: int, used: FrozenSet[str] = frozenset()) -> None:
        self._steps += 1 + count
        if self._steps > MAX_STEPS or len(used) > MAX_ALIASES:
            raise Exceeded("too many rules, aliases, accounts and commands to evaluate")

    def _over(self, members: Members, one: Callable[[Member], Outcomes]) -> Outcomes:
        self._step(len(members))
        found: Set[str] = set()
        for member in reversed(members):
            outcomes = one(member)
            found |= outcomes - _NOTHING
            if UNSPEC not in outcomes:
                return frozenset(found)
        return frozenset(found | _NOTHING)

    def _alias(
        self, kind: str, member: Member, used: FrozenSet[str], inner: Callable[[Members, FrozenSet[str]], Outcomes]
    ) -> Optional[Outcomes]:
        """Return what an alias says; None where there is none of that name, or it leads to itself."""
        members = self._policy.aliases.get((kind, member.name))
        if members is None or member.name in used:
            return None
        self._step(0, used)
        outcomes = inner(members, used | {member.name})
        swap = {ALLOW: DENY, DENY: ALLOW, UNSPEC: UNSPEC}
        return frozenset(swap[o] for o in outcomes) if member.negated else outcomes

    def users(
        self, members: Members, account: Account, settings: Settings, kind: str, used: FrozenSet[str] = frozenset()
    ) -> Outcomes:
        """Return what a list of users says of an account; ``kind`` is the aliases' (``U`` or ``R``).

        Args:
            members: The list.
            account: The account.
            settings: The Defaults in force.
            kind: Of the aliases.
            used: Aliases that are being looked into.
        """

        def one(member: Member) -> Outcomes:
            if member.kind == "ALIAS":
                found = self._alias(kind, member, used, lambda m, u: self.users(m, account, settings, kind, u))
                if found is not None:
                    return found
            return _said(member, self.is_user(member, account, settings))

        return self._over(members, one)

    def is_user(self, member: Member, account: Account, settings: Settings) -> Optional[bool]:
        """Tell whether one item names an account; None where only a directory or a plugin knows.

        Args:
            member: The item.
            account: The account.
            settings: The Defaults in force.
        """
        if member.kind == "ALL":
            return True
        if member.kind == "NETGROUP":
            return member.name == account.label or None
        if member.kind == "USERGROUP":
            name = member.name[1:]
            if name.startswith(":"):
                return member.name == account.label or None
            return in_group(account, name, settings, self._world)
        number = _id(member.name)
        if number is not None and number == account.uid:
            return True
        if settings["case_insensitive_user"]:
            return member.name.lower() == account.name.lower()
        return member.name == account.name

    def hosts(self, members: Members, used: FrozenSet[str] = frozenset()) -> Outcomes:
        """Return what a list of hosts says of this one.

        Args:
            members: The list.
            used: Aliases that are being looked into.
        """

        def one(member: Member) -> Outcomes:
            if member.kind == "ALIAS":
                found = self._alias("H", member, used, self.hosts)
                if found is not None:
                    return found
            return _said(member, self._is_host(member))

        return self._over(members, one)

    def _is_host(self, member: Member) -> Optional[bool]:
        if member.kind == "ALL":
            return True
        if member.kind in ("NETGROUP", "NTWKADDR"):
            return None
        host = self._world.long if "." in member.name else self._world.short
        if host is None:
            return None
        if not pattern.META.search(member.name):
            return member.name.lower() == host.lower()
        try:
            return pattern.matches(member.name, host, fold=True)
        except pattern.Unknown:
            return None

    def commands(
        self,
        members: Members,
        probe: Probe,
        settings: Settings,
        elsewhere: bool,
        used: FrozenSet[str] = frozenset(),
    ) -> List[Tuple[str, Optional[Member]]]:
        """Return what a list of commands says of one (``probe``), each outcome with the item that says it.

        The last of ``members`` that matches decides, by the Defaults in force (``settings``); ``elsewhere`` is that of
        ``command.matches``, and ``used`` are the aliases that the list stands in. Too many steps raise ``Exceeded``.
        """
        found: List[Tuple[str, Optional[Member]]] = []
        self._step(len(members), used)
        for member in reversed(members):
            outcomes: List[Tuple[str, Optional[Member]]]
            if member.kind == "ALIAS":
                inner = self._policy.aliases.get(("C", member.name))
                if inner is None or member.name in used:
                    continue
                swap = {ALLOW: DENY, DENY: ALLOW, UNSPEC: UNSPEC}
                outcomes = self.commands(inner, probe, settings, elsewhere, used | {member.name})
                if member.negated:
                    outcomes = [(swap[outcome], item) for outcome, item in outcomes]
            else:
                answer = command.matches(member, probe, self._world, elsewhere, settings["fast_glob"])
                said = DENY if member.negated else ALLOW
                outcomes = [(said, member)] if True in answer else []
                if False in answer:
                    outcomes.append((UNSPEC, None))
            found.extend(o for o in outcomes if o[0] != UNSPEC)
            if all(outcome != UNSPEC for outcome, _ in outcomes):
                return found
        return [*found, (UNSPEC, None)]

    def _runas(
        self,
        users: Optional[Members],
        groups: Optional[Members],
        account: Account,
        request: Request,
        settings: Settings,
    ) -> Outcomes:
        """Return what the brackets of a rule say of a request (runaslist_matches)."""
        if users is None and "runas_default" in settings.unsure:
            return frozenset((ALLOW, UNSPEC))
        if users is None:
            users = (Member("WORD", settings["runas_default"]),)
        by_user = self._runas_users(users, account, request, settings)
        if not request.group:
            return by_user
        found: Set[str] = set()
        for user in by_user:
            for group in self._runas_groups(groups or (), request, settings, user):
                if DENY in (user, group):
                    found.add(DENY)
                else:
                    found.add(user if user == group else UNSPEC)
                if group == ALLOW and user == UNSPEC:
                    found.add(ALLOW)  # as sudo has it since 1.9.17: the group alone is enough for oneself
        return frozenset(found)

    def _runas_users(
        self, users: Members, account: Account, request: Request, settings: Settings, used: FrozenSet[str] = frozenset()
    ) -> Outcomes:
        def one(member: Member) -> Outcomes:
            if member.kind == "MYSELF":
                return _said(member, bool(request.group) or request.target == account)
            if member.kind == "ALIAS":
                found = self._alias("R", member, used, lambda m, u: self._runas_users(m, account, request, settings, u))
                if found is not None:
                    return found
            return _said(member, self.is_user(member, request.target, settings))

        return self._over(users, one)

    def _runas_groups(
        self, groups: Members, request: Request, settings: Settings, user: str, used: FrozenSet[str] = frozenset()
    ) -> Outcomes:
        def one(member: Member) -> Outcomes:
            if member.kind == "ALL":
                return _said(member, True)
            if member.kind == "ALIAS":
                found = self._alias("R", member, used, lambda m, u: self._runas_groups(m, request, settings, user, u))
                if found is not None:
                    return found
            number = _id(member.name)
            if number is not None and number == self._world.groups.get(request.group):
                return _said(member, True)
            if settings["case_insensitive_group"]:
                return _said(member, member.name.lower() == request.group.lower())
            return _said(member, member.name == request.group)

        found = self._over(groups, one)
        if UNSPEC in found and user == ALLOW and self._world.groups.get(request.group) in request.target.gids:
            return (found - _NOTHING) | {ALLOW}
        return found


def chrooted(settings: Settings) -> bool:
    """Tell whether commands are looked up, or may be, in another root; "*" leaves that to whoever runs one."""
    return settings["runchroot"] not in (None, "*") or "runchroot" in settings.unsure


def _said(member: Member, answer: Optional[bool]) -> Outcomes:
    said = DENY if member.negated else ALLOW
    if answer is None:
        return frozenset((said, UNSPEC))
    return frozenset((said,)) if answer else _NOTHING


def _id(text: str) -> Optional[int]:
    if not re.fullmatch(r"#-?[0-9]{1,10}", text):
        return None
    return int(text[1:]) & 0xFFFFFFFF


def in_group(account: Account, name: str, settings: Settings, world: World) -> bool:
    """Tell whether an account is in a group (user_in_group of pwutil.c).

    Args:
        account: The account.
        name: Of the group.
        settings: The Defaults in force.
        world: Accounts, groups, names and files of the machine.
    """
    number = _id(name)
    if number is not None and number in account.gids:
        return True
    if settings["match_group_by_gid"] and account.uid >= 0:
        return world.groups.get(name, -1) in account.gids
    if settings["case_insensitive_group"]:
        return name.lower() in {group.lower() for group in account.groups}
    return name in account.groups
