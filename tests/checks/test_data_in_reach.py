"""What the checks of transit, media, software and exposure say of whole root filesystems, by the tables they read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from rempart_testing.machine import Machine, TreeEngine
from rempart_testing.own_checks import own_checks

from rempart_agent.audit.examine import Circumstances, examine
from rempart_agent.source.contract import Denied
from rempart_agent.source.target import Target
from rempart_agent.targets.root import RootTarget
from rempart_core.model.check import Check
from rempart_core.model.result import Result
from rempart_core.model.selection import Selected

AREAS = ("transit", "media", "software", "exposure")
CHECKS: dict[str, Check] = {check.id: check for check in own_checks() if check.area in AREAS}
BY_FILES = ("TLS-01", "TLS-02", "TLS-05", "TLS-07", "SWH-01", "SWH-02", "EXP-01", "EXP-02", "EXP-03", "EXP-04")
RUNNING = ("TLS-03", "TLS-06", "USB-01", "SWH-03", "EXP-05")
RECORDED = Path(__file__).parents[1] / "agent" / "tables" / "recorded" / "certificates.pem"
SELF_SIGNED, AUTHORITY, LEAF, EDWARDS, OLD = (
    "-----BEGIN" + block for block in RECORDED.read_text().split("-----BEGIN")[1:]
)
SSH = """\
Ciphers aes256-gcm@openssh.com,aes256-ctr
MACs hmac-sha2-256-etm@openssh.com
KexAlgorithms -*-sha1
"""
NGINX = "http { ssl_protocols TLSv1.2 TLSv1.3; include sites/*; }\n"
SITE = "server { listen 443 ssl; ssl_certificate /etc/tls/site.pem; }\n"
PJSIP = "[phone](!)\ntype=endpoint\nmedia_encryption=sdes\n[101](phone)\n[102](phone)\nauth=x ; [old]\n"
SAMBA = "[global]\n  map to guest = never\n[recordings]\n  path = /srv/recordings\n  guest ok = no\n"
PASSWD = "root:x:0:0::/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\n"
PROFILE = "/home/alice/.config/chromium/Default"
CLOCK = {"path": "clock/1", "from_webstore": True, "disable_reasons": [], "location": 1}


def _hashed(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:12]


def _package(*names: str) -> str:
    lines = "Status: install ok installed\nArchitecture: amd64\nVersion: 1.0"
    return "\n".join(f"Package: {name}\n{lines}\n" for name in names)


def _lay_right(root: Path) -> Machine:
    machine = Machine(root)
    for path, text in {
        "/etc/os-release": "NAME=Debian\nID=debian\nVERSION_ID=13\n",
        "/etc/passwd": PASSWD,
        "/etc/group": "root:x:0:\nalice:x:1000:\n",
        "/var/lib/dpkg/status": _package("bash", "openssh-server"),
        "/usr/sbin/sshd": "\0OpenSSH_10.0p2 Debian\0",
        "/etc/ssh/sshd_config": SSH,
        "/usr/lib/x86_64-linux-gnu/libssl.so.3": "",
        "/etc/nginx/nginx.conf": NGINX,
        "/etc/nginx/sites/shop": SITE,
        "/etc/tls/site.pem": SELF_SIGNED + AUTHORITY,
        "/usr/sbin/asterisk": "",
        "/etc/asterisk/pjsip.conf": PJSIP,
        "/usr/sbin/smbd": "",
        "/etc/samba/smb.conf": SAMBA,
        "/etc/exports": "/srv/recordings recorder.lan(rw,root_squash)\n",
        "/usr/bin/chromium": "",
        PROFILE + "/Preferences": json.dumps({"extensions": {"settings": {"c": CLOCK}}}),
        PROFILE + "/Extensions/clock/1/manifest.json": '{"name": "Clock", "permissions": ["storage"]}',
    }.items():
        machine.file(path, text)
    machine.folder("/srv/recordings", 0o750)
    machine.file("/srv/recordings/today.wav", "", 0o640, age=1)
    return machine


def _lay_wrong(root: Path) -> Machine:
    machine = _lay_right(root)
    spy = {"path": "/home/alice/spy", "from_webstore": False, "disable_reasons": [], "location": 8}
    for path, text in {
        "/var/lib/dpkg/status": _package("bash", "openssh-server", "telnetd"),
        "/etc/ssh/sshd_config": SSH.replace("aes256-ctr", "aes256-cbc"),
        "/etc/nginx/sites/shop": SITE.replace("{ ", "{ ssl_protocols TLSv1 TLSv1.2; "),
        "/etc/tls/site.pem": OLD,
        "/etc/asterisk/pjsip.conf": PJSIP + "[103]\ntype=endpoint\n",
        "/etc/samba/smb.conf": SAMBA + "[scans]\n  Public = Yes\n",
        "/etc/exports": "/srv/recordings recorder.lan (rw)\n",
        PROFILE + "/Preferences": json.dumps({"extensions": {"settings": {"s": spy}}}),
        "/home/alice/spy/manifest.json": '{"name": "Spy", "host_permissions": ["<all_urls>"]}',
    }.items():
        machine.file(path, text)
    machine.folder("/srv/recordings", 0o755)
    machine.file("/srv/recordings/last-year.wav", "", 0o644, age=300)
    return machine


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """Return a root filesystem with everything right."""
    return _lay_right(tmp_path_factory.mktemp("right") / "root")


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """Return a root filesystem with everything wrong."""
    return _lay_wrong(tmp_path_factory.mktemp("wrong") / "root")


def _judge(check_id: str, target: Target, **parameters: Any) -> Result:
    check = CHECKS[check_id]
    defaults = {name: parameter.default for name, parameter in check.parameters.items()}
    selected = Selected(check, check.severity, {**defaults, **parameters})
    with closing(TreeEngine(target)) as engine:
        return examine(selected, engine, Circumstances("linux", "server", privileged=True))


def _failing(result: Result) -> Sequence[str]:
    return [row["item"] for row in result.evidence.rows if row["ok"] == "0"] if result.evidence else []


@pytest.mark.parametrize("check_id", BY_FILES)
def test_a_tree_with_everything_right(check_id: str, right: Machine) -> None:
    result = _judge(check_id, right.offline())
    assert result.state.value == "pass", (result.reason.en, result.evidence)


@pytest.mark.parametrize(
    ("check_id", "failing"),
    [
        ("TLS-01", ["ciphers"]),
        ("TLS-02", ["nginx /etc/nginx/sites/shop:1"]),
        ("TLS-05", ["pjsip endpoint 103"]),
        ("TLS-07", ["/etc/tls/site.pem old root"]),
        ("SWH-01", ["alice: Spy"]),
        ("SWH-02", ["telnetd"]),
        ("EXP-01", ["/srv/recordings", "/srv/recordings/file " + _hashed("last-year.wav")]),
        ("EXP-02", ["/srv/recordings -> everybody"]),
        ("EXP-03", ["[scans]"]),
        ("EXP-04", ["/srv/recordings/%% file " + _hashed("/srv/recordings/last-year.wav")]),
    ],
)
def test_a_tree_with_everything_wrong(check_id: str, failing: list[str], wrong: Machine) -> None:
    result = _judge(check_id, wrong.offline())
    assert result.state.value == "fail", (result.reason.en, result.evidence)
    assert list(_failing(result)) == failing


def test_names_of_recordings_are_shown_where_they_are_asked_for(wrong: Machine) -> None:
    result = _judge("EXP-04", wrong.offline(), show_names=1)
    assert _failing(result) == ["/srv/recordings/last-year.wav"]


@pytest.mark.parametrize("check_id", RUNNING)
def test_what_needs_a_running_system_is_not_checked(check_id: str, right: Machine) -> None:
    assert _judge(check_id, right.offline()).state.value == "not_checked"


class _Shut(RootTarget):
    """A root filesystem on which nothing may be read."""

    def host(self, path: str, follow: bool = True) -> str:
        raise Denied(f"{path}: may not be read")

    def realpath(self, path: str) -> str:
        raise Denied(f"{path}: may not be read")


@pytest.mark.parametrize("check_id", sorted(CHECKS))
def test_nothing_passes_where_nothing_may_be_read(check_id: str, right: Machine) -> None:
    result = _judge(check_id, _Shut(str(right.root)))
    assert result.state.value in {"error", "not_checked"}, result.reason.en


@pytest.mark.parametrize("check_id", sorted(CHECKS))
def test_nothing_passes_where_there_is_nothing(check_id: str, tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    assert _judge(check_id, RootTarget(str(tmp_path / "root"))).state.value != "pass"


def test_a_setting_that_the_browser_alone_can_read_is_an_error(right: Machine, tmp_path: Path) -> None:
    machine = _lay_right(tmp_path / "root")
    machine.file(PROFILE + "/Preferences", "{")
    result = _judge("SWH-01", machine.offline())
    assert result.state.value == "error"
    assert "Preferences" in result.reason.en
