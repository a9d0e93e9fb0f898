"""What a parser makes of anything."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from rempart_agent.source.contract import SourceError


def outcome(parse: Callable[[], Iterable[Any]]) -> list[Any] | SourceError:
    """Return all that ``parse`` yields, or the reason that it gives for refusing; any other exception is a failure."""
    try:
        return list(parse())
    except SourceError as error:
        return error
