"""A signed acceptance proves what the register says, letter by letter, or nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rempart_core.messages.message import Message
from rempart_core.risk.assessment import Acceptance
from rempart_core.signing import dsse
from rempart_core.signing.acceptance import prove, sign
from rempart_core.signing.key import Key, load_key

SAID = Acceptance("S3", "tolerable", "insured", "p-001", "2026-11-01", "2026-12-31", "unacceptable")


@pytest.fixture
def key(tmp_path: Path) -> Key:
    """Return a key of somebody."""
    return load_key(str(tmp_path / "own" / "key.pem"))


def fault(data: bytes, said: Acceptance, key: Key) -> str:
    found = prove(data, said, [key.public])
    return found.id if isinstance(found, Message) else ""


def test_what_was_signed_is_proven(key: Key) -> None:
    data = sign(SAID, key)
    assert fault(data, SAID, key) == ""
    assert fault(data, SAID._replace(computed=""), key) == "", "the register does not say what was computed"
    assert dsse.read(json.loads(data)) is not None


@pytest.mark.parametrize("name", ["scenario", "level", "reason", "by", "date", "until"])
def test_no_word_of_the_entry_can_be_changed(key: Key, name: str) -> None:
    assert fault(sign(SAID, key), SAID._replace(**{name: "other"}), key) == "acceptance.differs"


def test_a_signature_is_of_the_person_and_of_an_acceptance(key: Key, tmp_path: Path) -> None:
    other = load_key(str(tmp_path / "other" / "key.pem"))
    assert fault(sign(SAID, other), SAID, key) == "acceptance.other_key"
    link = json.dumps(dsse.sign({"schema": "rempart.link/1", **SAID._asdict()}, key)).encode()
    assert fault(link, SAID, key) == "acceptance.other_type"
    odd = SAID._replace(level="fine")
    assert fault(sign(odd, key), odd, key) == "acceptance.level"


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"scan of a paper", b"{" * 99, b'{"payload": 1}', b"\xff"])
def test_what_is_no_envelope_proves_nothing(key: Key, data: bytes) -> None:
    assert fault(data, SAID, key) == "acceptance.no_envelope"


def test_a_changed_byte_breaks_the_signature(key: Key) -> None:
    envelope = json.loads(sign(SAID, key))
    signature = envelope["signatures"][0]["sig"]
    envelope["signatures"][0]["sig"] = ("B" if signature[0] == "A" else "A") + signature[1:]
    assert fault(json.dumps(envelope).encode(), SAID, key) == "acceptance.signature"
