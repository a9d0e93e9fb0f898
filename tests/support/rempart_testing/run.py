"""Runs of made-up hosts, for the tests of what is remembered."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from rempart_core.model.check import Remediation, Severity
from rempart_core.model.result import EngineIdentity, Evidence, Result, Run, State, TargetIdentity
from rempart_core.text import Text

BEGINNING = 1_700_000_000  # 14 November 2023


def make_result(check: str, state: State = State.PASS, items: Sequence[str] = (), **fields: Any) -> Result:
    """Return a result; ``items`` are what fails."""
    rows = [{"item": item, "observed": "bad", "expected": "good", "ok": "0"} for item in items]
    plain = Result(
        check=check,
        revision=1,
        title=Text(f"title of {check}", f"titre de {check}"),
        area="area",
        severity=Severity.HIGH,
        state=state,
        reason=Text("because", "parce que"),
        rationale=Text("why", "pourquoi"),
        remediation=Remediation("", "manual", Text("fix it", "réparer")),
        controls={"gdpr": ("32(1)(b)",)},
        evidence=Evidence(rows, len(rows), 0, 0) if rows else None,
        sql={"query": "SELECT 1"},
    )
    return plain._replace(**fields)


def make_run(host: str, at: int, results: Sequence[Result], **target: Any) -> Run:
    """Return the run of a host that ended at a moment."""
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))
    return Run(
        target=TargetIdentity(host, **target),
        engine=EngineIdentity("embedded", "1", "root", True),
        role="server",
        profile="server",
        started=moment,
        ended=moment,
        results=list(results),
        seconds=0.25,
    )


def of_states(host: str, at: int, states: Mapping[str, State], **target: Any) -> Run:
    """Return the run of a host whose checks came to these states."""
    return make_run(host, at, [make_result(check, state) for check, state in states.items()], **target)


def silent(host: str, at: int, checks: Sequence[str], **target: Any) -> Run:
    """Return the run of a host that did not answer."""
    reason = Text("connection refused", "connexion refusée")
    results = [make_result(check, State.NOT_CHECKED, failure="silent", reason=reason) for check in checks]
    return make_run(host, at, results, **target)
