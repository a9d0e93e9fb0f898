"""The fleet on a day, for a reader: worst hosts first."""

from collections.abc import Iterator, Mapping

from rempart_core.messages.labels import Labels
from rempart_core.model.check import Severity
from rempart_core.model.history import HostState
from rempart_core.timestamps import write_moment
from rempart_reports.views.last_answer import describe_age
from rempart_reports.views.store_words import safe, table, when
from rempart_reports.writing.translation import plural, severity_name

_SEVERITIES = [severity.value for severity in Severity]


def show_fleet(hosts: list[HostState], at: int, language: str) -> Iterator[str]:
    """Give the lines of the fleet on a day, worst hosts first, and its sum.

    Args:
        hosts: As they stood.
        at: The day, seconds since 1970.
        language: ``en`` or ``fr``.
    """
    label = Labels("store_page", language)
    if not hosts:
        yield f"{when(at, language)} · {label('no_hosts')}"
        return
    columns = ["host", "group", *_SEVERITIES, "errors", "not_checked", "passed", "answer"]
    if any(host.proof for host in hosts):
        columns.append("proof")
    proofs = {"endpoint": label("proof_endpoint"), "transport": label("proof_transport")}
    head = [_name(name, language) if name in _SEVERITIES else label(name) for name in columns]
    rows = [head]
    for host in sorted(hosts, key=_badness):
        found = [str(host.open[name] or "·") for name in _SEVERITIES]
        counts = [str(host.counts[name] or "·") for name in ("error", "not_checked", "pass")]
        counts = counts if host.answered is not None else ["?"] * 3
        if host.answered is None:
            found = ["?"] * len(_SEVERITIES)
        answer = when(host.answered, language)
        if host.silent:
            told = describe_age(write_moment(host.answered), at, language) if host.answered is not None else ""
            answer += f" ({label('silent_since', ago=told) if told else label('silent_host')})"
        proof = [proofs.get(host.proof, "·")] if "proof" in columns else []
        rows.append([safe(host.name), safe(host.group), *found, *counts, answer, *proof])
    yield from table(rows, right=tuple(range(2, 10)))
    total = {name: sum(host.open[name] for host in hosts) for name in _SEVERITIES}
    silent = sum(host.silent for host in hosts)
    unknown = sum(host.answered is None for host in hosts)
    counted = _count(total, language)
    known = _count({name: sum(host.open[name] for host in hosts if host.silent) for name in _SEVERITIES}, language)
    if known:
        counted += f" ({label('last_known', findings=known)})"
    facts = [
        when(at, language),
        label("hosts", count=len(hosts)),
        label("silent_count", count=silent),
        counted or label("none_open_part" if silent else "none_open"),
        *([label("unknown_count", count=unknown)] if unknown else []),
    ]
    yield from ("", " · ".join(facts))


def _count(open_: Mapping[str, int], language: str) -> str:
    return ", ".join(plural(count, name, language) for name, count in open_.items() if count)


def _name(severity: str, language: str) -> str:
    return severity_name(Severity(severity), language)


def _badness(host: HostState) -> tuple[list[int], int, str]:
    return [-host.open[name] for name in _SEVERITIES], -host.counts["error"], host.name
