"""Our own checks, read once by each process that runs tests: a dozen modules go through all of them."""

from __future__ import annotations

from functools import cache

from rempart_core.content.checkfile import read_checks
from rempart_core.content.place import content_root
from rempart_core.model.check import Check

FOLDER = f"{content_root()}/checks"
PRECONDITIONS = f"{content_root()}/playbooks/preconditions"


@cache
def own_checks(*folders: str) -> tuple[Check, ...]:
    """Return the checks of some folders, of ``checks/`` where none is named; see ``read_checks``."""
    return tuple(read_checks(folders or [FOLDER]))
