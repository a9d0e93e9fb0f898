"""The whole assessment: fleet, scenarios, the plan against each, and what somebody accepted."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from rempart_core.risk.facts import count_unjudged
from rempart_core.risk.fleet import FleetRisk, assess_fleet
from rempart_core.risk.numbers import LEVELS, Numbers
from rempart_core.risk.plan import Plan, Step, plan_scenario
from rempart_core.risk.scenario import Scenario, ScenarioRisk, Situation, assess_scenario
from rempart_core.timestamps import write_moment


class Acceptance(NamedTuple):
    """A level of a scenario's risk that somebody accepts.

    Attributes:
        scenario: The scenario's id.
        level: The level that is accepted, one of ``LEVELS``.
        reason: Why.
        by: Who, by pseudonym.
        date: When, ``YYYY-MM-DD``.
        until: The last day on which it holds, ``YYYY-MM-DD``.
        computed: The level that was computed then; ``""`` where that is not said.
    """

    scenario: str
    level: str
    reason: str
    by: str
    date: str
    until: str
    computed: str = ""


def lasts_too_long(said: Acceptance, numbers: Numbers) -> bool:
    """Tell whether an acceptance ends later than it may, or at no day at all.

    Args:
        said: The acceptance.
        numbers: The weights, with the longest term.
    """
    try:
        term = date.fromisoformat(said.until) - date.fromisoformat(said.date)
    except ValueError:
        return True
    return term.days > numbers.acceptance_days


class Accepted(NamedTuple):
    """An acceptance, and whether it holds.

    Attributes:
        acceptance: What was accepted.
        expired: Whether its last day has passed, or lies further ahead than an acceptance may last.
    """

    acceptance: Acceptance
    expired: bool


class ScenarioView(NamedTuple):
    """One scenario with all that is said of it.

    Attributes:
        risk: What is computed.
        plan: What is planned against it.
        accepted: What was accepted, the newest first; it changes no computed value.
    """

    risk: ScenarioRisk
    plan: Plan
    accepted: tuple[Accepted, ...]


class Assessment(NamedTuple):
    """The risk on a day.

    Attributes:
        at: The moment, seconds since 1970.
        fleet: The fleet's; None where the store has no host.
        scenarios: Each scenario's, the worst first.
        unjudged: How much of what was asked gave no verdict: 0 where the audit behind it is complete.
        numbers: The weights.
    """

    at: int
    fleet: FleetRisk | None
    scenarios: tuple[ScenarioView, ...]
    unjudged: int
    numbers: Numbers

    @property
    def complete(self) -> bool:
        """Tell whether the audit behind it is complete."""
        return self.fleet is not None and not self.unjudged


def assess(
    scenarios: Iterable[Scenario],
    situation: Situation,
    steps: Sequence[Step],
    acceptances: Sequence[Acceptance],
    numbers: Numbers,
) -> Assessment:
    """Return the whole assessment.

    Args:
        scenarios: All that there are.
        situation: What they are judged by; its hosts as :func:`rempart_core.risk.fleet.prepare` gives them.
        steps: Of plans.
        acceptances: Whose signatures were verified.
        numbers: The weights.
    """
    today = write_moment(situation.now)[:10]
    views = []
    named: dict[str, str] = {}
    for one in scenarios:
        accepted = [
            Accepted(said, expired=said.until < today or lasts_too_long(said, numbers))
            for said in acceptances
            if said.scenario == one.id
        ]
        accepted.sort(key=lambda said: said.acceptance.date, reverse=True)
        plan = plan_scenario(one, steps, situation, numbers, today)
        views.append(ScenarioView(assess_scenario(one, situation, numbers), plan, tuple(accepted)))
        named |= {control: situation.controls.get(control, "missing") for control in one.controls}
    views.sort(key=lambda view: (-LEVELS.index(view.risk.level), -view.risk.likelihood, view.risk.scenario.id))
    return Assessment(
        situation.now,
        assess_fleet(situation.hosts, situation.now, numbers),
        tuple(views),
        count_unjudged(situation.hosts, named),
        numbers,
    )
