"""The server's own CA and certificate, and when another one is made."""

from __future__ import annotations

import datetime as dt
import subprocess
from pathlib import Path

import pytest

from rempart_core.error import KeyFileError
from rempart_server import tls
from rempart_server.settings import Settings


def settings(tmp_path: Path, name: str = "audit.example.org") -> Settings:
    one = Settings(str(tmp_path), name)
    tls.make_ca(one.directory, name)
    return one


def openssl(*words: str) -> str:
    return subprocess.run(["openssl", *words], check=True, capture_output=True, text=True).stdout


def test_openssl_believes_the_chain_for_its_name_alone(tmp_path: Path) -> None:
    pair = tls.prepare(settings(tmp_path))
    verify = ("verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", str(tmp_path / "ca.pem"))
    openssl(*verify, "-verify_hostname", "audit.example.org", pair.certificate)
    with pytest.raises(subprocess.CalledProcessError):
        openssl(*verify, "-verify_hostname", "other.example.org", pair.certificate)
    shown = openssl("x509", "-in", pair.certificate, "-noout", "-text")
    assert "prime256v1" in shown
    assert "DNS:audit.example.org" in shown
    assert (tmp_path / "server.key").read_text().startswith("-----BEGIN PRIVATE KEY-----")


def test_the_fingerprint_is_the_one_that_openssl_shows(tmp_path: Path) -> None:
    settings(tmp_path)
    shown = openssl("x509", "-in", str(tmp_path / "ca.pem"), "-noout", "-fingerprint", "-sha256")
    assert shown.strip().lower() == f"sha256 fingerprint={tls.fingerprint(str(tmp_path / 'ca.pem'))}".lower()


@pytest.mark.parametrize("name", ["192.0.2.1", "localhost"])
def test_an_address_is_a_name_too(tmp_path: Path, name: str) -> None:
    pair = tls.prepare(settings(tmp_path, name))
    address = "127.0.0.1" if name == "localhost" else name
    openssl("verify", "-CAfile", str(tmp_path / "ca.pem"), "-verify_ip", address, pair.certificate)


def test_a_certificate_is_renewed_thirty_days_ahead_and_not_before(tmp_path: Path) -> None:
    one = settings(tmp_path)
    first = Path(tls.prepare(one).certificate).read_bytes()
    assert Path(tls.prepare(one).certificate).read_bytes() == first
    now = dt.datetime.now(dt.UTC)
    assert not tls.is_due(one, now + dt.timedelta(days=tls.SERVER_DAYS - 31))
    assert tls.is_due(one, now + dt.timedelta(days=tls.SERVER_DAYS - 29))


def test_another_name_a_lost_key_or_one_of_another_certificate_make_a_new_one(tmp_path: Path) -> None:
    one = settings(tmp_path)
    tls.prepare(one)
    assert tls.is_due(one._replace(name="other.example.org"))
    key = (tmp_path / "server.key").read_bytes()
    (tmp_path / "server.key").unlink()
    assert tls.is_due(one)
    tls.prepare(one)
    assert not tls.is_due(one)
    (tmp_path / "server.key").write_bytes(key)
    assert tls.is_due(one)


def test_a_ca_is_made_once(tmp_path: Path) -> None:
    one = settings(tmp_path)
    authority = (tmp_path / "ca.pem").read_bytes()
    tls.make_ca(one.directory, "other.example.org")
    assert (tmp_path / "ca.pem").read_bytes() == authority


@pytest.mark.parametrize("name", ["ca.pem", "ca.key"])
def test_a_ca_that_is_lost_or_broken_is_one_clear_error(tmp_path: Path, name: str) -> None:
    one = settings(tmp_path)
    (tmp_path / name).write_bytes(b"-----BEGIN NOTHING-----\n")
    with pytest.raises(KeyFileError):
        tls.prepare(one)
    (tmp_path / name).unlink()
    with pytest.raises(KeyFileError):
        tls.prepare(one)
