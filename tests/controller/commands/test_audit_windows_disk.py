"""``rempart audit --image`` of a disk of Windows, whole: NTFS with hives, from planted faults to verdicts.

No Windows was here: the hives are made, with the keys and values that the sources named beside their builders give.
"""

from __future__ import annotations

import json
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rempart_testing import windows_system
from rempart_testing.registry_hive import hive, seal, torn
from rempart_testing.windows_accounts import MACHINE, domain_f, sam

from rempart_controller.commands.main import main

DAY = 864_000_000_000
CONFIG = windows_system.CONFIG
ALICE = MACHINE + "-1001"
OTHER_ADMINS = "S-1-5-21-1-2-3-512"
USERS = {500: ("Administrator", 0x211), 501: ("Guest", 0x215), 1001: ("alice", 0x10)}
GROUPS = {544: ("Administrators", [MACHINE + "-500"]), 545: ("Users", ["S-1-5-11", ALICE])}
GOOD_POLICY = domain_f(-90 * DAY, -DAY, 14, 24, 10, 1)


def _protocol(enabled: int) -> dict[str, Any]:
    return {"Server": {"Enabled": enabled}, "Client": {"Enabled": enabled}}


def _firewall(action: int) -> dict[str, Any]:
    return {
        profile: {"EnableFirewall": 1, "DefaultInboundAction": action}
        for profile in ("DomainProfile", "StandardProfile", "PublicProfile")
    }


def _system(bad: bool) -> dict[str, Any]:
    keys = windows_system.system()
    current = keys["ControlSet002"]
    listener = {"UserAuthentication": 0 if bad else 1, "SecurityLayer": 2, "MinEncryptionLevel": 3}
    current["Control"].update(
        {
            "ProductOptions": {"ProductType": "WinNT"},
            "Lsa": {"NoLMHash": 0 if bad else 1, "LimitBlankPasswordUse": 1, "LmCompatibilityLevel": 5},
            "Terminal Server": {"fDenyTSConnections": 0, "WinStations": {"RDP-Tcp": listener}},
            "Remote Assistance": {"fAllowToGetHelp": 0},
            "SecurityProviders": {
                "SCHANNEL": {"Protocols": {f"{one}": _protocol(int(bad)) for one in ("SSL 3.0", "TLS 1.0", "TLS 1.1")}}
            },
        }
    )
    shares = {"everything": ["MaxUses=4294967295", "Path=C:\\", "Type=0"]} if bad else {}
    signing = 0 if bad else 1
    current["Services"].update(
        {
            "LanmanServer": windows_system.service(
                2, Shares=shares, Parameters={"RequireSecuritySignature": signing, "EncryptData": 1}
            ),
            "LanmanWorkstation": windows_system.service(
                2, Parameters={"RequireSecuritySignature": 1, "AllowInsecureGuestAuth": 0}
            ),
            "SharedAccess": windows_system.service(
                2, Parameters={"FirewallPolicy": {**_firewall(0 if bad else 1), "FirewallRules": {}}}
            ),
            "EventLog": windows_system.service(2, Security={"MaxSize": 65536 if bad else 0x20000000}),
            "Tcpip": windows_system.service(0, Parameters={"DisableIPSourceRouting": 2, "EnableICMPRedirect": 0}),
            "Tcpip6": windows_system.service(0, Parameters={"DisableIPSourceRouting": 2}),
        }
    )
    return keys


def _software(bad: bool) -> dict[str, Any]:
    keys = windows_system.software()
    windows = keys["Microsoft"]["Windows NT"]["CurrentVersion"]
    windows["Winlogon"] = {"AutoAdminLogon": "1", "DefaultPassword": "hunter2"} if bad else {"Shell": "explorer.exe"}
    windows["ProfileList"] = {
        ALICE: {"ProfileImagePath": (2, "C:\\Users\\alice\0".encode("utf-16-le"))},
    }
    keys["Microsoft"]["Windows"]["CurrentVersion"]["Policies"] = {
        "System": {"EnableLUA": 0 if bad else 1, "InactivityTimeoutSecs": 600},
        "Explorer": {"NoDriveTypeAutoRun": 145 if bad else 255, "NoAutorun": 1},
    }
    keys["Policies"]["Microsoft"]["Windows NT"] = {
        "DNSClient": {"EnableMulticast": int(bad)},
        "Terminal Services": {"MaxIdleTime": 600_000, "MaxDisconnectionTime": 600_000},
    }
    return keys


def _content(bad: bool = False) -> dict[str, bytes]:
    users, groups, policy = USERS, GROUPS, GOOD_POLICY
    if bad:
        users = {**USERS, 500: ("Administrator", 0x210), 501: ("Guest", 0x214), 1002: ("mallory", 0x10)}
        groups = {**GROUPS, 544: ("Administrators", [MACHINE + "-500", MACHINE + "-1002", OTHER_ADMINS])}
        policy = domain_f(bits=0x10)
    content = windows_system.files(_system(bad), _software(bad))
    content[CONFIG + "SAM"] = hive(sam(users, groups, policy))
    if bad:
        key = ["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]
        content["Users/alice/.ssh/id_work"] = subprocess.run(key, check=True, capture_output=True).stdout
    return content


def _audit(place: Path, content: dict[str, bytes], *options: str) -> tuple[int, dict[str, Any], str]:
    disk, out = windows_system.disk(place / "disk.img", content), place / "run.json"
    status = main(["audit", "--image", str(disk), "--quiet", "--json", str(out), *options])
    text = out.read_text(encoding="utf-8")
    return status, {one["check"]: one for one in json.loads(text)["results"]}, text


WORKSTATION = ("--profile", "all", "--role", "workstation")
DECIDED = [
    "ACC-01",
    "ACC-02",
    "ACC-03",
    "ACC-04",
    "ACC-05",
    "ACC-06",
    "ACC-07",
    "EXP-03",
    "FWL-02",
    "IDL-02",
    "KRN-02",
    "LOG-04",
    "PRV-01",
    "PRV-02",
    "RMT-04",
    "RMT-08",
    "TLS-02",
    "TLS-06",
    "USB-02",
]


ACCOUNTS = ["ACC-01", "ACC-02", "ACC-03", "ACC-04", "ACC-05", "ACC-07", "PRV-01", "RMT-08"]
FAULTS = {
    "ACC-01": ["least length of a password"],
    "ACC-02": ["NoLMHash", "reversible encryption of passwords"],
    "ACC-03": ["local password policy"],
    "ACC-04": ["local password policy"],
    "ACC-05": ["local lockout policy"],
    "ACC-06": ["Winlogon AutoAdminLogon", "Winlogon DefaultPassword"],
    "ACC-07": ["built-in administrator", "guest account"],
    "EXP-03": ["everything"],
    "FWL-02": [f"{one} unmatched incoming (DefaultInboundAction)" for one in ("Domain", "Private", "Public")],
    "KRN-02": ["LLMNR (EnableMulticast)"],
    "LOG-04": ["Security log"],
    "PRV-01": ["Administrators: S-1-5-21-1-2-3-512", "Administrators: mallory"],
    "PRV-02": ["UAC is on"],
    "RMT-04": ["Network Level Authentication"],
    "RMT-08": ["alice: C:\\Users\\alice\\.ssh\\id_work"],
    "TLS-02": ["SSL 3.0 server", "TLS 1.0 client", "TLS 1.0 server", "TLS 1.1 server"],
    "TLS-06": ["SMB server signing"],
    "USB-02": ["AutoRun drive types"],
}
RUNNING = {
    "AVM-01": "windows_security_products",
    "DSK-01": "logical_drives",
    "DSK-03": "bitlocker_info",
    "FWL-01": "status",
    "LOG-05": "windows_eventlog",
    "ACC-08": "logged_in_users",
}
"""Checks that only a running system decides, and a word of the reason."""


def _failing(result: dict[str, Any]) -> list[str]:
    return sorted(row["item"] for row in result["evidence"]["rows"] if row["ok"] == "0")


def test_a_sound_disk_passes_each_check_that_hives_and_files_decide(tmp_path: Path) -> None:
    _, results, _ = _audit(tmp_path, _content(), *WORKSTATION)
    assert {one: results[one]["state"] for one in DECIDED} == dict.fromkeys(DECIDED, "pass")
    assert {one: results[one]["state"] for one in RUNNING} == dict.fromkeys(RUNNING, "not_checked")
    assert all(word in results[one]["reason"]["en"] for one, word in RUNNING.items())


def test_each_planted_fault_is_found_and_no_password_is_shown(tmp_path: Path) -> None:
    _, results, text = _audit(tmp_path, _content(bad=True), *WORKSTATION)
    assert {one: _failing(results[one]) for one in FAULTS} == FAULTS
    assert "hunter2" not in text
    assert "SECRETHASH" not in text
    assert {one: results[one]["state"] for one in RUNNING} == dict.fromkeys(RUNNING, "not_checked")


@pytest.mark.parametrize("bad", [False, True])
def test_an_image_is_judged_by_the_same_hives_and_files(bad: bool, tmp_path: Path) -> None:
    content = _content(bad)
    if bad:
        content["Windows/Panther/unattend.xml"] = b"<unattend/>"
    _, results, _ = _audit(tmp_path, content, "--role", "image")
    expected = [
        "C:\\Windows\\Panther\\unattend.xml",
        "Winlogon DefaultPassword",
        "alice: C:\\Users\\alice\\.ssh\\id_work",
    ]
    assert _failing(results["IMG-02"]) == (expected if bad else [])
    decided = ["ACC-01", "ACC-02", "ACC-07", "IMG-02", "KRN-02", "PRV-01", "PRV-02", "TLS-02", "USB-02"]
    assert {one: results[one]["state"] for one in decided} == dict.fromkeys(decided, "fail" if bad else "pass")


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _dirty(data: bytes) -> bytes:
    return seal(data[:4] + struct.pack("<2I", 9, 8) + data[12:])


@pytest.mark.parametrize("damage", [_cut, _dirty, lambda _: b"regf"], ids=["cut", "dirty", "no hive"])
def test_a_damaged_account_database_is_an_error_of_all_that_need_it(
    damage: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    content = _content()
    content[CONFIG + "SAM"] = damage(content[CONFIG + "SAM"])
    status, results, _ = _audit(tmp_path, content, *WORKSTATION)
    assert status == 3
    assert {one: results[one]["state"] for one in ACCOUNTS} == dict.fromkeys(ACCOUNTS, "error")
    others = [one for one in DECIDED if one not in ACCOUNTS]
    assert {one: results[one]["state"] for one in others} == dict.fromkeys(others, "pass")


@pytest.mark.parametrize("name", ["SYSTEM", "SOFTWARE"])
def test_a_damaged_hive_of_the_machine_is_an_error_of_all(name: str, tmp_path: Path) -> None:
    content = _content()
    content[CONFIG + name] = _dirty(content[CONFIG + name])
    status, results, text = _audit(tmp_path, content, *WORKSTATION)
    assert status == 3
    assert {one: results[one]["state"] for one in DECIDED} == dict.fromkeys(DECIDED, "error")
    assert {result["state"] for result in results.values()} == {"error", "not_applicable"}
    assert json.loads(text)["target"]["platform"] == "windows"


def test_an_administrator_who_is_only_in_the_log_of_a_hive_is_found(tmp_path: Path) -> None:
    content = _content()
    later = hive(sam({**USERS, 1002: ("mallory", 0x10)}, {**GROUPS, 544: ("Administrators", [MACHINE + "-1002"])}))
    content[CONFIG + "SAM"], content[CONFIG + "SAM.LOG1"] = torn(content[CONFIG + "SAM"], later)
    _, results, _ = _audit(tmp_path, content, *WORKSTATION)
    assert _failing(results["PRV-01"]) == ["Administrators: mallory"]


def test_certificates_of_a_server(tmp_path: Path) -> None:
    keys = _software(bad=False)
    store = {name: {"Blob": _certificate(tmp_path, name, days)} for name, days in (("good", 90), ("late", 3))}
    keys["Microsoft"]["SystemCertificates"] = {"MY": {"Certificates": store}}
    content = _content()
    content[CONFIG + "SOFTWARE"] = hive(keys)
    _, results, _ = _audit(tmp_path, content, "--profile", "all", "--role", "server", "--checks", "TLS-07")
    assert _failing(results["TLS-07"]) == ["late"]
    assert [row["item"] for row in results["TLS-07"]["evidence"]["rows"] if row["ok"] == "1"] == ["good"]


def _certificate(place: Path, name: str, days: int) -> bytes:
    command = ["openssl", "req", "-x509", "-nodes", "-newkey", "rsa:2048", "-subj", f"/CN={name}", "-outform", "DER"]
    command += ["-days", str(days), "-keyout", str(place / "key"), "-out", str(place / "der")]
    subprocess.run(command, check=True, capture_output=True)
    der = (place / "der").read_bytes()
    return struct.pack("<3I", 32, 1, len(der)) + der
