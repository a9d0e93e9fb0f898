"""What the terminal says of what changed in a fleet since the run before: what got worse, hosts, then the rest."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rempart_core.messages.labels import Labels
from rempart_core.text import clean_line
from rempart_reports.writing.translation import colon, moment, plural, severity_name, word

if TYPE_CHECKING:  # nothing that an audit without a store needs
    from rempart_reports.views.drift import Drift, Move

_LINES = 50  # hosts that are named


def tell_drift(drift: "Drift", language: str) -> Iterator[str]:
    """Yield the lines of what changed since the run before: what got worse and what is not seen; hosts; the rest.

    Args:
        drift: What changed.
        language: ``en`` or ``fr``.
    """
    from rempart_reports.views.drift import HOSTS, TOLD, group_changes

    kinds = group_changes(drift)
    compared = plural(drift.compared, "host", language)
    yield f"\n{word('drift', language).upper()}\n"
    yield f"  {word('drift_is', language, since=moment(drift.since, language), compared=compared)}\n"
    if drift.empty:
        yield f"  {word('nothing_changed', language)}\n"
    for kind in TOLD:
        if kind in kinds:
            yield f"  {word(f'drift_{kind}', language)}\n"
            for move in kinds[kind]:
                yield from _tell_move(move, language)
    for kind in HOSTS:
        if hosts := drift.name_hosts(kind):
            yield f"  {word(kind, language)}{colon(language)}{name_hosts(hosts[:_LINES], len(hosts), language)}\n"
    rest = [
        f"{word(f'drift_{kind}', language).lower()} {sum(move.hosts for move in moves)}"
        for kind, moves in kinds.items()
        if kind not in TOLD
    ]
    if rest:
        yield f"  {word('drift_rest', language)}{colon(language)}{', '.join(rest)}\n"


def _tell_move(move: "Move", language: str) -> Iterator[str]:
    from rempart_reports.views.drift import describe_move

    change = move.first
    severity = severity_name(change.severity, language).ljust(8)
    title = clean_line(change.title.get(language))
    yield f"    {severity}  {clean_line(change.check)}  {describe_move(change, language)}  {title}\n"
    names = []
    for one in move.examples:
        items = ", ".join(map(clean_line, one.items))
        names.append(f"{one.host} ({items})" if items else one.host)
    yield f"      {name_hosts(names, move.hosts, language)}\n"


def name_hosts(names: Sequence[str], number: int, language: str) -> str:
    """Return the names of hosts, clean, and how many more than these there are.

    Args:
        names: Those that are named, from anybody.
        number: How many hosts there are.
        language: ``en`` or ``fr``.
    """
    told = ", ".join(map(clean_line, names))
    more = number - len(names)
    return Labels("fleet_terminal", language)("names", names=told, more=more) if more > 0 else told
