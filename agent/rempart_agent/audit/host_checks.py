"""What is asked of one target: the one place that selects checks, with the values in force."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from rempart_agent.audit.content_cache import Content
from rempart_agent.audit.request import Request
from rempart_agent.audit.settings import HostSettings
from rempart_agent.audit.walk_bounds import walk_time, walk_values, walks
from rempart_core.model import selection
from rempart_core.model.parameter import CheckValues, Values
from rempart_core.model.profile import MAX_WAIVER_DAYS, Profile
from rempart_core.model.result import Exclusion
from rempart_core.model.selection import Selected, digest_of
from rempart_core.text import Text


class HostChecks(NamedTuple):
    """What is asked of a target.

    Attributes:
        role: The role.
        profile: The profile's name; ``""`` where no system was recognised, so that nothing can be asked.
        selected: The checks, with severities and values in force.
        excluded: What the profile leaves out.
        notes: What the profile changes.
        content: Digest of what is judged with.
        walk: Whether the file systems are walked.
        max_waiver_days: How long a waiver may last.
        texts: The statements of each check for Linux, in the order of ``selected``; a planner's only.
        columns: What the statements for Linux read: table to columns; see ``Engine.expect``; a planner's only.
        keys: A digest for each check over all that it is judged with on Linux; a planner's only.
        written_for: The system that the profile was written for; ``""`` for none in particular.
    """

    role: str
    profile: str = ""
    selected: Sequence[Selected] = ()
    excluded: tuple[Exclusion, ...] = ()
    notes: tuple[Text, ...] = ()
    content: str = ""
    walk: bool = False
    max_waiver_days: int = MAX_WAIVER_DAYS
    texts: Sequence[Mapping[str, str]] = ()
    columns: Mapping[str, Sequence[str]] = {}
    keys: Sequence[bytes] = ()
    written_for: str = ""


class CheckSelector:
    """Selects the checks of targets from some content, as the command line asks.

    Attributes:
        content: Checks and profiles.
        request: What the command line asks.
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
        self.request = request
        self._given = selection.parse_assignments(content.checks, request.parameters)
        self._known = {check.id: check for check in content.checks} if request.also else {}
        self._checks = {check.id: check for check in content.checks} if request.lent else {}

    def select(self, settings: HostSettings, role: str, platform: str = "linux") -> HostChecks:
        """Return the checks of a target.

        Args:
            settings: What the target's variables and the command line say.
            role: The role in force; ``""`` where no system was recognised and nobody said one.
            platform: ``linux``, ``darwin``, ``windows``; ``""`` where none was recognised.

        Raises:
            UsageError: A profile, a check or a value is none, or nothing is left.
        """
        name = settings.profile or selection.default_profile(role)
        if not name:
            return HostChecks(role)
        content, request = self.content, self.request
        values = self.values(settings)
        profile = selection.find_profile(content.profiles, name)
        selected, excluded = selection.select(content.checks, profile, platform or "linux", request.globs, values)
        if request.also:
            everything = selection.find_profile(content.profiles, "all")
            more, _ = selection.select(content.checks, everything, platform or "linux", request.also, values)
            known = {one.check.id for one in selected}
            selected = [*selected, *(one for one in more if one.check.id not in known)]
        if request.lent:
            selected = [self._lend(one, profile, values) for one in selected]
        return HostChecks(
            role,
            profile.name,
            selected,
            excluded,
            selection.note_changes(selected, profile),
            digest_of(selected),
            self._walks((profile,)),
            profile.max_waiver_days,
            written_for=profile.written_for,
        )

    def values(self, settings: HostSettings) -> dict[str, Values]:
        """Return what a target's variables and the command line say of values, by check; the command line wins."""
        values: dict[str, Values] = dict(settings.values)
        bounds = walk_values(self.content.checks, self.request.walk_entries, self.request.walk_seconds)
        for more in (bounds, self._given):
            for check, own in more.items():
                values[check] = {**values.get(check, {}), **own}
        return values

    def expect_checks(self) -> None:
        """Refuse a glob of the command line that names no check at all.

        Raises:
            UsageError: there is one.
        """
        everything = selection.find_profile(self.content.profiles, self.request.profile or "all")
        selection.select(self.content.checks, everything, "linux", self.request.globs, self._given)

    def walk_seconds(self, settings: HostSettings) -> float:
        """Return the seconds that a target's walk may take in all; 0 where its file systems are not walked.

        Nothing is selected for it: each host of a large fleet may have values of its own.

        Raises:
            UsageError: a value is not valid.
        """
        roles = (settings.role,) if settings.role else ("server", "workstation")
        names = {settings.profile} if settings.profile else {selection.default_profile(role) for role in roles}
        profiles = [one for one in self.content.profiles if one.name in names]
        if not self._walks(profiles):
            return 0.0
        values = self.values(settings)
        checks = [check for check in self.content.checks if walks(check.platforms.get("linux"))]
        return max(
            (
                walk_time(selection.resolve_values(check, profile, values.get(check.id, {})))
                for check in checks
                for profile in profiles
            ),
            default=0.0,
        )

    def _walks(self, profiles: Sequence[Profile]) -> bool:
        """Tell whether file systems are walked: as asked for, by a profile, or for a check that is asked besides."""
        if self.request.walk is not None:
            return self.request.walk
        also = [self._known[one] for one in self.request.also if one in self._known]
        return any(one.walk for one in profiles) or any(walks(one.platforms.get("linux")) for one in also)

    def _lend(self, one: Selected, profile: Profile, values: CheckValues) -> Selected:
        """Give a check the values of others that it is lent, as those have them in force."""
        lent = {
            name: selection.resolve_values(self._checks[owner], profile, values.get(owner, {}))[name]
            for name, owner in self.request.lent.get(one.check.id, {}).items()
        }
        return one._replace(parameters={**one.parameters, **lent}) if lent else one
