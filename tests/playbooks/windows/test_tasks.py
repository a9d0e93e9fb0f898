"""The tasks for Windows, run by Ansible itself against stand-ins for its modules: what each fix really asks for."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from rempart_testing import powershell, yaml_text
from rempart_testing.windows_stub import PLAYBOOKS, Windows

from rempart_core.content.fixfile import read_fixes

pytestmark = pytest.mark.early

WAY = {"ansible_winrm_transport": "ntlm", "ansible_user": "CENTRE\\ops", "ansible_port": 5985}
GIVEN = yaml_text.load_file(PLAYBOOKS / "vars/fixes.yml")
VALUES = GIVEN["rempart_defaults"]
OURS = {one["id"]: one for one in GIVEN["rempart_all_fixes"]["windows"]}
ACCOUNTS = {
    "me": "S-1-5-21-1-2-3-1001", "machine": "PC7", "controller": False, "laps": False, "laps_account": "",
    "remote_filter_off": True, "filter_builtin": False,
    "members": [{"sid": "S-1-5-21-1-2-3-1001", "name": "PC7\\ops", "kind": "user"},
                {"sid": "S-1-5-21-1-2-3-1002", "name": "PC7\\lea", "kind": "user"}],
    "users": [{"sid": "S-1-5-21-1-2-3-501", "name": "Guest", "enabled": True, "ages": True, "days": 1},
              {"sid": "S-1-5-21-1-2-3-1001", "name": "ops", "enabled": True, "ages": True, "days": 1}],
}  # fmt: skip
ANSWERS: dict[str, Any] = {
    '"Action": "accounts"': {"result": ACCOUNTS},
    "$stopped": {"result": {"stopped": []}},
    "StartMode": {"result": {"here": True, "start": "Auto"}},
    "Test-Guarded": {"result": {"found": ["ExclusionPath::C:\\Users\\Public"]}},
    "Win32_Service | Where": {"result": {"services": ["TeamViewer"], "processes": ["812 anydesk"]}},
    "LastBootUpTime": {"result": {"asked": False, "days": 1}},
    "TLS 1.2": {"exists": False},
    '"win_stat"': {"stat": {"exists": True}},
}
VARIABLES = {**WAY, "firewall_egress": [{"port": 443, "address": "10.0.0.0/8"}, {"port": 53, "protocol": "udp"}],
             "rempart_log_subscription": "Server=https://logs.centre.fr:5986/wsman"}  # fmt: skip
KINDS = re.findall(r"'(\w+)' \{ return Get-\w+State", powershell.program())


def file_of(check: str) -> Path:
    return PLAYBOOKS / "roles" / OURS[check]["role"] / "tasks/windows" / f"{check.lower()}.yml"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Windows:
    """All fixes, one after the other, on a machine whose answers let each go on."""
    windows = Windows(tmp_path_factory.mktemp("windows"))
    windows.answers = ANSWERS
    included = [
        {"name": check, "ansible.builtin.include_tasks": str(file_of(check))}
        for check in sorted(OURS)
        if check not in {"PAT-05", "IDS-01"}  # a reboot, and an installer of the vendor's
    ]
    play = windows.folder / "all.yml"
    values = json.loads(json.dumps(VALUES))
    values["LOG-06"]["customer_data_dirs"] = [["D:\\Recordings"]]
    values["SWH-01"]["approved_extensions"] = ["a" * 32, "uBlock0@raymondhill.net"]
    play.write_text(
        yaml.safe_dump(
            [
                {
                    "hosts": "all",
                    "gather_facts": False,
                    "vars": {"rempart_change": "c-1", "rempart_values": values},
                    "tasks": included,
                }
            ]
        )
    )
    assert windows.run(play=play, variables=VARIABLES), windows.said[-3000:]
    return windows


def test_each_act_is_of_a_kind_that_the_program_has_and_says_what_is_wanted(whole: Windows) -> None:
    seen = set()
    for check in OURS:
        for act in whole.acts(check):
            if act["kind"] == "way":
                continue
            assert act["kind"] in KINDS, act
            assert set(act) <= {"kind", "target", "wanted", "least", "most", "also", "from", "present", "secret"}, act
            assert isinstance(act["wanted"], str), act
            assert all(isinstance(act[one], int) for one in ("least", "most") if one in act), act
            if act["kind"] == "registry":
                assert re.fullmatch(r"(SOFTWARE|SYSTEM)(\\[^\\:]+)+::[^:]+", act["target"]), act
                assert re.fullmatch(r"absent|DWord:[0-9]+|String:.*|MultiString:\[.*\]", act["wanted"]), act
            seen.add(check)
    silent = {"AVM-03", "IDL-03", "IDS-01", "PAT-01", "PAT-05", "TIM-02"}  # procedures: `partly` says what stays
    assert seen == OURS.keys() - silent


def test_what_may_cut_the_way_in_is_among_what_the_guard_stands_over(whole: Windows) -> None:
    """The program decides by what is touched; site.yml has to arm the guard before those same fixes."""
    program = powershell.functions(powershell.program())["test-cutting"]
    kinds = re.findall(r"'(\w+)'", program.partition("-in ")[2].partition(")")[0])
    places, values = re.findall(r"= '(.*)'\n", program)
    for check, fix in OURS.items():
        cutting = [
            act
            for act in whole.acts(check)
            if act["kind"] in kinds
            or (act["kind"] == "registry" and (re.search(places, act["target"]) or re.search(values, act["target"])))
        ]
        if cutting:
            assert fix["risky"], (check, cutting)
    assert {"profile", "policy", "member", "account"} == set(kinds)
    assert re.search(places, "SOFTWARE\\Policies\\Microsoft\\Windows\\WinRM\\Service::AllowBasic")


def test_the_ports_that_are_opened_are_those_of_the_connection(whole: Windows, tmp_path: Path) -> None:
    for check in ("FWL-01", "FWL-02", "FWL-04", "FWL-05"):
        assert whole.acts(check)[0] == {"kind": "way", "ports": [5985]}, check
    windows = Windows(tmp_path)
    windows.answers = ANSWERS
    for variables, ports in (
        ({"ansible_connection": "psrp", "ansible_psrp_port": 5985}, [5985]),
        ({"ansible_connection": "winrm", "ansible_port": 22, "ansible_winrm_port": 15986}, [15986]),
        ({"ansible_connection": "ssh", "ansible_port": 2222, "ansible_shell_type": "sh"}, [2222]),
    ):
        assert windows.run(file_of("FWL-01"), variables=variables, values=VALUES), windows.said[-2000:]
        assert windows.acts("FWL-01")[0] == {"kind": "way", "ports": ports}


@pytest.mark.parametrize(
    ("check", "variables", "answers", "said"),
    [
        ("RMT-05", {"ansible_winrm_transport": None}, {}, "with Basic or in clear text"),
        ("RMT-05", {"ansible_winrm_transport": "ssl"}, {}, "with Basic or in clear text"),
        ("RMT-05", {"ansible_winrm_message_encryption": "never"}, {}, "with Basic or in clear text"),
        ("FWL-01", {}, {"$stopped": {"result": {"stopped": ["MpsSvc"]}}}, "MpsSvc does not run"),
        ("FWL-04", {}, {"$stopped": {"result": {"stopped": ["BFE"]}}}, "BFE does not run"),
        ("FWL-05", {"firewall_egress": []}, {}, "firewall_egress is not set"),
        ("AVM-01", {}, {"StartMode": {"result": {"here": False, "start": ""}}}, "Defender is not installed"),
        (
            "AVM-04",
            {},
            {"StartMode": {"result": {"here": True, "start": "Disabled"}}},
            "Windows lets nobody change that",
        ),
        (
            "PRV-02",
            {},
            {'"Action": "accounts"': {"result": {**ACCOUNTS, "remote_filter_off": False}}},
            "User Account Control takes",
        ),
        ("PRV-01", {}, {'"Action": "accounts"': {"result": {**ACCOUNTS, "controller": True}}}, "domain controller"),
        ("TLS-02", {}, {"TLS 1.2": {"exists": True, "value": 0}}, "TLS 1.2 is off"),
        (
            "ACC-04",
            {},
            {'"Action": "accounts"': {"result": {**ACCOUNTS, "users": [{**ACCOUNTS["users"][1], "days": 400}]}}},
            "older than that",
        ),
    ],
)
def test_a_fix_that_could_cut_the_way_in_or_can_not_be_done_changes_nothing_and_says_why(
    tmp_path: Path, check: str, variables: dict[str, Any], answers: dict[str, Any], said: str
) -> None:
    windows = Windows(tmp_path)
    windows.answers = {**ANSWERS, **answers}
    given = {name: value for name, value in {**VARIABLES, **variables}.items() if value is not None}
    assert not windows.run(file_of(check), variables=given, values=VALUES)
    assert said in " ".join(windows.said.split())
    assert windows.acts(check) == []
    assert not [call for call in windows.calls if call["module"] == "win_service"]


def test_who_is_taken_out_and_what_is_stopped_is_what_the_machine_has_said(whole: Windows) -> None:
    assert whole.acts("PRV-01") == [{"kind": "member", "target": "S-1-5-21-1-2-3-1002", "wanted": "absent"}]
    assert whole.acts("ACC-07") == [{"kind": "account", "target": "S-1-5-21-1-2-3-501", "wanted": "disabled"}]
    assert whole.acts("AVM-05") == [
        {"kind": "exclusion", "target": "ExclusionPath::C:\\Users\\Public", "wanted": "absent"}
    ]
    assert whole.acts("RMT-07") == [{"kind": "start", "target": "TeamViewer", "wanted": "disabled"}]
    assert [act["target"] for act in whole.acts("FWL-05") if act["kind"] == "rule"] == [
        "rempart-out-tcp-443-10.0.0.0-8", "rempart-out-udp-53-any",
    ]  # fmt: skip
    settings = whole.acts("SWH-01")[-1]["wanted"]
    assert json.loads(json.loads(settings.removeprefix("MultiString:"))[0]) == {
        "*": {"installation_mode": "blocked"}, "uBlock0@raymondhill.net": {"installation_mode": "allowed"},
    }  # fmt: skip


def test_the_program_reaches_the_machine_whole(whole: Windows) -> None:
    sent = {
        call["script"]
        for call in whole.calls
        if call["module"] == "win_powershell" and (call["parameters"] or {}).get("Action")
    }
    (program,) = sent
    assert powershell.mistakes(program) == []
    assert powershell.functions(program).keys() == powershell.functions(powershell.program()).keys()
    assert program.splitlines()[0].startswith("#")


def apply(windows: Windows, *ids: str, words: tuple[str, ...] = ()) -> bool:
    """Run apply_windows.yml with some fixes, as site.yml does."""
    chosen = [OURS[one] for one in ids]
    plan = {
        "change": "c-1", "values": VALUES, "revert_after": 120,
        "safe": [one for one in chosen if not one["risky"]], "risky": [one for one in chosen if one["risky"]],
    }  # fmt: skip
    import base64

    data = base64.b64encode(json.dumps(plan).encode()).decode()
    facts = {"ansible_facts": {"system": "Win32NT"}}
    return windows.run(
        play=PLAYBOOKS / "apply_windows.yml", variables={**VARIABLES, "rempart_data": data, **facts}, words=words
    )


def steps(windows: Windows) -> list[str]:
    found = [call["parameters"] for call in windows.calls if call["module"] == "win_powershell" and call["parameters"]]
    return [f"{one['Action']} {one.get('Check', '')}".strip() for one in found if "Action" in one]


def test_the_guard_is_armed_before_what_may_cut_and_taken_away_through_a_new_connection(tmp_path: Path) -> None:
    windows = Windows(tmp_path)
    windows.answers = ANSWERS
    assert apply(windows, "USB-01", "RMT-05", "FWL-02"), windows.said[-3000:]
    assert steps(windows) == ["do USB-01", "arm", "do RMT-05", "do FWL-02", "confirm"]
    (arm,) = [call for call in windows.calls if (call["parameters"] or {}).get("Action") == "arm"]
    assert arm["parameters"]["Program"] == arm["script"]
    assert arm["parameters"]["Seconds"] == 120
    assert (tmp_path / "resets").read_text() == "reset\n"


def test_where_the_guard_does_not_run_nothing_that_may_cut_is_done(tmp_path: Path) -> None:
    windows = Windows(tmp_path)
    windows.answers = {'"Action": "arm"': {"failed": True, "msg": "does not run on this machine"}, **ANSWERS}
    assert not apply(windows, "USB-01", "RMT-05")
    assert steps(windows) == ["do USB-01", "arm"]
    assert "does not run on this machine" in windows.said


def test_a_failure_under_the_guard_is_never_confirmed_and_says_how_it_is_undone(tmp_path: Path) -> None:
    windows = Windows(tmp_path)
    windows.answers = {'"Check": "FWL-02"': {"failed": True, "msg": "a policy holds it"}, **ANSWERS}
    assert not apply(windows, "FWL-02", "RMT-05")
    assert "confirm" not in steps(windows)
    assert "rollback_windows.yml -e rempart_change=c-1" in " ".join(windows.said.split())
    windows.answers = {'"Action": "confirm"': {"result": {"state": "undone"}}, **ANSWERS}
    assert not apply(windows, "FWL-02")


def test_check_mode_reaches_each_script(tmp_path: Path) -> None:
    windows = Windows(tmp_path)
    windows.answers = ANSWERS
    assert apply(windows, "USB-01", "RMT-05", "PRV-01", words=("--check",)), windows.said[-3000:]
    kinds = {(call["parameters"]["Action"], call["check"]) for call in windows.calls if call["parameters"]}
    assert kinds == {("do", True), ("arm", True), ("confirm", True), ("accounts", False)}


def test_a_rollback_says_what_did_not_come_back(tmp_path: Path) -> None:
    windows = Windows(tmp_path)
    play = PLAYBOOKS / "rollback_windows.yml"
    left = ["moved since: registry A::x is DWord:3; it was absent"]
    windows.answers = {
        '"Action": "undo"': {"changed": True, "result": {"acts": [*left, "back: registry A::y"], "left": left}}
    }
    assert not windows.run(
        play=play, variables=WAY, words=("-e", '{"rempart_change": "c-1", "rempart_checks": ["RMT-05"]}')
    )
    assert left[0] in " ".join(windows.said.split())
    (call,) = windows.calls
    assert call["parameters"] == {"Action": "undo", "Change": "c-1", "Checks": '["RMT-05"]', "Force": False}


def test_no_fix_of_windows_is_both_left_to_people_and_run() -> None:
    fixes = {check: fix for (check, platform), fix in read_fixes(str(PLAYBOOKS)).items() if platform == "windows"}
    assert {check for check, fix in fixes.items() if fix.manual is None} == OURS.keys()
    assert all(file_of(check).is_file() for check in OURS)
