"""What the checks come to for each requirement of a framework, in five words, the worst first."""

from collections.abc import Iterator, Sequence

from rempart_core.messages.labels import Labels
from rempart_reports.views.document import Block, Paragraph, Section, Table
from rempart_reports.views.dossier.model import Dossier
from rempart_reports.views.fleet_requirement import FleetRequirement
from rempart_reports.views.requirement import VERDICTS, describe_verdict
from rempart_reports.writing.page_words import count_word
from rempart_reports.writing.translation import semicolon


def tell_requirements(dossier: Dossier, language: str) -> Iterator[Section]:
    """Yield a part for each framework: the counts, then each requirement that something asks.

    Args:
        dossier: The numbers.
        language: ``en`` or ``fr``.
    """
    label = Labels("dossier", language)
    hosts = len(dossier.now.hosts)
    for id_, rows in dossier.now.requirements:
        framework = dossier.content.frameworks[id_]
        heads = (label("requirement"), label("about"), label("verdict"), label("checks"))
        told = tuple(_row(one, hosts, language) for one in _order(rows) if one.verdict.kind != "nothing")
        silent = [one.name for one in rows if one.verdict.kind == "nothing"]
        blocks: list[Block] = [
            Paragraph(label("requirements_about"), "quiet"),
            *([Paragraph(label("organisation_counts"), "quiet")] if hosts > dossier.now.machines else ()),
            Paragraph(semicolon(language).join(count_verdicts(rows, language))),
        ]
        if told:
            blocks.append(Table(heads, told))
        if silent:
            blocks.append(Paragraph(label("asked_by_nothing", names=", ".join(silent))))
        yield Section(label("requirements", framework=framework.name.get(language)), tuple(blocks), len(rows))


def count_verdicts(rows: Sequence[FleetRequirement], language: str) -> list[str]:
    """Return how many requirements have each verdict, worst first.

    Args:
        rows: Those of a framework.
        language: ``en`` or ``fr``.
    """
    counts = {kind: sum(one.verdict.kind == kind for one in rows) for kind in VERDICTS}
    return [count_word(f"sum_{kind}", count, language) for kind, count in counts.items()]


def _order(rows: Sequence[FleetRequirement]) -> list[FleetRequirement]:
    return sorted(rows, key=lambda one: VERDICTS.index(one.verdict.kind))  # sorted as people count already


def _row(one: FleetRequirement, hosts: int, language: str) -> tuple[str, ...]:
    title = one.title.get(language) if one.title else ""
    return one.name, title, describe_verdict(one.verdict, language, hosts), ", ".join(one.checks)
