"""What the content says of checks, profiles and frameworks, read once by each worker."""

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from rempart_agent.audit.content_cache import Content
from rempart_core.content.frameworkfile import read_frameworks
from rempart_core.content.place import check_directories
from rempart_core.model.check import Check
from rempart_core.model.framework import Framework
from rempart_core.model.profile import Profile
from rempart_server.context import Context


class Known(NamedTuple):
    """What pages look up.

    Attributes:
        checks: By id.
        profiles: By name.
        frameworks: By id.
    """

    checks: Mapping[str, Check]
    profiles: Mapping[str, Profile]
    frameworks: Mapping[str, Framework]


def known_to(context: Context) -> Known:
    """Return what is known to a worker.

    Args:
        context: The worker's.
    """
    return _of(_Same(context.content))


class _Same:
    """A content, which is remembered by what it is and not by what is in it."""

    def __init__(self, content: Content) -> None:
        self.content = content

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.content is other.content

    def __hash__(self) -> int:
        return id(self.content)


@cache
def _of(same: _Same) -> Known:
    content = same.content
    return Known(
        {check.id: check for check in content.checks},
        {profile.name: profile for profile in content.profiles},
        read_frameworks(check_directories(())),
    )
