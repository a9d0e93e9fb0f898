"""The pages of checks: all of them over the fleet, and one of them host by host."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from rempart_core.model.check import Check, Remediation, Severity
from rempart_core.model.result import Evidence, Result, State
from rempart_core.text import NOTHING, Text
from rempart_reports.formats.html.finding import Fragment
from rempart_reports.views.chart import KINDS as ALL_KINDS
from rempart_reports.views.evidence_rows import SeenRow, see_rows
from rempart_reports.views.options import Options
from rempart_reports.writing.translation import percent
from rempart_server.pages.asking import Asking, NotFound, mark
from rempart_server.pages.frame import Shown
from rempart_server.pages.known import known_to
from rempart_server.pages.memory import Answer, Memory
from rempart_server.pages.recollection import read_result
from rempart_store.read.check_view import (
    KINDS,
    After,
    CheckLine,
    CheckSum,
    count_kinds,
    find_check,
    list_results,
    sum_checks,
)
from rempart_store.read.fleet_view import PAGE

if TYPE_CHECKING:
    from rempart_store.connection import Connection

ROWS = 3
"""Rows of evidence that the page shows of each host; the page of the check on that host has all."""


class Tally(NamedTuple):
    """One check over the fleet, as the template of its head reads it.

    Attributes:
        check: Its id.
        title: Its title.
        area: Its area.
        severity: The one of the check.
        kinds: On how many hosts it came to what.
    """

    check: str
    title: Text
    area: str
    severity: Severity
    kinds: Mapping[str, int]

    @property
    def applicable(self) -> int:
        """Return how many hosts it concerns."""
        return sum(self.kinds.values()) - self.kinds["not_applicable"]

    @property
    def judged(self) -> int:
        """Return on how many hosts it came to a verdict."""
        return self.kinds["fail"] + self.kinds["waived"] + self.kinds["pass"]


class CheckPart(NamedTuple):
    """What is read of a check, for the page and for programs.

    Attributes:
        tally: Its sums.
        kind: What the hosts that are listed came to.
        lines: These hosts.
        after: Where the next page begins; ``""`` where this is the last.
    """

    tally: Tally
    kind: str
    lines: list[CheckLine]
    after: str


def read_sums(asking: Asking, connection: "Connection", memory: Memory) -> Answer[list[CheckSum]]:
    """Return all checks over the fleet, those that fail on most hosts first.

    Args:
        asking: Who asks, and for what.
        connection: Reads.
        memory: The worker's.

    Raises:
        UsageError: The moment is none.
    """
    groups, at = asking.person.groups, asking.at()
    found = memory.recall(("checks", groups, at), asking.now, lambda: sum_checks(connection, groups, at))
    return Answer(sorted(found.value, key=_rank), found.made)


def _rank(one: CheckSum) -> tuple[int, int, int, str]:
    return -one.kinds["fail"], one.severity.rank, -one.kinds["error"], one.check


def show_all(asking: Asking, connection: "Connection", memory: Memory) -> Shown:
    """Return the page of all checks.

    Args:
        asking: Who asks, and for what.
        connection: Reads.
        memory: The worker's.
    """
    found = read_sums(asking, connection, memory)
    areas = {check.id: check.area for check in known_to(asking.context).checks.values()}
    values = {
        "checks": [
            Tally(one.check, one.title, areas.get(one.check, ""), one.severity, one.kinds) for one in found.value
        ],
        "since": {one.check: one.since for one in found.value},
        "made": found.made,
        "kinds_shown": KINDS[1:],
        "link_at": f"?at={asking.text('at')}" if asking.text("at") else "",
    }
    return Shown("checks_page.html", asking.labels("checks"), values)


def read_check(asking: Asking, connection: "Connection") -> CheckPart:
    """Return one check over the fleet, and some of its hosts.

    Args:
        asking: Who asks, and for what.
        connection: Reads.

    Raises:
        NotFound: There is no such check.
        UsageError: The request asks for something that there is not.
    """
    groups, at = asking.person.groups, asking.at()
    found = find_check(connection, asking.path("check"))
    if found is None:
        raise NotFound
    number, name, title = found
    kinds = count_kinds(connection, groups, number, at)
    kind = asking.choose("kind", KINDS) or next((one for one in KINDS if kinds[one]), KINDS[0])
    after = asking.after(str, int)
    place = None if after is None else After(str(after[0]), int(after[1]))
    lines = list_results(connection, groups, number, kind, at, place, PAGE + 1) if kinds[kind] else []
    check = known_to(asking.context).checks.get(name)
    severity = check.severity if check else lines[0].standing.severity if lines else Severity.INFO
    tally = Tally(name, check.title if check else title, check.area if check else "", severity, {**kinds, "known": 0})
    last = lines[PAGE - 1] if len(lines) > PAGE else None
    return CheckPart(tally, kind, lines[:PAGE], "" if last is None else mark(last.standing.host, last.host))


def show(asking: Asking, connection: "Connection") -> Shown:
    """Return the page of a check.

    Args:
        asking: Who asks, and for what.
        connection: Reads.

    Raises:
        NotFound: There is no such check.
    """
    found = read_check(asking, connection)
    language, known = asking.language, known_to(asking.context)
    check = known.checks.get(found.tally.check)
    fragment = Fragment(language)
    bare = _describe(found.tally, check)
    at = asking.text("at")
    values: dict[str, Any] = {
        "row": found.tally,
        "result": bare,
        "fix": fragment.steps(bare.remediation),
        "options": Options(language=language, frameworks=known.frameworks),
        "percent": lambda row: percent(row.judged, row.applicable, language),
        "back": f"/checks?at={at}" if at else "/checks",
        "back_name": asking.labels("checks"),
        "kinds": ALL_KINDS,
        "tabs": [(kind, asking.link(kind=kind), found.tally.kinds[kind]) for kind in KINDS if found.tally.kinds[kind]],
        "kind": found.kind,
        "lines": [(line, *_see(line, check, language)) for line in found.lines],
        "next": asking.link(after=found.after) if found.after else "",
        "first": asking.link() if asking.text("after") else "",
        "link_at": f"?at={at}" if at else "",
    }
    return Shown("check_page.html", found.tally.check, values)


def _describe(tally: Tally, check: Check | None) -> Result:
    """Return what a check says of itself; little of one that the content does not have."""
    return Result(
        check=tally.check,
        revision=check.revision if check else 0,
        title=tally.title,
        area=tally.area,
        severity=tally.severity,
        state=State.NOT_CHECKED,
        reason=NOTHING,
        rationale=check.rationale if check else NOTHING,
        remediation=check.remediation if check else Remediation("", "manual", NOTHING),
        controls=check.controls if check else {},
        path=check.path if check else "",
        not_examined=check.not_examined if check else (),
        complete=check.complete if check else NOTHING,
    )


def _see(line: CheckLine, check: Check | None, language: str) -> tuple[list[SeenRow], int]:
    """Return the first rows that a host fails by, and how many more there are."""
    result = read_result(line.standing, check)
    evidence: Evidence | None = result.evidence
    if line.kind not in {"fail", "waived"} or evidence is None:
        return [], 0
    rows = [row for row in see_rows(evidence, result.wording, language).rows if row.mark != "pass"][:ROWS]
    return rows, max(0, evidence.failing + evidence.undecided - len(rows))
