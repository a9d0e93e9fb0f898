"""What a page says of many checks at once: the areas with a mark for each check, and the requirements they support."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from markupsafe import Markup

from rempart_core.model.framework import Framework
from rempart_core.model.result import Result
from rempart_reports.formats.html.safe_text import name_anchor, write_icon, write_own, write_text
from rempart_reports.views.chart import AreaRow
from rempart_reports.views.fleet_requirement import FleetRequirement
from rempart_reports.views.host import name_area
from rempart_reports.views.requirement import (
    VERDICTS,
    Requirement,
    RequirementVerdict,
    describe_verdict,
    judge_requirement,
)
from rempart_reports.writing import translation
from rempart_reports.writing.page_words import count_word, page_word

VERDICT_ICONS = {
    "gap": "fail",
    "unjudged": "not_checked",
    "accepted": "waived",
    "seen": "pass",
    "nothing": "not_applicable",
}
LINKED = 20  # checks that are named beside a requirement
_QUIET = {"seen", "nothing"}  # verdicts that need nobody's attention
_PLURALS = {"fail": "finding"}


def write_areas(rows: list[AreaRow], language: str) -> Markup:
    """Return a line for each area: the marks of its checks, and the same in words.

    Args:
        rows: The areas, with the marks that are laid out already.
        language: ``en`` or ``fr``.
    """
    colon = translation.colon(language)
    lines = []
    for row in rows:
        area = write_text(name_area(row.area, language))
        told = ", ".join(
            translation.plural(found, _PLURALS.get(kind, kind), language) for kind, found in row.kinds.items() if found
        )
        marks = "".join(
            f'<use class="k-{mark.kind}{f" s-{mark.severity}" if mark.kind == "fail" else ""}" href="#m-{mark.kind}" '
            f'x="{mark.x}" y="{mark.y}" width="16" height="16"/>'
            for mark in row.marks
        )
        size = f'width="{row.width}" height="{row.height}" viewBox="0 0 {row.width} {row.height}"'
        lines.append(
            f'<li><b>{area}</b> <span class="quiet">{told}</span><svg class="marks" role="img" '
            f'aria-label="{area}{colon}{told}" {size}>{marks}</svg></li>\n'
        )
    return Markup("".join(lines))  # noqa: S704 - each part is escaped where it is written


def write_framework(
    requirements: list[Requirement], known: Framework | None, prefix: str, language: str, *, whole: bool
) -> Markup:
    """Return the requirements of a framework with the verdict of a host's checks; those without a gap are folded.

    Args:
        requirements: Those that checks of the run support.
        known: The framework, where its requirements are known.
        prefix: Of the places of the checks on the page.
        language: ``en`` or ``fr``.
        whole: Whether requirements that nothing asks are named too.
    """
    found: dict[str, list[str]] = {kind: [] for kind in VERDICTS}
    for one in requirements:
        verdict = judge_requirement(one.results)
        found[verdict.kind].append(_write_requirement(one, verdict, prefix, language))
    if whole and known:
        there = {one.name for one in requirements}
        for id_, other in known.requirements.items():
            if id_ not in there:
                nothing = RequirementVerdict("nothing")
                found["nothing"].append(
                    _write_requirement(Requirement(id_, [], other.title), nothing, prefix, language)
                )
    return _lay_out(found, language)


def write_fleet_framework(
    requirements: list[FleetRequirement], pages: Mapping[str, str], hosts: int, language: str
) -> Markup:
    """Return the requirements of a framework with the verdict of a fleet's checks; those without a gap are folded.

    Args:
        requirements: All that are known of it.
        pages: Of each check its page.
        hosts: How many hosts there are.
        language: ``en`` or ``fr``.
    """

    def link(check: str) -> str:
        return f'<a href="{write_text(pages[check])}">{write_text(check)}</a>'

    found: dict[str, list[str]] = {kind: [] for kind in VERDICTS}
    for one in requirements:
        found[one.verdict.kind].append(
            write_requirement(one.name, one.title, one.verdict, language, one.checks, link, hosts)
        )
    return _lay_out(found, language)


def _lay_out(found: dict[str, list[str]], language: str) -> Markup:
    """Return lines by verdict: their counts, then those that need somebody, and the others folded."""
    told = " · ".join(count_word(f"sum_{kind}", len(lines), language) for kind, lines in found.items() if lines)
    parts = [f'<p class="note">{told}</p>\n']
    seen = [line for kind in VERDICTS if kind not in _QUIET for line in found[kind]]
    quiet = [line for kind in VERDICTS if kind in _QUIET for line in found[kind]]
    if seen:
        parts.append(f'<ul class="requirements">\n{"".join(seen)}</ul>\n')
    if quiet:
        title = page_word("no_gap_list", language)
        parts.append(
            f'<details class="more"><summary>{title}</summary>\n<ul class="requirements">\n'
            f"{''.join(quiet)}</ul></details>\n"
        )
    return Markup("".join(parts))  # noqa: S704 - each part is escaped where it is written


def _write_requirement(one: Requirement, verdict: RequirementVerdict, prefix: str, language: str) -> str:
    def link(result: Result) -> str:
        return f'<a href="#{prefix}-{name_anchor(result.check)}">{write_text(result.check)}</a>'

    return write_requirement(one.name, one.title, verdict, language, _pick(one.results, verdict), link)


def write_requirement(
    name: str, title: Any, verdict: RequirementVerdict, language: str, named: Iterable[Any], link: Callable[[Any], str],
    fleet: int = 0,
) -> str:  # fmt: skip
    """Return the line of one requirement: its id and title, the verdict, and the checks that it is from.

    Args:
        name: Its id in the framework.
        title: Its title as a Text; None where the framework gives none.
        verdict: What its checks come to.
        language: ``en`` or ``fr``.
        named: The checks that are named, all of them; ``LINKED`` are, and of the rest the number.
        link: Makes of one of them the HTML that leads to it.
        fleet: How many hosts there are; 0 on the page of one.
    """
    about = f' <span class="quiet title-of">{write_own(title, language)}</span>' if title else ""
    those = list(named)
    ids = ", ".join(map(link, those[:LINKED]))
    if len(those) > LINKED:
        more = translation.word("more_rows", language, count=translation.number(len(those) - LINKED, language))
        ids += f" {write_text(more)}"
    partly = verdict.kind == "seen" and verdict.unjudged
    icon = write_icon("not_checked" if partly else VERDICT_ICONS[verdict.kind], "high" if verdict.kind == "gap" else "")
    return (
        f'<li class="v-{verdict.kind}">{icon} <b>{write_text(name)}</b>{about} <span class="verdict-of">'
        f"{write_text(describe_verdict(verdict, language, fleet))}</span> {ids}</li>\n"
    )


def _pick(results: list[Result], verdict: RequirementVerdict) -> list[Result]:
    """Return the checks that a verdict is from: of a gap those that fail, and so on."""
    kinds = {"gap": {"gap"}, "unjudged": {"unjudged"}, "accepted": {"accepted"}}.get(verdict.kind)
    if kinds is None:
        return results
    return [one for one in results if judge_requirement([one]).kind in kinds]
