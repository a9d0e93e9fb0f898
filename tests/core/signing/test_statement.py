"""The statement as the specification has it, and what is refused as one."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rempart_testing.attested import DIGEST, SUBJECT, all_kinds

from rempart_core.error import AttestationError
from rempart_core.model.check import Severity
from rempart_core.signing import statement
from rempart_core.signing.run_statement import state_run
from rempart_core.signing.statement import Subject

SAID = state_run(all_kinds(), Severity.MEDIUM, [SUBJECT, Subject("app", "sha512:" + "cd" * 64)])
PAYLOAD = statement.write(SAID)
DATA = json.loads(PAYLOAD)


def test_it_is_what_the_specification_says() -> None:
    """spec/v1/statement.md and spec/predicates/test-result.md, field by field."""
    assert set(DATA) == {"_type", "subject", "predicateType", "predicate"}
    assert DATA["_type"] == "https://in-toto.io/Statement/v1"
    assert DATA["predicateType"] == "https://in-toto.io/attestation/test-result/v0.1"
    assert DATA["subject"] == [
        {"name": "disk.raw", "digest": {"sha256": DIGEST.removeprefix("sha256:")}},
        {"name": "app", "digest": {"sha512": "cd" * 64}},
    ]
    predicate = DATA["predicate"]
    assert predicate["result"] == "FAILED"
    assert predicate["passedTests"] == ["AAA-01"]
    assert [one["name"] for one in predicate["configuration"]] == ["content", "parameters", "waivers"]
    assert predicate["configuration"][0]["annotations"]["notTested"] == ["AAA-07", "AAA-08"]


def test_what_was_written_is_read() -> None:
    assert statement.read(statement.write(SAID)) == SAID
    assert SAID.made == 1_700_000_000


def _set(path: str, value: Any) -> Callable[[Any], None]:
    def change(data: Any) -> None:
        *parents, last = [int(part) if part.isdigit() else part for part in path.split("/")]
        for part in parents:
            data = data[part]
        data[last] = value

    return change


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_set("_type", "https://in-toto.io/Statement/v0.1"), "its type is"),
        (_set("predicateType", "https://slsa.dev/provenance/v1"), 'its type is "https://slsa.dev/provenance/v1"'),
        (_set("predicateType", 7), "its type is"),
        (_set("predicate/result", "PASSED"), "contradicts itself"),
        (_set("predicate/result", "fine"), "contradicts itself"),
        (_set("predicate/passedTests", ["AAA-01", "AAA-04"]), "contradicts itself"),
        (_set("predicate/passedTests", "AAA-01"), "not a test result"),
        (_set("predicate/failedTests", [1]), "not a test result"),
        (_set("predicate/configuration", []), "not a test result"),
        (_set("predicate/configuration/0/annotations/ended", "yesterday"), "not a test result"),
        (_set("predicate/configuration/0/annotations/notTested", {}), "not a test result"),
        (_set("predicate/configuration/0/digest", {}), "not a test result"),
        (_set("subject", []), "contradicts itself"),
        (_set("subject", {}), "not a test result"),
        (_set("subject/0/digest", []), "not a test result"),
        (_set("predicate", None), "not a test result"),
    ],
)
def test_what_is_no_such_statement_is_refused(change: Callable[[Any], None], reason: str) -> None:
    data = copy.deepcopy(DATA)
    change(data)
    with pytest.raises(AttestationError, match=reason):
        statement.read(json.dumps(data).encode())


@settings(max_examples=200, deadline=None)
@given(at=st.integers(0, len(PAYLOAD) - 1), byte=st.integers(0, 255), cut=st.integers(0, 3))
def test_nothing_but_our_error_leaves_it(at: int, byte: int, cut: int) -> None:
    changed = bytearray(PAYLOAD)
    changed[at : at + cut] = bytes([byte])
    with suppress(AttestationError):  # where only a name was changed it is a statement still
        statement.read(bytes(changed))
