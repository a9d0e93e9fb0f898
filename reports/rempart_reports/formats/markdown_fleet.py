"""Markdown for many runs: the fleet in one page, worst first. Each host's own results stand in the other reports."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from rempart_core.messages.message import Value
from rempart_core.model.check import Severity
from rempart_core.model.fix_outcome import Outcome
from rempart_core.typography import typeset
from rempart_reports.views.change_outcome import tell_counts
from rempart_reports.views.drift import HOSTS, TOLD, Drift, Move, describe_move, group_changes
from rempart_reports.views.fleet import (
    NAMED,
    CheckRow,
    Fleet,
    HostRow,
    Unmended,
    describe_answer,
    describe_row,
    sort_checks,
)
from rempart_reports.views.options import Options
from rempart_reports.writing.markdown_text import write_code, write_prose
from rempart_reports.writing.translation import (
    colon,
    day,
    moment,
    number,
    percent,
    plural,
    severity_name,
    word,
)

if TYPE_CHECKING:
    from rempart_reports.formats.markdown import Sheet

_T = TypeVar("_T")
WORST = 20  # hosts and checks of each list; of the silent ones all that fit are named
SILENT = 200


def write_fleet(fleet: Fleet, sheet: "Sheet", options: Options) -> None:
    """Write the fleet to a sheet: the verdict, worst hosts, what fails most, what could not be judged, silent hosts.

    Args:
        fleet: What was gathered of its runs.
        sheet: Takes as much as there is room for.
        options: In which language, and the threshold.
    """
    fleet.finish()
    _Report(sheet, fleet, options).write()


class _Report:
    """A fleet on its way to a sheet."""

    def __init__(self, sheet: "Sheet", fleet: Fleet, options: Options) -> None:
        self.sheet = sheet
        self.fleet = fleet
        self.options = options
        self.language = options.language

    def write(self) -> None:
        self.write_head()
        self.write_unasked()
        self.write_deeds()
        if self.options.drift is not None:
            self.write_drift(self.options.drift)
        worst = sorted((host for host in self.fleet.hosts if any(host.severities)), key=lambda host: host.rank)
        checks = sort_checks(self.fleet.checks.values())
        failing = [row for row in checks if row.kinds["fail"]]
        broken = sorted((row for row in checks if row.kinds["error"]), key=lambda row: (-row.kinds["error"], row.check))
        severities = tuple(severity.value for severity in Severity)
        remembers = self.options.opened is not None
        columns = ("host_name", "group", *severities, "error", "coverage", "answer")
        columns = (*columns, "open_since") if remembers else columns
        self.write_table("worst_hosts", columns, worst, WORST, self.cells_of_host)
        columns = ("severity", "check", "failing_hosts", "on")
        columns = (*columns, "open_since") if remembers else columns
        self.write_table("fails_most", columns, failing, WORST, self.cells_of_check)
        self.write_table("errors_most", ("severity", "check", "error"), broken, WORST, self.cells_of_error)
        columns = ("host_name", "group", "reason", "answer")
        columns = columns if self.options.known is None else (*columns, "last_known_column")
        self.write_table("silent_hosts", columns, self.fleet.silent, SILENT, self.cells_of_silent)
        self.write_table(
            "old_answers", ("host_name", "group", "answer", "started"), self.fleet.old, WORST, self.cells_of_old
        )
        self.sheet.add(f"{self.word('coverage_is')} {self.word('full_report')}\n")

    def word(self, key: str, **values: Value) -> str:
        return word(key, self.language, **values)

    def code(self, text: str, limit: int = 400) -> str:
        return write_code(text, self.language, limit)

    def prose(self, text: str) -> str:
        return write_prose(text, self.language)

    def percent(self, row: Any) -> str:
        return percent(row.judged, row.applicable, self.language)

    def write_head(self) -> None:
        fleet, language = self.fleet, self.language
        verdict = fleet.judge()
        self.sheet.add(f"# {self.word('fleet')}{colon(language)}{fleet.tell_size()}\n\n")
        self.sheet.add(f"**{' '.join([verdict.headline, *verdict.remarks])}**\n\n")
        for told in fleet.deviations:
            self.sheet.add(f"> {self.prose(told)}\n\n")
        facts = [f"{self.word('coverage').lower()} {self.percent(fleet)}"]
        ages = [host.age for host in fleet.hosts if host.age is not None and not host.silence and not host.unasked]
        if ages:
            oldest = max(
                (host for host in fleet.hosts if not host.silence and not host.unasked), key=lambda host: host.age or 0
            )
            facts.append(self.word("oldest_answer", ago=describe_answer(oldest, language)))
        if self.options.generated:
            facts.append(f"{self.word('generated').lower()} {self.prose(moment(self.options.generated, language))}")
        if self.options.head:
            facts.append(f"{self.word('head').lower()} {self.code(self.options.head)}")
        self.sheet.add(f"{' · '.join(facts)}\n\n")
        counted = zip(Severity, fleet.severities, strict=True)
        counts = [(severity_name(severity, language), found) for severity, found in counted]
        counts += [(self.word(kind), found) for kind, found in fleet.kinds.items() if kind != "fail"]
        self.sheet.add(_row(label for label, _ in counts) + _row("---:" for _ in counts))
        self.sheet.add(_row(number(found, language) for _, found in counts) + "\n")

    def write_unasked(self) -> None:
        """Write the hosts that an interrupted audit did not come to: all of them, since nobody else says so."""
        if unasked := self.fleet.unasked:
            self.sheet.add(f"## {self.word('unasked_hosts')} ({number(len(unasked), self.language)})\n\n")
            self.sheet.add("".join(f"- {self.code(host.name)}\n" for host in unasked) + "\n")

    def write_deeds(self) -> None:
        """Write what changes did: how many findings came to what, then those that were not fixed."""
        fleet, language = self.fleet, self.language
        if fleet.outcomes:
            self.sheet.add(f"## {self.word('deeds')}\n\n")
        for change, counts in fleet.outcomes.items():
            about = f"{self.word('deed', change=self.code(change))}{colon(language)}"
            self.sheet.add(f"{about}{tell_counts(counts, language)}\n\n")
        unmended = sum(n for counts in fleet.outcomes.values() for o, n in counts.items() if o is not Outcome.FIXED)
        columns = ("host_name", "outcome", "check", "before", "after")
        self.write_table("unmended", columns, fleet.unmended, NAMED, self.cells_of_unmended, level=3, count=unmended)
        if unmended > NAMED:
            self.sheet.add(f"{self.word('and_more', count=number(unmended - NAMED, language))}\n\n")

    def cells_of_unmended(self, row: Unmended) -> list[str]:
        said = f"{row.outcome}<br>{self.code(row.reason)}" if row.reason else row.outcome
        seen = (self.code(text) if text else "–" for text in (row.before, row.after))
        return [self.code(row.host), said, self.prose(row.check), *seen]

    def write_drift(self, drift: Drift) -> None:
        """Write what changed since the run before: what got worse, what is not seen, hosts; the rest is counted."""
        kinds = group_changes(drift)
        compared = plural(drift.compared, "host", self.language)
        said = self.word("drift_is", since=self.prose(moment(drift.since, self.language)), compared=compared)
        self.sheet.add(f"## {self.word('drift')}\n\n{said}")
        self.sheet.add(f" {self.word('nothing_changed')}\n\n" if drift.empty else "\n\n")
        columns = ("severity", "check", "moved", "on")
        for kind in TOLD:
            moves = kinds.get(kind, [])
            count = sum(move.hosts for move in moves)
            self.write_table(f"drift_{kind}", columns, moves, WORST, self.cells_of_move, level=3, count=count)
        for kind in HOSTS:
            hosts = drift.name_hosts(kind)
            if hosts:
                names = ", ".join(self.code(host) for host in hosts[:SILENT])
                more = self.more(len(hosts) - SILENT)
                self.sheet.add(f"### {self.word(kind)} ({number(len(hosts), self.language)})\n\n{names}{more}\n\n")
        rest = [
            f"{self.word(f'drift_{kind}').lower()} {number(sum(move.hosts for move in moves), self.language)}"
            for kind, moves in kinds.items()
            if kind not in TOLD
        ]
        if rest:
            self.sheet.add(f"{self.word('drift_rest')}{colon(self.language)}{' · '.join(rest)}\n\n")

    def more(self, count: int) -> str:
        return f", {self.word('and_more', count=number(count, self.language))}" if count > 0 else ""

    def cells_of_move(self, move: Move) -> list[str]:
        change, language = move.first, self.language
        title = self.prose(typeset(change.title.get(language), language))
        hosts = []
        for one in move.examples:
            items = ", ".join(self.code(item, 100) for item in one.items)
            hosts.append(f"{self.code(one.host)}{f' ({items})' if items else ''}")
        named = f"**{self.prose(change.check)}** {title}"
        on = ", ".join(hosts) + self.more(move.hosts - len(hosts))
        return [severity_name(change.severity, language), named, describe_move(change, language), on]

    def write_table(
        self,
        heading: str,
        columns: tuple[str, ...],
        rows: list[_T],
        limit: int,
        cells_of: Callable[[_T], list[str]],
        *,
        level: int = 2,
        count: int = 0,
    ) -> None:
        if not rows:
            return
        self.sheet.add(f"{'#' * level} {self.word(heading)} ({number(count or len(rows), self.language)})\n\n")
        self.sheet.add(_row(self.word(column) for column in columns) + _row("---" for _ in columns))
        for row in rows[:limit]:
            self.sheet.add(_row(cells_of(row)))
        more = len(rows) - limit
        said = self.word("and_more", count=number(more, self.language)) if more > 0 else ""
        self.sheet.add(f"\n{said}\n\n" if said else "\n")

    def cells_of_host(self, host: HostRow) -> list[str]:
        counts = [number(found, self.language) for found in (*host.severities, host.kinds[1])]
        name, group = self.code(host.name), self.prose(host.group)
        answer = describe_answer(host, self.language)
        return [name, group, *counts, self.percent(host), answer, *self.since(host.since)]

    def cells_of_check(self, row: CheckRow) -> list[str]:
        failing, asked = (number(found, self.language) for found in (row.kinds["fail"], row.applicable))
        hosts = [self.code(host) for host in row.examples]
        more = row.kinds["fail"] - len(hosts)
        hosts += [self.word("and_more", count=number(more, self.language))] if more > 0 else []
        return [
            *self._name(row),
            self.word("failing_of", failing=failing, hosts=asked),
            ", ".join(hosts),
            *self.since(row.since),
        ]

    def since(self, since: str) -> list[str]:
        """Return the cell that says since when the oldest finding is open, where a store remembers that."""
        if self.options.opened is None:
            return []
        return [self.prose(day(since[:10], self.language)) if since else "–"]

    def cells_of_error(self, row: CheckRow) -> list[str]:
        return [*self._name(row), number(row.kinds["error"], self.language)]

    def _name(self, row: CheckRow) -> list[str]:
        title = self.prose(typeset(row.title.get(self.language), self.language))
        return [severity_name(row.severity, self.language), f"**{self.prose(row.check)}** {title}"]

    def cells_of_silent(self, host: HostRow) -> list[str]:
        answer = describe_answer(host, self.language)
        known = [] if self.options.known is None else [describe_row(host, self.language)]
        return [self.code(host.name), self.prose(host.group), self.prose(host.silence), answer, *known]

    def cells_of_old(self, host: HostRow) -> list[str]:
        answer, started = describe_answer(host, self.language), self.prose(moment(host.started, self.language))
        return [self.code(host.name), self.prose(host.group), answer, started]


def _row(cells: Iterable[str]) -> str:
    """Return one row of a table."""
    return f"| {' | '.join(cells)} |\n"
