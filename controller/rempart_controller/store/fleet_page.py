"""The fleet on a day, for a reader: worst hosts first."""

from collections.abc import Iterator

from rempart_controller.store.table import SEVERITIES
from rempart_controller.store.value import HostState
from rempart_controller.store.word import safe, table, when, word
from rempart_core.check import Severity
from rempart_reports.translation import severity_name


def show_fleet(hosts: list[HostState], at: int, language: str) -> Iterator[str]:
    """Give the lines of the fleet on a day, worst hosts first, and its sum."""
    if not hosts:
        yield f"{when(at, language)} · {word('no_hosts', language)}"
        return
    columns = ["host", "group", *SEVERITIES, "errors", "not_checked", "passed", "answer"]
    head = [_name(name, language) if name in SEVERITIES else word(name, language) for name in columns]
    rows = [head]
    for host in sorted(hosts, key=_badness):
        counts = [str(host.open[name] or "·") for name in SEVERITIES]
        counts += [str(host.counts[name] or "·") for name in ("error", "not_checked", "pass")]
        answer = when(host.answered, language) + (f" ({word('mute', language)})" if host.silent else "")
        rows.append([safe(host.name), safe(host.group), *counts, answer])
    yield from table(rows, right=tuple(range(2, 10)))
    total = {name: sum(host.open[name] for host in hosts) for name in SEVERITIES}
    silent = sum(host.silent for host in hosts)
    counted = ", ".join(f"{count} {_name(name, language)}" for name, count in total.items() if count)
    facts = [
        when(at, language),
        f"{word('hosts', language)}: {len(hosts)}",
        f"{word('silent_hosts', language)}: {silent}",
        counted or word("none_open", language),
    ]
    yield from ("", " · ".join(facts))


def _name(severity: str, language: str) -> str:
    return severity_name(Severity(severity), language)


def _badness(host: HostState) -> tuple[list[int], int, str]:
    return [-host.open[name] for name in SEVERITIES], -host.counts["error"], host.name
