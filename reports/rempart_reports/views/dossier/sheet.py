"""The report as sheets of a workbook: its tables whole, and every result in a row."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from rempart_core.messages.labels import Labels
from rempart_reports.views.dossier.evidence_line import list_lines, tell_left_out, tell_statement
from rempart_reports.views.dossier.gather import list_results, tells_evidence
from rempart_reports.views.dossier.model import Dossier, HostLine, Moment
from rempart_reports.views.dossier.phrase import label_requirement, tell_date, tell_reason, tell_state
from rempart_reports.views.requirement import describe_verdict
from rempart_reports.writing.evidence import cut
from rempart_reports.writing.translation import severity_name

_MARKS = {"fail": "row_fail", "undecided": "row_undecided", "pass": "row_pass"}
_CELL = 2_000
"""Characters of a value of evidence in a cell; the signed bundle and the JSON document have all of it."""


class Sheet(NamedTuple):
    r"""A sheet.

    Attributes:
        name: Its name: at most 25 characters, none of ``[]:*?/\``.
        heads: Of its columns.
        rows: Its rows; all cells are text, untrusted.
    """

    name: str
    heads: tuple[str, ...]
    rows: Iterable[Sequence[str]]


def list_sheets(dossier: Dossier, moment: Moment, language: str) -> Iterator[Sheet]:
    """Yield the sheets of the report, the rows of each when they are taken.

    Args:
        dossier: The numbers.
        moment: The answers that they come from.
        language: ``en`` or ``fr``.
    """
    label = Labels("dossier", language)
    yield Sheet(label("sheet_summary"), (label("about"), label("sheet_value")), _summary(dossier, language))
    heads: tuple[str, ...] = (
        "check",
        "about",
        "severity",
        "hosts",
        "sheet_asked",
        "items",
        "sheet_failing",
        "supports",
        "sheet_hosts",
    )
    yield Sheet(label("findings"), tuple(map(label, heads)), _findings(dossier, language))
    heads = ("host", "sheet_group", "system", "check", "about", "severity", "state", "reason", "sheet_from")
    heads = (*heads, "sheet_failing", "until", "supports")
    yield Sheet(label("sheet_results"), tuple(map(label, heads)), _results(dossier, moment, language))
    heads = ("host", "check", "state", "seen_by", "row", "examined", "observed", "expected", "more", "sheet_from")
    yield Sheet(label("evidence"), tuple(map(label, heads)), _evidence(dossier, moment, language))
    heads = (
        "host",
        "sheet_group",
        "system",
        "roles",
        "profiles",
        "last_answer",
        "sheet_silent",
        "sheet_open",
        "critical",
    )
    heads = (*heads, "state_waived", "state_error", "state_not_checked", "state_pass")
    yield Sheet(label("hosts"), tuple(map(label, heads)), (_host(one, language) for one in dossier.now.hosts))
    heads = ("frameworks", "requirement", "about", "verdict", "checks")
    yield Sheet(label("sheet_requirements"), tuple(map(label, heads)), _requirements(dossier, language))
    heads = ("check", "about", "hosts", "reason", "owner", "until", "state", "sheet_hosts")
    yield Sheet(label("exceptions"), tuple(map(label, heads)), _accepted(dossier, language))
    heads = ("sheet_night", "critical", "sheet_open", "hosts", "silent", "judged", "sheet_asked")
    yield Sheet(label("trend"), tuple(map(label, heads)), _nights(dossier))


def _summary(dossier: Dossier, language: str) -> Iterator[tuple[str, str]]:
    label = Labels("dossier", language)
    now = dossier.now
    yield label("at"), tell_date(now.at)
    yield label("since"), tell_date(dossier.since)
    yield label("head"), dossier.head or label("no_head")
    yield label("catalogue"), dossier.content.digest
    yield label("sheet_incomplete"), label("yes" if now.incomplete else "no")
    yield label("sheet_provisional"), label("yes" if now.provisional else "no")
    yield label("hosts"), str(now.machines)
    yield label("silent"), str(now.silent)
    yield label("judged"), str(now.judged)
    yield label("sheet_asked"), str(now.weighed)
    for severity, count in now.open.items():
        yield label("open_of", severity=severity_name(severity, language)), str(count)
    if dossier.registers and dossier.registers.sample:
        yield label("invented"), label("yes")
    yield label("no_certificate"), ""


def _findings(dossier: Dossier, language: str) -> Iterator[tuple[str, ...]]:
    for one in dossier.now.findings:
        yield (
            one.check,
            one.title.get(language),
            severity_name(one.severity, language),
            str(len(one.hosts)),
            str(one.asked),
            str(one.failing),
            tell_date(one.since),
            ", ".join(label_requirement(*pair) for pair in one.requirements),
            ", ".join(one.hosts),
        )


def _results(dossier: Dossier, moment: Moment, language: str) -> Iterator[tuple[str, ...]]:
    frameworks = dossier.content.frameworks
    supported: dict[str, str] = {}
    for host, results in list_results(moment, dossier.content):
        for standing, result in results:
            known = supported.get(result.check)
            if known is None:
                pairs = [(one, id_) for one in frameworks for id_ in result.controls.get(one, ())]
                known = supported[result.check] = ", ".join(label_requirement(*pair) for pair in pairs)
            yield (
                host.name,
                host.group,
                host.system,
                result.check,
                result.title.get(language),
                severity_name(result.severity, language),
                tell_state(result, language),
                tell_reason(result, language),
                tell_date(standing.since),
                tell_date(standing.failing_since),
                result.waiver.end if result.waiver else "",
                known,
            )


def _evidence(dossier: Dossier, moment: Moment, language: str) -> Iterator[tuple[str, ...]]:
    label = Labels("dossier", language)
    marks = {mark: label(name) for mark, name in _MARKS.items()}
    for host, results in list_results(moment, dossier.content):
        for standing, result in results if tells_evidence(host) else ():
            for evidence in (result.evidence, result.witness):
                if evidence is None:
                    continue
                by, since = tell_statement(evidence, language), tell_date(standing.since)
                common = host.name, result.check, tell_state(result, language), by
                for line in list_lines(result, evidence, language):
                    told = (cut(text, language, _CELL) for text in line[1:])
                    yield *common, marks[line.mark], *told, since
                if more := tell_left_out(evidence, language):
                    yield *common, "", more, "", "", "", since


def _host(line: HostLine, language: str) -> tuple[str, ...]:
    host, kinds = line.state, line.kinds
    label = Labels("dossier", language)
    counts = ("fail", "", "waived", "error", "not_checked", "pass")
    return (
        host.name,
        host.group,
        host.system,
        host.role,
        host.profile,
        tell_date(host.answered) or label("never"),
        label("yes" if host.silent else "no"),
        *(str(kinds.get(kind, 0) if kind else next(iter(line.open.values()))) for kind in counts),
    )


def _requirements(dossier: Dossier, language: str) -> Iterator[tuple[str, ...]]:
    for framework, rows in dossier.now.requirements:
        for one in rows:
            said = describe_verdict(one.verdict, language, len(dossier.now.hosts))
            yield framework, one.name, one.title.get(language) if one.title else "", said, ", ".join(one.checks)


def _accepted(dossier: Dossier, language: str) -> Iterator[tuple[str, ...]]:
    label = Labels("dossier", language)
    for one in dossier.now.accepted:
        state = label("expired" if one.expired else "in_force")
        hosts = str(len(one.hosts)), one.reason, one.owner, one.end, state, ", ".join(one.hosts)
        yield one.check, one.title.get(language), *hosts


def _nights(dossier: Dossier) -> Iterator[tuple[str, ...]]:
    for night in dossier.trend.nights:
        counts = night.critical, sum(night.open.values()), night.hosts, night.silent, night.judged, night.asked
        yield tell_date(night.at), *map(str, counts)
