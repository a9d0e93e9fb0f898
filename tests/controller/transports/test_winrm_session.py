"""Logins and TLS of the transport for Windows: what goes in the clear, whom it trusts."""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import ssl
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from rempart_testing.winrm_host import USERS, Connect, Make
from rempart_testing.wsman import PASSWORD, USER

from rempart_core.error import EndpointError


class TestNtlm:
    @pytest.fixture(autouse=True)
    def users(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        file = tmp_path / "users"
        domain, _, name = USER.partition("\\")
        file.write_text(f"{domain}:{name}:{PASSWORD}\n", encoding="utf-8")
        monkeypatch.setenv("NTLM_USER_FILE", str(file))

    def test_messages_are_encrypted_over_http(self, make: Make, connect: Connect) -> None:
        server = make(login="ntlm")
        engine = connect(server, transport=None)
        assert len(engine.query(USERS).rows) == 2
        assert server.logins == 1

    def test_a_wrong_password_is_refused(self, make: Make, connect: Connect) -> None:
        with pytest.raises(EndpointError) as caught:
            connect(make(login="ntlm"), transport=["ntlm"], remote_password="wrong")
        assert caught.value.kind == "auth"

    def test_an_answer_in_the_clear_is_nobodys(self, make: Make, connect: Connect) -> None:
        server = make(login="ntlm")
        engine = connect(server, transport=["ntlm"])
        server.misbehave["Receive"] = "naked"
        with pytest.raises(EndpointError, match="not encrypted") as caught:
            engine.query(USERS)
        assert caught.value.kind == "protocol"

    def test_a_connection_that_is_lost_is_logged_in_anew(self, make: Make, connect: Connect) -> None:
        server = make(login="ntlm")
        engine = connect(server, transport=["ntlm"])
        server.misbehave["Send"] = "close"
        assert len(engine.query(USERS).rows) == 2
        assert server.logins == 2


class TestTls:
    @pytest.fixture
    def authority(self, tmp_path: Path) -> Authority:
        return Authority(tmp_path)

    def test_a_trusted_certificate_lets_the_password_go_out(
        self, make: Make, connect: Connect, authority: Authority
    ) -> None:
        server = make(tls=authority.server("127.0.0.1"))
        assert len(connect(server, ca_trust_path=authority.path).query(USERS).rows) == 2

    def test_a_certificate_that_nobody_vouches_for_is_refused(
        self, make: Make, connect: Connect, authority: Authority
    ) -> None:
        server = make(tls=authority.server("127.0.0.1"))
        with pytest.raises(EndpointError, match="ansible_winrm_ca_trust_path") as caught:
            connect(server, patience=20)
        assert caught.value.kind == "unknown_key"
        assert server.asked == []

    def test_another_hosts_certificate_is_refused(self, make: Make, connect: Connect, authority: Authority) -> None:
        server = make(tls=authority.server("192.0.2.1"))
        with pytest.raises(EndpointError) as caught:
            connect(server, ca_trust_path=authority.path)
        assert caught.value.kind == "unknown_key"

    def test_a_user_may_log_in_by_certificate(self, make: Make, connect: Connect, authority: Authority) -> None:
        server = make(tls=authority.server("127.0.0.1", clients=True), login="certificate")
        certificate, key = authority.issue("auditor", "127.0.0.9")
        named = {"ca_trust_path": authority.path, "cert_pem": certificate, "cert_key_pem": key}
        assert len(connect(server, transport=["certificate"], **named).query(USERS).rows) == 2

    def test_a_silent_handshake_ends_at_the_deadline(self, make: Make, connect: Connect) -> None:
        server = make()
        with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(EndpointError) as caught:
            connect(server, seconds=1, scheme="https", transport=["ssl"], port=silent.getsockname()[1])
        assert caught.value.kind == "timeout"


class Authority:
    """A certificate authority and what it issues, as files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Autorité du centre")])
        certificate = self._sign(self._name, self._key.public_key(), x509.BasicConstraints(ca=True, path_length=None))
        self.path = str(folder / "authority.pem")
        Path(self.path).write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def issue(self, name: str, address: str) -> tuple[str, str]:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        alternative = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
        certificate = self._sign(subject, key.public_key(), alternative)
        paths = self._folder / f"{name}.pem", self._folder / f"{name}.key"
        paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        paths[1].write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return str(paths[0]), str(paths[1])

    def server(self, address: str, *, clients: bool = False) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.issue("poste-7", address))
        if clients:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(self.path)
        return context

    def _sign(self, subject: x509.Name, key: ec.EllipticCurvePublicKey, extension: x509.ExtensionType) -> Any:
        now = dt.datetime.now(dt.UTC)
        day = dt.timedelta(days=1)
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(self._name).public_key(key)
        builder = (
            builder.serial_number(x509.random_serial_number()).not_valid_before(now - day).not_valid_after(now + day)
        )
        own, whose = x509.SubjectKeyIdentifier.from_public_key(key), self._key.public_key()
        builder = builder.add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
        builder = builder.add_extension(own, critical=False)
        builder = builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(whose), critical=False)
        if isinstance(extension, x509.BasicConstraints):
            usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
            builder = builder.add_extension(usage, critical=True)
        return builder.sign(self._key, hashes.SHA256())
