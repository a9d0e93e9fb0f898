"""What an undo would do, as a page: first what would not come back, and why."""

from collections.abc import Iterator, Mapping

from rempart_controller.remediation.undo.dry_run import WORDS, Foreseen, sort_rows
from rempart_core.text import Text
from rempart_core.typography import typeset
from rempart_reports.views.document import Document, Entry, Facts, Paragraph, Section, Table, fold_rest, fold_table
from rempart_reports.writing.translation import colon, moment, number, plural

_TITLES = {
    "kind": Text("Rollback, not done yet", "Annulation, pas encore faite"),
    "lead": Text("as of {}; nothing was changed", "état au {} ; rien n’a été modifié"),
    "whole": Text("Everything would come back on {}.", "Tout serait rétabli sur {}."),
    "nothing": Text("Nothing to roll back on {}.", "Rien à annuler sur {}."),
    "part": Text("Not everything would come back.", "Tout ne serait pas rétabli."),
    "unknown": Text("It is not known what would come back.", "On ne sait pas ce qui serait rétabli."),
    "hosts": Text("Hosts", "Machines"),
    "failed": Text("Hosts of which nothing is known", "Machines dont on ne sait rien"),
    "heads": Text(
        "Checks|What happens|Of what|Why, and what to do", "Vérifications|Effet|Sur quoi|Pourquoi, et que faire"
    ),
}
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

    def title(key: str) -> str:
        return _TITLES[key].get(language)

    told = {name: host for name, host in found.items() if host.failure is None}
    rows = [row for host in told.values() for row in host.rows]
    counts = [
        f"{WORDS[word].get(language)}{colon(language)}{number(count, language)}"
        for word in WORDS
        if (count := sum(row[1] == word for row in rows))
    ]
    failed = tuple(
        (name, f"{WORDS['silent' if host.silent else 'failed'].get(language)} · {host.failure.get(language)}")
        for name, host in found.items()
        if host.failure is not None
    )
    whole = bool(told) and not failed and all(host.whole for host in told.values())
    if not told:
        headline = title("unknown")
    elif not whole:
        headline = title("part")
    elif not rows:
        headline = title("nothing").format(plural(len(told), "host", language))
    else:
        headline = title("whole").format(plural(len(told), "host", language))
    entries = sorted(told.items(), key=lambda one: (one[1].whole, one[0]))
    return Document(
        kind=title("kind"),
        title=change,
        lead=title("lead").format(moment(now, language)),
        level="good" if whole else "bad" if failed else "partial",
        headline=headline,
        remarks=(" · ".join(counts),) if counts else (),
        sections=(
            Section(title("failed"), (Facts(failed),) if failed else (), len(failed)),
            Section(
                title("hosts"),
                fold_rest([_tell(name, host, language) for name, host in entries], _HOSTS, language),
                len(entries),
            ),
        ),
    )


def _tell(name: str, host: Foreseen, language: str) -> Entry:
    if not host.rows:
        return Entry(name, "", blocks=(Paragraph(WORDS["nothing"].get(language)),))
    heads = tuple(_TITLES["heads"].get(language).split("|"))
    table = Table(heads, tuple(_rows(host, language)))
    return Entry(name, "", blocks=fold_table(table, _ROWS, language))


def _rows(host: Foreseen, language: str) -> Iterator[tuple[str, ...]]:
    for checks, state, target, why, hand in sort_rows(host.rows):
        said = [why.get(language), typeset(WORDS["hand"].get(language), language).format(hand) if hand else ""]
        named = WORDS[state].get(language) if state in WORDS else state
        yield checks, named, target, " · ".join(part for part in said if part)
