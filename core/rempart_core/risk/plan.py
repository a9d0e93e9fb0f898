"""The plan against a scenario: who does what until when, and what the risk would be once it is done.

Only an open step whose day has not passed counts: a plan that is overdue lowers no risk, and what is said to be done
while the results say otherwise lowers none either.
"""

import re
from collections.abc import Collection, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from rempart_core.risk.numbers import Numbers
from rempart_core.risk.scenario import Scenario, ScenarioRisk, Situation, assess_scenario

STEP_STATES = ("overdue", "unusable", "contradicted", "planned", "done")
"""What a step comes to: its day has passed, its entry is at fault, said to be done while results say otherwise, …."""


class Step(NamedTuple):
    """A step of a plan, as a register has it.

    Attributes:
        id: Its id.
        scenario: The scenario's id.
        checks: Ids or globs of checks and controls, with blanks, commas or semicolons between.
        action: What is done.
        owner: Who does it, by pseudonym.
        due: Until when, ``YYYY-MM-DD``.
        done: When it was done; ``""`` where it is not.
        trouble: Why the entry can't be believed; ``""`` for nothing.
    """

    id: str
    scenario: str
    checks: str
    action: str
    owner: str
    due: str
    done: str = ""
    trouble: str = ""


class Planned(NamedTuple):
    """A step and what it comes to.

    Attributes:
        step: The step.
        state: One of ``STEP_STATES``.
        concerns: The checks and controls of the scenario that it names.
        open: Those of them that are open now.
    """

    step: Step
    state: str
    concerns: tuple[str, ...]
    open: tuple[str, ...]


class Plan(NamedTuple):
    """The plan against a scenario.

    Attributes:
        steps: Its steps, by their days.
        residual: The risk once all steps that count are done; None where none does.
        unplanned: What adds to the risk and no step that counts names, the worst first.
    """

    steps: tuple[Planned, ...]
    residual: ScenarioRisk | None
    unplanned: tuple[str, ...]


def plan_scenario(
    scenario: Scenario, steps: Sequence[Step], situation: Situation, numbers: Numbers, today: str
) -> Plan:
    """Return the plan against a scenario.

    Args:
        scenario: The scenario.
        steps: Of all scenarios.
        situation: What it is judged by.
        numbers: The weights.
        today: ``YYYY-MM-DD``.
    """
    now = assess_scenario(scenario, situation, numbers)
    hazards: dict[str, float] = {}
    for share in now.hosts:
        for term in share.terms:
            hazards[term.finding.check] = hazards.get(term.finding.check, 0) + term.hazard
    hazards |= {one.control: one.hazard for one in now.controls if one.hazard}
    known = [id_ for id_ in situation.known if scenario.carries(id_)] + list(scenario.controls)
    known += [id_ for id_ in hazards if id_ not in known]
    mine = [_judge(one, known, hazards.keys(), today) for one in steps if one.scenario == scenario.id]
    done = {id_ for one in mine if one.state == "planned" for id_ in one.concerns}
    residual = assess_scenario(scenario, situation.fixed(done), numbers) if done else None
    unplanned = sorted((id_ for id_ in hazards if id_ not in done), key=lambda id_: (-hazards[id_], id_))
    return Plan(tuple(sorted(mine, key=lambda one: (one.step.due, one.step.id))), residual, tuple(unplanned))


def _judge(step: Step, known: Sequence[str], open_: Collection[str], today: str) -> Planned:
    globs = [glob for glob in re.split(r"[\s,;]+", step.checks) if glob]
    concerns = tuple(id_ for id_ in known if any(fnmatchcase(id_, glob) for glob in globs))
    left = tuple(id_ for id_ in concerns if id_ in open_)
    if step.trouble or not concerns:
        state = "unusable"
    elif step.done:
        state = "contradicted" if left else "done"
    else:
        state = "overdue" if step.due < today else "planned"
    return Planned(step, state, concerns, left)
