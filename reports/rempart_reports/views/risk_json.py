"""The risk of a fleet and of scenarios as plain data, for ``--json``: every term, so that all can be recomputed."""

from rempart_core.json_value import Json
from rempart_core.risk.assessment import Assessment, ScenarioView
from rempart_core.risk.fleet import FleetRisk
from rempart_core.risk.hazard import Term
from rempart_core.risk.host import Coverage, HostRisk
from rempart_core.risk.plan import Planned
from rempart_core.risk.scenario import ScenarioRisk
from rempart_core.timestamps import write_moment

SCHEMA = "rempart.risk/1"


def risk_data(found: Assessment) -> dict[str, Json]:
    """Return an assessment."""
    return {
        "schema": SCHEMA,
        "at": write_moment(found.at),
        "complete": found.complete,
        "unjudged": found.unjudged,
        "weights": found.numbers.updated,
        "fleet": None if found.fleet is None else _fleet(found.fleet),
        "scenarios": [scenario_data(one) for one in found.scenarios],
    }


def scenario_data(one: ScenarioView) -> dict[str, Json]:
    """Return a scenario with its plan and what was accepted."""
    scenario = one.risk.scenario
    return {
        "id": scenario.id,
        "title": scenario.title._asdict(),
        "threat": scenario.threat._asdict(),
        "consequence": scenario.consequence._asdict(),
        "iso27005": scenario.iso._asdict(),
        "ebios_rm": scenario.ebios._asdict(),
        "computed": _risk(one.risk),
        "accepted": [{**said._asdict(), "expired": expired} for said, expired in one.accepted],
        "treatment": [_step(step) for step in one.plan.steps],
        "unplanned": list(one.plan.unplanned),
        "residual": None if one.plan.residual is None else _risk(one.plan.residual),
    }


def host_data(one: HostRisk) -> dict[str, Json]:
    """Return a host with all of its terms."""
    return {
        "host": one.facts.name,
        "gravity": one.gravity,
        "gravity_stated": bool(one.facts.gravity),
        "exposure": one.exposure,
        "exposure_stated": bool(one.facts.exposure),
        "heard": not one.facts.unheard,
        "answered": None if one.facts.answered is None else write_moment(one.facts.answered),
        "posture": one.posture,
        "likelihood": one.likelihood,
        "impact": one.impact,
        "risk": one.risk,
        "level": one.level,
        "gate": list(one.gate),
        "coverage": _coverage(one.coverage),
        "hazard": one.hazard,
        "areas": [
            {"area": area.name, "total": area.total, "counted": area.counted, "terms": list(map(_term, area.terms))}
            for area in one.areas
        ],
    }


def _fleet(fleet: FleetRisk) -> dict[str, Json]:
    return {
        "posture": fleet.posture,
        "risk": fleet.risk,
        "mean": fleet.mean,
        "worst": fleet.worst,
        "worst_hosts": fleet.worst_count,
        "coverage": _coverage(fleet.coverage),
        "provisional": fleet.provisional,
        "hosts": [host_data(one) for one in fleet.hosts],
    }


def _risk(one: ScenarioRisk) -> dict[str, Json]:
    return {
        "level": one.level,
        "gravity": one.gravity,
        "likelihood": one.likelihood,
        "likelihood_class": one.likelihood_class,
        "technical": one.technical,
        "organisational": one.organisational,
        "gate": list(one.gate),
        "unasked": list(map(_term, one.unasked)),
        "coverage": _coverage(one.coverage),
        "provisional": one.provisional,
        "hosts": [
            {"host": host.name, "gravity": host.gravity, "hazard": host.hazard, "terms": list(map(_term, host.terms))}
            for host in one.hosts
        ],
        "controls": [
            {
                "control": control.control,
                "state": control.state,
                "weight": control.weight,
                "factor": control.factor,
                "hazard": control.hazard,
            }
            for control in one.controls
        ],
    }


def _term(term: Term) -> Json:
    return {
        "check": term.finding.check,
        "severity": term.finding.severity.value,
        "cause": term.finding.cause,
        "days": term.days,
        "weight": term.weight,
        "state": term.state,
        "confidence": term.confidence,
        "age": term.age,
        "exposure": term.exposure,
        "hazard": term.hazard,
    }


def _step(one: Planned) -> Json:
    return {**one.step._asdict(), "state": one.state, "concerns": list(one.concerns), "open": list(one.open)}


def _coverage(coverage: Coverage) -> Json:
    return {"judged": coverage.judged, "applicable": coverage.applicable, "share": coverage.share}
