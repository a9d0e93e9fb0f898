"""A plan sorted for a reader: each check once, with all hosts on which it is alike."""

import re
from collections.abc import Iterable, Iterator

from rempart_controller.remediation.ansible.shown_difference import CUT, HIDDEN
from rempart_controller.remediation.records.plan import FixPlan, LeftOut, PlannedFix
from rempart_core.messages.labels import Labels
from rempart_core.model.check import Severity
from rempart_core.text import clean_line

_NOT_SHOWN = re.compile(r"([-+])(changed, )?(\d{1,9}) lines, not shown", re.ASCII)
"""How our modules write content that may be secret (``rempart_fix/showing.py``)."""


def group_fixes(plan: FixPlan) -> Iterator[list[list[tuple[str, PlannedFix]]]]:
    """Yield the fixes of each check, worst first: hosts with their fix, apart where it would do something else."""
    checks: dict[str, list[tuple[str, PlannedFix]]] = {}
    for host, fix in plan.fixes():
        checks.setdefault(fix.check, []).append((host.name, fix))
    for _, planned in sorted(checks.items(), key=lambda one: _order(one[1][0][1].severity, one[0])):
        alike: dict[object, list[tuple[str, PlannedFix]]] = {}
        for name, fix in planned:
            alike.setdefault((fix.outlook, fix.blocked, fix.partly, fix.steps), []).append((name, fix))
        yield list(alike.values())


def group_left(plan: FixPlan, kind: str, place: int) -> Iterator[list[tuple[str, LeftOut]]]:
    """Yield what is not fixed, worst first, each check once a reason.

    Args:
        plan: The plan.
        kind: ``manual``, ``waived`` or ``left``.
        place: Of the language in a pair of texts.
    """
    found: dict[tuple[str, str], list[tuple[str, LeftOut]]] = {}
    for host in plan.hosts:
        for one in host.left:
            if one.kind == kind:
                found.setdefault((one.check, one.reason[place]), []).append((host.name, one))
    for _, some in sorted(found.items(), key=lambda one: _order(one[1][0][1].severity, one[0][0])):
        yield some


def group_unjudged(plan: FixPlan) -> list[tuple[tuple[str, ...], list[str]]]:
    """Return checks that could not be judged, with the hosts on which they could not."""
    found: dict[str, list[str]] = {}
    for host in plan.hosts:
        for check in host.unjudged:
            found.setdefault(check, []).append(host.name)
    alike: dict[tuple[str, ...], list[str]] = {}
    for check, names in found.items():
        alike.setdefault(tuple(names), []).append(check)
    return [(hosts, sorted(checks)) for hosts, checks in alike.items()]


def read_diff(diff: Iterable[str], language: str = "en") -> tuple[str, list[str]]:
    """Return the file that a difference is of, ``""`` where it names none, and its lines without marks of place.

    Args:
        diff: The lines of a step, see ``describe``.
        language: ``en`` or ``fr``: of what is said in place of lines that are not shown.
    """
    lines = [line for line in diff if line.strip()]
    name = ""
    if len(lines) > 1 and lines[0].startswith("--- ") and lines[1].startswith("+++ "):
        name, lines = clean_line(lines[1][4:].strip()), lines[2:]
    return name, [_read_line(line, language) for line in lines if not line.startswith(("@@ ", "--- ", "+++ "))]


def _read_line(line: str, language: str) -> str:
    for mark, label in ((HIDDEN, "hidden"), (CUT, "more")):
        count = line.removeprefix(mark)
        if count != line and count.isascii() and count.isdigit():
            return Labels("plan_page", language)(label, count=int(count))
    if found := _NOT_SHOWN.fullmatch(line):
        sign, changed, lines = found.groups()
        return sign + Labels("plan_page", language)("new_lines" if changed else "old_lines", count=int(lines))
    return line


def _order(severity: str, check: str) -> tuple[int, str]:
    return Severity(severity).rank, check
