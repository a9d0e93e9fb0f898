"""What is to be audited, and with what."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from rempart_agent.engine import DEADLINE, Images
from rempart_core.model.parameter import Values

if TYPE_CHECKING:
    from rempart_core.model.update_history import UpdateHistory


class Request(NamedTuple):
    """What is to be audited, and with what.

    Attributes:
        root: A directory that holds a root filesystem; None for this machine.
        images: Image files; None for none.
        role: ``workstation``, ``server``, ``image``; ``""`` to detect it.
        profile: A profile's name; ``""`` for the role's own.
        globs: Globs of check ids or areas that narrow the selection.
        also: Globs of checks that are asked whatever the profile and ``globs`` say.
        directories: Folders of the user's own checks, beside ours.
        parameters: ``CHECK.NAME=VALUE`` texts.
        waivers: A waiver file; ``""`` for none.
        baseline: A run document; ``""`` for none.
        deadline: Seconds for each statement.
        engine: What answers; see ``engines.NAMES``.
        socket: The extension socket of the osqueryd to ask; ``""`` for the usual one.
        history: What earlier runs saw of the target, a ``history.UpdateHistory``; None for nothing.
        values: Check id to parameter to value, of a file; ``parameters`` win.
        lent: Check id to parameter to the check whose value in force it takes; a fleet's planner gives it.
        walk: Whether the file systems are walked; None for what the profile says.
        walk_entries: The most entries that a walk looks at; None for the checks' own value.
        walk_seconds: The most seconds that a walk takes; None for the checks' own value.
    """

    root: str | None = None
    images: Images | None = None
    role: str = ""
    profile: str = ""
    globs: tuple[str, ...] = ()
    directories: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    waivers: str = ""
    baseline: str = ""
    deadline: float = DEADLINE
    engine: str = "auto"
    socket: str = ""
    also: tuple[str, ...] = ()
    history: "UpdateHistory | None" = None
    values: Mapping[str, Values] = {}
    lent: Mapping[str, Mapping[str, str]] = {}
    walk: bool | None = None
    walk_entries: int | None = None
    walk_seconds: int | None = None

    @property
    def live(self) -> bool:
        """Whether a running machine is looked at."""
        return self.root is None and self.images is None
