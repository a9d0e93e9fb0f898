"""An audit that has ended, of one target or a fleet, as it is saved and reported."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from rempart_core.model.result import Run

if TYPE_CHECKING:
    from rempart_core.error import ReportError
    from rempart_core.model.history import Delivered
    from rempart_core.model.waiver import Waiver
    from rempart_reports.formats.contract import PiecesOf, Report


class FinishedAudit(NamedTuple):
    """What is saved and reported.

    Attributes:
        runs: Gives the runs, anew by each call: those of a fleet lie on the disk.
        moment: When it ended, UTC.
        history: Gives what is saved, where that is not what is reported: agents bring earlier runs.
        kept: Hosts that were done before the audit was interrupted, and when.
        others: Hosts that it does not ask.
        delivered: The documents of agents that are among what is saved.
        whole: Whether it came to its end.
        failed: What could not be kept for the next audit.
        waivers: Those of the files that were read.
        pieces: Of a fleet: writes the pieces of reports, by any names, in processes of its own.
    """

    runs: Callable[[], Iterable[Run]]
    moment: str
    history: Callable[[], Iterable[Run]] | None = None
    kept: Mapping[str, str] = {}
    others: Collection[str] = ()
    delivered: "Collection[Delivered]" = ()
    whole: bool = True
    failed: "tuple[ReportError, ...]" = ()
    waivers: "Sequence[Waiver]" = ()
    pieces: "Callable[[Mapping[str, Report]], Mapping[str, PiecesOf]] | None" = None

    def saved(self) -> Iterable[Run]:
        """Return what a store keeps: what is reported, where nothing else was said."""
        return (self.history or self.runs)()
