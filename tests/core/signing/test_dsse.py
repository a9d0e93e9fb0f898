"""The signed envelope as its specification has it; and in one form only."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rempart_core.signing import dsse
from rempart_core.signing.canonical import canonicalise
from rempart_core.signing.key import Key, load_key

STATEMENT = {"schema": "rempart.example/1", "n": 2**70, "é": [0.5, None]}


@pytest.fixture
def key(tmp_path: Path) -> Key:
    return load_key(str(tmp_path / "key.pem"))


def test_what_is_signed_is_what_the_specification_says() -> None:
    """Protocol.md, "Test Vectors": PAE("http://example.com/HelloWorld", "hello world")."""
    expected = b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    assert dsse.encode("http://example.com/HelloWorld", b"hello world") == expected
    assert dsse.encode("é", b"") == "DSSEv1 2 é 0 ".encode()


def test_any_verifier_of_the_specification_verifies_it(key: Key) -> None:
    """Written here by the specification, with nothing of ours but the key."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    envelope = json.loads(canonicalise(dsse.sign(STATEMENT, key)))
    payload = base64.b64decode(envelope["payload"])
    kind = envelope["payloadType"].encode()
    message = b" ".join([b"DSSEv1", str(len(kind)).encode(), kind, str(len(payload)).encode(), payload])
    (signature,) = envelope["signatures"]
    public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(signature["keyid"]))
    public.verify(base64.b64decode(signature["sig"]), message)
    assert (json.loads(payload), kind) == (STATEMENT, b"application/vnd.rempart.example+json")


def test_what_was_signed_is_read_in_both_forms(key: Key) -> None:
    for envelope in (dsse.sign(STATEMENT, key), dsse.sign_flat(STATEMENT, key)):
        assert dsse.read(json.loads(canonicalise(envelope))) == (STATEMENT, key.public, True)


@pytest.mark.parametrize("data", [None, 1, "text", [], {}, {"payload": ""}, {"key": "", "signature": None}])
def test_what_is_no_envelope_is_none(data: object) -> None:
    assert dsse.read(data) is None


def test_one_envelope_has_one_form(key: Key, tmp_path: Path) -> None:
    envelope = dsse.sign(STATEMENT, key)
    (signature,) = envelope["signatures"]
    other = load_key(str(tmp_path / "other.pem"))
    loose = json.dumps(STATEMENT, indent=1).encode()
    kind = str(envelope["payloadType"])

    def wrap(payload: bytes, kind: str) -> dict[str, Any]:
        made = dsse._wrap(payload, kind, key.public, bytes.fromhex(key.sign(dsse.encode(kind, payload))))
        assert dsse.encode(kind, payload)
        return made

    wrong: list[dict[str, Any]] = [
        {**envelope, "more": 1},
        {**envelope, "payload": envelope["payload"] + "\n"},
        {**envelope, "payload": envelope["payload"].replace("=", "")},
        {**envelope, "payload": ""},
        {**envelope, "payloadType": "application/vnd.rempart.other+json"},
        {**envelope, "payloadType": 7},
        {**envelope, "signatures": []},
        {**envelope, "signatures": [signature, signature]},
        {**envelope, "signatures": [{**signature, "more": 1}]},
        {**envelope, "signatures": [{**signature, "keyid": key.public.upper()}]},
        {**envelope, "signatures": [{**signature, "keyid": other.public}]},
        {**envelope, "signatures": [{**signature, "keyid": 7}]},
        {**envelope, "signatures": [{**signature, "sig": signature["sig"].replace("+", "-").replace("/", "_") + " "}]},
        wrap(loose, kind),
        wrap(canonicalise(STATEMENT), "application/vnd.rempart.other+json"),
        wrap(b"[]", kind),
        wrap(b"nonsense", kind),
    ]
    for one in wrong:
        found = dsse.read(one)
        assert found is None or not found.right, one


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_bit_of_it_is_free(key: Key, data: st.DataObject) -> None:
    line = canonicalise(dsse.sign(STATEMENT, key))
    changed = bytearray(line)
    changed[data.draw(st.integers(0, len(line) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    try:
        found = dsse.read(json.loads(changed))
    except ValueError:
        return
    assert found is None or not found.right
