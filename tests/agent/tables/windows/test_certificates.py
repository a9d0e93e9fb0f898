"""Table certificates of Windows, on certificates that openssl makes."""

import struct
import subprocess
from pathlib import Path

import pytest
from rempart_testing.registry_hive import Tree
from rempart_testing.windows_disk import WindowsDisk

from rempart_agent.source.contract import Constraint, Malformed, NotObservable, Query, Row
from rempart_agent.tables.windows import certificates

MACHINE = Query(frozenset(), (Constraint("store_location", "=", ("LocalMachine",)),))


def _blob(der: bytes) -> bytes:
    return struct.pack("<3I", 3, 1, 20) + bytes(20) + struct.pack("<3I", 32, 1, len(der)) + der


def _made(folder: Path, kind: str) -> bytes:
    key = ["rsa:2048"] if kind == "rsa" else ["ec", "-pkeyopt", "ec_paramgen_curve:" + kind]
    command = ["openssl", "req", "-x509", "-nodes", "-days", "90", "-subj", "/C=FR/O=Corp/CN=srv", "-outform", "DER"]
    command += ["-keyout", str(folder / "key"), "-out", str(folder / "der"), "-newkey", *key]
    subprocess.run(command, check=True, capture_output=True)
    return (folder / "der").read_bytes()


def _rows(stores: Tree, policies: Tree | None = None) -> list[Row]:
    software: Tree = {
        "Microsoft": {"SystemCertificates": stores},
        "Policies": {"Microsoft": {"SystemCertificates": policies or {}}},
    }
    return list(certificates.rows(WindowsDisk(SOFTWARE=software), MACHINE))


def _store(*blobs: bytes) -> Tree:
    return {"Certificates": {f"{number:040X}": {"Blob": blob} for number, blob in enumerate(blobs)}}


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("rsa", ("sha256RSA", "RSA", "2048")),
        ("P-256", ("sha256ECDSA", "ECC", "256")),
        ("P-384", ("sha256ECDSA", "ECC", "384")),
    ],
)
def test_a_certificate_of_the_machine(tmp_path: Path, kind: str, names: tuple[str, str, str]) -> None:
    der = _made(tmp_path, kind)
    (row,) = _rows({"MY": _store(_blob(der))})
    assert (row["signing_algorithm"], row["key_algorithm"], row["key_strength"]) == names
    assert (row["store_location"], row["store"], row["path"]) == ("LocalMachine", "Personal", "LocalMachine\\Personal")
    assert (row["common_name"], row["subject"], row["self_signed"], row["ca"]) == ("srv", "FR, Corp, srv", 1, 1)
    printed = subprocess.run(
        ["openssl", "x509", "-inform", "DER", "-noout", "-fingerprint", "-serial", "-in", str(tmp_path / "der")],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert str(row["sha1"]) in printed.replace(":", "")
    assert f"serial={row['serial']}" in printed
    assert int(str(row["not_valid_after"])) - int(str(row["not_valid_before"])) == 90 * 86_400


def test_a_certificate_that_stands_twice_in_a_store_is_one_row(tmp_path: Path) -> None:
    store = _store(_blob(_made(tmp_path, "P-256")))
    assert [row["store"] for row in _rows({"My": store, "Own store": store}, {"MY": store})] == [
        "Personal",
        "Own store",
    ]


def test_one_that_can_t_be_understood_has_its_fingerprint_alone() -> None:
    (row,) = _rows({"My": _store(_blob(b"no certificate"))})
    assert sorted(row) == ["path", "sha1", "store", "store_location"]


def test_properties_alone_and_an_empty_key_are_no_certificate() -> None:
    assert _rows({"My": {"Certificates": {"A": {"Blob": struct.pack("<3I", 3, 1, 0)}, "B": {}}}, "Root": {}}) == []


@pytest.mark.parametrize("key", [{"Blob": b"\1\2\3"}, {"Other": 1}])
def test_a_store_that_can_t_be_understood_is_an_error(key: Tree) -> None:
    with pytest.raises(Malformed):
        _rows({"My": {"Certificates": {"A": key}}})


def test_the_stores_of_users_are_not_observable() -> None:
    for asked in (Query(), Query(frozenset(), (Constraint("store_location", "=", ("Users", "LocalMachine")),))):
        with pytest.raises(NotObservable):
            list(certificates.rows(WindowsDisk(SOFTWARE={}), asked))
