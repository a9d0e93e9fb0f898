"""The page of the fleet: the verdict, its groups, its hosts worst first; now, or as it stood on a day."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from rempart_core.messages.labels import Labels
from rempart_core.model.check import Severity
from rempart_reports.views.fleet import OLD
from rempart_reports.views.host import Verdict
from rempart_reports.writing.translation import number, plural, word
from rempart_server.pages.asking import Asking, mark
from rempart_server.pages.frame import Shown
from rempart_store.read.fleet_view import PAGE, GroupSum, HostLine, Place, Wanted, list_hosts, sum_groups

if TYPE_CHECKING:
    from rempart_store.connection import Connection

KINDS = {"open": "kind_open", "silent": "kind_silent", "unjudged": "kind_unjudged", "old": "kind_old"}
"""What hosts are filtered by, and the word for each."""
_SEVERITIES = [severity.value for severity in Severity]


class FleetPart(NamedTuple):
    """What is read of a fleet, for the page and for programs.

    Attributes:
        groups: The sums of each group.
        hosts: The hosts of this page.
        after: Where the next page begins; ``""`` where this is the last one.
    """

    groups: list[GroupSum]
    hosts: list[HostLine]
    after: str


def wanted_of(asking: Asking) -> Wanted:
    """Return which hosts a request asks for.

    Raises:
        UsageError: It asks for something that there is not.
    """
    return Wanted(asking.text("q"), asking.choose("kind", tuple(KINDS)), asking.text("group"), fresh_from(asking))


def fresh_from(asking: Asking) -> int:
    """Return the first moment of which an answer is not old, seen from the moment that is asked for."""
    return (asking.at() or asking.now) - OLD


def read_hosts(asking: Asking, connection: "Connection") -> tuple[list[HostLine], str]:
    """Return the hosts of a page, and where the next one begins; ``""`` where this is the last.

    Args:
        asking: Who asks, and for what.
        connection: Reads.

    Raises:
        UsageError: The request asks for something that there is not.
    """
    after = asking.after(int, str, int)
    place = None if after is None else Place(int(after[0]), str(after[1]), int(after[2]))
    found = list_hosts(connection, asking.person.groups, asking.at(), wanted_of(asking), place, PAGE + 1)
    hosts = found[:PAGE]
    last = hosts[-1] if len(found) > PAGE else None
    return hosts, "" if last is None else mark(last.rank, last.state.name, last.id)


def show(asking: Asking, connection: "Connection") -> Shown:
    """Return the page of the fleet.

    Args:
        asking: Who asks, and for what.
        connection: Reads.
    """
    hosts, after = read_hosts(asking, connection)
    groups = sum_groups(connection, asking.person.groups, asking.at(), fresh_from(asking))
    total = add_groups(groups)
    values = {
        "groups": groups,
        "total": total,
        "verdict": judge(total, asking.labels),
        "hosts": hosts,
        "judged": count_judged,
        "applicable": count_applicable,
        "next": asking.link(after=after) if after else "",
        "first": asking.link() if asking.text("after") else "",
        "wanted": wanted_of(asking),
        "kinds_of": KINDS,
        "group_link": lambda group: f"{asking.link(group=group)}#list",
        "link_at": f"?at={asking.text('at')}" if asking.text("at") else "",
    }
    return Shown("fleet_page.html", asking.labels("fleet"), values)


def add_groups(groups: Sequence[GroupSum]) -> GroupSum:
    """Return the sum of groups, under no name."""
    newest = [one.newest for one in groups if one.newest is not None]
    counts = {key: sum(one.counts[key] for one in groups) for key in (groups[0].counts if groups else _NO_COUNTS)}
    opened = {key: sum(one.open[key] for one in groups) for key in _SEVERITIES}
    few = [(one.hosts, one.failing, one.silent, one.unjudged, one.old) for one in groups]
    hosts, failing, silent, unjudged, old = (sum(numbers) for numbers in zip((0, 0, 0, 0, 0), *few, strict=True))
    return GroupSum("", hosts, failing, silent, unjudged, old, max(newest, default=None), counts, opened)


_NO_COUNTS = dict.fromkeys(("pass", "fail", "error", "not_applicable", "not_checked", "waived"), 0)


def count_judged(counts: dict[str, int]) -> int:
    """Return how many results are verdicts."""
    return counts["pass"] + counts["fail"]


def count_applicable(counts: dict[str, int]) -> int:
    """Return how many results concern their host."""
    return count_judged(counts) + counts["error"] + counts["not_checked"]


def judge(total: GroupSum, labels: Labels) -> Verdict:
    """Return the verdict on a fleet in words: nothing is called good that was not examined, or not lately.

    Args:
        total: The sums of all hosts that are read.
        labels: The words of pages.
    """
    language = labels.language
    hosts = plural(total.hosts, "host", language)
    judged = count_judged(total.counts)
    if not total.hosts:
        return Verdict("partial", labels("no_hosts"), ())
    part = total.silent or total.unjudged or total.old
    if total.failing:
        worst = ", ".join(plural(found, name, language) for name, found in total.open.items() if found)
        headline = word("fleet_bad", language, open=number(total.failing, language), hosts=hosts, worst=worst)
    elif not judged:
        headline = word("nothing_judged", language)
    elif part:
        answered = plural(total.hosts - total.silent, "host", language)
        headline = word("fleet_good_part", language, hosts=answered)
    else:
        headline = word("fleet_good", language)
    remarks = []
    if total.silent:
        remarks.append(f"{plural(total.silent, 'silent', language)}.")
    if total.old:
        remarks.append(labels("old_answers", count=total.old))
    if total.unjudged:
        unjudged = plural(total.counts["error"] + total.counts["not_checked"], "unjudged", language)
        remarks.append(f"{unjudged}.")
    level = "bad" if total.failing or not judged else "partial" if part else "good"
    return Verdict(level, headline, tuple(remarks))
