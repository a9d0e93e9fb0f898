"""The first page: the verdict, what was examined, how much of it was judged, how the numbers can be verified."""

from collections.abc import Iterator

from rempart_core.messages.labels import Labels
from rempart_core.model.history import HostState
from rempart_reports.views.document import Block, Bullets, Document, Facts, Paragraph, Section, Table
from rempart_reports.views.dossier.model import ORGANISATION, PROVISIONAL, Dossier, Picture
from rempart_reports.views.dossier.phrase import (
    name_hosts,
    tell_age,
    tell_failure,
    tell_moment,
    tell_severities,
)
from rempart_reports.writing.translation import name, number, percent, plural, semicolon


def head_of(dossier: Dossier, language: str, sections: tuple[Section, ...]) -> Document:
    """Return the report with its verdict above its parts.

    Args:
        dossier: The numbers.
        language: ``en`` or ``fr``.
        sections: The parts.
    """
    label = Labels("dossier", language)
    now = dossier.now
    opened = sum(now.open.values())
    level = "bad" if opened else "partial" if now.incomplete else "good"
    if not now.judged:
        headline = label("nothing_judged")
    elif opened:
        where = [line.state.platform == ORGANISATION for line in now.hosts if any(line.open.values())]
        headline = label(
            "found" if not any(where) else "found_both" if not all(where) else "found_organisation",
            findings=plural(opened, "finding", language),
            hosts=plural(where.count(False), "host", language),
            severities=tell_severities(now.open, language),
        )
    else:
        headline = label("found_none")
    since, at = tell_moment(dossier.since, language), tell_moment(now.at, language)
    return Document(
        kind=label("kind"),
        title=_title(dossier, language),
        lead=label("lead", since=since, at=at),
        level=level,
        headline=headline,
        remarks=tuple(_remarks(dossier, language)),
        sections=sections,
    )


def _title(dossier: Dossier, language: str) -> str:
    label = Labels("dossier", language)
    rows = dossier.registers["organisation"].rows if dossier.registers else ()
    return rows[0]["name"] if rows else label("title_plain")  # what kind of document it is stands beside it


def _remarks(dossier: Dossier, language: str) -> Iterator[str]:
    label = Labels("dossier", language)
    now = dossier.now
    if dossier.registers and dossier.registers.sample:
        yield label("invented")
    if now.incomplete:
        yield label(
            "incomplete",
            gaps=number(now.gaps, language),
            silent=plural(now.silent, "silent", language),
        )
    coverage = percent(now.judged, now.weighed, language)
    yield label("coverage_line", percent=coverage)
    if now.provisional:
        yield label("provisional", least=number(PROVISIONAL, language))
    if any(now.recalled.values()):
        yield label("recalled", severities=tell_severities(now.recalled, language))
    yield label("no_certificate")


def tell_scope(dossier: Dossier, language: str) -> Section:
    """Return what was examined: hosts, their systems, the period, the frameworks.

    Args:
        dossier: The numbers.
        language: ``en`` or ``fr``.
    """
    label = Labels("dossier", language)
    now = dossier.now
    hosts = [line.state for line in now.hosts]
    machines = [host for host in hosts if host.platform != ORGANISATION]
    facts = [
        (label("hosts"), number(len(machines), language)),
        (label("organisation"), label("yes" if len(machines) < len(hosts) else "no")),
        (label("platforms"), _count(machines, "platform", language)),
        (label("roles"), _count(machines, "role", language)),
        (label("profiles"), _count(machines, "profile", language, as_written=True)),
        (label("groups"), number(len({host.group for host in machines}), language)),
        (label("checks_asked"), number(len(now.asked), language)),
        (label("at"), tell_moment(now.at, language)),
        (label("since"), tell_moment(dossier.since, language)),
        (label("runs"), number(dossier.runs, language)),
        (label("first_run"), tell_moment(dossier.first, language)),
        (
            label("frameworks"),
            semicolon(language).join(
                f"{one.name.get(language)} ({one.version})" for one in dossier.content.frameworks.values()
            ),
        ),
    ]
    return Section(label("scope"), (Facts(tuple(facts)),))


def _count(hosts: list[HostState], field: str, language: str, *, as_written: bool = False) -> str:
    unknown = Labels("dossier", language)("never_told")
    counts: dict[str, int] = {}
    for host in hosts:
        value = getattr(host, field)
        counts[value] = counts.get(value, 0) + 1
    told = [
        f"{(value if as_written else name(value, language)) if value else unknown} ({number(count, language)})"
        for value, count in sorted(counts.items())
    ]
    return ", ".join(told) or "–"


def tell_coverage(now: Picture, language: str) -> Section:
    """Return how much of what was asked could be judged, why the rest was not, and who did not answer.

    Args:
        now: The fleet at the report's date.
        language: ``en`` or ``fr``.
    """
    label = Labels("dossier", language)
    kinds = now.kinds
    facts = [
        (label("judged"), number(now.judged, language)),
        (label("errors"), number(kinds.get("error", 0), language)),
        (label("unchecked"), number(kinds.get("not_checked", 0), language)),
        (label("inapplicable"), number(kinds.get("not_applicable", 0), language)),
        (label("coverage_share"), percent(now.judged, now.weighed, language)),
        (label("silent"), number(now.silent, language)),
        (label("oldest_answer"), tell_age(_oldest(now), language)),
    ]
    blocks: list[Block] = [Paragraph(label("coverage_about"), "quiet"), Facts(tuple(facts))]
    if now.unjudged:
        rows = tuple(
            (tell_failure(one.failure, language), number(one.results, language), number(one.hosts, language))
            for one in now.unjudged
        )
        blocks.append(Table((label("why"), label("results"), label("hosts")), rows, 1))
    silent = [line.state for line in now.hosts if line.state.silent]
    if silent:
        oldest = sorted(silent, key=lambda host: (host.answered or 0, host.name))
        told = name_hosts([host.name for host in oldest], language)
        blocks.append(Paragraph(label("silent_named", hosts=told)))
        ages = [now.at - host.answered for host in silent if host.answered is not None]
        never = sum(host.answered is None for host in silent)
        longest = tell_age(max(ages, default=None), language)
        blocks.append(Paragraph(label("silent_ages", longest=longest, never=number(never, language))))
    return Section(label("coverage"), tuple(blocks))


def _oldest(now: Picture) -> int | None:
    """Return the age of the oldest answer of a host that is not silent."""
    hosts = [line.state for line in now.hosts if not line.state.silent]
    return max((max(0, now.at - host.answered) for host in hosts if host.answered is not None), default=None)


def tell_proof(dossier: Dossier, language: str) -> Section:
    """Return what judged, and what an auditor verifies the answers with.

    Args:
        dossier: The numbers.
        language: ``en`` or ``fr``.
    """
    label = Labels("dossier", language)
    head = dossier.head or label("no_head")
    facts = (
        (label("program"), f"Rempart {dossier.content.version}"),
        (label("catalogue"), dossier.content.digest),
        (label("head"), head),
    )
    blocks: list[Block] = [Facts(facts)]
    if dossier.head:
        lines = (label("verify_export"), label("verify_verify"), label("verify_docs"))
        blocks.append(Bullets(lines))
    else:
        blocks.append(Paragraph(label("unsigned")))
    return Section(label("proof"), tuple(blocks))
