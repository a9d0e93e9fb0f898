"""Attestations of a made-up image, right ones and wrong ones that a known key signed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from rempart_core.model.check import Severity
from rempart_core.model.result import AppliedWaiver, Result, Run, State
from rempart_core.signing import dsse, statement
from rempart_core.signing.attestation import sign
from rempart_core.signing.canonical import canonicalise
from rempart_core.signing.key import Key
from rempart_core.signing.run_statement import state_run
from rempart_core.signing.statement import Subject
from rempart_testing.run import BEGINNING, make_result, make_run

IMAGE = b"the bytes of a disk"
DIGEST = "sha256:" + sha256(IMAGE).hexdigest()
SUBJECT = Subject("disk.raw", DIGEST)
WAIVER = AppliedWaiver("storage is encrypted", "A. Martin", "2099-12-31 UTC")


def run_of(results: Sequence[Result], **fields: Any) -> Run:
    """Return the run of an image that ended at BEGINNING."""
    run = make_run("disk.raw", BEGINNING, results, kind="image")
    return run._replace(role="image", profile="image", content="ab" * 32, version="0.1.0", **fields)


def all_kinds() -> Run:
    """Return a run with a result of each kind."""
    return run_of(
        [
            make_result("AAA-01"),
            make_result("AAA-02", State.FAIL, ["x"], waiver=WAIVER),
            make_result("AAA-03", State.FAIL, ["x"], severity=Severity.LOW),
            make_result("AAA-04", State.FAIL, ["x"]),
            make_result("AAA-05", State.ERROR, failure="malformed"),
            make_result("AAA-06", State.NOT_CHECKED, failure="privilege"),
            make_result("AAA-07", State.NOT_APPLICABLE),
            make_result("AAA-08", State.NOT_CHECKED, failure="not_observable"),
            make_result("AAA-09", State.FAIL, ["x"], known=True),
            make_result("AAA-10", State.ERROR, failure="malformed", severity=Severity.LOW),
            make_result("AAA-11", State.NOT_CHECKED, failure="part", severity=Severity.LOW),
        ]
    )


def attest(key: Key, results: Sequence[Result] = (), subjects: Sequence[Subject] = (SUBJECT,)) -> bytes:
    """Return an attestation of some results; of one pass where none are given."""
    return sign(state_run(run_of(results or [make_result("AAA-01")]), Severity.MEDIUM, subjects), key)


def payload_of(attestation: bytes) -> Any:
    """Return what was signed, as plain data."""
    sealed = dsse.unwrap(json.loads(attestation))
    assert sealed is not None
    return json.loads(sealed.payload)


def sign_data(data: Any, key: Key, kind: str = statement.MEDIA_TYPE) -> bytes:
    """Return an envelope of anything, signed by a key that is trusted."""
    payload = data if isinstance(data, bytes) else canonicalise(data)
    return canonicalise(dsse.sign_payload(kind, payload, key))
