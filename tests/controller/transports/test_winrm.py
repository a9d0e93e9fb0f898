"""The transport for Windows, against a server that speaks WS-Management: what it asks, sees, refuses and survives."""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from rempart_testing.osquery_tables import write_given
from rempart_testing.wsman import ACCESS_DENIED, MAX_SHELLS, NOTHING_YET, PASSWORD, USER, Wsman

from rempart_agent.audit.recognise import detect_role, recognise
from rempart_agent.engine import Deferred
from rempart_controller.inventory.host import Host
from rempart_controller.transports import open_transport, winrm_limit, winrm_osqueryi, winrm_session
from rempart_controller.transports.contract import ConnectionRequest
from rempart_controller.transports.winrm_osqueryi import WindowsOsqueryi, decode, read_caller
from rempart_controller.transports.winrm_shell import WinRM
from rempart_core.error import EndpointError

GUID = r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Cryptography\MachineGuid"
TABLES = {
    "osquery_info": [{"version": "5.23.0"}],
    "os_version": [{"name": "Microsoft Windows 11 Professionnel", "version": "10.0.26100", "platform": "windows"}],
    "system_info": [{"hostname": "poste-7"}],
    "registry": [{"path": GUID, "key": GUID.rpartition("\\")[0], "name": "MachineGuid", "data": "5f2d-guid"}],
    "users": [
        {"uid": "500", "username": "Administrateur"},
        {"uid": "1001", "username": "hélène", "description": "Été €"},
    ],
}
USERS = "SELECT username FROM users ORDER BY uid"

Make = Callable[..., Wsman]
Connect = Callable[..., WindowsOsqueryi]


@pytest.fixture
def tables(tmp_path: Path) -> str:
    path = tmp_path / "tables.json"
    path.write_text(write_given(TABLES, "windows"), encoding="utf-8")
    return str(path)


@pytest.fixture
def make(tables: str) -> Iterator[Make]:
    made: list[Wsman] = []

    def start(**how: Any) -> Wsman:
        made.append(Wsman(tables, **how))
        return made[-1]

    yield start
    for server in made:
        server.stop()


@pytest.fixture
def connect() -> Iterator[Connect]:
    opened: list[Any] = []

    def start(server: Wsman, seconds: float = 30, patience: float = 0, **variables: Any) -> WindowsOsqueryi:
        engine = WinRM(patience).open(host_of(server, **variables), ConnectionRequest(time.monotonic() + seconds))
        assert isinstance(engine, WindowsOsqueryi)
        opened.append(engine)
        return engine

    yield start
    for engine in opened:
        engine.close()


def host_of(server: Wsman, **variables: Any) -> Host:
    """Return the host as the inventory gives it."""
    tls = isinstance(server.socket, ssl.SSLSocket)
    options = {
        "remote_addr": "127.0.0.1",
        "remote_user": USER,
        "remote_password": PASSWORD,
        "port": server.port,
        "scheme": "https" if tls else "http",
        "path": "/wsman",
        "transport": ["ssl" if tls else "plaintext"],
    }
    own = {name: variables.pop(name) for name in list(variables) if name in options}
    named = {f"ansible_winrm_{name}": value for name, value in variables.items()}
    return Host("poste-7", connection="winrm", options=options | own, variables=named)


def test_a_french_windows_is_asked_in_utf_8_and_says_who_it_is(make: Make, connect: Connect) -> None:
    server = make()
    engine = connect(server)
    assert engine.identity() == ("osqueryi", "5.23.0", "centre\\hélène", True)
    assert engine.greeting.name == "poste-7"
    assert len(engine.greeting.machine_id) == 64
    answer = engine.query("SELECT username, description FROM users WHERE username = 'hélène'")
    assert answer.failure is None
    assert (answer.columns, answer.rows) == (("username", "description"), [("hélène", "Été €")])
    assert recognise(engine) == ("windows", "Microsoft Windows 11 Professionnel 10.0.26100")
    assert detect_role(engine, True, "windows") == "workstation"
    engine.close()
    assert server.shells == {}
    assert server.actions()[-1] == "Delete"


def test_a_filtered_administrator_has_no_privileges(make: Make, connect: Connect) -> None:
    assert not connect(make(administrator=False)).identity().privileged


def test_statements_of_a_run_share_their_messages(make: Make, connect: Connect) -> None:
    server = make()
    engine = connect(server)
    server.asked.clear()
    engine.defer(True)
    questions = [f"SELECT {number} AS n, username FROM users WHERE uid = '500'" for number in range(60)]
    for sql in questions:
        with pytest.raises(Deferred):
            engine.query(sql)
    engine.settle()
    assert [engine.query(sql).rows for sql in questions] == [[(str(n), "Administrateur")] for n in range(60)]
    assert server.actions().count("Send") < 12
    assert not {"Create", "Command"} & set(server.actions())


def test_a_statement_that_fails_is_told_as_osquery_words_it(make: Make, connect: Connect) -> None:
    engine = connect(make())
    failures = [
        ("SELECT * FROM nowhere", "no_table"),
        ("SELECT absent FROM users", "no_column"),
        ("SELECT 'a", "sql"),
        ("SELECT 'a\x1ab'", "sql"),
        ("SELECT path FROM file", "constraint"),
        ("SELECT path FROM rempart_lines", "no_table"),
    ]
    for sql, kind in failures:
        answer = engine.query(sql)
        assert answer.rows == []
        assert answer.failure is not None
        assert answer.failure.kind == kind, answer
    assert engine.query("-- nothing").rows == []
    assert engine.query(USERS, max_rows=1).failure == ("limit", "more than 1 rows")
    assert len(engine.query(USERS + " -- again").rows) == 2
    assert engine.records(USERS)[0][0] == {"username": "Administrateur"}


@pytest.mark.parametrize(
    ("misbehaviour", "kind", "said"),
    [
        ("please_hang", "timeout", "did not answer within 1 s"),
        ("please_die", "engine", "exit status 3"),
        ("please_garble", "engine", "no valid answer"),
        ("please_gush", "limit", "more than 2 MiB"),
        ("please_part", "sql", "broke in the middle"),
    ],
)
def test_a_statement_that_takes_osqueryi_along_costs_itself_alone(
    make: Make, connect: Connect, monkeypatch: pytest.MonkeyPatch, misbehaviour: str, kind: str, said: str
) -> None:
    monkeypatch.setattr(winrm_osqueryi, "OUTPUT", 2 << 20)
    engine = connect(make())
    questions = [USERS, f"SELECT '{misbehaviour}' AS a", "SELECT hostname FROM system_info -- after"]
    engine.defer(True)
    for sql in questions:
        with pytest.raises(Deferred):
            engine.query(sql, deadline=1 if kind == "timeout" else 20)
    engine.settle()
    first, bad, after = [engine.query(sql, deadline=1 if kind == "timeout" else 20) for sql in questions]
    assert len(first.rows) == 2
    assert bad.failure is not None
    assert bad.failure.kind == kind
    assert said in bad.failure.message
    assert after.rows == [("poste-7",)]


def test_a_long_statement_goes_in_messages_that_an_old_host_takes(make: Make, connect: Connect) -> None:
    server = make()
    engine = connect(server)
    text = "é" * 150_000
    assert engine.query(f"SELECT '{text}' AS a").rows == [(text,)]
    assert server.actions().count("Send") > 5
    assert max(size for _, size in server.asked) < 100_000


def test_a_host_that_refuses_after_a_boot_is_tried_again(
    make: Make, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(winrm_session, "_PAUSES", (0.01, 0.01))
    server = make()
    for trouble in ("refuse", "close", str(MAX_SHELLS), str(NOTHING_YET)):
        server.misbehave["Create"] = trouble
        with pytest.raises(EndpointError) as caught:
            connect(server)
        assert caught.value.kind == "refused", trouble
        server.misbehave["Create"] = trouble
        assert len(connect(server, patience=20).query(USERS).rows) == 2


def test_a_host_that_is_begun_anew_in_the_middle_is_asked_again(make: Make, connect: Connect) -> None:
    server = make()
    engine = connect(server)
    server.forget()
    assert len(engine.query(USERS).rows) == 2
    for action in ("Send", "Receive"):
        for trouble in ("close", "cut", "refuse", "170"):
            server.misbehave[action] = trouble
            assert len(engine.query(f"{USERS} -- {action} {trouble}").rows) == 2
    server.misbehave["Receive"] = "close*"
    with pytest.raises(EndpointError, match="no connection") as caught:
        engine.query("SELECT 1 AS a")
    assert caught.value.kind == "ended"


def test_nobody_at_home_is_told_with_the_words_of_the_system(make: Make, connect: Connect) -> None:
    server = make()
    server.stop()
    with pytest.raises(EndpointError, match="no connection: Connection refused") as caught:
        connect(server)
    assert caught.value.kind == "refused"


def test_a_wrong_password_is_tried_once_and_never_told(make: Make, connect: Connect) -> None:
    server = make()
    with pytest.raises(EndpointError, match="login refused") as caught:
        connect(server, patience=20, remote_password="geheim")
    assert caught.value.kind == "auth"
    assert server.refusals == 1
    assert "geheim" not in str(caught.value)
    server.misbehave["Create"] = str(ACCESS_DENIED)
    with pytest.raises(EndpointError, match="Accès refusé") as caught:
        connect(server)
    assert caught.value.kind == "auth"
    with pytest.raises(EndpointError, match="cannot transmit") as caught:
        connect(server, remote_password="5€")
    assert caught.value.kind == "settings"


@pytest.mark.parametrize(
    ("action", "trouble", "kind"),
    [
        ("Create", "garbage", "protocol"),
        ("Create", "elsewhere", "protocol"),
        ("Create", "flood", "protocol"),
        ("Create", "hang", "timeout"),
        ("Create", "drip", "timeout"),
        ("Command", "garbage", "protocol"),
        ("Receive", "garbage", "protocol"),
        ("Receive", "hang", "timeout"),
        ("Receive", "drip", "timeout"),
        ("Receive", "2150858770", "protocol"),
    ],
)
def test_a_host_that_is_slow_endless_or_strange_harms_only_itself(
    make: Make, connect: Connect, monkeypatch: pytest.MonkeyPatch, action: str, trouble: str, kind: str
) -> None:
    monkeypatch.setattr(winrm_limit, "MAX_ANSWER", 1 << 20)
    server = make()
    server.misbehave[action] = trouble + "*"
    with pytest.raises(EndpointError) as caught:
        connect(server, seconds=2 if kind == "timeout" else 30)
    assert caught.value.kind == kind, str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_connection_that_falls_silent_costs_one_statement(make: Make, connect: Connect) -> None:
    server = make()
    engine = connect(server)
    server.misbehave["Receive"] = "drip"
    slow = engine.query(USERS, deadline=0.5)
    assert slow.failure == ("timeout", "osqueryi did not answer within 0.5 s")
    assert len(engine.query(USERS + " -- again").rows) == 2


def test_windows_without_osquery_is_told_so(make: Make, connect: Connect) -> None:
    with pytest.raises(EndpointError, match="osquery is not installed at %ProgramFiles%") as caught:
        connect(make(program=""))
    assert caught.value.kind == "system"


def test_a_way_to_log_in_that_is_not_installed_is_named_and_the_next_is_taken(make: Make, connect: Connect) -> None:
    server = make()
    with pytest.raises(EndpointError, match=r"credssp: .*not installed") as caught:
        connect(server, transport=["credssp"])
    assert caught.value.kind == "settings"
    assert len(connect(server, transport=["credssp", "plaintext"]).query(USERS).rows) == 2


def test_another_engine_is_refused_before_anybody_is_asked(make: Make) -> None:
    server = make()
    with pytest.raises(EndpointError, match="only osqueryi can answer"):
        open_transport("winrm").open(host_of(server), ConnectionRequest(time.monotonic() + 5, engine="embedded"))
    assert server.asked == []


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


def test_what_a_console_of_another_code_page_says_is_read() -> None:
    assert decode("centre\\hélène".encode("cp850")) == "centre\\hélène"
    assert decode("centre\\hélène €".encode()) == "centre\\hélène €"


def test_who_calls_is_told_by_identifiers_in_any_language() -> None:
    system = '"autorite nt\\système","S-1-5-18"\r\n"Étiquette obligatoire\\système","Nom","S-1-16-16384",""\r\n'
    assert read_caller(system) == ("autorite nt\\système", True, "")
    backup = '"a\\b","S-1-5-21-1"\r\n"BUILTIN\\Opérateurs","Alias","S-1-5-32-551","x"\r\n"E","N","S-1-16-12288",""\r\n'
    assert not read_caller(backup).privileged
    assert read_caller("rempart_found=C:\\Program Files\\osquery\\osqueryi.exe \r\n").program.endswith("osqueryi.exe")
    assert read_caller("") == ("", False, "")


def test_nothing_of_winrm_is_imported_with_the_transports() -> None:
    import subprocess
    import sys

    modules = "sys, rempart_controller.commands.main, rempart_controller.transports as t"
    code = f"import {modules}; print({{'winrm'}} & {{*sys.modules}})"
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    assert told.stdout == "set()\n"
