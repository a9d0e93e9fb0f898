"""The risk at the date of the report: posture and worst hosts, each scenario with its level, and the plan against it.

Of plans and acceptances ids, pseudonyms and dates are told, never a text that somebody wrote into a register.
"""

from collections.abc import Iterator

from rempart_core.messages.labels import Labels
from rempart_core.risk.assessment import Assessment, ScenarioView
from rempart_core.risk.fleet import FleetRisk
from rempart_core.risk.plan import Planned
from rempart_core.typography import typeset
from rempart_reports.views.document import Block, Paragraph, Section, Table
from rempart_reports.views.dossier.phrase import NAMED, name_hosts
from rempart_reports.views.risk import decimal, share
from rempart_reports.writing.translation import day, number

_LEVELS = {name: name for name in ("acceptable", "tolerable", "unacceptable")}
_STEPS = {"overdue": "overdue", "unusable": "unusable", "planned": "planned", "done": "done"}


def tell_risk(found: Assessment, language: str) -> Section:
    """Return the risk of the fleet and of each scenario.

    Args:
        found: What was computed.
        language: ``en`` or ``fr``.
    """
    label = Labels("dossier", language)
    blocks: list[Block] = [Paragraph(label("risk_about", date=day(found.numbers.updated, language)), "quiet")]
    if not found.complete:
        blocks.append(Paragraph(label("risk_unjudged", count=number(found.unjudged, language))))
    if found.fleet is not None:
        blocks += _tell_fleet(found.fleet, language)
    heads: tuple[str, ...] = (
        "scenario",
        "about",
        "risk_level",
        "gravity",
        "likelihood",
        "coverage",
        "accepted",
        "residual",
    )
    rows = tuple(_scenario(one, language) for one in found.scenarios)
    blocks.append(Table(tuple(map(label, heads)), rows))
    steps = tuple(row for one in found.scenarios for row in _steps(one, language))
    if steps:
        heads = ("scenario", "step", "responsible", "until", "supports", "state")
        blocks.append(Table(tuple(map(label, heads)), steps))
    return Section(label("risk_section"), tuple(blocks), len(rows))


def _tell_fleet(fleet: FleetRisk, language: str) -> Iterator[Block]:
    label = Labels("risk_page", language)
    yield Paragraph(label("posture_line", posture=decimal(fleet.posture, 1, language)))
    numbers = {name: decimal(getattr(fleet, name), 1, language) for name in ("risk", "mean", "worst")}
    yield Paragraph(label("fleet", count=fleet.worst_count, **numbers))
    for name, hosts in (("no_gravity", fleet.without_gravity), ("no_exposure", fleet.without_exposure)):
        if hosts:
            yield Paragraph(label(name, hosts=name_hosts(hosts, language)))
    heads = tuple(map(label, ("host", "gravity", "posture", "likelihood", "risk", "coverage", "level")))
    rows = tuple(
        (
            one.facts.name,
            one.gravity + ("" if one.facts.gravity else "?"),
            decimal(one.posture, 1, language),
            decimal(one.likelihood, 3, language),
            decimal(one.risk, 1, language),
            share(one.coverage.share, language),
            label(_LEVELS[one.level]),
        )
        for one in fleet.hosts[:NAMED]
    )
    yield Table(heads, rows, 2)


def _scenario(one: ScenarioView, language: str) -> tuple[str, ...]:
    label = Labels("risk_page", language)
    risk = one.risk
    held = next((said.acceptance for said in one.accepted if not said.expired), None)
    accepted = "–"
    if held is not None:
        accepted = f"{label(_LEVELS[held.level])}, {held.by}, {day(held.until, language)}"
    residual = one.plan.residual
    return (
        risk.scenario.id,
        typeset(risk.scenario.title.get(language), language),
        label(_LEVELS[risk.level]),
        risk.gravity,
        f"{decimal(risk.likelihood, 3, language)} ({risk.likelihood_class})",
        share(risk.coverage.share, language) + ("*" if risk.provisional else ""),
        accepted,
        "–" if residual is None else f"{label(_LEVELS[residual.level])}, {decimal(residual.likelihood, 3, language)}",
    )


def _steps(one: ScenarioView, language: str) -> Iterator[tuple[str, ...]]:
    for planned in one.plan.steps:
        step = planned.step
        concerns = ", ".join(planned.concerns) or "–"
        yield (
            one.risk.scenario.id,
            step.id,
            step.owner,
            day(step.due, language),
            concerns,
            _tell_state(planned, language),
        )


def _tell_state(planned: Planned, language: str) -> str:
    label = Labels("risk_page", language)
    if planned.state == "contradicted":
        return label("contradicted", open=", ".join(planned.open))
    return label(_STEPS[planned.state])
