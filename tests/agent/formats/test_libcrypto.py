"""What a certificate says, printed by OpenSSL's library."""

from __future__ import annotations

import ctypes
import ssl
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.certificate_zoo import BARE, WHOLE
from rempart_testing.web_server import make_pair

from rempart_agent.formats import libcrypto
from rempart_agent.source.contract import Malformed, Missing


def _der(path: Path) -> bytes:
    text = path.read_text(encoding="utf-8")
    return ssl.PEM_cert_to_DER_cert(text[text.index("-----BEGIN CERT") :])


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Make a certificate with every extension."""
    return _der(make_pair(tmp_path_factory.mktemp("whole"), "-newkey", "rsa:2048", "-days", "30", config=WHOLE))


def test_everything_is_told(whole: bytes) -> None:
    told = libcrypto.describe(whole)
    expected = {
        "common_name": "host.example.org",
        "organization": "Some One",
        "organization_unit": "Ünit",
        "issuer_common_name": "host.example.org",
        "key_usage": "Digital Signature, Certificate Sign, CRL Sign",
        "extended_key_usage": "TLS Web Server Authentication, TLS Web Client Authentication, 1.2.3.4",
        "basic_constraint": "CA:TRUE, pathlen:1",
        "info_access": "OCSP - URI:http://ocsp.example.org;CA Issuers - URI:http://ca.example.org/c",
        "policy_constraints": "Require Explicit Policy:3",
        "signature_algorithm": "RSA-SHA256",
        "version": "3",
        "has_expired": "0",
    }
    assert {name: told[name].rstrip(";") for name in expected} == expected
    assert "DNS:host.example.org, IP Address:127.0.0.1" in told["subject_alternative_names"]
    assert len(told["signature"].split(":")) == 256
    assert told["valid_to"].endswith(" GMT")


def test_what_is_not_there_is_empty(tmp_path: Path) -> None:
    told = libcrypto.describe(_der(make_pair(tmp_path, *BARE)))
    assert (told["common_name"], told["organization"], told["serial_number"]) == ("", "", "-05")
    assert (told["key_usage"], told["subject_alternative_names"]) == ("", "")
    assert told["signature_algorithm"] == "ecdsa-with-SHA256"


def test_no_library_is_an_error(monkeypatch: pytest.MonkeyPatch, whole: bytes) -> None:
    def refuse(*_: object) -> None:
        raise OSError(2, "not there")

    monkeypatch.setattr(ctypes, "CDLL", refuse)
    with pytest.raises(Missing, match="libcrypto is not there"):
        libcrypto.describe(whole)


@given(data=st.binary(), place=st.integers(0, 2000), byte=st.integers(0, 255))
def test_any_bytes_are_told_or_refused(whole: bytes, data: bytes, place: int, byte: int) -> None:
    spoiled = bytearray(whole)
    spoiled[place % len(spoiled)] = byte
    for one in (data, bytes(spoiled), whole[: place % len(whole)]):
        try:
            assert libcrypto.describe(one)["version"]
        except Malformed:
            continue
