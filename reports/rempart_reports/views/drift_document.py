"""What changed in a store's fleet, as a page: what got worse first."""

from collections.abc import Iterator

from rempart_core.messages.labels import Labels
from rempart_core.model.history import DRIFT_ORDER, Change, Drift, NotCompared
from rempart_core.model.result import State
from rempart_core.timestamps import write_moment
from rempart_reports.views.document import (
    Bullets,
    Document,
    Entry,
    Facts,
    Paragraph,
    Part,
    Section,
    Table,
    fold_facts,
    fold_lines,
    fold_rest,
    fold_table,
)
from rempart_reports.views.drift_page import tell_open
from rempart_reports.views.store_words import change_of, reason_of, state_word
from rempart_reports.writing.translation import moment, number, plural, severity_name

_ITEMS = 10  # in sight of one change
_CHANGES = 50  # in sight of a kind
_HOSTS = 30  # in sight
_MARKS = {State.FAIL: "fail", State.ERROR: "error", State.NOT_CHECKED: "not_checked", State.PASS: "pass"}


def document_of(drift: Drift, language: str) -> Document:
    """Return what changed as a document, in a language.

    Args:
        drift: What changed.
        language: ``en`` or ``fr``.
    """
    label = Labels("store_page", language)
    by_kind: dict[str, list[Change]] = {}
    for change in drift.changes:
        by_kind.setdefault(change.kind, []).append(change)
    sections = [
        Section(
            label(kind),
            fold_rest([_tell(change, language) for change in by_kind[kind]], _CHANGES, language),
            len(by_kind[kind]),
        )
        for kind in DRIFT_ORDER
        if kind in by_kind
    ]
    silent = tuple(
        (host.name, " · ".join(filter(None, (_answered(host.answered, language), host.reason.get(language)))))
        for host in drift.silent
    )
    new = tuple((host.name, tell_open(host, language)) for host in drift.new_hosts)
    sections += [
        Section(label("silent"), fold_facts(Facts(silent), _HOSTS, language) if silent else (), len(silent)),
        Section(label("new_hosts"), fold_facts(Facts(new), _HOSTS, language) if new else (), len(new)),
        *_tell_not_compared(drift.not_compared, language),
        Section(
            label("returned"),
            fold_lines(Bullets(drift.returned), _HOSTS, language) if drift.returned else (),
            len(drift.returned),
        ),
    ]
    bad = sum(change.bad for change in drift.changes)
    headline = label("got_worse", count=number(bad, language)) if bad else label("nothing_worse")
    remarks = [label("compared_sum", count=number(drift.compared, language))]
    for key, hosts in (("unasked_sum", drift.not_compared.hosts), ("partly_sum", drift.not_compared.partly)):
        if hosts:
            remarks.append(label(key, count=number(len(hosts), language)))
    if drift.fallen_silent:
        remarks.append(f"{plural(len(drift.fallen_silent), 'silent', language)}.")
    if not (drift.changes or drift.silent or drift.new_hosts or drift.returned):
        remarks.append(label("nothing"))
    return Document(
        kind=label("kind"),
        title=_moment(drift.now, language),
        lead=label("lead", since=_moment(drift.since, language), now=_moment(drift.now, language)),
        level="bad" if drift.worse else "partial" if drift.silent or any(drift.not_compared) else "good",
        headline=headline,
        remarks=tuple(remarks),
        sections=tuple(sections),
    )


def _tell_not_compared(left: NotCompared, language: str) -> Iterator[Section]:
    """Yield which hosts and checks nobody has asked since: of these nothing is known."""
    label = Labels("store_page", language)
    hosts = fold_lines(Bullets(left.hosts), _HOSTS, language) if left.hosts else ()
    yield Section(label("unasked"), hosts, len(left.hosts))
    if left.partly:
        heads = (label("checks"), label("hosts_head"))
        rows = tuple((check, number(count, language)) for check, count in left.checks)
        blocks = (
            *fold_lines(Bullets(left.partly), _HOSTS, language),
            *fold_table(Table(heads, rows, 1), _HOSTS, language),
        )
        yield Section(label("partly"), blocks, len(left.partly))


def _answered(answered: int | None, language: str) -> str:
    label = Labels("store_page", language)
    return label("last_answer", time=label("never") if answered is None else _moment(answered, language))


def _moment(time: int, language: str) -> str:
    return moment(write_moment(time), language)


def _tell(change: Change, language: str) -> Entry:
    one = change.now
    moved = " → ".join(state_word(side.state if side else None, language) for side in (change.old, change.new))
    mark = _MARKS.get(change.new.state, "not_applicable") if change.new else "not_applicable"
    told = f"{one.host} · {one.title.get(language)}"
    tag = f"{moved}, {severity_name(one.severity, language)}"
    return Entry(one.check, told, mark, one.severity.value, tag, tuple(_lines(change, language)))


def _lines(change: Change, language: str) -> Iterator[Part]:
    if change.new and (told := change_of(change.new, language)):
        yield Paragraph(told)
    for sign, items in (("+", change.appeared), ("−", change.gone)):
        if items:
            yield from fold_lines(Bullets(tuple(f"{sign} {item}" for item in items), data=True), _ITEMS, language)
    told_why = change.new and change.new.state is not State.PASS and not change.appeared
    if change.new and told_why and (reason := reason_of(change.new, language)):
        yield Paragraph(reason)
    if change.new and change.new.failing_since and change.new.failing_since < change.new.since:
        since = _moment(change.new.failing_since, language)
        yield Paragraph(Labels("store_page", language)("since", time=since), "quiet")
