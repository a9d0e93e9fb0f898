"""An attestation proves what its key signed, of these images, within an age, and nothing else."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rempart_testing.attested import DIGEST, SUBJECT, WAIVER, all_kinds, attest, payload_of, sign_data
from rempart_testing.run import BEGINNING, make_result

from rempart_core.error import AttestationError
from rempart_core.messages.say import LANGUAGES, say
from rempart_core.model.check import Severity
from rempart_core.model.result import State
from rempart_core.signing.attestation import SIZE_LIMIT, Proof, Wanted, prove, sign
from rempart_core.signing.key import Key, load_key
from rempart_core.signing.run_statement import state_run
from rempart_core.signing.statement import Subject

OTHER = "sha256:" + "00" * 32


def _prove(data: bytes, key: Key, **fields: Any) -> Proof:
    wanted = Wanted(keys=[key.public], images={"disk.raw": [DIGEST]}, now=BEGINNING + 60)
    return prove(data, wanted._replace(**fields))


def _reasons(proof: Proof) -> list[str]:
    assert proof.status == 3
    assert all(say(fault, language) for fault in proof.faults for language in LANGUAGES)
    return [say(fault) for fault in proof.faults]


def test_what_was_signed_is_proven(key: Key) -> None:
    proof = _prove(attest(key), key)
    assert (proof.faults, proof.status, proof.key) == ((), 0, key.public)
    waived = make_result("AAA-02", State.FAIL, ["x"], waiver=WAIVER)
    assert _prove(attest(key, [make_result("AAA-01"), waived]), key).status == 0
    assert _prove(attest(key, [make_result("AAA-01"), waived._replace(waiver=None)]), key).status == 1


def test_one_of_several_keys_is_enough(key: Key) -> None:
    assert _prove(attest(key), key, keys=["00" * 32, key.public]).status == 0


def test_another_key_proves_nothing(key: Key, tmp_path: Path) -> None:
    other = load_key(str(tmp_path / "other.pem"))
    assert _reasons(_prove(attest(other), key)) == [f"it was signed with another key: {other.public}"]
    assert _reasons(_prove(attest(other), key, keys=[])) == [f"it was signed with another key: {other.public}"]


def test_another_image_is_named_with_its_digest(key: Key) -> None:
    proof = _prove(attest(key), key, images={"disk.raw": [DIGEST], "other.raw": [OTHER]})
    assert _reasons(proof) == [f"other.raw is not the image that was tested (its digest is {OTHER})"]
    assert _reasons(_prove(attest(key), key, images={})) == ["no image was given"]


def test_each_of_many_subjects_is_proven(key: Key) -> None:
    many = [Subject(f"disk-{number}", f"sha256:{number:064x}") for number in range(500)]
    data = attest(key, subjects=[*many, SUBJECT])
    assert _prove(data, key).status == 0
    assert _prove(data, key, images={one.name: [OTHER, one.digest] for one in many}).status == 0
    assert _prove(data, key, images={"x": ["sha256:" + f"{500:064x}"]}).status == 3


def test_age_is_counted_from_the_end_of_the_test(key: Key) -> None:
    data = attest(key)
    assert _prove(data, key, now=BEGINNING + 86_400, max_age=86_400).status == 0
    assert "too old" in _reasons(_prove(data, key, now=BEGINNING + 86_401, max_age=86_400))[0]
    assert _prove(data, key, now=BEGINNING + 10 * 365 * 86_400).status == 0  # any age


@pytest.mark.parametrize("max_age", [0, 86_400])
def test_an_attestation_of_the_future_is_none(key: Key, max_age: int) -> None:
    """With a clock ahead it would stay young for ever."""
    data = attest(key)
    assert _prove(data, key, now=BEGINNING - 299, max_age=max_age).status == 0
    assert "in the future" in _reasons(_prove(data, key, now=BEGINNING - 301, max_age=max_age))[0]


@pytest.mark.parametrize(
    ("check", "reason"),
    [
        ("AAA-02", "AAA-02 is required and did not pass: its findings were accepted by a waiver"),
        ("AAA-03", "AAA-03 is required and did not pass: it has findings"),
        ("AAA-04", "AAA-04 is required and did not pass: it has findings"),
        ("AAA-05", "AAA-05 is required and could not be judged"),
        ("AAA-10", "AAA-10 is required and could not be judged"),
        ("AAA-07", "AAA-07 is required and was not tested: it does not apply to this image"),
        ("ZZZ-01", "ZZZ-01 is required and was not part of the audit"),
    ],
)
def test_a_required_check_must_have_passed(key: Key, check: str, reason: str) -> None:
    data = sign(state_run(all_kinds(), Severity.MEDIUM, [SUBJECT]), key)
    assert _prove(data, key, required=("AAA-01",)).status == 1
    assert _reasons(_prove(data, key, required=("AAA-01", check))) == [reason]


def test_all_that_is_missing_is_told_at_once(key: Key) -> None:
    proof = _prove(attest(key), key, images={"x": [OTHER]}, max_age=1, required=("ZZZ-01", "ZZZ-02"))
    assert len(_reasons(proof)) == 4


def test_what_a_known_key_signed_for_another_purpose_is_refused(key: Key) -> None:
    data = payload_of(attest(key))
    assert _prove(sign_data(data, key), key).status == 0
    assert "its type is" in _reasons(_prove(sign_data(data, key, "application/vnd.rempart.link+json"), key))[0]
    assert "its type is" in _reasons(_prove(sign_data({**data, "predicateType": "x"}, key), key))[0]
    assert "not a test result" in _reasons(_prove(sign_data(b'{"a":1,"a":1}', key), key))[0]
    assert "not a test result" in _reasons(_prove(sign_data(b"[" * 100_000, key), key))[0]


def test_what_nobody_known_signed_is_never_parsed(key: Key, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Signature first: a stranger's payload does not come as far as the parser."""
    monkeypatch.setattr("rempart_core.signing.statement.read", lambda _: pytest.fail("it was parsed"))
    other = load_key(str(tmp_path / "other.pem"))
    assert _prove(sign_data({}, other), key).status == 3
    broken = json.loads(sign_data({}, key))
    broken["payload"] = base64.b64encode(b'{"a":1}').decode()
    assert _reasons(_prove(json.dumps(broken).encode(), key))[0].startswith("its signature is wrong")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b"nonsense\x00\xff",
        b'{"payload": 1, "payloadType": "", "signatures": []}',
        b'{"payload": "", "payloadType": "", "signatures": [{}]}',
        b'{"payload": "", "payload": ""}',
        b"[" * 500_000,
        b" " * (SIZE_LIMIT + 1),
    ],
)
def test_what_is_no_envelope_proves_nothing(key: Key, data: bytes) -> None:
    assert _reasons(_prove(data, key)) == ["it is not a signed attestation, or was changed"]


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_no_bit_of_it_is_free(key: Key, data: st.DataObject) -> None:
    """But for the line feed at its end, which nothing reads."""
    changed = bytearray(attest(key).rstrip())
    changed[data.draw(st.integers(0, len(changed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    assert _prove(bytes(changed), key).status == 3


def test_what_a_reader_would_refuse_is_not_signed(key: Key) -> None:
    with pytest.raises(AttestationError):
        attest(key, subjects=[])
