"""Table certificates, held against what OpenSSL prints of the same certificates (recorded/certificates.pem)."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.formats import x509
from rempart_agent.source.contract import Constraint, Denied, Malformed, Query
from rempart_agent.tables.linux import certificates
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]
Deny = Callable[[RootTarget, str], None]

RECORDED = (Path(__file__).parents[1] / "recorded" / "certificates.pem").read_text()
SELF_SIGNED, AUTHORITY, LEAF, EDWARDS, OLD = re.findall(r"-----BEGIN.*?END CERTIFICATE-----\n", RECORDED, re.DOTALL)


def _rows(target: RootTarget, *paths: str) -> list[dict[str, Any]]:
    constraints = (Constraint("path", "=", paths),) if paths else ()
    return [dict(row) for row in certificates.rows(target, Query(frozenset(), constraints))]


def test_everything_of_a_certificate() -> None:
    (row,) = certificates.parse(LEAF)
    assert row == {
        "common_name": 'étage "2"; # <a>',
        "subject": '/CN=\\xC3\\xA9tage "2"; # <a>/emailAddress=a@b.example',
        "subject2": 'CN = "\\C3\\A9tage \\"2\\"; # <a>", emailAddress = a@b.example',
        "issuer": "/serialNumber=7+CN=Test CA",
        "issuer2": "serialNumber = 7 + CN = Test CA",
        "ca": 0,
        "self_signed": 0,
        "not_valid_before": "1795615026",
        "not_valid_after": "1803391026",
        "signing_algorithm": "ecdsa-with-SHA256",
        "key_algorithm": "id-ecPublicKey",
        "key_strength": "secp384r1",
        "key_usage": "Encipher Only, Key Agreement, Digital Signature, Decipher Only",
        "subject_key_id": "7e57921386f2953be12acd297b4dca3c19d7c45a",
        "authority_key_id": "5338a68152fdc2d2daf0fef07f8b774edce809cb",
        "sha1": "a616a24ce4bb894ba292a3c681528c9cac685c5d",
        "serial": "0ABC",
    }


@pytest.mark.parametrize(
    ("pem", "expected"),
    [
        (SELF_SIGNED, ("rsaEncryption", "2048", "sha256WithRSAEncryption", 1, 1)),
        (AUTHORITY, ("id-ecPublicKey", "prime256v1", "ecdsa-with-SHA256", 1, 1)),
        # its key usage forbids it to sign certificates: OpenSSL calls it no issuer, not even its own
        (EDWARDS, ("ED25519", "", "ED25519", 0, 0)),
        (OLD, ("rsaEncryption", "2048", "sha1WithRSAEncryption", 0, 1)),
    ],
)
def test_keys_signatures_and_authorities(pem: str, expected: tuple[object, ...]) -> None:
    (row,) = certificates.parse(pem)
    names = ("key_algorithm", "key_strength", "signing_algorithm", "ca", "self_signed")
    assert tuple(row[name] for name in names) == expected


def test_a_serial_number_below_zero() -> None:
    (row,) = certificates.parse(EDWARDS)
    assert row["serial"] == "-05"


def test_the_authorities_of_this_machine_as_openssl_shows_them() -> None:
    bundle = Path(certificates.BUNDLES[1])
    if not bundle.exists():
        pytest.skip("no bundle of authorities here")
    blocks = re.findall(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n", bundle.read_text(), re.DOTALL)
    command = ["openssl", "x509", "-noout", "-subject", "-issuer", "-fingerprint", "-sha1", "-nameopt", "oneline"]
    for block in blocks[:: max(1, len(blocks) // 12)]:
        (row,) = certificates.parse(block)
        try:
            said = subprocess.run(command, input=block, capture_output=True, text=True, check=True).stdout
        except FileNotFoundError:
            pytest.skip("no openssl here")
        told = dict(line.split("=", 1) for line in said.splitlines())
        assert row["subject2"] == told["subject"]
        assert row["issuer2"] == told["issuer"]
        assert row["sha1"] == told["sha1 Fingerprint"].replace(":", "").lower()


def test_all_certificates_of_a_file_and_nothing_of_its_key(root_of: RootOf) -> None:
    key = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n-----END PRIVATE KEY-----\n"
    target = root_of({"/etc/tls/site.pem": "a comment\n" + LEAF + key + AUTHORITY.replace("\n", "\r\n")})
    assert [r["common_name"] for r in _rows(target, "/etc/tls/site.pem")] == ['étage "2"; # <a>', "Test CA"]


def test_trusted_certificates_carry_settings_behind_them() -> None:
    der = LEAF.replace("BEGIN CERTIFICATE", "BEGIN TRUSTED CERTIFICATE")
    (row,) = certificates.parse(der.replace("END CERTIFICATE", "END TRUSTED CERTIFICATE"))
    assert row["serial"] == "0ABC"


def test_without_a_path_the_bundles_are_read(root_of: RootOf) -> None:
    target = root_of({"/etc/ssl/certs/ca-certificates.crt": AUTHORITY, "/etc/tls/site.pem": LEAF})
    assert [(r["path"], r["common_name"]) for r in _rows(target)] == [(certificates.BUNDLES[1], "Test CA")]


def test_what_is_no_pem_file_is_no_row(root_of: RootOf) -> None:
    target = root_of({"/etc/tls/text": "no certificate here", "/etc/tls/binary": b"\x30\x82\xff\xfe\x00"})
    assert _rows(target, "/etc/tls/text", "/etc/tls/binary", "/etc/tls", "/etc/tls/absent") == []


def test_a_file_that_may_not_be_read_raises(root_of: RootOf, deny: Deny) -> None:
    target = root_of({"/etc/tls/site.pem": LEAF})
    deny(target, "/etc/tls/site.pem")
    with pytest.raises(Denied):
        _rows(target, "/etc/tls/site.pem")


@pytest.mark.parametrize(
    "text",
    [
        LEAF.replace("-----END CERTIFICATE-----", ""),
        LEAF.replace("MII", "!!!", 1).replace("MIIB", "é", 1),
        "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n",
        LEAF[:200] + "\n-----END CERTIFICATE-----\n",
    ],
)
def test_a_broken_certificate_raises_and_names_its_file(root_of: RootOf, text: str) -> None:
    target = root_of({"/etc/tls/site.pem": text})
    with pytest.raises(Malformed, match="site"):
        _rows(target, "/etc/tls/site.pem")


@given(st.binary(max_size=200))
def test_any_bytes_are_a_certificate_or_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        x509.read_der(data)


@given(st.integers(min_value=0, max_value=400), st.binary(min_size=1, max_size=4))
def test_a_damaged_certificate_never_crashes(at: int, patch: bytes) -> None:
    import binascii

    der = bytearray(binascii.a2b_base64("".join(LEAF.split("\n")[1:-2])))
    der[at : at + len(patch)] = patch
    try:
        found = x509.read_der(bytes(der))
    except Malformed:
        return
    assert x509.oneline(found.subject).startswith("/") or not found.subject
    assert isinstance(x509.spaced(found.issuer), str)


@given(st.text(max_size=200))
def test_any_text_gives_rows_or_is_malformed(text: str) -> None:
    try:
        assert list(certificates.parse(text)) == []
    except Malformed:
        assert "CERTIFICATE-----" in text
