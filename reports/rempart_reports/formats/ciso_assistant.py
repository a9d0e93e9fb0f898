"""Files for CISO Assistant: findings, exceptions, incidents, and the requirements of each framework; a sheet each.

Columns and values are those of its importer at commit f990d7b (8 August 2026). ``ref_id`` tells a record from another,
so that importing again with "update" changes what moved and adds nothing twice. A finding that was closed is told too,
or it would stay open there. The result of a requirement is left blank, which leaves what is there as it is, but for a
gap where that is asked for.
"""

import hashlib
from collections.abc import Iterator, Sequence

from rempart_core.messages.labels import Labels
from rempart_core.model.check import Severity
from rempart_core.model.history import HostState
from rempart_core.model.result import Result
from rempart_core.model.trend import ClosedFinding
from rempart_core.text import clean_line
from rempart_reports.views.dossier.gather import list_results, tells_evidence
from rempart_reports.views.dossier.model import Accepted, Dossier, Moment
from rempart_reports.views.dossier.phrase import name_hosts, tell_date, tell_reason, tell_rows
from rempart_reports.views.dossier.sheet import Sheet
from rempart_reports.views.requirement import describe_verdict

NAME, REF = 200, 100
"""Characters that its fields hold."""
_ROWS = 5  # of evidence in an observation
_TAIL = 12  # digits of a hash
_PRIORITIES = {Severity.CRITICAL: "1", Severity.HIGH: "2", Severity.MEDIUM: "3", Severity.LOW: "4", Severity.INFO: "4"}
_RISKS = {"high": "critical", "risk": "major", "unlikely": "minor"}
_FINDINGS = (
    "ref_id",
    "name",
    "description",
    "severity",
    "status",
    "priority",
    "due_date",
    "observation",
    "filtering_labels",
)
_EXCEPTIONS = ("ref_id", "name", "description", "domain", "status", "severity", "expiration_date", "observation")
_INCIDENTS = ("ref_id", "name", "description", "domain", "status", "severity", "detection", "reported_at")
_DOMAIN = ""  # its names are known there alone: blank is the one that is chosen as the file is imported
_REQUIREMENTS = ("assessable", "ref_id", "requirement_progress", "compliance_result", "observations")


def name_reference(*parts: str) -> str:
    """Return a reference of at most 100 characters; what is longer ends in a hash of the whole."""
    whole = clean_line("@".join(parts))
    if len(whole) <= REF and whole == "@".join(parts):
        return whole
    tail = hashlib.sha256("@".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:_TAIL]
    return f"{whole[: REF - _TAIL - 1]}~{tail}"


def list_files(
    dossier: Dossier, moment: Moment, closed: Sequence[ClosedFinding], language: str, *, propose: bool
) -> Iterator[tuple[str, Sheet]]:
    """Yield the files, each with its one sheet.

    Args:
        dossier: The numbers.
        moment: The answers that they come from.
        closed: Findings that were closed, since the store began.
        language: ``en`` or ``fr``, that of names and descriptions.
        propose: Whether a requirement with a gap is proposed as not fulfilled.
    """
    yield "findings.xlsx", Sheet("findings", _FINDINGS, _findings(dossier, moment, closed, language))
    yield "exceptions.xlsx", Sheet("exceptions", _EXCEPTIONS, _exceptions(dossier, language))
    yield "incidents.xlsx", Sheet("incidents", _INCIDENTS, _incidents(dossier, language))
    for framework, _ in dossier.now.requirements:
        rows = _requirements(dossier, framework, language, propose=propose)
        yield f"compliance-{framework}.xlsx", Sheet("requirements", _REQUIREMENTS, rows)


def list_names(frameworks: Sequence[str]) -> list[str]:
    """Return the names of the files for some frameworks."""
    names = ["findings.xlsx", "exceptions.xlsx", "incidents.xlsx"]
    return names + [f"compliance-{framework}.xlsx" for framework in frameworks]


def _cut(text: str) -> str:
    text = clean_line(text)
    return text if len(text) <= NAME else f"{text[: NAME - 1]}…"


def _findings(
    dossier: Dossier, moment: Moment, closed: Sequence[ClosedFinding], language: str
) -> Iterator[Sequence[str]]:
    gone = {(one.host, one.check): one for one in closed}
    for host, results in list_results(moment, dossier.content):
        for standing, result in results:
            ended = gone.get((host.name, result.check))
            if standing.state.value == "fail":
                status = "confirmed" if result.waived else "identified"
                yield _finding(host.name, host.group, result, status, _observe(host, result, language), language)
            elif ended is not None and not host.silent and result.state.value in {"pass", "not_applicable"}:
                told = Labels("dossier", language)("ca_closed", day=tell_date(ended.closed))
                yield _finding(
                    host.name, host.group, result._replace(severity=ended.severity), "resolved", told, language
                )


def _observe(host: HostState, result: Result, language: str) -> str:
    rows = tell_rows(result, language, _ROWS) if tells_evidence(host) else []
    return "\n".join([tell_reason(result, language), *rows])


def _finding(host: str, group: str, result: Result, status: str, told: str, language: str) -> Sequence[str]:
    title = result.title.get(language)
    return (
        name_reference(result.check, host),
        _cut(f"{result.check} {title} – {host}"),
        result.rationale.get(language) or title,
        result.severity.value,
        status,
        _PRIORITIES[result.severity],
        result.waiver.end.partition(" ")[0] if result.waiver else "",
        told,
        "|".join(
            filter(None, ("rempart", clean_line(result.area).replace("|", " "), clean_line(group).replace("|", " ")))
        ),
    )


def _exceptions(dossier: Dossier, language: str) -> Iterator[Sequence[str]]:
    for one in dossier.now.accepted:
        yield (
            _name_decision(one),
            _cut(f"{one.check} {one.title.get(language)}"),
            one.reason,
            _DOMAIN,
            "expired" if one.expired else "approved",
            one.severity.value,
            one.end.partition(" ")[0],
            f"{one.owner}\n{name_hosts(one.hosts, language)}",
        )


def _name_decision(one: Accepted) -> str:
    digest = hashlib.sha256(f"{one.reason}\x1f{one.owner}\x1f{one.end}".encode("utf-8", "replace")).hexdigest()
    return name_reference(one.check, digest[:_TAIL])


def _incidents(dossier: Dossier, language: str) -> Iterator[Sequence[str]]:
    label = Labels("dossier", language)
    for row in dossier.registers["breaches"].rows if dossier.registers else ():
        decided = row["notified"] or row["no_notification"]
        yield (
            name_reference(row["id"]),
            _cut(label("ca_incident", id=row["id"])),
            label("incidents_about"),
            _DOMAIN,
            "resolved" if decided else "ongoing",
            _RISKS.get(row["risk"], "moderate"),
            "internal",
            row["aware"],
        )


def _requirements(dossier: Dossier, framework: str, language: str, *, propose: bool) -> Iterator[Sequence[str]]:
    for one in dict(dossier.now.requirements)[framework]:
        kind = one.verdict.kind
        yield (
            "x",
            _reference(framework, one.name),
            "" if kind == "nothing" else "in_progress",
            "non_compliant" if propose and kind == "gap" else "",
            "" if kind == "nothing" else describe_verdict(one.verdict, language, len(dossier.now.hosts)),
        )


def _reference(framework: str, requirement: str) -> str:
    """Return a requirement as CISO Assistant's libraries number it: ``32.1.b``, ``A.8.10``."""
    if framework == "iso-27001-2022":
        return f"A.{requirement}"
    return requirement.replace(")", "").replace("(", ".") if framework == "gdpr" else requirement
