"""The changes that were made from here, as a page: the newest first, each with its hosts and what came of its fixes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from rempart_controller.remediation.pages.applied import (
    count_host,
    group_outcome,
    list_events,
    list_outcomes,
    shorten_seen,
)
from rempart_controller.remediation.pages.change import Listed, name_undo, tell_change
from rempart_controller.remediation.records.change import ChangeRecord
from rempart_controller.remediation.records.outcome import HostOutcome
from rempart_core.messages.labels import Labels
from rempart_core.messages.say import say
from rempart_core.model.fix_outcome import SEEN, Outcome
from rempart_core.model.fix_outcome import WORDS as OUTCOMES
from rempart_core.text import Text
from rempart_reports.views.document import (
    Bullets,
    Document,
    Entry,
    Facts,
    Paragraph,
    Part,
    Section,
    Table,
    fold_lines,
    fold_rest,
    fold_table,
)
from rempart_reports.writing.host_list import name_some
from rempart_reports.writing.translation import colon, moment, number, plural

_CHANGES = 50  # changes in sight
_ROWS = 10  # hosts and fixes in sight of a change


def document_of(changes: Iterable[Listed], now: str, language: str, titles: Mapping[str, Text] = {}) -> Document:
    """Return the changes that were made from here as a document.

    Args:
        changes: All of them, oldest first.
        now: When the page is made, as run documents write it.
        language: ``en`` or ``fr``.
        titles: Of checks, by id, as far as they are known here; a record has the ids alone.
    """
    label = Labels("changes_page", language)
    listed = list(changes)[::-1]
    records = [one.record for one in listed if one.record is not None]
    states = ["unread" if one.record is None else name_undo(one.record) for one in listed]
    counts = [
        f"{label(key)}{colon(language)}{number(states.count(key), language)}"
        for key in ("unread", "stands", "partly", "undone", "untouched")
        if key in states
    ]
    lost = any(host.state == "lost" for record in records for host in record.hosts.values())
    stands = "stands" in states or "partly" in states
    return Document(
        kind=label("kind"),
        title=label("title"),
        lead=label("lead", time=moment(now, language)),
        level="bad" if lost or "unread" in states else "partial" if stands else "good",
        headline=f"{plural(len(listed), 'change', language)}." if listed else label("none"),
        remarks=(f"{' · '.join(counts)}",) if counts else (),
        sections=(
            Section(
                label("changes"),
                fold_rest([_tell(one, titles, language) for one in listed], _CHANGES, language),
                len(listed),
            ),
        ),
    )


def tell_outcomes(record: ChangeRecord, titles: Mapping[str, Text], language: str) -> Iterator[Part]:
    """Yield what a record says of a change: its hosts, what its checks saw before and after, what else happened.

    Args:
        record: The record.
        titles: Of checks, by id; see :func:`document_of`.
        language: ``en`` or ``fr``.
    """
    label = Labels("changes_page", language)
    hosts = [record.hosts[name] for name in sorted(record.hosts)]
    came = list_outcomes(hosts)
    heads = (label("host"), label("state"), *(OUTCOMES[one].get(language) for one in came))
    yield from fold_table(
        Table(heads, tuple(tuple(count_host(host, came, language)) for host in hosts), 2), _ROWS, language
    )
    lines = [f"{host.name}{colon(language)}{event}" for host in hosts for event in list_events(host, language)]
    if lines:
        yield from fold_lines(Bullets(tuple(lines), data=True), _ROWS, language)
    if came:
        yield Paragraph(label("seen", count=number(SEEN, language)), "heading")
        yield from fold_table(_tell_seen(hosts, came, titles, language), _ROWS, language)


def _tell_seen(
    hosts: Sequence[HostOutcome], came: Sequence[Outcome], titles: Mapping[str, Text], language: str
) -> Table:
    """Return what each check saw before its fix and after it, once for the hosts where it was the same."""
    label = Labels("changes_page", language)
    keys = ["check", *(["hosts"] if len(hosts) > 1 else []), "became", "before", "after", "why"]
    rows = []
    for outcome in came:
        for fix in group_outcome(outcome, hosts, language):
            title = titles[fix.check].get(language) if fix.check in titles else ""
            rows.append(
                (
                    f"{fix.check} {title}".rstrip(),
                    *((name_some(fix.hosts, language),) if len(hosts) > 1 else ()),
                    OUTCOMES[outcome].get(language),
                    shorten_seen(fix.before, language),
                    shorten_seen(fix.after, language),
                    fix.reason,
                )
            )
    kept = [place for place, key in enumerate(keys) if key != "why" or any(row[place] for row in rows)]
    return Table(
        tuple(label(keys[place]) for place in kept),
        tuple(tuple(row[place] for place in kept) for row in rows),
    )


def _tell(one: Listed, titles: Mapping[str, Text], language: str) -> Entry:
    label = Labels("changes_page", language)
    record = one.record
    if record is None:
        return Entry(one.id, "", "error", "", label("unread"), (Paragraph(say(one.failure, language)),))
    facts = [(label("plan"), record.plan), (label("inventories"), ", ".join(record.inventories))]
    state = name_undo(record)
    if state in {"stands", "partly"}:
        facts.append((label("undo"), f"rempart rollback {record.id}"))
    blocks = (
        Paragraph(tell_change(record, language)),
        *tell_outcomes(record, titles, language),
        Facts(tuple((head, text) for head, text in facts if text)),
    )
    told = f"{moment(record.created, language)} · {record.author}"
    return Entry(one.id, told, "", "", label(state), blocks)
