"""From what an audit found to what a plan holds; nobody is asked here."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from rempart_controller.inventory.host import Host
from rempart_controller.remediation.planning.precondition import find_block, results_of
from rempart_controller.remediation.records.plan import LeftOut, PlannedFix, PlannedHost
from rempart_controller.remediation.records.window import window_of
from rempart_core.content.fixfile import Fix
from rempart_core.messages.message import Message, own
from rempart_core.messages.say import say_both
from rempart_core.model.check import DISRUPTIONS, Severity
from rempart_core.model.parameter import Value, Values
from rempart_core.model.result import Result, Run, State
from rempart_core.text import Text

_SHOWN = 5
_GUARDED = frozenset({"linux"})  # systems on which a change is saved, guarded by a timer, and undone
HOST_KEYS = "PRE-19"
"""The precondition that sees the host keys."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a plan is to hold.

    Attributes:
        globs: Globs of check ids or areas; none for all.
        severity: The least severity.
        disruption: The greatest disruption.
    """

    globs: tuple[str, ...] = ()
    severity: Severity = Severity.INFO
    disruption: str = "lockout"

    def takes(self, result: Result) -> bool:
        """Tell whether a finding is to be fixed."""
        named = not self.globs or any(
            fnmatchcase(result.check, one.upper()) or fnmatchcase(result.area, one.lower()) for one in self.globs
        )
        most = DISRUPTIONS.index(self.disruption)
        gentle = DISRUPTIONS.index(result.remediation.disruption) <= most
        return named and gentle and result.severity.rank <= self.severity.rank


def is_silent(run: Run) -> bool:
    """Tell whether nothing is known of a host."""
    return all(one.state is State.NOT_CHECKED and one.failure == "silent" for one in run.results)


def facts_of(result: Result) -> str:
    """Return the digest of a finding: its state, and the things that fail."""
    evidence = result.evidence
    rows = evidence.rows if evidence is not None else []
    failing = sorted({row.get("item", "") for row in rows if row.get("ok") == "0"})
    text = json.dumps([result.check, result.state.value, evidence.failing if evidence else 0, failing])
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def draft_host(
    host: Host,
    run: Run,
    fixes: Mapping[tuple[str, str], Fix],
    wanted: Wanted,
    values: Mapping[str, Values] = {},
) -> PlannedHost:
    """Return what is planned for a host; what check mode says is added later.

    Args:
        host: The host.
        run: What was found, preconditions among the results.
        fixes: The automatic fixes there are.
        wanted: What the plan is to hold.
        values: Check to values in force, of checks whose values fixes of others read.
    """
    window = window_of(host.variables.get("rempart_window"))
    if is_silent(run):
        reason = run.results[0].reason if run.results else say_both(Message("planning.nothing_asked"))
        return PlannedHost(host.name, run.target.group, window=window, silent=_both(reason))
    needs = results_of(run)
    results = [one for one in run.results if one.check not in needs]
    planned: list[PlannedFix] = []
    left: list[LeftOut] = []
    for result in results:
        if result.state is not State.FAIL:
            continue
        fix = fixes.get((result.check, run.target.platform))
        if result.waiver is not None:
            until = Message("planning.until", end=result.waiver.end, reason=result.waiver.reason)
            left.append(_leave(result, "waived", say_both(until)))
        elif result.remediation.disruption == "manual" or fix is None:
            by_hand = result.remediation.disruption == "manual"
            text = result.remediation.manual if by_hand else say_both(Message("planning.no_fix"))
            left.append(_leave(result, "manual", text))
        elif fix.manual is not None:
            people = Message("planning.people", why=own(fix.manual), manual=own(result.remediation.manual))
            left.append(_leave(result, "manual", say_both(people)))
        elif not wanted.takes(result):
            left.append(_leave(result, "left", say_both(Message("planning.not_wanted"))))
        elif run.target.platform not in _GUARDED:
            left.append(_leave(result, "manual", _tell(fix, run.target.platform)))
        else:
            beside = {one: dict(values[one]) for one in fix.values if one in values}
            planned.append(_plan(result, fix, needs, beside))
    unjudged = tuple(one.check for one in results if one.state in {State.ERROR, State.NOT_CHECKED})
    target = run.target
    return PlannedHost(
        host.name,
        target.group,
        target.platform,
        target.system,
        window,
        ("", ""),
        tuple(planned),
        tuple(left),
        unjudged,
        target.machine_id,
        host_keys_of(run),
    )


def host_keys_of(run: Run) -> str:
    """Return the digest of the public host keys that a run has seen; ``""`` where it has seen none."""
    result = next((one for one in run.results if one.check == HOST_KEYS), None)
    rows = result.evidence.rows if result is not None and result.evidence is not None else []
    keys = sorted(row.get("observed", "") for row in rows if row.get("item", "").startswith("/"))
    return hashlib.sha256("\n".join(keys).encode()).hexdigest() if keys else ""


def leave_idle(host: PlannedHost) -> PlannedHost:
    """Return a host whose fixes are those that do something here; the others are left to people.

    A fix that says that it can't work here (no value was given, the kernel does not have it) and one that would change
    nothing although the check fails would only fail: they are no fault of the change.

    Args:
        host: The host, with what check mode said of its fixes.
    """
    planned, left = [], list(host.left)
    for fix in host.fixes:
        refusal = next((step for step in fix.steps if step.outcome == "refused"), None)
        if fix.blocked[0] or (refusal is None and fix.steps):
            planned.append(fix)
            continue
        idle = Message("planning.idle")
        why = say_both(Message("planning.can_not", why=own(refusal.why)) if refusal else idle)
        reason = tuple(f"{said}\n{manual}".strip() for said, manual in zip(why, fix.manual, strict=True))
        left.append(LeftOut(fix.check, fix.title, fix.severity, "manual", (reason[0], reason[1])))
    return replace(host, fixes=tuple(planned), left=tuple(left))


def _both(text: Text) -> tuple[str, str]:
    return (text.en, text.fr)


def _tell(fix: Fix, platform: str) -> Text:
    """Say how a fix is run that ``apply`` does not run, and what its undo can't bring back."""
    if platform != "windows":
        return say_both(Message("planning.by_ansible", check=fix.check))
    said = Message("planning.recorded", check=fix.check)  # the machine itself keeps a record of each act
    if fix.partly is not None:
        said = Message("planning.stays", text=said, what=own(fix.partly))
    return say_both(said)


def _leave(result: Result, kind: str, reason: Text) -> LeftOut:
    return LeftOut(result.check, _both(result.title), result.severity.value, kind, _both(reason))


def _plan(result: Result, fix: Fix, needs: Mapping[str, Result], beside: dict[str, dict[str, Value]]) -> PlannedFix:
    rows = result.evidence.rows if result.evidence is not None else []
    items = [row.get("item", "") for row in rows if row.get("ok") == "0"]
    return PlannedFix(
        check=result.check,
        role=fix.role,
        title=_both(result.title),
        severity=result.severity.value,
        disruption=result.remediation.disruption,
        facts=facts_of(result),
        items=tuple(items[:_SHOWN]),
        parameters=dict(result.parameters),
        blocked=find_block(fix.needs, needs),
        partly=_both(fix.partly) if fix.partly else ("", ""),
        beside=beside,
        manual=_both(result.remediation.manual),
    )
