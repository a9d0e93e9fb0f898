"""Table rempart_sshd_config, held against the real sshd wherever one is installed."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rempart_agent.models.sshd import scalar, syntax
from rempart_agent.models.sshd.configuration import Build, Configuration
from rempart_agent.readers.sshd import found as sshd_found
from rempart_agent.source.contract import Denied, Missing, Query
from rempart_agent.tables.linux import rempart_sshd_config
from rempart_agent.targets.live import LiveTarget
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, str | bytes]], RootTarget]
SSHD = "/usr/sbin/sshd"
MAIN = "/etc/ssh/sshd_config"
DEBIAN_12 = "Package: openssh-server\nStatus: install ok installed\nVersion: 1:9.2p1-2+deb12u3\nArchitecture: amd64\n\n"


def _rows(target: Any) -> list[dict[str, Any]]:
    return [dict(r) for r in rempart_sshd_config.rows(target, Query())]


def _values(target: Any, option: str, block: str = "") -> list[str]:
    return [r["value"] for r in _rows(target) if r["option"] == option and r["match_block"] == block]


def _why(target: Any) -> str:
    """Return why nothing is known of the only server."""
    rows = _rows(target)
    assert rows
    assert {r["value"] for r in rows} == {None}
    (why,) = {r["why"] for r in rows}
    return str(why)


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Make a host key that this user may read, and what else sshd needs to print its configuration."""
    if not os.path.exists(SSHD):
        pytest.skip("/usr/sbin/sshd is not installed: install openssh-server to hold the table against the real one")
    if not os.path.isdir("/run/sshd"):
        try:
            os.mkdir("/run/sshd")
        except OSError:
            pytest.skip("/run/sshd does not exist and can't be made: sshd -T does not start without it")
    path = str(tmp_path_factory.mktemp("keys") / "host")
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)
    return path


def _real(path: Path, connection: str = "") -> list[str]:
    """Return the lines of ``sshd -T``, with prohibit-password by its name of today."""
    command = [SSHD, "-T", "-f", str(path), *(["-C", connection] if connection else [])]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return sorted(line.replace("without-password", "prohibit-password") for line in done.stdout.splitlines())


def _ours(path: Path, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    found = sshd_found.Found("sshd", "", SSHD, ["-f", str(path)])
    monkeypatch.setattr(sshd_found, "servers", lambda _: [found])
    return _rows(LiveTarget())


def _lines(rows: list[dict[str, Any]]) -> list[str]:
    return sorted("{} {}".format(r["option"], r["value"]) for r in rows if r["match_block"] == "")


def test_every_default_is_the_installed_sshds(keys: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "sshd_config"
    path.write_text(f"HostKey {keys}\n")
    rows = _ours(path, monkeypatch)
    assert _lines(rows) == _real(path)
    assert {r["option"] for r in rows if not r["is_default"]} == {"hostkey"}


CONFIGURATIONS = {
    "first value wins": "PermitRootLogin no\nPermitRootLogin yes\nMaxAuthTries 3\nmaxauthtries 9\n",
    "separators": 'Port=2222\nPort = 22\n"UsePAM" "yes"\nBanner "/etc/issue net"\n\tX11Forwarding\tyes  \r\n',
    "comments": "  # Port 1\nUseDNS yes # why\nAllowUsers a#b c # d\nForceCommand echo 'a' # kept\n",
    "words": 'AllowUsers a "b c"\nAllowUsers d\nDenyGroups e f\nAcceptEnv LANG LC_*\nAcceptEnv X\n',
    "first line of words": 'SetEnv A=1 B="2 3"\nSetEnv C=4\nAuthorizedKeysFile a b\nAuthorizedKeysFile c\n',
    "aliases": "ChallengeResponseAuthentication no\nKeepAlive no\nDSAAuthentication no\n",
    "aliases of algorithms": "PubkeyAcceptedKeyTypes ssh-ed25519\nHostbasedAcceptedKeyTypes ssh-rsa\n",
    "times": "LoginGraceTime 1m30s\nClientAliveInterval 1h\nUnusedConnectionTimeout 2m\nChannelTimeout session=5m\n",
    "algorithms": "Ciphers ^aes256-ctr\nMACs -*etm*,umac*\nKexAlgorithms +diffie-hellman-group14-sha256\n"
    "HostKeyAlgorithms ssh-*\nPubkeyAcceptedAlgorithms +ssh-rsa*\nCASignatureAlgorithms -rsa*,ssh-ed25519\n",
    "explicit algorithms": "Ciphers aes256-ctr,aes256-ctr,aes128-ctr\nMACs +hmac-md5\nKexAlgorithms -ecdh*\n",
    "addresses": "Port 22\nPort 2222\nListenAddress 10.0.0.1\nListenAddress [::1]:99\nListenAddress ::2\n"
    "ListenAddress 10.0.0.2:33\n",
    "family": "AddressFamily inet6\nPort 24\n",
    "shapes": "RekeyLimit 1G 1h\nMaxStartups 10\nPermitListen 8080 localhost:9090\nPermitOpen a:1 b:2\n"
    "Compression delayed\nPerSourceNetBlockSize 24\nStreamLocalBindMask 0022\nAllowTcpForwarding all\nIPQoS none\n",
    "case": "LogLevel verbose\nSyslogFacility authpriv\nGatewayPorts ClientSpecified\nUseDNS YES\nFingerprintHash md5\n"
    "PermitRootLogin Without-Password\nIgnoreRhosts Shosts-Only\nAllowStreamLocalForwarding All\n",
    "penalties": "PerSourcePenalties authfail:3m crash:1\nPerSourcePenalties crash:2 overflow:deny-all\n",
    "more penalties": "PerSourcePenalties max-sources4:5 yes\nPerSourcePenalties max-sources6:6 min:2m\n",
    "no penalties": "PerSourcePenalties no\n",
    "programs": 'AuthorizedKeysCommand /usr/bin/x "a b" %u\nAuthorizedKeysCommandUser nobody\n'
    'VersionAddendum hi there\nSubsystem sftp "/usr/lib/sftp server" -f "A B"\nSubsystem other internal-sftp -l INFO\n',
    "match all": "MaxAuthTries 2\nMatch all\nMaxAuthTries 3\nPermitEmptyPasswords yes\nPort 77\n"
    "Match User bob\nMaxAuthTries 1\n",
    "what sshd ignores": "Protocol 1\nUseLogin yes\nUsePrivilegeSeparation no\n",
}


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_a_configuration_means_what_sshd_makes_of_it(
    name: str, keys: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "sshd_config"
    path.write_text(f"HostKey {keys}\n" + CONFIGURATIONS[name])
    assert _lines(_ours(path, monkeypatch)) == _real(path)


def test_includes_are_followed_as_sshd_follows_them(keys: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "10.conf").write_text("Match User bob\nMaxAuthTries 1\nX11Forwarding yes\n")
    (tmp_path / "d" / "20.conf").write_text(f"MaxAuthTries 2\nInclude {tmp_path}/deep\n")
    (tmp_path / "deep").write_text("PermitRootLogin no\nAllowUsers a\n")
    (tmp_path / "in").write_text("MaxSessions 4\nMatch Address 10.0.0.1\nMaxSessions 5\n")
    path = tmp_path / "sshd_config"
    path.write_text(
        f"HostKey {keys}\nAllowUsers z\nInclude {tmp_path}/d/*.conf {tmp_path}/none*\nMaxAuthTries 3\n"
        f"PermitRootLogin yes\nMatch User carl\nInclude {tmp_path}/in\nMaxSessions 6\n"
    )
    rows = _ours(path, monkeypatch)
    assert _lines(rows) == _real(path)
    deep = next(r for r in rows if r["option"] == "permitrootlogin")
    assert (deep["value"], deep["source"], deep["line"], deep["is_default"]) == ("no", f"{tmp_path}/deep", 1, 0)
    assert {(r["match_block"], r["option"], r["value"]) for r in rows if r["match_block"]} == {
        ("user bob", "maxauthtries", "1"),
        ("user bob", "x11forwarding", "yes"),
        ("user carl", "maxsessions", "4"),
        ("user carl address 10.0.0.1", "maxsessions", "5"),
    }


CHOICES = {
    "PermitRootLogin": ["yes", "no", "prohibit-password"],
    "PasswordAuthentication": ["yes", "no"],
    "MaxAuthTries": ["1", "4", "9"],
    "X11Forwarding": ["yes", "no", "NO"],
    "ClientAliveInterval": ["0", "5m", "1h1s"],
    "AllowTcpForwarding": ["yes", "no", "local", "all"],
    "Banner": ["none", "/etc/issue", '"/etc/a b"'],
    "AuthenticationMethods": ["publickey", "any", "publickey,publickey publickey"],
    "PubkeyAcceptedAlgorithms": ["+ssh-rsa", "-*nistp*", "ssh-ed25519"],
    "ForceCommand": ["none", 'x "y"'],
}
OPTIONS = st.sampled_from(sorted(CHOICES)).flatmap(
    lambda option: st.sampled_from(CHOICES[option]).map(lambda value: f"{option} {value}")
)
MATCHES = st.sampled_from(
    ["Match User bob", "Match User alice,bob", "Match User carl", "Match all", 'match user "bob"']
)
CONFIGURATION = st.tuples(
    st.lists(OPTIONS, max_size=5), st.lists(st.tuples(MATCHES, st.lists(OPTIONS, max_size=4)), max_size=4)
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=CONFIGURATION)
def test_any_configuration_agrees_with_sshd_for_a_user_too(
    drawn: tuple[list[str], list[tuple[str, list[str]]]], keys: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, blocks = drawn
    path = tmp_path / "sshd_config"
    path.write_text("\n".join([f"HostKey {keys}", *plain, *(li for m, ls in blocks for li in [m, *ls])]) + "\n")
    rows = _ours(path, monkeypatch)
    assert _lines(rows) == _real(path)
    chosen = {r["option"]: r["value"] for r in rows if r["match_block"] == ""}
    seen = set()
    for row in sorted(rows, key=lambda r: int(r.get("line", 0))):  # the first block that applies wins
        block = row["match_block"]
        if "bob" in block and row["option"] not in seen:
            seen.add(row["option"])
            chosen[row["option"]] = row["value"]
    real = dict(line.split(" ", 1) for line in _real(path, "user=bob,host=h,addr=10.0.0.9"))
    assert {k: chosen[k.lower()] for k in CHOICES} == {k: real[k.lower()] for k in CHOICES}


@pytest.mark.parametrize(
    ("version", "option", "expected"),
    [
        ("1:8.4p1-5+deb11u3", "kexalgorithms", "curve25519-sha256,"),
        ("1:9.2p1-2+deb12u3", "kexalgorithms", "sntrup761x25519-sha512@openssh.com,"),
        ("1:9.2p1-2+deb12u3", "ciphers", "chacha20-poly1305@openssh.com,aes128-ctr,"),
        ("1:10.0p1-7", "ciphers", "chacha20-poly1305@openssh.com,aes128-gcm@openssh.com,"),
        ("1:8.2p1-4ubuntu0.11", "pubkeyacceptedalgorithms", "ecdsa-sha2-nistp256-cert-v01@openssh.com,"),
    ],
)
def test_the_defaults_are_those_of_the_installed_version(
    root_of: RootOf, version: str, option: str, expected: str
) -> None:
    status = DEBIAN_12.replace("1:9.2p1-2+deb12u3", version)
    target = root_of({MAIN: "", "/var/lib/dpkg/status": "Package: a\nVersion: 1\n\n" + status})
    assert _values(target, option)[0].startswith(expected)


def test_the_program_itself_tells_its_version(root_of: RootOf) -> None:
    target = root_of({MAIN: "", "/usr/sbin/sshd": b"\x7fELF\0OpenSSH_6.6*\0OpenSSH_8.7p1\0"})
    assert "ssh-rsa" in _values(target, "pubkeyacceptedalgorithms")[0].split(",")
    assert not _values(target, "debianbanner")
    assert not _values(target, "channeltimeout")


def test_a_vendors_build_may_know_more_algorithms(root_of: RootOf) -> None:
    text = "KexAlgorithms mlkem768nistp256-sha256,curve25519-sha256\nCiphers +chacha21\nRSAMinSize 2048\n"
    text += "PermitRootLogin no\n"
    target = root_of({MAIN: text, "/usr/sbin/sshd": b"\x7fELF\0OpenSSH_9.9p1\0"})
    assert _values(target, "kexalgorithms") == ["mlkem768nistp256-sha256,curve25519-sha256"]
    assert _values(target, "ciphers")[0].endswith(",chacha21")
    assert _values(target, "permitrootlogin") == ["no"]


def test_an_sshd_before_includes_refuses_one(root_of: RootOf) -> None:
    files = {MAIN: "Include /etc/ssh/x\n", "/etc/ssh/x": "PermitRootLogin no\n"}
    assert "unknown option: Include" in _why(root_of({**files, "/usr/sbin/sshd": b"\x7fELF\0OpenSSH_8.0p1\0"}))


def test_an_unknown_version_has_the_newest_defaults(root_of: RootOf) -> None:
    assert _values(root_of({MAIN: ""}), "kexalgorithms")[0].startswith("mlkem768x25519-sha256")


def test_relative_includes_start_in_etc_ssh(root_of: RootOf) -> None:
    target = root_of(
        {
            MAIN: "Include sshd_config.d/*.conf\nPermitRootLogin yes\n",
            "/etc/ssh/sshd_config.d/50.conf": "PermitRootLogin yes\n",
            "/etc/ssh/sshd_config.d/10.conf": "PermitRootLogin no\n",
            "/etc/ssh/sshd_config.d/.hidden.conf": "MaxAuthTries 99\n",
        }
    )
    assert _values(target, "permitrootlogin") == ["no"]
    assert _values(target, "maxauthtries") == ["6"]


@pytest.mark.parametrize(
    "text",
    [
        "LoginGraceTime never\n",
        "UsePAM true\n",
        "NewOption x y\n",
        "Include sshd_config\n",
        "Include a a\n",
        'Banner "open\n',
        "PermitRootLogin no yes\n",
        "Match User bob\nUsePAM yes\n",
        "Match exec /bin/true\n",
        "AuthorizedKeysCommand /bin/x\n",
        "ListenAddress ::1\nAddressFamily inet\n",
        "AuthenticationMethods hostbased\n",
    ],
)
def test_what_sshd_refuses_is_unknown_with_its_reason(root_of: RootOf, text: str) -> None:
    files = {MAIN: "PermitRootLogin no\n" + text, "/etc/ssh/a": "Include a a\n"}
    assert _why(root_of(files)).startswith("sshd refuses ")


def test_a_path_in_a_home_directory_is_not_guessed(root_of: RootOf) -> None:
    assert _why(root_of({MAIN: "Banner ~/banner\n"})).startswith("not to be told: ")


def test_without_a_configuration_nothing_is_known(root_of: RootOf) -> None:
    with pytest.raises(Missing):
        _rows(root_of({"/etc/passwd": ""}))


def test_an_include_that_cannot_be_read_is_an_error(root_of: RootOf, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {MAIN: "Include /etc/ssh/secret\n", "/etc/ssh/secret": "", "/etc/ssh/d/": ""}
    target = root_of(files)
    read = target.read

    def denied(path: str, limit: int = 1 << 25) -> bytes:
        if path == "/etc/ssh/secret":
            raise Denied(path)
        return read(path, limit)

    monkeypatch.setattr(target, "read", denied)
    with pytest.raises(Denied):
        _rows(target)
    assert "not a regular file" in _why(root_of({**files, MAIN: "Include /etc/ssh/d\n"}))


@given(st.text(), st.sampled_from(["", "Port ", "Ciphers ", "Match ", "Include /", "RekeyLimit ", "ListenAddress "]))
def test_any_text_is_evaluated_or_refused(text: str, start: str) -> None:
    configuration = Configuration(Build(), lambda _: ())
    try:
        configuration.read("/x", start + text)
        options = [configuration.options(), *configuration.blocks().values()]
    except scalar.Refused:
        return
    assert all(isinstance(s.value, str) for found in options for settings in found.values() for s in settings)


@pytest.mark.parametrize(
    "line",
    [
        "Ciphers -" + "*a" * 65_536,
        "Match User " + "*a" * 65_536,
        'Banner "' + "\\" * 131_072,
        "AllowUsers " + "a@" * 65_536,
    ],
)
def test_a_hostile_line_is_read_at_once(line: str) -> None:
    configuration = Configuration(Build(), lambda _: ())
    try:
        configuration.read("/x", line)
        configuration.options()
    except scalar.Refused:
        pass
    assert syntax.one(line)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("0", 0), ("90", 90), ("1h30m", 5400), ("2W", 1209600), ("1x", None), ("", None), ("m", None)],
)
def test_times_are_seconds(text: str, expected: int | None) -> None:
    assert scalar.seconds(text) == expected
