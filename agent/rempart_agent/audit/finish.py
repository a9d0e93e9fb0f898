"""The run, from what a target is, what it was asked and what came of it: the only maker of runs."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from rempart_agent.audit.host_checks import HostChecks
from rempart_core.model.fix_steps import for_host, names_for
from rempart_core.model.result import EngineIdentity, Result, Run, TargetIdentity
from rempart_core.model.tested_systems import note_profile, note_version
from rempart_core.text import NOTHING, Text
from rempart_core.version import VERSION

NO_ENGINE = EngineIdentity("none", VERSION, "", privileged=False)
"""What answered where nobody was reached."""


class Span(NamedTuple):
    """When an audit took place.

    Attributes:
        started: UTC, ``2026-11-25T13:00:00Z``.
        ended: The same of its end.
        seconds: What it took, by a clock that nobody sets.
    """

    started: str
    ended: str
    seconds: float


def finish(
    target: TargetIdentity,
    engine: EngineIdentity,
    checks: HostChecks,
    results: Sequence[Result],
    span: Span,
    *,
    role_given: bool,
    waiver_file: str = "",
    narrowed: tuple[str, ...] = (),
    unfinished: Text = NOTHING,
    fitted: bool = False,
    parts: Mapping[str, tuple[str, ...]] = {},
) -> Run:
    """Return the run.

    Args:
        target: What was audited, its platform and system as they were recognised.
        engine: What answered.
        checks: What was asked.
        results: What came of it, in the order of the checks.
        span: When.
        role_given: Whether somebody said the role, and it was not detected.
        waiver_file: The waiver files that are applied.
        narrowed: Globs that narrow what the profile selects.
        unfinished: Why the audit ended before its time.
        fitted: Whether the results are those of ``fit`` already.
        parts: See ``fit``.
    """
    return Run(
        target=target,
        engine=engine,
        role=checks.role,
        profile=checks.profile,
        started=span.started,
        ended=span.ended,
        results=list(results) if fitted else fit(target, checks, results, parts),
        excluded=checks.excluded,
        notes=(
            *note_profile(checks.profile, checks.written_for, target.system),
            *note_version(target.platform, target.system),
            *checks.notes,
        ),
        narrowed=narrowed,
        content=checks.content,
        version=VERSION,
        role_given=role_given,
        waiver_file=waiver_file,
        seconds=span.seconds,
        unfinished=unfinished,
    )


def fit(
    target: TargetIdentity,
    checks: HostChecks,
    results: Sequence[Result],
    parts: Mapping[str, tuple[str, ...]] = {},
) -> list[Result]:
    """Return the results with the steps of this host's system alone, and with the parameters that are asked there.

    Args:
        target: What was looked at; its platform and system decide which steps are kept.
        checks: What was selected there.
        results: The results, in any order; one whose check is not among ``checks`` keeps all its parameters.
        parts: Statements that ``parameter.split`` has taken apart already.
    """
    selected = {one.check.id: one.check for one in checks.selected}
    found = []
    for result in results:
        remediation = for_host(result.remediation, target.platform, target.system)
        check = selected.get(result.check)
        block = check.platforms.get(target.platform) if check else None
        if check is None or block is None or not result.parameters:
            found.append(result._replace(remediation=remediation))
            continue
        statements = tuple(sql for _, sql in block.statements())
        sentences = tuple((check.sentences or {}).items())
        asked = names_for(statements, sentences, tuple([parts.get(sql) for sql in statements]))
        parameters = {name: value for name, value in result.parameters.items() if name in asked}
        defaults = {name: value for name, value in result.defaults.items() if name in asked}
        found.append(result._replace(remediation=remediation, parameters=parameters, defaults=defaults))
    return found
