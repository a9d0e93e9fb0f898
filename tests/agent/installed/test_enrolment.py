"""An enrolment is taken only as the key signed it that it enrols, and with the secret that it was signed for."""

from __future__ import annotations

from pathlib import Path

import pytest
from rempart_testing.signed import again

from rempart_agent.installed import enrolment
from rempart_agent.installed.enrolment import Enrolment
from rempart_core.json_value import Json
from rempart_core.signing.key import Key, load_key

ME = Enrolment("ab" * 32, "web", "linux", "Debian GNU/Linux 13 (trixie)", "0.1.0")


@pytest.fixture
def key(tmp_path: Path) -> Key:
    return load_key(str(tmp_path / "key.pem"))


def test_what_was_signed_is_read_with_its_secret_alone(key: Key) -> None:
    for secret in ("", "s3cret"):
        signed = enrolment.sign(ME, secret, key)
        assert enrolment.read(signed, secret) == (key.public, ME)
        assert enrolment.read(signed, "another") is None
        assert secret not in str(signed) or not secret


def test_what_is_no_enrolment_is_none(key: Key) -> None:
    signed = enrolment.sign(ME, "", key)
    bad: list[Json] = [
        None,
        [],
        "text",
        {},
        {**signed, "payloadType": "application/json"},
        again(signed, key, schema="rempart.envelope/1"),
        again(signed, key, more=1),
        again(signed, key, machine_id=""),
        again(signed, key, machine_id="node-7".ljust(64)),
        again(signed, key, name=""),
        again(signed, key, name="web\x1b[2J"),
        again(signed, key, name="w" * 256),
        again(signed, key, name=7),
    ]
    for one in bad:
        assert enrolment.read(one, "") is None, one
