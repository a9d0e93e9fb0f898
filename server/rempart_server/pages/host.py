"""The page of one host: its verdicts as its report tells them, what vouches for them, how it came to this."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rempart_core.model.check import Severity
from rempart_core.model.history import Standing
from rempart_core.model.result import Evidence, Result, Run, State
from rempart_core.model.unheard import unheard
from rempart_core.timestamps import write_moment
from rempart_reports.formats.html.finding import Fragment
from rempart_reports.formats.html.page import template_of, view_run
from rempart_reports.formats.html.safe_text import HEAD_LENGTH, VALUE_LENGTH
from rempart_reports.views.evidence_rows import SHOWN
from rempart_reports.views.host import rank
from rempart_reports.views.options import Options
from rempart_reports.views.past import Recall
from rempart_server.pages.asking import Asking, NotFound
from rempart_server.pages.fleet import fresh_from
from rempart_server.pages.frame import Shown
from rempart_server.pages.known import known_to
from rempart_server.pages.recollection import recall_run
from rempart_store.read.fleet_view import HostLine, find_host
from rempart_store.read.past_view import failing_since, list_changes

if TYPE_CHECKING:
    from rempart_store.connection import Connection

MOST_ROWS = 300
"""Rows of evidence on one page; where there are more, each finding shows its worst, and a page of its own has all."""
MOST_TEXT = 200_000
"""Characters of evidence on one page."""

_PROOFS = {"endpoint": "proof_endpoint_is", "transport": "proof_transport_is"}


def read_host(asking: Asking, connection: "Connection") -> tuple[HostLine, Run]:
    """Return the host that a request names, and its run at the moment that it names.

    Args:
        asking: Who asks, and for what.
        connection: Reads.

    Raises:
        NotFound: There is none that this person may read.
        UsageError: The moment is none.
    """
    groups, at = asking.person.groups, asking.at()
    host = find_host(connection, groups, asking.number("id"), at)
    if host is None:
        raise NotFound
    return host, recall_run(connection, groups, host, at, known_to(asking.context))


def read_since(asking: Asking, connection: "Connection", host: HostLine) -> dict[str, int]:
    """Return since when checks fail on a host, by their ids; nothing from before the first moment that may be read.

    Args:
        asking: Who asks, and for what.
        connection: Reads.
        host: The host.
    """
    found = failing_since(connection, host.id, asking.at())
    return {check: time for check, time in found.items() if time >= _begin(asking)}


def show(asking: Asking, connection: "Connection") -> Shown:
    """Return the page of a host.

    Args:
        asking: Who asks, and for what.
        connection: Reads.
    """
    host, run = read_host(asking, connection)
    since = read_since(asking, connection, host)
    changes = list_changes(connection, host.id, _begin(asking), asking.at() or asking.now)
    options = _options(asking, since)
    shortened = shorten(run)
    recall = Recall(options)
    recall.turn_to(shortened)
    fragment = Fragment(asking.language, lambda result: f"/checks/{result.check}", recall.tell)
    viewed = view_run(shortened, 0, options, _back(asking))
    values: dict[str, Any] = {
        **viewed,
        "remarks": [*tell(asking, host, run), *viewed["remarks"]],
        "waivers": "/waivers" if viewed["waivers"] else "",
        "back_name": asking.labels("fleet"),
        "inside": template_of(run),
        "options": options,
        "articles": fragment.articles,
        "accepted": fragment.accepted,
        "reasons": fragment.reasons,
        "passes": fragment.passes,
        "host": host,
        "changes": changes,
        "details_of": lambda check: f"/hosts/{host.id}/checks/{check}{_at(asking)}",
        "heard": unheard(run) is None,
    }
    return Shown("host_page.html", host.state.name, values)


def tell(asking: Asking, host: HostLine, run: Run) -> list[str]:
    """Return what stands above a host's verdicts: what vouches for them, how old they are, what osquery can't answer.

    Args:
        asking: Has the language and the moment.
        host: The host.
        run: Its run.
    """
    labels = asking.labels
    told = [labels(_PROOFS.get(host.state.proof, "proof_unknown_is"))]
    if not host.state.silent and host.state.seen < fresh_from(asking):
        told.append(labels("old_answer", time=write_moment(host.state.seen)[:10]))
    missing = sum(_lacks_table(result) for result in run.results)
    if missing:
        told.append(labels("lacks_tables", count=missing))
    return told


def _lacks_table(result: Result) -> bool:
    return result.failure == "no_table" and result.state in {State.ERROR, State.NOT_CHECKED}


def shorten(run: Run) -> Run:
    """Return a run whose evidence fits on one page: where there is too much, the first rows of each, worst first.

    What a host reports decides how much there is: so rows and characters are bounded, whatever it says.
    """
    shown = [result for result in run.results if result.state is not State.PASS]  # of a pass no rows are shown
    if sum(map(_count_rows, shown)) <= MOST_ROWS and sum(map(_measure, shown)) <= MOST_TEXT:
        return run
    left = MOST_TEXT
    cut: dict[str, Result] = {}
    for result in sorted(shown, key=rank):
        evidence, left = _cut(result.evidence, left)
        witness, left = _cut(result.witness, left)
        cut[result.check] = result._replace(evidence=evidence, witness=witness)
    return run._replace(results=[cut.get(result.check, result) for result in run.results])


def _cut(evidence: Evidence | None, left: int) -> tuple[Evidence | None, int]:
    """Return evidence with its first rows that fit, and how many characters are left then."""
    if evidence is None:
        return None, left
    rows = []
    for row in evidence.rows[:SHOWN]:
        left -= _length(row)
        if left < 0:
            break
        rows.append(row)
    return evidence._replace(rows=rows), max(left, 0)


def _count_rows(result: Result) -> int:
    return sum(len(one.rows) for one in (result.evidence, result.witness) if one)


def _measure(result: Result) -> int:
    return sum(_length(row) for one in (result.evidence, result.witness) if one for row in one.rows)


def _length(row: dict[str, str]) -> int:
    """Return about how many characters a row takes on a page, where each value is cut."""
    return sum(min(len(value), VALUE_LENGTH + HEAD_LENGTH) for value in row.values())


def _options(asking: Asking, since: dict[str, int]) -> Options:
    moment = asking.at() or asking.now
    opened = {check: write_moment(time) for check, time in since.items()}
    return Options(
        language=asking.language,
        threshold=Severity.LOW,
        generated=write_moment(moment),
        opened=lambda _host: opened,
        frameworks=known_to(asking.context).frameworks,
    )


def _begin(asking: Asking) -> int:
    """Return the first moment that may be read."""
    return asking.person.begins or 0


def _at(asking: Asking) -> str:
    return f"?at={asking.text('at')}" if asking.text("at") else ""


def _back(asking: Asking) -> str:
    return f"/{_at(asking)}"


def show_result(asking: Asking, connection: "Connection") -> Shown:
    """Return the page of one check on one host: all of its evidence, and what it came to over time.

    Args:
        asking: Who asks, and for what.
        connection: Reads.

    Raises:
        NotFound: There is no such host that may be read, or it was not asked that.
    """
    host, run = read_host(asking, connection)
    result = next((one for one in run.results if one.check == asking.path("check")), None)
    if result is None:
        raise NotFound
    options = _options(asking, read_since(asking, connection, host))
    recall = Recall(options)
    recall.turn_to(run)
    fragment = Fragment(asking.language, lambda one: f"/checks/{one.check}", recall.tell)
    past: Sequence[Standing] = list_changes(
        connection, host.id, _begin(asking), asking.at() or asking.now, only=result.check
    )
    values: dict[str, Any] = {
        "host": host,
        "result": result,
        "written": fragment.alone(result, "r1"),
        "past": past,
        "back": f"/hosts/{host.id}{_at(asking)}",
        "told": tell(asking, host, run),
    }
    return Shown("result_page.html", f"{result.check} – {host.state.name}", values)
