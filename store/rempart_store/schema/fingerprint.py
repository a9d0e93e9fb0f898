"""What makes a result the same as the one before, and what is kept of one that is not.

Measured values move every night (the age of a backup, the load of a clock) and say nothing new; what a reader acts on
does: the state, the severity, which items fail, why nothing could be judged, the waiver.
"""

import hashlib
import json
import zlib
from collections.abc import Iterable

from rempart_core.model.check import Severity
from rempart_core.model.history import Detail, KeptEvidence, KeptWaiver
from rempart_core.model.result import AppliedWaiver, Evidence, Result, State
from rempart_core.model.waiver import failing_items
from rempart_store.schema.table import SEVERITIES, STATES

PASS, FAIL, ERROR, NOT_APPLICABLE, NOT_CHECKED = range(5)
# By identity: there is one object a member, and its hash and its value are Python code, which a million results feel.
_STATE_NUMBER = {id(state): STATES.index(state.value) for state in State}
_SEVERITY_NUMBER = {id(severity): SEVERITIES.index(severity.value) for severity in Severity}
_NAMES = {(state, severity): f"\x1f{state}\x1f{severity}" for state in range(5) for severity in range(5)}


def describe(result: Result) -> str:
    """Return a text that is the same for two results of a check that say the same."""
    state = _STATE_NUMBER[id(result.state)]
    text = result.check + _NAMES[state, _SEVERITY_NUMBER[id(result.severity)]]
    if state in (PASS, NOT_APPLICABLE):
        return text
    text += f"\x1f{result.failure}"
    if state != FAIL:
        return text
    items = failing_items(result)
    if items is not None:
        text += "\x1f" + "\x1e".join(sorted(items))
    elif result.evidence is not None:
        text += f"\x1f{result.evidence.failing} {result.evidence.undecided}"
    if result.incomplete or result.waiver or result.expired_waivers:
        text += f"\x1f{result.incomplete}\x1f{_spell(result.waiver)}\x1f{len(result.expired_waivers)}"
    return text


def _spell(waiver: AppliedWaiver | None) -> str:
    """Return a waiver as fingerprints have it: where the decision is filed is none of it."""
    if waiver is None:
        return "None"
    return (
        f"AppliedWaiver({', '.join(f'{key}={value!r}' for key, value in waiver._asdict().items() if key != 'ticket')})"
    )


def mark_one(text: str) -> int:
    """Return 64 bits of a hash of what :func:`describe` says, as a signed number."""
    data = text.encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "big", signed=True)


def mark_all(texts: Iterable[str]) -> bytes:
    """Return a hash of what :func:`describe` says of all results of a run."""
    data = "\x1d".join(texts).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(data, digest_size=16).digest()


def number_state(state: State) -> int:
    """Return the index of a state into ``table.STATES``."""
    return _STATE_NUMBER[id(state)]


def number_severity(severity: Severity) -> int:
    """Return the index of a severity into ``table.SEVERITIES``: 0 for critical to 4 for info."""
    return _SEVERITY_NUMBER[id(severity)]


def keep(result: Result) -> bytes:
    """Return what is kept of a result besides its state, as JSON."""
    data: Detail = {"reason": [result.reason.en, result.reason.fr], "revision": result.revision}
    if result.failure:
        data["failure"] = result.failure
    if result.incomplete:
        data["incomplete"] = True
    if result.waiver:
        data["waiver"] = _keep_waiver(result.waiver)
    if result.expired_waivers:
        data["expired_waivers"] = [_keep_waiver(waiver) for waiver in result.expired_waivers]
    if result.evidence:
        data["evidence"] = _keep_evidence(result.evidence)
    if result.change:  # not in describe(): an audit that says the same without the note begins nothing new
        data["change"] = {"id": result.change.id, "outcome": result.change.outcome}
    if result.witness:
        data["witness"] = _keep_evidence(result.witness)
    items = failing_items(result) if result.state is State.FAIL else None
    if items is not None:
        data["items"] = sorted(items)
    return json.dumps(data, separators=(",", ":")).encode()  # escaped, so that lone surrogates are no harm


def _keep_waiver(waiver: AppliedWaiver) -> KeptWaiver:
    return {
        "reason": waiver.reason,
        "owner": waiver.owner,
        "end": waiver.end,
        "items": list(waiver.items),
        "expired": waiver.expired,
        "target": waiver.target,
    }


def _keep_evidence(evidence: Evidence) -> KeptEvidence:
    return {
        "rows": evidence.rows,
        "failing": evidence.failing,
        "undecided": evidence.undecided,
        "passing": evidence.passing,
        "statement": evidence.statement,
    }


def pack(content: bytes) -> bytes:
    """Return ``content``, by zlib where that is shorter; JSON begins with no byte that zlib begins with."""
    packed = zlib.compress(content, 6) if len(content) > 120 else content
    return packed if len(packed) < len(content) else content


def unpack(content: bytes) -> Detail:
    """Return what :func:`pack` was given, read."""
    return unpack_all([content])[0]


def unpack_all(contents: Iterable[bytes]) -> list[Detail]:
    """Return what :func:`pack` was given each time, read: many at once take half the time, and share their keys."""
    texts = ((zlib.decompress(one) if one[:1] == b"\x78" else bytes(one)).decode() for one in contents)
    found: list[Detail] = json.loads(f"[{','.join(texts)}]")
    return found
