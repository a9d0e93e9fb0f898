"""The agent on a real machine: installed by the playbook, run by its timer, fetched by an audit, believed or not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from rempart_testing import nspawn
from rempart_testing.agent_lab import AgentLab

pytestmark = pytest.mark.lab
FOLDER = "/var/lib/rempart/agent"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AgentLab]:
    folder = tmp_path_factory.mktemp("agents")
    with nspawn.make_world(nspawn.expect_tree(), folder) as world:
        yield AgentLab(world, folder / "controller")


@pytest.fixture(scope="module")
def installed(lab: AgentLab) -> AgentLab:
    """Install it, after a look that changes nothing."""
    web = lab.machines["web"]
    before = web.disk()
    foretold = lab.play("--check")
    assert foretold["web"]["changed"] >= 5
    touched = {path for path, _ in before.items() ^ web.disk().items()}
    assert not any("rempart" in path for path in touched), touched
    assert not (lab.folder / "data/rempart/known_agents").exists()
    done = lab.play()
    assert done["web"]["changed"] >= foretold["web"]["changed"]
    return lab


def test_a_machine_with_an_old_python_stays_without(installed: AgentLab) -> None:
    assert "old stays without an agent: it has Python 3.9, and an agent needs 3.11 or newer" in " ".join(
        installed.said.split()
    )
    assert "no" in installed.machines["old"].run("test -e /opt/rempart || echo no")


def test_once_more_changes_nothing(installed: AgentLab) -> None:
    assert {name: one["changed"] for name, one in installed.play("--check").items()} == {"web": 0, "old": 0}
    assert {name: one["changed"] for name, one in installed.play().items()} == {"web": 0, "old": 0}


def test_the_units_are_what_systemd_takes(installed: AgentLab) -> None:
    web = installed.machines["web"]
    assert web.run("systemctl is-active rempart-agent.timer") == "active\n"
    assert web.run("systemctl is-enabled rempart-agent.timer") == "enabled\n"
    said = web.run("systemd-analyze verify --man=no /etc/systemd/system/rempart-agent.* 2>&1 || :")
    assert "rempart-agent" not in said
    shown = web.run("systemctl show rempart-agent.timer -p RandomizedDelayUSec -p Persistent")
    assert shown.split() == ["RandomizedDelayUSec=2h", "Persistent=yes"]
    assert web.run(f"stat -c '%a %U' {FOLDER} {FOLDER}/key.pem /etc/rempart/agent.yaml").split("\n")[:3] == [
        *("700 root", "600 root", "600 root")
    ]


def test_what_was_found_is_fetched_checked_stored_and_gone_from_the_spool(installed: AgentLab) -> None:
    web = installed.machines["web"]
    web.run("systemctl start rempart-agent.service")
    assert len(_spool(installed)) == 2  # the playbook ran it once
    _, run, _ = installed.audit()
    assert len(_spool(installed)) == 2, "nothing is taken away that no store has"
    assert run["target"]["name"] == "web"
    assert run["engine"]["privileged"]
    assert any("newest document is" in note["en"] for note in run["notes"])
    assert not any("other checks" in note["en"] for note in run["notes"])
    values = {result["check"]: result["parameters"] for result in run["results"]}
    assert values["PRV-01"]["allowed_admins"] == ["auditor"]
    assert values["PAT-01"]["patch_age_d"] == 14

    _, stored, said = installed.audit("--store", "--sign")
    assert _is_heard(stored), said
    assert _spool(installed) == []
    assert [one["ended"] for one in (run, stored)] == [run["ended"]] * 2
    history = json.loads(installed.run("fleet", "--json").stdout)
    assert (history["name"], history["silent"]) == ("web", False)
    bundle = str(installed.folder / "bundle")
    assert "2 documents" in installed.run("export", "--out", bundle).stdout

    _, shown, _ = installed.audit("--store", "--sign")
    assert shown["ended"] == run["ended"], "the last one that is stored is shown again"
    assert "2 documents" in installed.run("export", "--out", bundle).stdout, "and is not stored again"


def test_it_finds_what_an_audit_from_outside_finds(installed: AgentLab) -> None:
    installed.machines["web"].run("systemctl start rempart-agent.service")
    _, mine, _ = installed.audit()
    report = installed.folder / "plain.jsonl"
    installed.run("audit", "-i", str(installed.plain), "-l", "web", "--json", str(report))
    theirs = json.loads(report.read_text())
    assert mine["target"] == theirs["target"]
    assert mine["content"] == theirs["content"]
    states = [{one["check"]: (one["state"], one["reason"]["en"]) for one in run["results"]} for run in (mine, theirs)]
    differs = {check: pair for check, pair in states[0].items() if pair[0] != states[1][check][0]}
    assert differs.pop("TIM-02")[0] == "not_checked", "only a controller has a second clock"
    assert differs == {}


def test_what_was_changed_or_signed_by_another_is_refused(installed: AgentLab) -> None:
    web = installed.machines["web"]
    web.run("systemctl start rempart-agent.service")
    installed.audit("--store", "--sign")
    assert _spool(installed) == []
    web.run(f"cp {FOLDER}/last /root/replayed && systemctl start rempart-agent.service")
    (good,) = _spool(installed)
    web.run(f"""
        cd {FOLDER}/spool
        cp {good} 9999999999.signed && printf x | dd of=9999999999.signed bs=1 seek=3000 conv=notrunc 2>/dev/null
        mkdir /root/other && /opt/rempart/bin/rempart-agent run --config /etc/rempart/agent.yaml --folder /root/other
        cp /root/other/spool/*.signed 9999999998.signed
        cp /root/replayed 1.signed
    """)
    status, run, said = installed.audit("--store", "--sign")
    assert (status, _is_heard(run)) == (3, False), "the newest is not believed"
    reason = run["not_checked"]["reason"]["en"]
    for why in ("a document is refused: its content is not what was signed", "it is signed with another key"):
        assert why in reason
        assert why in said
    assert "9999999999.signed" in _spool(installed)
    assert "9999999998.signed" in _spool(installed)
    assert good not in _spool(installed)
    web.run(f"rm {FOLDER}/spool/*.signed && cp /root/replayed {FOLDER}/spool/1.signed")


def test_a_new_key_is_not_believed_before_somebody_says_so(installed: AgentLab) -> None:
    web = installed.machines["web"]
    web.run(f"rm {FOLDER}/key.* && systemctl start rempart-agent.service")
    status, run, _ = installed.audit()
    assert status == 3
    assert not _is_heard(run)
    reason = run["not_checked"]["reason"]["en"]
    command = reason[reason.index("rempart agent accept --replace web") :].split()
    assert installed.run(*command[1:]).stdout == "replaced\n"
    assert _is_heard(installed.audit()[1])


def test_a_machine_that_is_not_known_is_silent_and_the_command_is_named(installed: AgentLab) -> None:
    assert installed.run("agent", "forget", "web").returncode == 0
    status, run, _ = installed.audit()
    assert status == 3
    assert "rempart agent accept web " in run["not_checked"]["reason"]["en"]
    assert installed.play()["web"]["changed"] == 1, "the playbook lets the controller know it again"
    assert _is_heard(installed.audit()[1])


def test_a_spool_that_is_too_old_says_nothing(installed: AgentLab) -> None:
    assert _is_heard(installed.audit("--agent-limit", "1h")[1])
    web = installed.machines["web"]
    web.run(f"rm -f {FOLDER}/spool/* {FOLDER}/last")
    status, run, _ = installed.audit()
    assert status == 3
    assert run["not_checked"]["reason"]["en"] == "its agent says nothing: no document waits there"


def test_it_goes_away_and_leaves_key_and_spool(installed: AgentLab) -> None:
    installed.play("-e", "agent_state=absent")
    web = installed.machines["web"]
    gone = "test ! -e /opt/rempart && test ! -e /etc/systemd/system/rempart-agent.timer && echo gone"
    assert web.run(gone) == "gone\n"
    assert web.run(f"test -e {FOLDER}/key.pem && echo there") == "there\n"
    assert installed.play("-e", "agent_state=absent")["web"]["changed"] == 0


def _is_heard(run: dict[str, Any]) -> bool:
    assert bool(run["results"]) != ("not_checked" in run)
    return bool(run["results"])


def _spool(lab: AgentLab) -> list[str]:
    return lab.machines["web"].run(f"ls {FOLDER}/spool").split()
