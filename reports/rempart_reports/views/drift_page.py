"""What changed, for a reader: what got worse first."""

from collections.abc import Iterator

from rempart_core.messages.labels import Labels
from rempart_core.model.history import DRIFT_ORDER, Change, Drift, HostState, NotCompared
from rempart_core.model.result import State
from rempart_reports.views.store_words import change_of, reason_of, safe, state_word, when
from rempart_reports.writing.host_list import name_some
from rempart_reports.writing.translation import number, plural, severity_name

_SHOWN = 5


def show_drift(drift: Drift, language: str) -> Iterator[str]:
    """Give the lines of what changed: what got worse first.

    Args:
        drift: What changed.
        language: ``en`` or ``fr``.
    """
    label = Labels("store_page", language)
    moments = f"{when(drift.since, language)} → {when(drift.now, language)}"
    yield f"{moments} · {label('compared', count=number(drift.compared, language))}"
    yield from _show_not_compared(drift.not_compared, language)
    by_kind: dict[str, list[Change]] = {}
    for change in drift.changes:
        by_kind.setdefault(change.kind, []).append(change)
    for kind in DRIFT_ORDER:
        changes = by_kind.get(kind, [])
        if not changes:
            continue
        regressions = sum(change.regression for change in changes)
        more = f", {plural(regressions, 'regression', language)}" if regressions else ""
        yield from ("", f"{label(kind)} ({len(changes)}{more})")
        for change in changes:
            yield from _show_change(change, language)
    if drift.silent:
        yield from ("", f"{label('silent')} ({len(drift.silent)})")
        for host in drift.silent:
            time, why = when(host.answered, language), safe(host.reason.get(language))
            said = label("last_answer_why", time=time, why=why) if why else label("last_answer", time=time)
            yield f"  {safe(host.name)}  {said}"
    if drift.new_hosts:
        yield from ("", f"{label('new_hosts')} ({len(drift.new_hosts)})")
        yield from (f"  {safe(host.name)}  {tell_open(host, language)}" for host in drift.new_hosts)
    if drift.returned:
        names = ", ".join(safe(name) for name in drift.returned)
        yield from ("", f"{label('returned')} ({len(drift.returned)})", f"  {names}")
    if not (drift.changes or drift.silent or drift.new_hosts or drift.returned):
        yield from ("", label("nothing"))


def _show_not_compared(left: NotCompared, language: str) -> Iterator[str]:
    """Yield which hosts and checks nobody has asked since: of these nothing is known."""
    label = Labels("store_page", language)
    for key, hosts in (("unasked_hosts", left.hosts), ("partly_hosts", left.partly)):
        if hosts:
            yield label(key, count=len(hosts), names=name_some(hosts, language, count=False))
    if left.partly:
        checks = [f"{check} ({hosts})" for check, hosts in left.checks]
        yield f"  {label('left_out', checks=name_some(checks, language, count=False))}"


def _show_change(change: Change, language: str) -> Iterator[str]:
    one = change.now
    moved = " → ".join(state_word(side.state if side else None, language) for side in (change.old, change.new))
    title = safe(one.title.get(language))
    yield f"  {safe(one.host)}  {severity_name(one.severity, language)}  {safe(one.check)}  {moved}  {title}"
    if change.new and (told := change_of(change.new, language)):
        yield f"      {told}"
    for sign, items in (("+", change.appeared), ("-", change.gone)):
        yield from (f"      {sign} {safe(item)}" for item in items[:_SHOWN])
        if len(items) > _SHOWN:
            yield f"      {sign} … {len(items) - _SHOWN}"
    if change.new and change.new.state is not State.PASS and not change.appeared:
        reason = reason_of(change.new, language)
        if reason:
            yield f"      {reason}"
    if change.new and change.new.failing_since and change.new.failing_since < change.new.since:
        since = Labels("store_page", language)("since", time=when(change.new.failing_since, language))
        yield f"      {since}"


def tell_open(host: HostState, language: str) -> str:
    """Return how many findings of each severity a host has open; of one that never answered, that nobody knows.

    Args:
        host: The host.
        language: ``en`` or ``fr``.
    """
    label = Labels("store_page", language)
    if host.answered is None:
        return label("unknown_host")
    words = [plural(count, severity, language) for severity, count in host.open.items() if count]
    return ", ".join(words) if words else label("none_open")
