"""Table secureboot_certificates: by which certificates the firmware judges what it starts."""

from __future__ import annotations

import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.real_osquery import BOUND, ask, embedded, told
from rempart_testing.target import RecordedTarget

from rempart_agent.source.contract import Denied, Malformed, Missing, NotObservable, Query
from rempart_agent.tables.linux import secureboot_certificates

MachineOf = Callable[..., RecordedTarget]
Deny = Callable[[RecordedTarget, str], None]
X509 = bytes.fromhex("a159c0a5e494a74a87b5ab155c2bf072")  # UEFI specification 2.10, 32.4.1
SHA256 = bytes.fromhex("2616c4c14c509240aca941f936934328")
FOLDER = "/sys/firmware/efi/efivars/"
DB, DBX = (FOLDER + name + "-d719b2cb-3d3a-4596-a3bc-dad00e67656f" for name in ("db", "dbx"))
DEFAULT = FOLDER + "dbDefault-8be4df61-93ca-11d2-aa0d-00e098032b8c"


def _signatures(kind: bytes, *signatures: bytes) -> bytes:
    each = 16 + len(signatures[0])
    head = kind + struct.pack("<3I", 28 + each * len(signatures), 0, each)
    return head + b"".join(bytes(16) + one for one in signatures)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Make a certificate with openssl."""
    path = tmp_path_factory.mktemp("certificate")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", path / "key", "-outform", "DER"]
    subject = ["-subj", "/C=US/O=Some One/CN=Owner", "-out", path / "certificate"]
    subprocess.run([*command, *subject], check=True, capture_output=True)
    return (path / "certificate").read_bytes()


def _files(certificate: bytes) -> dict[str, bytes]:
    return {
        DB: b"\x27\0\0\0" + _signatures(X509, certificate),
        DBX: b"\x27\0\0\0" + _signatures(SHA256, bytes(32), bytes(32)) + _signatures(X509, certificate),
        DEFAULT: b"\6\0\0\0" + _signatures(X509, certificate),
    }


def test_each_certificate_is_told_of_with_its_list(machine_of: MachineOf, certificate: bytes) -> None:
    rows = [dict(row) for row in secureboot_certificates.rows(machine_of(_files(certificate)), Query())]
    assert [(row["common_name"], row["revoked"], row["path"]) for row in rows] == [("Owner", 0, DB), ("Owner", 1, DBX)]
    assert (rows[0]["is_ca"], rows[0]["self_signed"], rows[0]["key_strength"]) == (1, 1, "2048")


@BOUND
def test_osquery_says_the_same(machine_of: MachineOf, certificate: bytes) -> None:
    target = machine_of(_files(certificate))
    theirs = ask("SELECT * FROM secureboot_certificates", {"/sys": Path(target.root) / "sys"})
    assert told(theirs) == told(embedded(target, "SELECT * FROM secureboot_certificates"))
    assert len(theirs) == 2


def test_what_is_not_there_or_can_not_be_read(machine_of: MachineOf, deny: Deny) -> None:
    target = machine_of({"/sys/firmware/acpi/": ""})
    assert list(secureboot_certificates.rows(target, Query())) == []
    target = machine_of({"/sys/firmware/efi/efivars/": ""})
    with pytest.raises(Missing):
        list(secureboot_certificates.rows(target, Query()))
    target = machine_of({DB: b""})
    deny(target, DB)
    with pytest.raises(Denied):
        list(secureboot_certificates.rows(target, Query()))
    target.live = False
    with pytest.raises(NotObservable):
        list(secureboot_certificates.rows(target, Query()))


def test_what_is_cut_off_raises(certificate: bytes) -> None:
    data = b"\x27\0\0\0" + _signatures(X509, certificate)
    for broken in (data[:-1], data[:20], data[:31] + b"\x01", b"\0\0\0\0" + _signatures(X509, b"junk")):
        with pytest.raises(Malformed):
            list(secureboot_certificates.parse(broken))


@given(st.binary(), st.binary(), st.integers(0, 60))
def test_any_bytes_are_taken_or_refused(data: bytes, more: bytes, size: int) -> None:
    for broken in (data, b"\0\0\0\0" + X509 + struct.pack("<3I", 28 + len(more), 0, size) + more):
        try:
            assert all(isinstance(row["sha1"], str) for row in secureboot_certificates.parse(broken))
        except Malformed:
            continue
