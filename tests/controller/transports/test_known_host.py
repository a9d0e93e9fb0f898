"""known_hosts: whose key is known, by name, port, pattern and hash."""

from __future__ import annotations

import base64
import subprocess
from pathlib import Path

import pytest
from rempart_testing import sshd

from rempart_controller.transports.known_host import KnownHosts, name_of

KEY = base64.b64encode(b"a key").decode()
OTHER = base64.b64encode(b"another").decode()


def known(tmp_path: Path, *lines: str) -> KnownHosts:
    file = tmp_path / "known_hosts"
    file.write_text("".join(f"{line}\n" for line in lines))
    return KnownHosts([str(tmp_path / "not there"), str(file)])


def test_names_ports_and_several_keys(tmp_path: Path) -> None:
    hosts = known(
        tmp_path,
        "# a comment",
        f"web,10.0.0.1 ssh-ed25519 {KEY} made by hand",
        f"web ssh-rsa {OTHER}",
        f"[web]:2222 ssh-ed25519 {OTHER}",
        "broken ssh-rsa !!!",
        "short",
    )
    assert [(one.kind, one.key) for one in hosts.find("WEB")] == [("ssh-ed25519", b"a key"), ("ssh-rsa", b"another")]
    assert [one.key for one in hosts.find("10.0.0.1")] == [b"a key"]
    assert [one.key for one in hosts.find(name_of("web", 2222))] == [b"another"]
    assert hosts.find("broken") == hosts.find("db") == []


def test_patterns_and_their_exceptions(tmp_path: Path) -> None:
    hosts = known(tmp_path, f"*.example.org,!bad.example.org ssh-rsa {KEY}", f"[10.0.*]:22?2 ssh-rsa {KEY}")
    assert hosts.find("web.example.org")
    assert not hosts.find("bad.example.org")
    assert hosts.find("[10.0.0.7]:2202")
    assert not hosts.find("10.0.0.7")


def test_revoked_keys_are_marked_and_authorities_are_no_host_keys(tmp_path: Path) -> None:
    hosts = known(tmp_path, f"@revoked web ssh-rsa {KEY}", f"@cert-authority * ssh-rsa {OTHER}")
    assert [(one.key, one.revoked) for one in hosts.find("web")] == [(b"a key", True)]


@pytest.mark.skipif(not sshd.IS_THERE, reason="needs ssh-keygen")
def test_what_ssh_keygen_hashes_is_found(tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    public = sshd.make_key(tmp_path / "key").with_suffix(".pub").read_text().split()
    file.write_text(f"web {public[0]} {public[1]}\n[web]:2222 {public[0]} {public[1]}\n")
    subprocess.run(["ssh-keygen", "-q", "-H", "-f", str(file)], check=True)
    hosts = KnownHosts([str(file)])
    assert [one.key for one in hosts.find("web")] == [base64.b64decode(public[1])]
    assert len(hosts.find("[web]:2222")) == 1
    assert not hosts.find("db")
