"""What stands at the end: the sample for an auditor, every host, and the statements that were asked."""

from collections.abc import Iterator

from rempart_core.messages.labels import Labels
from rempart_core.model.history import HostState
from rempart_reports.views.document import Block, Code, Entry, Paragraph, Section, Table
from rempart_reports.views.dossier.model import Dossier, HostLine
from rempart_reports.views.dossier.phrase import tell_age, tell_moment
from rempart_reports.writing.translation import name, number

_DIGITS = 16  # of a digest, in sight


def tell_sample(dossier: Dossier, language: str) -> Section:
    """Return the hosts that were drawn, in that order, and how anybody draws them again.

    Args:
        dossier: The numbers.
        language: ``en`` or ``fr``.
    """
    label = Labels("dossier", language)
    by_name = {line.state.name: line for line in dossier.now.hosts}
    heads = tuple(label(one) for one in ("rank", "host", "digest", "last_answer", "age", "open_now"))
    rows = tuple(
        (
            number(place, language),
            one.host,
            one.digest[:_DIGITS],
            *_answered(by_name[one.host].state, dossier.now.at, language),
            number(sum(by_name[one.host].open.values()), language),
        )
        for place, one in enumerate(dossier.sample, 1)
    )
    blocks: tuple[Block, ...] = (
        Paragraph(label("sample_about")),
        Code("printf %s HEAD HOST | sha256sum"),
        Table(heads, rows),
    )
    return Section(label("sample"), blocks, len(rows))


def _answered(host: HostState, at: int, language: str) -> tuple[str, str]:
    if host.answered is None:
        return Labels("dossier", language)("never"), "–"
    return tell_moment(host.answered, language), tell_age(max(0, at - host.answered), language)


def tell_hosts(dossier: Dossier, language: str) -> Section:
    """Return every host with the age of its answer and the numbers of its results.

    Args:
        dossier: The numbers.
        language: ``en`` or ``fr``.
    """
    label = Labels("dossier", language)
    heads = ("host", "system", "age", "state_fail", "critical", "state_waived", "state_error", "state_not_checked")
    rows = tuple(_row(line, dossier.now.at, language) for line in dossier.now.hosts)
    return Section(label("annex_hosts"), (Table(tuple(map(label, heads)), rows, 2),), len(rows))


def _row(line: HostLine, at: int, language: str) -> tuple[str, ...]:
    host = line.state
    age = _answered(host, at, language)[1]
    if host.silent:
        age = Labels("dossier", language)("silent_age", age=age)
    kinds = ("fail", "", "waived", "error", "not_checked")
    critical = next(iter(line.open.values()))
    counts = [number(line.kinds.get(kind, 0) if kind else critical, language) for kind in kinds]
    return host.name, host.system or name(host.platform, language), age, *counts


def tell_statements(dossier: Dossier, language: str) -> Section:
    """Return the SQL of every check that was asked, by platform.

    Args:
        dossier: The numbers.
        language: ``en`` or ``fr``.
    """
    label = Labels("dossier", language)
    return Section(label("annex_sql"), (Paragraph(label("sql_about"), "quiet"), *_statements(dossier, language)))


def _statements(dossier: Dossier, language: str) -> Iterator[Block]:
    asked = {line.state.platform for line in dossier.now.hosts}
    for id_ in dossier.now.asked:
        check = dossier.content.checks.get(id_)
        if check is None:
            continue
        codes = [
            part
            for platform, block in check.platforms.items()
            if platform in asked
            for key, sql in block.statements()
            for part in (Paragraph(f"{platform}, {key}", "quiet"), Code(sql.strip()))
        ]
        yield Entry(id_, check.title.get(language), blocks=tuple(codes))
