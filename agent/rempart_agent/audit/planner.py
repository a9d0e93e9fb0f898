"""The checks of a fleet's hosts, selected and rendered once for all that are alike."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rempart_agent.audit.content_cache import Content
from rempart_agent.audit.examine import Circumstances, examine_all
from rempart_agent.audit.finish import fit
from rempart_agent.audit.host_checks import CheckSelector, HostChecks
from rempart_agent.audit.recognise import ROLE_QUESTIONS, SYSTEM_QUESTION
from rempart_agent.audit.render import columns_of, render_all
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
from rempart_core.model.parameter import Value
from rempart_core.model.result import Result, TargetIdentity
from rempart_core.model.selection import CLOCK

_KEPT = 200  # selections: each host may have values of its own, and memory must not grow with the fleet


def tell_time(checks: HostChecks, now: int, parts: Mapping[str, tuple[str, ...]]) -> tuple[HostChecks, frozenset[int]]:
    """Return the checks of a host, those of the clock with the controller's time, and the numbers of these.

    Args:
        checks: What hosts share.
        now: The controller's time, in seconds.
        parts: Statements that are taken apart.
    """
    numbers = [number for number, one in enumerate(checks.selected) if one.parameters.get(CLOCK) == 0]
    if not numbers:
        return checks, frozenset()
    selected, texts = list(checks.selected), list(checks.texts)
    for number in numbers:
        selected[number] = selected[number]._replace(parameters={**selected[number].parameters, CLOCK: now})
        (texts[number],) = render_all([selected[number]], "linux", parts)
    return checks._replace(selected=selected, texts=texts), frozenset(numbers)


class Planner:
    """Selects the checks of hosts, each selection once.

    Attributes:
        content: Checks and profiles.
        checks: The checks, by id.
        narrowed: Globs that narrow what a profile selects.
    """

    def __init__(self, content: Content, request: Request) -> None:
        """Get ready.

        Args:
            content: Checks and profiles.
            request: What the command line asks.

        Raises:
            UsageError: a parameter of the command line is wrong.
        """
        self.content = content
        self.checks = {check.id: check for check in content.checks}
        self.narrowed = request.globs
        self._deadline = request.deadline
        self._selector = CheckSelector(content, request)
        self._kept: dict[str, HostChecks] = {}
        self._first: dict[str, tuple[Read, ...]] = {}
        self._blanks: dict[tuple[int, str, str], tuple[HostChecks, list[Result]]] = {}

    def blanks(
        self, checks: HostChecks, target: TargetIdentity, make: Callable[[HostChecks], list[Result]]
    ) -> list[Result]:
        """Return results that say nothing yet, as they are of all hosts that are asked the same and run the same.

        Args:
            checks: What is asked.
            target: The host.
            make: Makes them, where they are not there yet.
        """
        key = id(checks), target.platform, target.system
        known = self._blanks.get(key)
        if known is None or known[0] is not checks:
            if len(self._blanks) >= _KEPT:
                self._blanks.clear()
            known = self._blanks[key] = checks, fit(target, checks, make(checks))
        return known[1]

    def select(self, settings: HostSettings, role: str = "") -> HostChecks:
        """Return the checks of a host, rendered for Linux.

        Args:
            settings: What the host's variables and the command line say.
            role: The role that was detected, where nobody said one.

        Raises:
            EndpointError: the host's variables name a profile, a check or a value that is none.
        """
        role = settings.role or role or "server"
        key = _key(settings, role)
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            try:
                found = self._rendered(self._selector.select(settings, role))
            except UsageError as error:
                raise EndpointError(error.message, "settings") from error
            self._kept[key] = found
        return found

    def _rendered(self, checks: HostChecks) -> HostChecks:
        texts = render_all(checks.selected, "linux", self.content.parts)
        columns = columns_of(checks.selected, "linux", self.content.uses)
        keys = _keys(checks, texts, columns, self.content.uses)
        return checks._replace(texts=texts, columns=columns, keys=keys)

    def fallback(self, settings: HostSettings) -> HostChecks:
        """Return the checks of a host that was asked nothing: what it would have been asked, as far as one knows.

        Raises:
            EndpointError: no profile selects a check of those that the command line names.
        """
        plain = HostSettings("", "", (), {}, (), "", "auto")
        for tried in (settings, plain, plain._replace(role="workstation"), plain._replace(profile="all")):
            try:
                return self.select(tried)
            except EndpointError as error:
                last = error
        raise last

    def expect_checks(self) -> None:
        """See CheckSelector.expect_checks."""
        self._selector.expect_checks()

    def walk_seconds(self, settings: HostSettings) -> float:
        """See CheckSelector.walk_seconds.

        Raises:
            EndpointError: a value of the host is not valid.
        """
        try:
            return self._selector.walk_seconds(settings)
        except UsageError as error:
            raise EndpointError(error.message, "settings") from error

    def values_of(self, settings: HostSettings, profile: str, check: str) -> dict[str, Value]:
        """Return the values in force of a check on a host, whether it was asked or not.

        Args:
            settings: What the host's variables and the command line say.
            profile: Name of the profile that was asked.
            check: The check's id.

        Raises:
            UsageError: One is not valid.
        """
        known = selection.find_profile(self.content.profiles, profile)
        return selection.resolve_values(self.checks[check], known, self._selector.values(settings).get(check, {}))

    def first(self, settings: HostSettings, database: Database) -> tuple[Read, ...]:
        """Return the reads that an audit by these settings asks before it knows anything; they go out at once.

        Args:
            settings: What the host's variables and the command line say; without a role the questions that tell one go
                out too.
            database: Compiles the statements; nothing is read through it.

        Raises:
            EndpointError: See ``select``.
        """
        key = _key(settings, settings.role or "server")
        first = self._first.get(key)
        if first is None:
            if len(self._first) >= _KEPT:
                self._first.clear()
            checks = self.select(settings)

            def rehearse(engine: Engine) -> None:
                engine.defer(True)
                for question in (SYSTEM_QUESTION, *(() if settings.role else ROLE_QUESTIONS)):
                    try:
                        engine.query(question)
                    except Deferred:
                        continue
                examine_all(
                    checks.selected,
                    engine,
                    Circumstances("linux", checks.role, True),
                    texts=checks.texts,
                    columns=checks.columns,
                )

            first = self._first[key] = foresee(rehearse, database)
            prepare(first, self._deadline, redact=True)
            for texts in checks.texts:  # workers inherit what is compiled before they are forked
                for sql in texts.values():
                    database.compile(sql)
                    is_steady(sql)
        return first


def _keys(
    checks: HostChecks,
    texts: Sequence[Mapping[str, str]],
    expected: Mapping[str, Sequence[str]],
    uses: Mapping[str, Any],
) -> list[bytes]:
    """Return a digest for each check over all that decides its verdict beside the answers of a host."""
    keys = []
    for selected, sent in zip(checks.selected, texts, strict=True):
        check = selected.check
        block = check.platforms.get("linux")
        tables = {table for _, sql in (block.statements() if block else ()) for table in uses.get(sql, expected)}
        columns = [(table, sorted(set(expected.get(table, ())))) for table in sorted(tables)]
        values = sorted((name, repr(value)) for name, value in selected.parameters.items())
        whole = (
            check.id,
            check.digest,
            check.roles,
            block,
            checks.role,
            values,
            sorted(sent.items()),
            columns,
            checks.walk,
        )
        keys.append(digest.new(repr(whole).encode("utf-8", "surrogatepass")).digest())
    return keys


def _key(settings: HostSettings, role: str) -> str:
    return json.dumps([role, settings.profile, settings.values], sort_keys=True, default=str)
