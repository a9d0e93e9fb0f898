"""A store's answer as a result: with what the catalogue knows of its check, so that all views can sort it."""

from collections.abc import Mapping

from rempart_core.model.check import Check, Remediation
from rempart_core.model.history import Detail, KeptEvidence, KeptWaiver, Standing
from rempart_core.model.result import AppliedWaiver, Evidence, Result
from rempart_core.text import NOTHING, Text

_NO_FIX = Remediation("", "manual", NOTHING)
_NO_CONTROLS: dict[str, tuple[str, ...]] = {}


def result_of(standing: Standing, checks: Mapping[str, Check]) -> Result:
    """Return a standing, which was read with its details, as the result of an audit.

    Args:
        standing: What a store remembers.
        checks: The catalogue by id; a check that is in it no more supports no requirement.
    """
    check = checks.get(standing.check)
    detail = standing.detail
    waiver = detail.get("waiver")
    return Result(
        check=standing.check,
        revision=detail.get("revision", 0),
        title=check.title if check else standing.title,
        area=check.area if check else "",
        severity=standing.severity,
        state=standing.state,
        reason=_reason(detail),
        rationale=check.rationale if check else NOTHING,
        remediation=check.remediation if check else _NO_FIX,
        controls=check.controls if check else _NO_CONTROLS,
        evidence=_evidence(detail.get("evidence")),
        witness=_evidence(detail.get("witness")),
        waiver=_waiver(waiver) if waiver is not None and standing.waived else None,
        expired_waivers=tuple(_waiver(one) for one in detail.get("expired_waivers", ())),
        path=check.path if check else "",
        failure=detail.get("failure", ""),
        sentences=check.sentences if check else None,
    )


def _reason(detail: Detail) -> Text:
    english, french = detail.get("reason", ["", ""])
    return Text(english, french)


def _evidence(kept: KeptEvidence | None) -> Evidence | None:
    return None if kept is None else Evidence(**kept)


def _waiver(kept: KeptWaiver) -> AppliedWaiver:
    items = tuple(kept["items"])
    return AppliedWaiver(kept["reason"], kept["owner"], kept["end"], items, kept["expired"], kept["target"])
