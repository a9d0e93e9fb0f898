"""The changes that hosts have a record of, as a page: all of them, or one with what it touched."""

from collections.abc import Iterable, Iterator, Mapping

from rempart_controller.remediation.pages.endpoint_changes import STATES, tell_state
from rempart_controller.remediation.undo.endpoint_records import Endpoint, FoundChange
from rempart_core.messages.labels import Labels
from rempart_core.timestamps import write_moment
from rempart_reports.views.document import (
    Block,
    Bullets,
    Document,
    Entry,
    Part,
    Section,
    Table,
    fold_lines,
    fold_rest,
    fold_table,
)
from rempart_reports.writing.host_list import name_some
from rempart_reports.writing.translation import colon, moment, number, plural

_BAD = ("damaged", "older")
_SHOWN = 50  # changes in sight
_ROWS = 20  # hosts in sight of a change, and names


def document_of(found: Mapping[str, Endpoint], change: str, now: str, language: str) -> Document:
    """Return what hosts have a record of as a document.

    Args:
        found: What each host says.
        change: The id of the only change that is asked for; ``""`` for all.
        now: When the hosts were asked, as run documents write it.
        language: ``en`` or ``fr``.
    """
    return _Builder(found, change, now, language).build()


class _Builder:
    def __init__(self, found: Mapping[str, Endpoint], change: str, now: str, language: str) -> None:
        self._found = found
        self._change = change
        self._now = now
        self._language = language
        self._label = Labels("recorded_page", language)

    def build(self) -> Document:
        found, language = self._found, self._language
        by_id: dict[str, dict[str, FoundChange]] = {}
        for name, host in found.items():
            for id_, one in host.changes.items():
                by_id.setdefault(id_, {})[name] = one
        silent = tuple((name, host.failure.get(language)) for name, host in found.items() if host.failure is not None)
        without = [name for name, host in found.items() if host.failure is None and not host.changes]
        told = [one for hosts in by_id.values() for one in hosts.values()]
        bad = bool(silent) or any(one.state in _BAD for one in told)
        made = self._made(told) if self._change else ""
        lead = (made, self._label("lead", time=moment(self._now, language)))
        return Document(
            kind=self._label("kind_one" if self._change else "kind"),
            title=self._change or self._label("title"),
            lead=" · ".join(part for part in lead if part),
            level="bad" if bad else "partial" if any(one.state == "open" for one in told) else "good",
            headline=self._headline(by_id),
            remarks=tuple(self._remarks(told, len(silent))),
            sections=(
                *(self._one(by_id.get(self._change, {})) if self._change else self._all(by_id)),
                Section(
                    self._label("silent_hosts"), fold_table(self._quiet(silent), _ROWS, language) if silent else ()
                ),
                Section(
                    self._label("without_one" if self._change else "without"),
                    fold_lines(Bullets(tuple(without)), _ROWS, language) if without else (),
                    len(without),
                ),
            ),
        )

    def _quiet(self, silent: tuple[tuple[str, str], ...]) -> Table:
        return Table((self._label("host"), self._label("silent")), silent)

    def _headline(self, by_id: Mapping[str, Mapping[str, FoundChange]]) -> str:
        hosts = {name for some in by_id.values() for name in some}
        if by_id:
            counted = plural(len(by_id), "change", self._language)
            return self._label("sum", changes=counted, hosts=plural(len(hosts), "host", self._language))
        if all(host.failure is not None for host in self._found.values()):
            return self._label("nothing_heard")
        return self._label("nothing_one" if self._change else "nothing")

    def _remarks(self, told: list[FoundChange], silent: int) -> Iterator[str]:
        if counts := self._count(told):
            yield counts
        if silent:
            yield f"{plural(silent, 'silent', self._language)}{colon(self._language)}{self._label('unknown')}."

    def _count(self, told: list[FoundChange]) -> str:
        """Return how many records stand in which way."""
        states = [one.state for one in told]
        return " · ".join(
            f"{self._state(state)}{colon(self._language)}{number(states.count(state), self._language)}"
            for state in sorted(set(states), key=lambda one: (one not in _BAD, one != "open", one))
        )

    def _state(self, state: str) -> str:
        return self._label(state) if state in STATES else state

    def _made(self, hosts: Iterable[FoundChange]) -> str:
        """Return when a change began and who made it, as far as hosts say."""
        found = list(hosts)
        begun = [one.begun for one in found if one.begun]
        when = self._label("begun", time=moment(write_moment(min(begun)), self._language)) if begun else ""
        return " · ".join(part for part in (when, ", ".join(sorted({one.holder for one in found} - {""}))) if part)

    def _all(self, by_id: Mapping[str, Mapping[str, FoundChange]]) -> tuple[Section, ...]:
        newest = sorted(by_id.items(), key=lambda one: (max(it.begun for it in one[1].values()), one[0]), reverse=True)
        entries = [self._entry(id_, hosts) for id_, hosts in newest]
        return (Section(self._label("changes"), fold_rest(entries, _SHOWN, self._language), len(entries)),)

    def _entry(self, id_: str, hosts: Mapping[str, FoundChange]) -> Entry:
        mark = "error" if any(one.state in _BAD for one in hosts.values()) else ""
        state = self._count(list(hosts.values()))
        return Entry(id_, self._made(hosts.values()), mark, "", state, self._table(hosts))

    def _one(self, hosts: Mapping[str, FoundChange]) -> tuple[Section, ...]:
        return (
            Section(self._label("hosts"), self._table(hosts) if hosts else (), len(hosts)),
            Section(self._label("touched"), tuple(self._touched(hosts))),
        )

    def _table(self, hosts: Mapping[str, FoundChange]) -> tuple[Part, ...]:
        rows = []
        for name, one in hosts.items():
            state = " · ".join(tell_state(one, self._language))
            acts = "" if one.state in _BAD else number(one.acts, self._language)
            rows.append((name, state, ", ".join(one.checks), acts))
        heads = tuple(self._label(one) for one in ("host", "state", "checks", "acts"))
        return fold_table(Table(heads, tuple(rows), 3), _ROWS, self._language)

    def _touched(self, hosts: Mapping[str, FoundChange]) -> Iterator[Block]:
        """Yield what the acts of each check that stand are about, with the hosts where they are the same."""
        alike: dict[tuple[str, tuple[str, ...]], list[str]] = {}
        for name, one in hosts.items():
            for check, things in one.touched.items():
                lines = tuple(dict.fromkeys(f"{kind} {target}" for kind, target in things))
                alike.setdefault((check, lines), []).append(name)
        entries = [
            Entry(
                check,
                name_some(names, self._language),
                blocks=fold_lines(Bullets(lines, data=True), _ROWS, self._language),
            )
            for (check, lines), names in sorted(alike.items())
        ]
        yield from fold_rest(entries, _SHOWN, self._language)
