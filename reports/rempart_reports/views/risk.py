"""The risk of a fleet and of scenarios, for a reader: each number with the terms that it comes from."""

from collections.abc import Iterable, Iterator, Sequence

from rempart_core.messages.labels import Labels
from rempart_core.messages.message import as_is, listed
from rempart_core.messages.say import say
from rempart_core.risk.assessment import Assessment, ScenarioView
from rempart_core.risk.fleet import FleetRisk
from rempart_core.risk.hazard import Term
from rempart_core.risk.host import Coverage, HostRisk
from rempart_core.risk.plan import Planned
from rempart_core.risk.scenario import ScenarioRisk
from rempart_core.typography import NARROW, typeset
from rempart_reports.views.store_words import safe, table, when
from rempart_reports.writing.translation import colon, day

_WORST = 10  # hosts of the fleet that are shown
_NAMED = 5  # hosts that are named in a line
_LEVELS = {name: name for name in ("acceptable", "tolerable", "unacceptable")}
_CAUSES = {
    "fail": "cause_fail",
    "failed_last": "cause_failed_last",
    "unknown": "cause_unknown",
    "waived": "cause_waived",
}
_CONTROLS = {
    "missing": "control_missing",
    "unknown": "control_unknown",
    "gap": "control_gap",
    "waived": "control_waived",
    "kept": "control_kept",
}
_EXPOSURES = {
    "isolated": "exposure_isolated",
    "internal": "exposure_internal",
    "roaming": "exposure_roaming",
    "internet": "exposure_internet",
}
_STEPS = {"overdue": "overdue", "unusable": "unusable", "planned": "planned", "done": "done"}
_COLUMNS = ("host", "gravity", "exposure", "posture", "likelihood", "risk", "coverage", "level")


def decimal(value: float, places: int, language: str) -> str:
    """Return a number with its decimals, as each language writes it.

    Args:
        value: The number.
        places: How many decimals.
        language: ``en`` or ``fr``.
    """
    text = f"{value:.{places}f}"
    return text.replace(".", ",") if language == "fr" else text


def share(value: float, language: str) -> str:
    """Return a share as ``80%`` or ``80 %``; it is rounded down already.

    Args:
        value: Between 0 and 1.
        language: ``en`` or ``fr``.
    """
    return f"{round(value * 100)}{NARROW if language == 'fr' else ''}%"


class RiskText:
    """Writes an assessment as lines.

    Args:
        found: The assessment.
        language: ``en`` or ``fr``.
    """

    def __init__(self, found: Assessment, language: str) -> None:
        self._found = found
        self._language = language
        self._label = Labels("risk_page", language)

    def show(self) -> Iterator[str]:
        """Give the lines of the whole assessment: fleet, worst hosts, scenarios with the worst first."""
        fleet = self._found.fleet
        yield self._label("head", time=when(self._found.at, self._language), hosts=len(fleet.hosts) if fleet else 0)
        if not self._found.complete:
            yield self._label("incomplete", count=self._found.unjudged)
        if fleet is not None:
            yield from self._fleet(fleet)
        for one in self._found.scenarios:
            yield ""
            yield from self._scenario(one)
        yield ""
        yield self._label("weights", date=day(self._found.numbers.updated, self._language))

    def explain(self, one: ScenarioView) -> Iterator[str]:
        """Give the lines of one scenario with every term of every host.

        Args:
            one: The scenario.
        """
        yield from self._scenario(one, every=True)
        yield ""
        yield self._label("arithmetic")
        fleet = self._found.fleet
        assumed = set(fleet.without_gravity) if fleet else set()
        unstated = [host.name for host in one.risk.hosts if host.name in assumed]
        if unstated:
            yield f"  {self._label('no_gravity', hosts=self._names(unstated))}"
        for host in one.risk.hosts:
            gravity = host.gravity + ("?" if host.name in assumed else "")
            name = self._label("host_share", host=safe(host.name), gravity=gravity, hazard=self._n(host.hazard))
            yield f"  {name}"
            yield from self._products(host.terms)
        yield ""
        yield self._label("weights", date=day(self._found.numbers.updated, self._language))

    def explain_host(self, one: HostRisk) -> Iterator[str]:
        """Give the lines of one host with every term, area by area.

        Args:
            one: The host.
        """
        yield from table([list(map(self._label, _COLUMNS)), self._host(one)], right=(3, 4, 5, 6))
        if one.gate:
            yield self._label("gate", checks=", ".join(map(safe, one.gate)))
        for area in one.areas:
            yield ""
            facts = {"area": safe(area.name), "total": self._n(area.total)}
            capped = area.counted < area.total
            told = self._label("area_capped", counted=self._n(area.counted), **facts) if capped else ""
            yield told or self._label("area", **facts)
            yield from self._products(area.terms)
        yield ""
        yield self._label(
            "posture_sum",
            posture=self._n(one.posture, 1),
            hazard=self._n(one.hazard),
            risk=self._n(one.risk, 1),
            likelihood=self._n(one.likelihood, 3),
            impact=self._n(one.impact, 2),
        )
        yield self._label("weights", date=day(self._found.numbers.updated, self._language))

    def _products(self, terms: Sequence[Term]) -> list[str]:
        """Return terms as a table, a factor in each column; none where there are none."""
        head = ("check", "cause", "weight", "state", "confidence", "age", "exposure", "hazard")
        rows = [["   ", *map(self._label, head)]] if terms else []
        for term in terms:
            cause = self._label(_CAUSES[term.finding.cause])
            factors = (term.state, term.confidence, term.age, term.exposure)
            told = [f"× {self._n(factor, 2)}" for factor in factors]
            rows.append(
                ["   ", safe(term.finding.check), cause, self._n(term.weight), *told, f"= {self._n(term.hazard)}"]
            )
        return table(rows)

    def _n(self, value: float, places: int = 4) -> str:
        return decimal(value, places, self._language)

    def _fleet(self, fleet: FleetRisk) -> Iterator[str]:
        posture = self._label("posture_line", posture=self._n(fleet.posture, 1))
        yield f"{posture} · {self._coverage(fleet.coverage, provisional=fleet.provisional)}"
        yield self._label(
            "fleet",
            risk=self._n(fleet.risk, 1),
            mean=self._n(fleet.mean, 1),
            count=fleet.worst_count,
            worst=self._n(fleet.worst, 1),
        )
        for name, hosts in (
            ("no_gravity", fleet.without_gravity),
            ("no_exposure", fleet.without_exposure),
            ("unheard", fleet.unheard),
        ):
            if hosts:
                yield self._label(name, hosts=self._names(hosts))
        rows = [list(map(self._label, _COLUMNS)), *map(self._host, fleet.hosts[:_WORST])]
        yield ""
        yield from table(rows, right=(3, 4, 5, 6))
        if len(fleet.hosts) > _WORST:
            yield self._label("more", count=len(fleet.hosts) - _WORST)

    def _host(self, one: HostRisk) -> list[str]:
        return [
            safe(one.facts.name),
            one.gravity + ("" if one.facts.gravity else "?"),
            self._label(_EXPOSURES[one.exposure]) + ("" if one.facts.exposure else "?"),
            self._n(one.posture, 1),
            self._n(one.likelihood, 3),
            self._n(one.risk, 1),
            share(one.coverage.share, self._language),
            self._label(_LEVELS[one.level]),
        ]

    def _coverage(self, coverage: Coverage, *, provisional: bool) -> str:
        told = share(coverage.share, self._language)
        if provisional:
            return self._label("provisional", share=told, least=share(self._found.numbers.covered, self._language))
        return self._label("covered", share=told)

    def _names(self, names: Sequence[str], most: int = _NAMED) -> str:
        told = ", ".join(safe(name) for name in names[:most])
        return f"{told}, {self._label('more', count=len(names) - most)}" if len(names) > most else told

    def _scenario(self, one: ScenarioView, *, every: bool = False) -> Iterator[str]:
        risk, language = one.risk, self._language
        scenario = risk.scenario
        yield self._label("scenario", id=scenario.id, title=typeset(scenario.title.get(language), language))
        verdict = self._label(
            "scenario_verdict",
            level=self._label(_LEVELS[risk.level]),
            gravity=risk.gravity,
            likelihood=self._n(risk.likelihood, 3),
            coverage=self._coverage(risk.coverage, provisional=risk.provisional),
            **{"class": risk.likelihood_class},
        )
        yield f"  {verdict}"
        if risk.gate:
            yield f"  {self._label('gate', checks=', '.join(map(safe, risk.gate)))}"
        yield from self._accepted(one)
        for name, text in (
            ("threat", scenario.threat),
            ("consequence", scenario.consequence),
            ("iso", scenario.iso),
            ("ebios", scenario.ebios),
        ):
            yield f"  {self._label(name, text=typeset(text.get(language), language))}"
        yield from (f"  {line}" for line in self._terms(risk, every=every))
        yield from (f"  {line}" for line in self._plan(one))

    def _accepted(self, one: ScenarioView) -> Iterator[str]:
        for said, expired in one.accepted:
            facts = {
                "until": day(said.until, self._language),
                "by": safe(said.by),
                "level": self._label(_LEVELS[said.level]),
            }
            if expired:
                yield f"  {self._label('expired', **facts)}"
                continue
            facts |= {"date": day(said.date, self._language), "reason": safe(said.reason)}
            computed = self._label("computed", level=self._label(_LEVELS[one.risk.level]))
            yield f"  {self._label('accepted', **facts)} ({computed})"

    def _terms(self, risk: ScenarioRisk, *, every: bool) -> Iterator[str]:
        yield self._label(
            "likelihood_sum",
            likelihood=self._n(risk.likelihood, 3),
            technical=self._n(risk.technical),
            organisational=self._n(risk.organisational),
            **{"class": risk.likelihood_class},
        )
        yield self._label(
            "technical",
            technical=self._n(risk.technical),
            sum=self._n(sum(host.hazard for host in risk.hosts)),
            hosts=max(len(risk.hosts), 1),
            unasked=self._n(sum(term.hazard for term in risk.unasked)),
            divisor=self._found.numbers.divisor,
        )
        yield from (f"  {line}" for line in self._checks(risk))
        worst = [host for host in risk.hosts if host.hazard]
        if worst and not every:
            told = [
                self._label("host_line", host=safe(host.name), hazard=self._n(host.hazard), gravity=host.gravity)
                for host in worst[:_NAMED]
            ]
            yield self._label("worst_hosts", hosts=self._list(told))
            if len(worst) > _NAMED:
                yield self._label("hosts_more", count=len(worst) - _NAMED, scenario=risk.scenario.id)
        if not risk.hosts:
            yield self._label("technical_none")
        if risk.unasked:
            checks = ", ".join(f"{term.finding.check} {self._n(term.hazard)}" for term in risk.unasked)
            yield self._label("unasked", checks=checks)
        yield self._label("controls", sum=self._n(risk.organisational))
        for one in risk.controls:
            state = self._label(_CONTROLS[one.state])
            product = f"{self._n(one.weight)} × {decimal(one.factor, 2, self._language)} = {self._n(one.hazard)}"
            yield f"  {one.control}{colon(self._language)}{state}, {product}"

    def _checks(self, risk: ScenarioRisk) -> Iterator[str]:
        """Give what each check adds over all hosts, the worst first."""
        sums: dict[str, tuple[float, int, str]] = {}
        for host in risk.hosts:
            for term in host.terms:
                title = typeset(term.finding.title.get(self._language), self._language)
                total, hosts, _ = sums.get(term.finding.check, (0.0, 0, title))
                sums[term.finding.check] = (total + term.hazard, hosts + 1, title)
        for check, (total, hosts, title) in sorted(sums.items(), key=lambda one: (-one[1][0], one[0])):
            told = self._label("check_line", hazard=self._n(total), hosts=hosts)
            yield f"{safe(check)}{colon(self._language)}{told}  {safe(title)}".rstrip()

    def _plan(self, one: ScenarioView) -> Iterator[str]:
        plan = one.plan
        if not plan.steps:
            yield self._label("no_plan")
        else:
            yield self._label("treatment")
            yield from (f"  {self._step(step)}" for step in plan.steps)
        if plan.unplanned:
            yield self._label("unplanned", names=self._names(plan.unplanned, 12))
        if plan.residual is not None:
            residual = plan.residual
            told = self._label(
                "residual",
                level=self._label(_LEVELS[residual.level]),
                likelihood=self._n(residual.likelihood, 3),
                gravity=residual.gravity,
                **{"class": residual.likelihood_class},
            )
            product = self._label(
                "residual_sum",
                likelihood=self._n(residual.likelihood, 3),
                technical=self._n(residual.technical),
                organisational=self._n(residual.organisational),
            )
            yield told
            yield f"  {product}"
        elif plan.steps:
            yield self._label("residual_none")

    def _step(self, one: Planned) -> str:
        step = one.step
        if one.state == "contradicted":
            state = self._label("contradicted", open=", ".join(one.open))
        else:
            state = self._label(_STEPS[one.state])
        concerns = ", ".join(one.concerns) or "–"
        return self._label(
            "step",
            id=safe(step.id),
            action=safe(step.action),
            owner=safe(step.owner),
            due=day(step.due, self._language),
            concerns=concerns,
            state=state,
        )

    def _list(self, told: Iterable[str]) -> str:
        return say(listed([as_is(one) for one in told]), self._language)
