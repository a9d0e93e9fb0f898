"""The server's own CA and certificate: ECDSA P-256, renewed by itself; or the user's.

Sources: RFC 5280, sections 4.2.1.3 (keyUsage), 4.2.1.6 (subjectAltName), 4.2.1.9 (basicConstraints) and 4.2.1.12
(extKeyUsage); RFC 5958 (PKCS #8); CA/Browser Forum Baseline Requirements, 7.1.2.7 (what a server's certificate holds).
"""

import datetime as dt
import ipaddress
import os
from typing import TYPE_CHECKING, NamedTuple

from rempart_core.error import KeyFileError, UsageError
from rempart_core.messages.message import Message
from rempart_core.messages.system import reason_of
from rempart_server.settings import Settings

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.x509 import Certificate, CertificateBuilder, KeyUsage, Name, SubjectAlternativeName

CA, CA_KEY = "ca.pem", "ca.key"
SERVER, SERVER_KEY = "server.pem", "server.key"
CA_DAYS = 3650
SERVER_DAYS = 397
AHEAD = 30
"""Days before its end on which the server's certificate is renewed."""


class Pair(NamedTuple):
    """A certificate chain and its private key.

    Attributes:
        certificate: Path of the chain, PEM.
        key: Path of the key, PKCS #8, PEM.
    """

    certificate: str
    key: str


def make_ca(directory: str, name: str) -> None:
    """Make a CA, where there is none.

    Args:
        directory: Of the server.
        name: Its host name, which the CA's name says.

    Raises:
        KeyFileError: It can't be written.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    if os.path.exists(os.path.join(directory, CA)):
        return
    key = ec.generate_private_key(ec.SECP256R1())
    called = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Rempart"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"Rempart CA {name}"[:64]),
        ]
    )
    certificate = (
        _builder(called, called, key, _now() + dt.timedelta(days=CA_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    _write_key(os.path.join(directory, CA_KEY), key)
    _write(os.path.join(directory, CA), _pem(certificate), 0o644)


def prepare(settings: Settings) -> Pair:
    """Return the chain and key with which the server answers; its own is renewed when it is due.

    Raises:
        UsageError: The user's certificate and key can't be used.
        KeyFileError: A file can't be read or written, or is none of the CA's.
    """
    if settings.certificate:
        given = Pair(settings.certificate, settings.key)
        _expect_pair(given)
        return given
    pair = Pair(os.path.join(settings.directory, SERVER), os.path.join(settings.directory, SERVER_KEY))
    if is_due(settings):
        _issue(settings, pair)
    return pair


def is_due(settings: Settings, now: dt.datetime | None = None) -> bool:
    """Tell whether the server's own certificate is missing or broken, ends within ``AHEAD`` days, or has another name.

    Args:
        settings: Of the server.
        now: The moment; None for this one.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization

    if settings.certificate:
        return False
    try:
        with open(os.path.join(settings.directory, SERVER), "rb") as file:
            certificate = x509.load_pem_x509_certificate(file.read())
        with open(os.path.join(settings.directory, SERVER_KEY), "rb") as file:
            key = serialization.load_pem_private_key(file.read(), None)
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, TypeError, x509.ExtensionNotFound):
        return True
    if key.public_key() != certificate.public_key():  # the server was stopped between the two
        return True
    left = certificate.not_valid_after_utc - (now or _now())
    return left < dt.timedelta(days=AHEAD) or list(names) != list(_alternatives(settings.name))


def fingerprint(path: str) -> str:
    """Return the SHA-256 of a certificate, in hex with colons, as browsers and ``openssl x509 -fingerprint`` show it.

    Args:
        path: Of the certificate, PEM.

    Raises:
        KeyFileError: It can't be read, or is none.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    try:
        with open(path, "rb") as file:
            certificate = x509.load_pem_x509_certificate(file.read())
    except OSError as error:
        raise KeyFileError(Message("server.tls_failed", path=path, error=reason_of(error))) from error
    except ValueError as error:
        raise KeyFileError(Message("server.no_certificate", path=path)) from error
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()


def _expect_pair(pair: Pair) -> None:
    """Make sure that a user's certificate and key belong together, and that the certificate is valid now."""
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization

    try:
        with open(pair.certificate, "rb") as file:
            certificate = x509.load_pem_x509_certificates(file.read())[0]
        with open(pair.key, "rb") as file:
            key = serialization.load_pem_private_key(file.read(), None)
        same = key.public_key() == certificate.public_key()
    except OSError as error:
        raise UsageError(Message("file.failed", path=error.filename, error=reason_of(error))) from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise UsageError(Message("server.pair_unusable", certificate=pair.certificate, key=pair.key)) from error
    if not same:
        raise UsageError(Message("server.pair_apart", certificate=pair.certificate, key=pair.key))
    if not certificate.not_valid_before_utc <= _now() < certificate.not_valid_after_utc:
        ends = certificate.not_valid_after_utc.date().isoformat()
        raise UsageError(Message("server.pair_ended", certificate=pair.certificate, day=ends))


def _issue(settings: Settings, pair: Pair) -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    place, key_place = (os.path.join(settings.directory, name) for name in (CA, CA_KEY))
    try:
        with open(place, "rb") as file:
            authority = x509.load_pem_x509_certificate(file.read())
        with open(key_place, "rb") as file:
            signer = serialization.load_pem_private_key(file.read(), None)
    except OSError as error:
        raise KeyFileError(Message("server.tls_failed", path=error.filename, error=reason_of(error))) from error
    except (ValueError, TypeError) as error:
        raise KeyFileError(Message("server.tls_no_key", path=place)) from error
    if not isinstance(signer, ec.EllipticCurvePrivateKey):
        raise KeyFileError(Message("server.tls_no_key", path=key_place))
    ends = min(_now() + dt.timedelta(days=SERVER_DAYS), authority.not_valid_after_utc)
    if ends <= _now():
        raise KeyFileError(Message("server.ca_ended", path=place))
    key = ec.generate_private_key(ec.SECP256R1())
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, settings.name[:64])])
    certificate = (
        _builder(called, authority.subject, key, ends)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(_alternatives(settings.name), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()),
            critical=False,
        )
        .sign(signer, hashes.SHA256())
    )
    _write_key(pair.key, key)
    _write(pair.certificate, _pem(certificate) + _pem(authority), 0o644)


def _alternatives(name: str) -> "SubjectAlternativeName":
    """Return the names that the certificate is good for; a server named localhost is reached by its addresses too."""
    from cryptography import x509

    names: list[x509.GeneralName] = []
    for one in (name, "127.0.0.1", "::1") if name == "localhost" else (name,):
        try:
            names.append(x509.IPAddress(ipaddress.ip_address(one)))
        except ValueError:
            names.append(x509.DNSName(one))
    return x509.SubjectAlternativeName(names)


def _builder(
    subject: "Name", issuer: "Name", key: "EllipticCurvePrivateKey", ends: dt.datetime
) -> "CertificateBuilder":
    from cryptography import x509

    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_now() - dt.timedelta(days=1))  # clocks of machines may be behind
        .not_valid_after(ends)
    )


def _usage(*, signs_certificates: bool) -> "KeyUsage":
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(certificate: "Certificate") -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.public_bytes(Encoding.PEM)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


def _write_key(path: str, key: "EllipticCurvePrivateKey") -> None:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    _write(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), 0o600)


def _write(path: str, data: bytes, mode: int) -> None:
    """Write a file that is there whole or not at all."""
    beside = f"{path}.{os.urandom(6).hex()}.tmp"
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        try:
            with open(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.rename(beside, path)
        except OSError:
            os.unlink(beside)
            raise
    except OSError as error:
        raise KeyFileError(Message("server.tls_failed", path=path, error=reason_of(error))) from error
