"""How the fleet moved: the nights of the period as curves, how long findings took, and two dates side by side."""

from collections.abc import Iterator, Mapping

from rempart_core.messages.labels import Labels
from rempart_core.model.trend import Trend
from rempart_reports.views.document import Block, Chart, Paragraph, Section, Table
from rempart_reports.views.dossier.model import CheckFinding, Dossier, Picture
from rempart_reports.views.dossier.phrase import tell_age, tell_date, tell_day, tell_moment
from rempart_reports.views.requirement import VERDICTS
from rempart_reports.writing.page_words import count_word
from rempart_reports.writing.translation import number, percent, severity_name


def tell_trend(trend: Trend, language: str) -> Section:
    """Return the nights as two curves, and the times of repair by severity.

    Args:
        trend: Nights and times of repair.
        language: ``en`` or ``fr``.
    """
    label = Labels("dossier", language)
    blocks: list[Block] = []
    if len(trend.nights) > 1:
        blocks += [_curve_of_criticals(trend, language), _curve_of_coverage(trend, language)]
    heads = tuple(label(one) for one in ("severity", "closed", "median", "ninetieth", "open_now", "longest"))
    rows = tuple(
        (
            severity_name(one.severity, language),
            number(one.closed, language),
            tell_age(one.median, language),
            tell_age(one.ninetieth, language),
            number(one.open, language),
            tell_age(one.oldest, language),
        )
        for one in trend.repairs
    )
    blocks += [Table(heads, rows, 1), Paragraph(label("repairs_about"), "quiet")]
    return Section(label("trend"), tuple(blocks))


def _edges(trend: Trend) -> tuple[str, str]:
    return tell_date(trend.nights[0].at), tell_date(trend.nights[-1].at)


def _curve_of_criticals(trend: Trend, language: str) -> Chart:
    label = Labels("dossier", language)
    values = tuple(float(night.critical) for night in trend.nights)
    told = label(
        "curve_text",
        first=number(int(values[0]), language),
        last=number(int(values[-1]), language),
        least=number(int(min(values)), language),
        most=number(int(max(values)), language),
    )
    return Chart(label("curve_critical"), told, values, max(*values, 1.0), _edges(trend))


def _curve_of_coverage(trend: Trend, language: str) -> Chart:
    label = Labels("dossier", language)
    nights = trend.nights
    values = tuple(night.judged / night.asked if night.asked else None for night in nights)
    first, last = (percent(night.judged, night.asked, language) for night in (nights[0], nights[-1]))
    weakest = min((night for night in nights if night.asked), key=lambda one: one.judged / one.asked, default=None)
    least = percent(weakest.judged, weakest.asked, language) if weakest else "–"
    day = tell_day(weakest.at, language) if weakest else "–"
    return Chart(
        label("curve_coverage"),
        label("curve_share", first=first, last=last, least=least, day=day),
        values,
        1.0,
        _edges(trend),
    )


def tell_comparison(then: Picture, now: Picture, names: Mapping[str, str], language: str) -> Section:
    """Return the report's date beside an earlier one: hosts, coverage, findings, requirements, and what moved.

    Args:
        then: The fleet at the earlier date.
        now: The fleet at the report's date.
        names: Framework to its name.
        language: ``en`` or ``fr``.
    """
    label = Labels("dossier", language)
    days = tell_day(then.at, language), tell_day(now.at, language)
    moments = tell_moment(then.at, language), tell_moment(now.at, language)
    heads = (label("about"), *(days if days[0] != days[1] else moments))
    rows = [
        (label("hosts"), *(number(one.machines, language) for one in (then, now))),
        (label("silent"), *(number(one.silent, language) for one in (then, now))),
        (label("coverage_share"), *(percent(one.judged, one.weighed, language) for one in (then, now))),
        *(
            (
                label("open_of", severity=severity_name(severity, language)),
                *(number(one.open[severity], language) for one in (then, now)),
            )
            for severity in now.open
        ),
        *_compare_requirements(then, now, names, language),
    ]
    blocks: list[Block] = [Table(heads, tuple(rows), 1)]
    moved = tuple(_compare_findings(then, now, language))
    if moved:
        blocks.append(Table((label("check"), label("about"), heads[1], heads[2]), moved, 2))
    else:
        blocks.append(Paragraph(label("nothing_moved")))
    return Section(label("comparison"), tuple(blocks), len(moved))


def _compare_requirements(
    then: Picture, now: Picture, names: Mapping[str, str], language: str
) -> Iterator[tuple[str, ...]]:
    before = dict(then.requirements)
    for framework, rows in now.requirements:
        for kind in VERDICTS:
            counts = [sum(one.verdict.kind == kind for one in each) for each in (before.get(framework, ()), rows)]
            if any(counts):
                said = count_word(f"sum_{kind}", 0, language).rstrip("0 :\u00a0")
                yield f"{names[framework]}, {said}", *(number(count, language) for count in counts)


def _compare_findings(then: Picture, now: Picture, language: str) -> Iterator[tuple[str, ...]]:
    before = {one.check: one for one in then.findings}
    after = {one.check: one for one in now.findings}
    known: dict[str, CheckFinding] = before | after
    for id_, one in sorted(known.items(), key=lambda pair: (pair[1].severity.rank, pair[0])):
        counts = [len(each[id_].hosts) if id_ in each else 0 for each in (before, after)]
        if counts[0] != counts[1]:
            yield id_, one.title.get(language), *(number(count, language) for count in counts)


def tell_movement(dossier: Dossier, language: str) -> Iterator[Section]:
    """Yield the parts on what moved: the trend always, the comparison where there is something to compare with.

    Args:
        dossier: The numbers.
        language: ``en`` or ``fr``.
    """
    yield tell_trend(dossier.trend, language)
    if dossier.then is not None:
        names = {id_: framework.name.get(language) for id_, framework in dossier.content.frameworks.items()}
        yield tell_comparison(dossier.then, dossier.now, names, language)
