"""The server's own CA and certificate, and when another one is made."""

from __future__ import annotations

import datetime as dt
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from rempart_core.error import KeyFileError, UsageError
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


def test_a_user_s_pair_is_shown_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    pair = tls.prepare(settings(tmp_path / "own"))
    theirs = Settings(str(tmp_path), "audit.example.org", certificate=pair.certificate, key=pair.key)
    assert tls.prepare(theirs) == pair
    assert not tls.is_due(theirs)
    assert not (tmp_path / "server.pem").exists()


def expire(pair: tls.Pair, path: str) -> None:
    """Write a certificate of the same key that ended in 2021."""
    key = serialization.load_pem_private_key(Path(pair.key).read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "x")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(dt.datetime(2020, 1, 1)).not_valid_after(dt.datetime(2021, 1, 1))  # noqa: DTZ001
    Path(path).write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))


def test_a_user_s_pair_that_can_not_be_used_is_refused_before_anybody_connects(tmp_path: Path) -> None:
    pair = tls.prepare(settings(tmp_path))
    locked, other, expired = (str(tmp_path / name) for name in ("locked.key", "other.key", "expired.pem"))
    openssl("pkcs8", "-topk8", "-in", pair.key, "-passout", "pass:x", "-out", locked)
    openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", other)
    expire(pair, expired)
    one = Settings(str(tmp_path), "audit.example.org", certificate=pair.certificate, key=pair.key)
    for wrong, said in (
        (one._replace(key=locked), "passphrase"),
        (one._replace(key=other), "not the private key"),
        (one._replace(certificate=other), "not a certificate chain"),
        (one._replace(certificate=expired), "2021-01-01"),
        (one._replace(key=str(tmp_path / "away")), "away"),
    ):
        with pytest.raises(UsageError, match=said):
            tls.prepare(wrong)
