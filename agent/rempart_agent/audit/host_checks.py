"""The plan: which checks are asked of a host, with which values; hosts of one kind share one."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from rempart_agent.audit.content_cache import Content
from rempart_agent.audit.examine import (
    ROLE_QUESTIONS,
    SYSTEM_QUESTION,
    Circumstances,
    columns_of,
    digest_of,
    examine_all,
    render_all,
    walk_time,
    walk_values,
    walks,
)
from rempart_agent.audit.request import Request
from rempart_agent.audit.settings import HostSettings
from rempart_agent.engine import Deferred, Engine
from rempart_agent.engines.remote.collector_client import prepare
from rempart_agent.engines.remote.engine import foresee
from rempart_agent.engines.sql.database import Database
from rempart_agent.engines.sql.dialect import is_steady
from rempart_agent.tables.read import Request as Read
from rempart_core import digest
from rempart_core.error import EndpointError, UsageError
from rempart_core.model import selection
from rempart_core.model.profile import Profile
from rempart_core.model.result import Exclusion
from rempart_core.model.selection import Selected
from rempart_core.text import Text

_KEPT = 200  # plans: each host may have values of its own, and memory must not grow with the fleet


class Plan(NamedTuple):
    """What is asked of a host.

    Attributes:
        role: The role.
        profile: The profile's name.
        selected: The checks, with severities and values in force.
        excluded: What the profile leaves out.
        notes: What the profile changes.
        content: Digest of what is judged with.
        texts: The statements of each check for Linux, in the order of ``selected``.
        columns: What the statements for Linux read: table to columns; see ``Engine.expect``.
        keys: A digest for each check over all that it is judged with on Linux; see ``cache``.
        walk: Whether the file systems are walked.
    """

    role: str
    profile: str
    selected: list[Selected]
    excluded: tuple[Exclusion, ...]
    notes: tuple[Text, ...]
    content: str
    texts: list[dict[str, str]]
    columns: dict[str, list[str]]
    keys: list[bytes]
    walk: bool = False


CLOCK = "controller_now"
"""The parameter that takes the controller's time where nobody gave one: a machine can't ask itself."""


def tell_time(plan: Plan, now: int, parts: Mapping[str, tuple[str, ...]]) -> tuple[Plan, frozenset[int]]:
    """Return a plan whose checks of the clock know the controller's time, and the numbers of these checks.

    Args:
        plan: The plan, which hosts share.
        now: The controller's time, in seconds.
        parts: Statements that are taken apart.
    """
    numbers = [number for number, one in enumerate(plan.selected) if one.parameters.get(CLOCK) == 0]
    if not numbers:
        return plan, frozenset()
    selected, texts = list(plan.selected), list(plan.texts)
    for number in numbers:
        selected[number] = selected[number]._replace(parameters={**selected[number].parameters, CLOCK: now})
        (texts[number],) = render_all([selected[number]], "linux", parts)
    return plan._replace(selected=selected, texts=texts), frozenset(numbers)


class Planner:
    """Makes plans, each once.

    Attributes:
        content: Checks and profiles.
        checks: The checks, by id.
    """

    def __init__(self, content: Content, request: Request) -> None:
        """Plan with some content.

        Args:
            content: Checks and profiles.
            request: What the command line asks.

        Raises:
            UsageError: a parameter of the command line is wrong.
        """
        self.content = content
        self.checks = {check.id: check for check in content.checks}
        self._request = request
        self._given = selection.parse_assignments(content.checks, request.parameters)
        self._plans: dict[str, Plan] = {}
        self._first: dict[str, tuple[Read, ...]] = {}

    def plan(self, settings: HostSettings, role: str = "") -> Plan:
        """Return the plan for a host.

        Args:
            settings: What the host's variables and the command line say.
            role: The role that was detected, where nobody said one.

        Raises:
            EndpointError: the host's variables name a profile, a check or a value that is none.
        """
        role = settings.role or role or "server"
        key = _key(settings, role)
        plan = self._plans.get(key)
        if plan is None:
            if len(self._plans) >= _KEPT:
                self._plans.clear()
            plan = self._plans[key] = self._make(settings, role)
        return plan

    def fallback(self, settings: HostSettings) -> Plan:
        """Return a plan for a host that was asked nothing: what it would have been asked, as far as one knows.

        Raises:
            EndpointError: no profile selects a check of those that the command line names.
        """
        plain = HostSettings("", "", (), {}, (), "", "auto")
        for tried in (settings, plain, plain._replace(role="workstation"), plain._replace(profile="all")):
            try:
                return self.plan(tried)
            except EndpointError as error:
                last = error
        raise last

    def expect_checks(self) -> None:
        """Refuse a glob of the command line that names no check at all.

        Raises:
            UsageError: there is one.
        """
        everything = selection.find_profile(self.content.profiles, self._request.profile or "all")
        selection.select(self.content.checks, everything, "linux", self._request.globs, self._given)

    def _make(self, settings: HostSettings, role: str) -> Plan:
        values = self._values(settings)
        try:
            profile = selection.find_profile(self.content.profiles, settings.profile or selection.default_profile(role))
            selected, excluded = selection.select(self.content.checks, profile, "linux", self._request.globs, values)
            if self._request.also:
                everything = selection.find_profile(self.content.profiles, "all")
                more, _ = selection.select(self.content.checks, everything, "linux", self._request.also, values)
                known = {one.check.id for one in selected}
                selected = [*selected, *(one for one in more if one.check.id not in known)]
            selected = self._lend(selected, profile, values)
            walk = bool(profile.walk) if self._request.walk is None else self._request.walk
        except UsageError as error:
            raise EndpointError(str(error), "settings") from error
        texts = render_all(selected, "linux", self.content.parts)
        columns = columns_of(selected, "linux", self.uses)
        return Plan(
            role,
            profile.name,
            selected,
            excluded,
            selection.note_changes(selected, profile),
            digest_of(selected),
            texts,
            columns,
            _keys(selected, texts, role, columns, self.uses, walk=walk),
            walk,
        )

    def values_of(self, settings: HostSettings, profile: str, check: str) -> dict[str, Any]:
        """Return the values in force of a check on a host, whether it was asked or not.

        Args:
            settings: What the host's variables and the command line say.
            profile: Name of the profile that was asked.
            check: The check's id.

        Raises:
            UsageError: One is not valid.
        """
        known = selection.find_profile(self.content.profiles, profile)
        return selection.resolve_values(self.checks[check], known, self._values(settings).get(check, {}))

    def _values(self, settings: HostSettings) -> dict[str, Mapping[str, Any]]:
        """Return what host and command line say of values, by check."""
        values: dict[str, Mapping[str, Any]] = dict(settings.values)
        bounds = walk_values(self.content.checks, self._request.walk_entries, self._request.walk_seconds)
        for more in (bounds, self._given):
            for check, own in more.items():
                values[check] = {**values.get(check, {}), **own}
        return values

    def walk_seconds(self, settings: HostSettings) -> float:
        """Return the seconds that a host's walk may take in all; 0 where its file systems are not walked.

        No plan is made for it: each host of a large fleet may have values of its own.

        Raises:
            EndpointError: a value of the host is not valid.
        """
        roles = (settings.role,) if settings.role else ("server", "workstation")
        names = {settings.profile} if settings.profile else {selection.default_profile(role) for role in roles}
        profiles = [one for one in self.content.profiles if one.name in names]
        if not (any(one.walk for one in profiles) if self._request.walk is None else self._request.walk):
            return 0.0
        values = self._values(settings)
        checks = [check for check in self.content.checks if walks(check.platforms.get("linux"))]
        try:
            return max(
                (
                    walk_time(selection.resolve_values(check, profile, values.get(check.id, {})))
                    for check in checks
                    for profile in profiles
                ),
                default=0.0,
            )
        except UsageError as error:
            raise EndpointError(str(error), "settings") from error

    def _lend(
        self, selected: Sequence[Selected], profile: Profile, values: Mapping[str, Mapping[str, Any]]
    ) -> list[Selected]:
        """Give checks the values of others that they are lent, as those have them in force."""
        found = []
        for one in selected:
            lent = {
                name: selection.resolve_values(self.checks[owner], profile, values.get(owner, {}))[name]
                for name, owner in self._request.lent.get(one.check.id, {}).items()
            }
            found.append(one._replace(parameters={**one.parameters, **lent}) if lent else one)
        return found

    def first(self, settings: HostSettings, database: Database) -> tuple[Read, ...]:
        """Return the reads that an audit on these terms asks before it knows anything; they go out at once."""
        key = _key(settings, settings.role or "server")
        first = self._first.get(key)
        if first is None:
            if len(self._first) >= _KEPT:
                self._first.clear()
            plan = self.plan(settings)

            def rehearse(engine: Engine) -> None:
                engine.defer(True)
                for question in (SYSTEM_QUESTION, *(() if settings.role else ROLE_QUESTIONS)):
                    try:
                        engine.query(question)
                    except Deferred:
                        continue
                examine_all(
                    plan.selected,
                    engine,
                    Circumstances("linux", plan.role, True),
                    texts=plan.texts,
                    columns=plan.columns,
                )

            first = self._first[key] = foresee(rehearse, database)
            prepare(first, self._request.deadline, redact=True)
            for texts in plan.texts:  # workers inherit what is compiled before they are forked
                for sql in texts.values():
                    database.compile(sql)
                    is_steady(sql)
        return first

    @property
    def narrowed(self) -> tuple[str, ...]:
        """Return the globs that narrow what a profile selects."""
        return self._request.globs

    @property
    def uses(self) -> Mapping[str, Any]:
        """Return which columns each statement reads."""
        return self.content.uses


def _keys(
    selection: Sequence[Selected],
    texts: Sequence[Mapping[str, str]],
    role: str,
    expected: Mapping[str, Sequence[str]],
    uses: Mapping[str, Any],
    *,
    walk: bool,
) -> list[bytes]:
    """Return a digest for each check over all that decides its verdict beside the answers of a host."""
    keys = []
    for selected, sent in zip(selection, texts, strict=True):
        check = selected.check
        block = check.platforms.get("linux")
        tables = {table for _, sql in (block.statements() if block else ()) for table in uses.get(sql, expected)}
        columns = [(table, sorted(set(expected.get(table, ())))) for table in sorted(tables)]
        values = sorted((name, repr(value)) for name, value in selected.parameters.items())
        whole = (check.id, check.digest, check.roles, block, role, values, sorted(sent.items()), columns, walk)
        keys.append(digest.new(repr(whole).encode("utf-8", "surrogatepass")).digest())
    return keys


def _key(settings: HostSettings, role: str) -> str:
    return json.dumps([role, settings.profile, settings.values], sort_keys=True, default=str)
