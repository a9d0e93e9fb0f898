"""The profile: a named selection of checks with parameter values."""

from typing import Any, NamedTuple

from rempart_core.check import Severity
from rempart_core.text import Text


class Change(NamedTuple):
    """A severity that a profile changes, with the reason that is reported."""

    severity: Severity
    reason: Text


class Profile(NamedTuple):
    """A named selection of checks.

    Attributes:
        name: The file's name without ``.yaml``.
        title: What it is for.
        roles: Selects checks that have one of these roles; empty selects by ``all`` or ``checks`` alone.
        all: Selects every check.
        areas: Keeps only checks of these areas; empty keeps all.
        checks: Keeps only checks whose id matches one of these globs; empty keeps all.
        exclude: Check id to the reason why it is left out.
        severities: Check id to the changed severity.
        parameters: Check id to parameter values.
        path: Its file, relative to the content root.
    """

    name: str
    title: Text
    roles: tuple[str, ...] = ()
    all: bool = False
    areas: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    exclude: dict[str, Text] = {}  # noqa: RUF012 - a default that is never written to
    severities: dict[str, Change] = {}  # noqa: RUF012 - the same
    parameters: dict[str, dict[str, Any]] = {}  # noqa: RUF012 - the same
    path: str = ""
