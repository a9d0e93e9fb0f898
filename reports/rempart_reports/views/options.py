"""How a report is written: what a reader asked for, and what else is known of what is shown."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from rempart_core.model.check import Severity
from rempart_core.text import NOTHING, Text

if TYPE_CHECKING:  # nothing that a plain run needs
    from rempart_core.model.framework import Framework
    from rempart_core.model.waiver import Waiver
    from rempart_reports.views.drift import Drift
    from rempart_reports.views.last_known import Recall
    from rempart_reports.views.trend import Night

LANGUAGES = ("en", "fr")
JUNIT_FORMS = ("strict", "rich")


class Options(NamedTuple):
    """How a report is written.

    Attributes:
        language: ``en`` or ``fr``.
        form: JUnit only: ``strict`` or ``rich``.
        fleet: Whether the runs are those of an inventory's hosts, which are told as a fleet, be it of one host or of
            none; several runs always are.
        threshold: The severity from which a finding makes the audit fail; reports name it.
        generated: When the report is written, UTC, ``2026-11-25T13:00:00Z``; ``""`` where it is not to be printed.
        head: Head of the chain of signed runs, in hex; ``""`` where nothing is chained.
        color: Terminal only: may colours be used.
        width: Terminal only: columns to wrap at; 0 in a pipe, where nothing is wrapped or left out.
        verbose: Terminal only: passes by name and with their evidence.
        answered: When each target last answered, by its name, UTC; for silent ones whose last answer a store knows.
        opened: Gives by a target's name since when its checks fail, UTC, by their ids; None where no store remembers.
        known: Gives by a host's name the open findings of its last answer, for hosts that gave none now; None where no
            store remembers.
        drift: What changed since the run before; None where no store remembers one.
        changed: CSV and JSON lines only: whether results may carry what a change did, so that there are columns for it.
        unfinished: Whether the audit ended before all hosts were asked: nothing of it is called complete then.
        undelivered: A fleet's reports: what is said of messages of earlier audits that nobody got; else in the notes.
        appendix: HTML only: whether the statements and the evidence of passes are told, in an appendix.
        location: SARIF only: the file of a repository that results are pinned to; ``""`` for the target's own name.
        reports: Terminal only: where the reports of the audit lie.
        frameworks: HTML only: names and titles of requirements, by the framework's id; without them ids are shown.
        trend: HTML directories only: a fleet at the end of each day that a store knows, oldest first.
        waivers: HTML only: the waivers of the files that were read; those applied in runs are told anyway.
    """

    language: str = "en"
    form: str = "strict"
    fleet: bool = False
    threshold: Severity = Severity.LOW
    generated: str = ""
    head: str = ""
    color: bool = False
    width: int = 0
    verbose: bool = False
    answered: Mapping[str, str] = {}
    opened: Callable[[str], Mapping[str, str]] | None = None
    drift: "Drift | None" = None
    known: "Recall | None" = None
    changed: bool = False
    unfinished: bool = False
    undelivered: Text = NOTHING
    appendix: bool = False
    location: str = ""
    reports: tuple[str, ...] = ()
    frameworks: "Mapping[str, Framework]" = {}  # noqa: RUF012 - the same
    trend: "Sequence[Night]" = ()
    waivers: "Sequence[Waiver]" = ()
