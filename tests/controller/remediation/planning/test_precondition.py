"""Preconditions know what they have to: who logs in, and the values that their checks go by; what is not met blocks."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Any

import pytest
from rempart_testing import sshd
from rempart_testing.check import COUNT, write_check
from rempart_testing.run import make_result
from rempart_testing.signed import said
from rempart_testing.ssh_lab import Lab

from rempart_controller.inventory.host import Host
from rempart_controller.remediation.planning.precondition import find_block, tell
from rempart_core.content.checkfile import read_checks
from rempart_core.content.place import content_root
from rempart_core.model.result import Result, State

_PRECONDITION = """\
id: PRE-90
revision: 1
title: {en: All is well, fr: Tout va bien}
rationale: {en: why, fr: pourquoi}
severity: info
roles: [server]
parameters:
  user: {type: text, default: "", title: {en: who, fr: qui}}
  least: {type: integer, default: 9, min: 0, max: 9, title: {en: of the check, fr: de la vérification}}
  beside: {type: integer, default: 9, min: 0, max: 9, title: {en: of another check, fr: d’une autre vérification}}
platforms:
  linux:
    privilege: user
    query: |
      SELECT 'told' AS item, :user || ' ' || :least || ' ' || :beside AS observed, 'more' AS expected,
        count(*) = 0 AS ok FROM users
remediation: {role: demo, disruption: manual, manual: {en: fix it, fr: réparez}}
controls: {}
"""
_FIXES = "TST-02:\n  linux:\n    needs: [PRE-90]\n    values: [TST-03]\n"
_PROFILE = "title: {en: house, fr: maison}\nall: true\nparameters:\n  TST-03:\n    beside: 4\n"


@pytest.fixture
def playbooks(tmp_path: Path) -> Path:
    """Return a folder of playbooks with one fix, which has one precondition."""
    folder = tmp_path / "playbooks"
    (folder / "roles/change").mkdir(parents=True)
    (folder / "roles/demo").mkdir()
    (folder / "preconditions/demo").mkdir(parents=True)
    for name in ("apply.yml", "finish.yml", "rollback.yml"):
        (folder / name).write_text("---\n")
    (folder / "roles/demo/fixes.yml").write_text(_FIXES)
    (folder / "preconditions/demo/pre-90-well.yaml").write_text(_PRECONDITION)
    return folder


def write_failing(folder: Path) -> None:
    """Write a check that fails everywhere, and one beside it whose value its fix reads."""
    failing = write_check(folder, 2, COUNT.replace("count(*) >= :least", "0"))
    failing.write_text(
        failing.read_text().replace("role: accounts\n  disruption: manual", "role: demo\n  disruption: none")
    )
    beside = write_check(folder, 3, COUNT.replace(":least", ":beside"))
    beside.write_text(beside.read_text().replace("  least:", "  beside:"))


def plan(lab: Lab, playbooks: Path, *words: str) -> dict[str, str]:
    """Plan, and return why the fix is blocked on each host."""
    own = ("--playbooks", str(playbooks), "--checks-dir", str(lab.checks), "--out", "plan.json")
    done = lab.run("plan", *own, *words)
    assert done.returncode == 1, done.stdout + done.stderr
    hosts = said((lab.folder / "plan.json").read_text())["body"]["hosts"]
    return {host["name"]: fix["blocked"][0] for host in hosts for fix in host["fixes"]}


@pytest.mark.skipif(not sshd.IS_THERE, reason="needs sshd and ssh-keygen")
def test_a_precondition_goes_by_the_values_in_force_on_the_host(lab: Lab, server: sshd.Sshd, playbooks: Path) -> None:
    write_failing(lab.own_checks())
    (lab.own_checks() / "profiles").mkdir()
    (lab.checks / "profiles/house.yaml").write_text(_PROFILE)
    user = getpass.getuser()
    lab.add("usual", server, ansible_user=user)
    lab.add("own", server, rempart_parameters={"TST-02": {"least": 3}, "TST-03": {"beside": 2}}, ansible_user=user)
    blocked = plan(lab, playbooks, "--checks", "TST-02", "--profile", "house")
    title = "PRE-90 All is well: told"
    assert blocked == {"usual": f"{title}: {user} 1 4", "own": f"{title}: {user} 3 2"}
    words = ("--param", "TST-02.least=5", "--param", "TST-03.beside=6", "-l", "usual")
    blocked = plan(lab, playbooks, "--checks", "TST-02", "--profile", "house", *words)
    assert blocked == {"usual": f"{title}: {user} 5 6"}


@pytest.mark.skipif(not sshd.IS_THERE, reason="needs sshd and ssh-keygen")
def test_a_fix_reads_the_values_that_its_precondition_went_by(lab: Lab, server: sshd.Sshd, playbooks: Path) -> None:
    """Also of a check that the plan leaves out: else a firewall would close the ports that were found to be in use."""
    write_failing(lab.own_checks())
    lab.add("web", server)
    plan(lab, playbooks, "--checks", "TST-02", "--profile", "all", "--param", "TST-03.beside=6")
    (host,) = said((lab.folder / "plan.json").read_text())["body"]["hosts"]
    assert [fix["beside"] for fix in host["fixes"]] == [{"TST-03": {"beside": 6}}]


def checks_of(playbooks: Path) -> list[Any]:
    return list(read_checks([str(playbooks / "preconditions")]))


def test_the_inventory_tells_who_logs_in(playbooks: Path) -> None:
    told = tell(Host("web", options={"remote_user": "ann"}, variables={"rempart_role": "server"}), checks_of(playbooks))
    assert told.variables["rempart_parameters_preconditions"] == {"PRE-90": {"user": "ann"}}
    assert told.variables["rempart_role"] == "server"
    nobody = tell(Host("web"), checks_of(playbooks))
    assert nobody.variables["rempart_parameters_preconditions"] == {"PRE-90": {}}


def test_of_changes_that_a_machine_makes_to_itself_the_one_who_sits_there_is_told(
    playbooks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUDO_USER", "ann")
    told = tell(Host("here", connection="local"), checks_of(playbooks))
    assert told.variables["rempart_parameters_preconditions"] == {"PRE-90": {"user": "ann"}}
    ours = list(read_checks([str(Path(content_root(), "playbooks/preconditions"))]))
    for connection in ("local", "ssh"):
        given = tell(Host("here", connection=connection), ours).variables["rempart_parameters_preconditions"]
        assert given["PRE-07"] == {"connection": connection}


def test_addresses_of_management_are_told_as_a_list_whatever_the_inventory_wrote() -> None:
    checks = list(read_checks([str(Path(content_root(), "playbooks/preconditions"))]))
    for given in ("192.0.2.1", ["192.0.2.1"]):
        told = tell(Host("web", variables={"rempart_management": given}), checks)
        wanted = {"management": ["192.0.2.1"], "connection": "ssh"}
        assert told.variables["rempart_parameters_preconditions"]["PRE-17"] == wanted


def found(state: State) -> Result:
    return make_result("PRE-90", state, ["port 5432/tcp"])


@pytest.mark.parametrize("state", [State.FAIL, State.ERROR, State.NOT_CHECKED])
def test_what_does_not_hold_or_was_not_seen_blocks(state: State) -> None:
    assert find_block(["PRE-90"], {"PRE-90": found(state)})[0].startswith("PRE-90 ")
    assert find_block(["PRE-90"], {"PRE-90": found(state)})[1].startswith("PRE-90 ")


def test_what_nobody_asked_blocks_and_what_holds_does_not() -> None:
    assert find_block(["PRE-90"], {}) == ("PRE-90: nobody asked", "PRE-90\u00a0: non vérifié")
    assert find_block(["PRE-90"], {"PRE-90": found(State.PASS)}) == ("", "")
    assert find_block([], {}) == ("", "")
