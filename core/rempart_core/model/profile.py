"""The profile: a named selection of checks with parameter values."""

from typing import NamedTuple

from rempart_core.model.check import Severity
from rempart_core.model.parameter import Value
from rempart_core.text import Text


class Change(NamedTuple):
    """A severity that a profile changes, with the reason that is reported."""

    severity: Severity
    reason: Text


class Selector(NamedTuple):
    """What a check must be like. Each attribute that is given narrows; within one, any of its values will do.

    Attributes:
        all: Takes every check; what else is given still narrows.
        roles: It has one of these roles.
        areas: It lies in one of these areas.
        severity: Its severity in force, the profile's changes included, is one of these.
        checks: Its id matches one of these globs.
        frameworks: It contributes to a requirement of one of these.
        controls: It contributes to a requirement that matches a glob: framework to globs.
    """

    all: bool = False
    roles: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    severity: tuple[Severity, ...] = ()
    checks: tuple[str, ...] = ()
    frameworks: tuple[str, ...] = ()
    controls: dict[str, tuple[str, ...]] = {}  # noqa: RUF012 - a default that is never written to


MAX_WAIVER_DAYS = 366
"""The longest that a waiver may last from the day of the audit, in any profile: somebody has to look again."""


class Profile(NamedTuple):
    """A named selection of checks: what it takes itself and what its parents select, without what it leaves out.

    Attributes:
        name: The file's name without ``.yaml``.
        title: What it is for.
        takes: What it selects itself; None where it only extends others.
        parents: The profiles that it extends, in the order of the file.
        only: Narrows all that it and its parents select; None where nothing is narrowed.
        exclude: Check id to the reason why it is left out, whoever selects it.
        severities: Check id to the changed severity: its own, else that of the last parent that has one.
        parameters: Check id to parameter values, merged in the same way.
        path: Its file, relative to the content root.
        walk: Whether the file systems are walked: its own word, else that of a parent; None where nobody says.
        max_waiver_days: How many days from today a waiver may last, 1 to 366: its own, else the least of its parents.
        written_for: The system whose benchmark it follows, as os-release begins its name (``Debian GNU/Linux 12``):
            its own, else that of the first parent that has one; ``""`` where it is for no one system.
    """

    name: str
    title: Text
    takes: Selector | None = None
    parents: "tuple[Profile, ...]" = ()
    only: Selector | None = None
    exclude: dict[str, Text] = {}  # noqa: RUF012 - the same
    severities: dict[str, Change] = {}  # noqa: RUF012 - the same
    parameters: dict[str, dict[str, Value]] = {}  # noqa: RUF012 - the same
    path: str = ""
    walk: bool | None = None
    max_waiver_days: int = MAX_WAIVER_DAYS
    written_for: str = ""
