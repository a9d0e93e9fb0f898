"""What an undo would do, as a page: first what would not come back, and why."""

from collections.abc import Iterator, Mapping

from rempart_controller.remediation.undo.dry_run import WORDS, Foreseen, sort_rows
from rempart_core.messages.labels import Labels
from rempart_reports.views.document import Document, Entry, Facts, Paragraph, Section, Table, fold_rest, fold_table
from rempart_reports.writing.translation import colon, moment, number, plural

_HOSTS = 50  # hosts in sight
_ROWS = 20  # things in sight of a host


def document_of(change: str, found: Mapping[str, Foreseen], now: str, language: str) -> Document:
    """Return what an undo would do as a document.

    Args:
        change: The change's id.
        found: What would be, by host.
        now: When the page is made, as run documents write it.
        language: ``en`` or ``fr``.
    """
    label = Labels("foreseen_page", language)
    told = {name: host for name, host in found.items() if host.failure is None}
    rows = [row for host in told.values() for row in host.rows]
    counts = [
        f"{label(word)}{colon(language)}{number(count, language)}"
        for word in WORDS
        if (count := sum(row[1] == word for row in rows))
    ]
    failed = tuple(
        (name, f"{label('silent' if host.silent else 'failed')} · {host.failure.get(language)}")
        for name, host in found.items()
        if host.failure is not None
    )
    whole = bool(told) and not failed and all(host.whole for host in told.values())
    if not told:
        headline = label("unknown")
    elif not whole:
        headline = label("part")
    elif not rows:
        headline = label("nothing_on", hosts=plural(len(told), "host", language))
    else:
        headline = label("whole", hosts=plural(len(told), "host", language))
    entries = sorted(told.items(), key=lambda one: (one[1].whole, one[0]))
    return Document(
        kind=label("kind"),
        title=change,
        lead=label("lead", time=moment(now, language)),
        level="good" if whole else "bad" if failed else "partial",
        headline=headline,
        remarks=(" · ".join(counts),) if counts else (),
        sections=(
            Section(label("unknown_hosts"), (Facts(failed),) if failed else (), len(failed)),
            Section(
                label("hosts"),
                fold_rest([_tell(name, host, language) for name, host in entries], _HOSTS, language),
                len(entries),
            ),
        ),
    )


def _tell(name: str, host: Foreseen, language: str) -> Entry:
    label = Labels("foreseen_page", language)
    if not host.rows:
        return Entry(name, "", blocks=(Paragraph(label("nothing")),))
    heads = tuple(label(one) for one in ("checks", "happens", "target", "why"))
    table = Table(heads, tuple(_rows(host, language)))
    return Entry(name, "", blocks=fold_table(table, _ROWS, language))


def _rows(host: Foreseen, language: str) -> Iterator[tuple[str, ...]]:
    label = Labels("foreseen_page", language)
    for checks, state, target, why, hand in sort_rows(host.rows):
        said = [why.get(language), label("hand", command=hand) if hand else ""]
        named = label(state) if state in WORDS else state
        yield checks, named, target, " · ".join(part for part in said if part)
