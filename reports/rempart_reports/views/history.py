"""The history of a host or of a check, for a reader: how it stands, then each change."""

from collections.abc import Iterator
from itertools import pairwise

from rempart_core.messages.labels import Labels
from rempart_core.messages.message import as_is, listed
from rempart_core.messages.say import say
from rempart_core.model.history import History, Standing
from rempart_core.model.result import State
from rempart_reports.views.store_words import change_of, reason_of, safe, state_word, table, when
from rempart_reports.writing.translation import severity_name

_SHOWN = 5


def show_history(history: History, language: str) -> Iterator[str]:
    """Give the lines of a host's or a check's history: how it stands, then each change, newest first.

    Args:
        history: What the store knows.
        language: ``en`` or ``fr``.
    """
    yield from _show_host(history, language) if history.kind == "host" else _show_check(history, language)
    yield from ("", Labels("store_page", language)("changes"))
    moves = sorted(_moves(history), key=lambda move: (-move[0], move[1].check, move[1].host))
    rows = []
    for time, one, old, new in moves:
        name = one.check if history.kind == "host" else one.host
        moved = f"{state_word(old, language)} → {state_word(new, language)}"
        rows.append(["  " + when(time, language), safe(name), moved, _say(one, language) if new else ""])
    yield from table(rows)


def _moves(history: History) -> Iterator[tuple[int, Standing, State | None, State | None]]:
    """Give each beginning of an interval, and each end that nothing follows: when, which, from what, to what."""
    by_place: dict[tuple[str, str], list[Standing]] = {}
    for one in history.standings:
        by_place.setdefault((one.host, one.check), []).append(one)
    for standings in by_place.values():
        for old, new in pairwise([None, *standings, None]):
            if new is None:
                if old is not None and old.until is not None:
                    yield old.until, old, old.state, None
            elif old is not None and old.until == new.since:
                yield new.since, new, old.state, new.state
            else:
                if old is not None and old.until is not None:
                    yield old.until, old, old.state, None
                yield new.since, new, None, new.state


def _say(one: Standing, language: str) -> str:
    items = one.detail.get("items", [])
    if items:
        shown = ", ".join(safe(item) for item in items[:_SHOWN])
        said = f"{shown}, … {len(items) - _SHOWN}" if len(items) > _SHOWN else shown
    else:
        said = "" if one.state is State.PASS else reason_of(one, language)
    if told := change_of(one, language):
        said = say(listed([as_is(told), as_is(said)]), language) if said else told
    return f"{said} ({Labels('store_page', language)('waived')})" if one.waived else said


def _show_host(history: History, language: str) -> Iterator[str]:
    label = Labels("store_page", language)
    for host in history.hosts:
        facts = [host.name, host.group, host.system, host.role, host.profile]
        yield " · ".join(safe(fact) for fact in facts if fact)
        answered = label("last_answer", time=when(host.answered, language))
        silent = label("silent_why", why=safe(host.reason.get(language)))
        yield f"{answered} ({silent})" if host.silent else answered
    findings = [one for one in history.standings if one.until is None and one.state is State.FAIL]
    findings.sort(key=lambda one: (one.waived, one.severity.rank, one.check))
    unheard = bool(history.hosts) and all(host.silent and not host.answered for host in history.hosts)
    yield from ("", label("open_unknown") if unheard else label("open", count=sum(one.open for one in findings)))
    for one in findings:
        since = label("since", time=when(one.failing_since or one.since, language))
        title = safe(one.title.get(language)) + (f" ({label('waived')})" if one.waived else "")
        yield f"  {severity_name(one.severity, language)}  {safe(one.check)}  {since}  {title}"
    waiting = [one for one in history.pending if one.gone is None]
    if waiting:
        yield from ("", label("pending", count=len(waiting)))
        rows = [
            [
                f"  {safe(one.item)}",
                f"→ {safe(one.candidate)}",
                label("seen_first", time=when(one.first_seen, language)),
            ]
            for one in waiting
        ]
        yield from table(rows)


def _show_check(history: History, language: str) -> Iterator[str]:
    label = Labels("store_page", language)
    now = [one for one in history.standings if one.until is None]
    title = safe(now[0].title.get(language)) if now else ""
    yield f"{safe(history.name)}  {title}".rstrip()
    silent = {host.name for host in history.hosts if host.silent}
    yield from ("", label("now"))
    order = (State.FAIL, State.ERROR, State.NOT_CHECKED, State.PASS, State.NOT_APPLICABLE)
    rows = []
    for one in sorted(
        now, key=lambda one: (order.index(one.state), one.waived, one.failing_since or one.since, one.host)
    ):
        since = one.failing_since if one.state is State.FAIL and one.failing_since else one.since
        said = _say(one, language) + (f" [{label('silent_host')}]" if one.host in silent else "")
        state = state_word(one.state, language)
        rows.append([f"  {safe(one.host)}", state, label("since", time=when(since, language)), said])
    yield from table(rows) if rows else []
