"""Who may become root by sudo: every account asked for every command that could make a difference.

The commands asked for (probes) are those that the rules name, instances of their patterns, the programs of
``root_equivalents`` in folders and patterns, and names that no rule knows, for rules that allow everything else.
"""

import re
from typing import Dict, Iterator, List, NamedTuple, Optional, Set, Tuple

from rempart_agent.models.sudo import probes, root_equivalents
from rempart_agent.models.sudo.command import Probe
from rempart_agent.models.sudo.match import ALLOW, Decision, Exceeded, Matcher, Request, in_group
from rempart_agent.models.sudo.parser import Member, Policy, Rule, Spec
from rempart_agent.models.sudo.settings import Settings
from rempart_agent.models.sudo.subjects import others, targets
from rempart_agent.models.sudo.world import Account, World
from rempart_agent.said import Why


class Grant(NamedTuple):
    """What one account may do as another, by one command of one rule.

    Attributes:
        account: Who; what no local account stands for as sudoers writes it (``%ops``, ``#1000``, ``+net``, ``ALL``).
        subject: By which name the rule means the account.
        runas: As whom; ``:group`` for oneself in a group.
        command: The command as written.
        grants_root: Whether it makes the account root: 1, 0 or None.
        asks: Whether a password is asked: 1, 0 or None.
        password_of: Whose: ``account``, ``target`` or ``root``.
        lasts_s: Seconds for which it is not asked again; -1 for ever.
        tool: ``sudo`` or ``doas``.
        source: The file of the rule.
        line: Its line.
        why: Why an answer is None, or nobody is asked.
    """

    account: str
    subject: str
    runas: str
    command: str
    grants_root: Optional[int]
    asks: Optional[int]
    password_of: str
    lasts_s: Optional[int]
    tool: str
    source: str
    line: int
    why: str


Answer = Tuple[Optional[int], str]


class Allowed(NamedTuple):
    """A decision that allows a command, with the rule that does."""

    rule: Rule
    spec: Spec
    member: Member


def grants(policy: Policy, world: World) -> List[Grant]:
    """Return what sudo lets whom do; accounts of the number 0 are root already and have no row.

    Args:
        policy: What sudoers says.
        world: Accounts, groups, names and files of the machine.
    """
    world = world._replace(identity=probes.with_fresh(world.identity))
    asker = _Asker(policy, world)
    people = [a for a in world.accounts.values() if a.uid != 0] + others(policy, world)
    found: List[Grant] = []
    try:
        for account in people:
            found.extend(asker.account(account))
    except Exceeded as error:
        found.append(_unread(policy.sources[0], 0, error.why))
    free = {g.account for g in found if g.grants_root == 1 and g.asks == 0}
    while True:  # whoever may act as somebody who becomes root unasked becomes root
        more = [
            i
            for i, g in enumerate(found)
            if g.grants_root == 0 and g.runas in free and asker.shell.get((g.source, g.line, g.command))
        ]
        for i in more:
            found[i] = found[i]._replace(grants_root=1)
            if found[i].asks == 0:
                free.add(found[i].account)
        if not more:
            break
    found = [_of_strangers(grant) for grant in found]
    unread = [_unread(source, line, text) for source, line, text in policy.errors]
    return found + unread


def _of_strangers(grant: Grant) -> Grant:
    """Return what a netgroup or a plugin's group may do: who is in it, if anybody, is not known."""
    if not grant.account.startswith(("+", "%:")) or grant.grants_root is None:
        return grant
    return grant._replace(
        grants_root=None, asks=None, why=Why("who is in {account} is not known", account=grant.account)
    )


def _unread(source: str, line: int, text: str) -> Grant:
    return Grant("", "", "", "", None, None, "", None, "sudo", source, line, text)


class _Asker:
    def __init__(self, policy: Policy, world: World) -> None:
        self._policy = policy
        self._world = world
        self._matcher = Matcher(policy, world)
        self._probes = probes.probes(policy, world)
        self._targets = targets(policy, world)
        self._setenv = any(
            (d.name == "setenv" and d.operator == "" and d.value is None)
            or (d.name == "env_keep" and d.operator != "-=" and re.search(r"\bLD_", d.value or ""))
            for d in policy.defaults
        )
        self.shell: Dict[Tuple[str, int, str], bool] = {}

    def account(self, account: Account) -> Iterator[Grant]:
        """Yield what one account may do."""
        rules = self._matcher.rules(account)
        if not rules or (account.label == "" and not any(self._concerns(r.users, account) for r, _ in rules)):
            return
        done: Set[int] = set()
        for request in self._targets:
            if request.group:
                request = request._replace(target=account)
            elif request.target == account:
                continue
            rows: Dict[int, List[Tuple[Allowed, Probe, List[Decision]]]] = {}
            for probe in self._probes:
                possible = self._matcher.decide(account, request, probe)
                allowing = _allowed(possible)
                if allowing:
                    rows.setdefault(id(allowing[0].spec), []).append((allowing[0], probe, possible))
            for key, decided in rows.items():
                if key not in done:
                    yield self._grant(account, request, decided)
            if request.target.uid == 0:
                done.update(rows)
        for rule, _ in rules:
            for spec in rule.specs:
                if self._matcher.in_time(spec) is not True and "NOTBEFORE" in spec.options:
                    yield self._row(account, Allowed(rule, spec, spec.command), "root", None,
                                    Why("in force from {moment}", moment=spec.options["NOTBEFORE"]))  # fmt: skip

    def _keeps(self, spec: Spec) -> bool:
        """Tell whether a variable for the dynamic linker may reach a command (sudoers(5), SETENV and env_keep)."""
        return spec.tags.get("SETENV", self._setenv)

    def _concerns(self, users: Tuple[Member, ...], account: Account) -> bool:
        """Tell whether a rule names an account by more than a netgroup, which has a row of its own."""
        settings = self._matcher.settings(account, Request(account))
        return len(self._matcher.users(users, account, settings, "U")) == 1

    def _row(self, account: Account, decision: Allowed, runas: str, root: Optional[int], why: str) -> Grant:
        spec = decision.spec
        return Grant(
            account.label or account.name, self._subject(decision, account), runas,
            _written(spec, decision.member), root, None, "", None, "sudo", spec.source, spec.line, why,
        )  # fmt: skip

    def _subject(self, decision: Allowed, account: Account) -> str:
        settings = self._matcher.settings(account, Request(account))
        for member in reversed(decision.rule.users):
            if not member.negated and ALLOW in self._matcher.users((member,), account, settings, "U"):
                return member.name
        return ""

    def _grant(self, account: Account, request: Request, decided: List[Tuple[Allowed, Probe, List[Decision]]]) -> Grant:
        roots: List[Tuple[Answer, Allowed]] = []
        asked: List[Answer] = []
        lasts: List[Optional[int]] = []
        whose = ""
        for decision, probe, possible in decided:
            sure = all(d.outcome == ALLOW for d in possible)
            settings = self._matcher.settings(account, request, probe)
            gives = self._gives(account, probe, decision, settings)
            self.shell[decision.spec.source, decision.spec.line, _written(decision.spec, decision.member)] = (
                gives[0] == 1
            )
            if not self._is_root(request):
                gives = (0 if gives[0] == 0 or not sure or gives[0] == 1 else None, gives[1])
            roots.append((gives if sure else (None, self._doubt(possible)), decision))
            answers = [asks(account, d.spec, settings, self._world) for d in _allowed(possible)]
            asked.append(answers[0] if len({a for a, _ in answers}) == 1 else (None, self._doubt(possible)))
            seconds = settings["timestamp_timeout"]
            lasts.append(None if "timestamp_timeout" in settings.unsure else -1 if seconds < 0 else int(seconds))
            whose = (
                "root" if settings["rootpw"] else "target" if settings["targetpw"] or settings["runaspw"] else "account"
            )
        (root, why), decision = max(roots, key=lambda r: (r[0][0] == 1, r[0][0] is None))
        answer, how = min(asked, key=lambda a: (a[0] != 0, a[0] is not None))
        return self._row(
            account, decision, ":" + request.group if request.group else request.target.name, root, why or how
        )._replace(
            asks=answer, password_of=whose if answer else "",
            lasts_s=None if None in lasts else -1 if -1 in lasts else max(s or 0 for s in lasts),
        )  # fmt: skip

    def _is_root(self, request: Request) -> bool:
        groups = {request.group} if request.group else request.target.groups
        return (not request.group and request.target.uid == 0) or bool(groups & root_equivalents.GROUPS)

    def _doubt(self, possible: List[Decision]) -> str:
        """Say what of a decision is not known."""
        for decision in possible:
            if decision.spec and decision.rule and decision.member:
                text = " ".join(filter(None, (decision.member.name, decision.member.arguments)))
                where = "{}:{}".format(decision.spec.source, decision.spec.line)
                if decision.member.digest:
                    return Why(
                        "not known whether {where} applies (a digest of {text})", where=where, text=text or "ALL"
                    )
                return Why("not known whether {where} applies ({text})", where=where, text=text or "ALL")
        return Why("not known")

    def _gives(self, account: Account, probe: Probe, decision: Allowed, settings: Settings) -> Answer:
        """Tell whether a command that runs as root makes an account root."""
        spec, member = decision.spec, decision.member
        if any(name in spec.options or settings[name.lower()] for name in ("ROLE", "TYPE", "APPARMOR_PROFILE")):
            return None, Why("what SELinux or AppArmor leaves of root is not known")
        if probe.path == probes.FRESH:
            return 1, ""
        if probe.path == "sudoedit":
            return _edits(member)
        if self._keeps(spec):
            return 1, Why("the environment may name a library (SETENV, env_keep)")
        kind = probes.kind(probe.path, self._world)
        if kind == "pager" and spec.tags.get("EXEC") is False:
            return None, Why("how much NOEXEC leaves of a pager is not known")
        if kind in ("escape", "pager"):
            return 1, ""
        wanted = None if member.kind == "ALL" else member.arguments
        if kind and (wanted is None or (kind == "shell" and not probe.arguments)):
            return 1, ""
        if kind and chosen_by_folder(probe):
            return 1, Why("what it runs lies in the folder that one stands in")
        written = [self._world.writable(probe.path, account)]
        if kind == "shell":
            written += [self._world.writable(word, account) for word in probe.arguments.split() if word.startswith("/")]
        if True in written:
            return 1, ""
        if None in written:
            return None, Why("not known whether {path} can be written", path=probe.path)
        if kind and wanted is not None and re.search(r"[*?\[]|^\^", wanted):
            return None, Why("arguments by a pattern: {path} {wanted}", path=probe.path, wanted=wanted)
        return 0, ""


def asks(account: Account, spec: Spec, settings: Settings, world: World) -> Answer:
    """Tell whether somebody has to give a password for a command of a rule, and why not.

    Args:
        account: Who asks.
        spec: The command of a rule, with its tags.
        settings: The Defaults in force.
        world: Accounts, groups, names and files of the machine.
    """
    if spec.tags.get("PASSWD") is False:
        return 0, "NOPASSWD"
    if "PASSWD" not in spec.tags:
        if "authenticate" in settings.unsure:
            return None, Why("not known whether authenticate is set")
        if not settings["authenticate"]:
            return 0, "!authenticate"
    exempt = settings["exempt_group"]
    if exempt and in_group(account, exempt, settings, world):
        return (None, "") if "exempt_group" in settings.unsure else (0, "exempt_group")
    return 1, ""


def chosen_by_folder(probe: Probe) -> bool:
    """Tell whether a program with fixed arguments runs what lies in the folder in which it is called.

    sudo keeps that folder: ``python3 manage.py``, ``python3 -m module`` and ``make install`` run the caller's files.
    """
    words = probe.arguments.split()
    name = probe.path.rpartition("/")[2]
    if root_equivalents.kind(name) == "shell":
        if "-m" in words:
            return True
        if {"-c", "-e", "-p"} & set(words):
            return False
        first = next((word for word in words if not word.startswith("-")), "/")
        return not first.startswith("/")
    return name in root_equivalents.BY_FOLDER and not any(word.startswith("/") for word in words)


def _allowed(possible: List[Decision]) -> List[Allowed]:
    return [
        Allowed(d.rule, d.spec, d.member) for d in possible if d.outcome == ALLOW and d.rule and d.spec and d.member
    ]


def _written(spec: Spec, member: Member) -> str:
    item = member if spec.command.kind == "ALIAS" else spec.command
    text = " ".join(filter(None, (item.name, item.arguments)))
    return "{}: {}".format(spec.command.name, text) if spec.command.kind == "ALIAS" else text


def _edits(member: Member) -> Answer:
    """Tell whether the right to edit some files is the right to be root."""
    if not member.arguments or member.kind == "ALL":
        return 1, ""
    paths = member.arguments.split()
    if any(path.startswith(("*", "?", "[")) or root_equivalents.SENSITIVE.match(path) for path in paths):
        return 1, ""
    return None, Why("what {arguments} decides is not known", arguments=member.arguments)
