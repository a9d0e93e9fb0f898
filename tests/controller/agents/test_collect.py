"""``rempart audit -i`` with installed agents: what waits is fetched, checked, stored, and let go only then."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from rempart_testing.run import make_result, make_run

from rempart_agent.installed import envelope
from rempart_agent.installed.spool import Bounds, Spool
from rempart_agent.machine_identity import read_identity
from rempart_core.model.result import State
from rempart_core.signing.key import Key, load_key

BIN = Path(sys.executable).parent
MACHINE = read_identity()
pytestmark = [pytest.mark.early, pytest.mark.skipif(not MACHINE, reason="this machine has no id")]
HOUR = 3600


class Fleet:
    """One host with an agent, reached without SSH, and its controller."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.spool = Spool(str(folder / "agent"))
        self.key: Key = load_key(str(folder / "agent/key.pem"))
        self.command = folder / "rempart-agent"
        self.answer(f'exec {BIN}/rempart-agent "$@" --folder {folder}/agent')
        self.environment = os.environ | {
            "XDG_DATA_HOME": str(folder / "data"),
            "HOME": str(folder),
            "REMPART_STORE": str(folder / "rempart.db"),
        }
        self.inventory = folder / "hosts.json"
        self.write()

    def write(self, **variables: Any) -> None:
        """Write the inventory."""
        own = {
            "ansible_connection": "local",
            "rempart_agent": True,
            "rempart_agent_command": str(self.command),
            "rempart_role": "server",
            **variables,
        }
        self.inventory.write_text(json.dumps({"lab": {"hosts": {"web": own}}}))
        self.inventory.chmod(0o600)

    def answer(self, script: str) -> None:
        """Let the agent's command be a shell script."""
        self.command.write_text(f"#!/bin/sh\n{script}\n")
        self.command.chmod(0o755)

    def put(self, age: int, state: State = State.PASS, machine: str = MACHINE, key: Key | None = None) -> int:
        """Put a document into the spool."""
        run = make_run("host-1", int(time.time()) - age, [make_result("FWL-01", state, ["x"])], machine_id=machine)
        return self.spool.put(lambda n, gone: envelope.seal(run, key or self.key, n, gone), Bounds())[0]

    def accept(self) -> None:
        self.run("agent", "accept", "web", MACHINE, self.key.public)

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [str(BIN / "rempart"), *words], env=self.environment, capture_output=True, text=True, check=False
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done

    def audit(self, *words: str) -> tuple[int, dict[str, Any], str]:
        out = self.folder / "run.json"
        done = self.run("audit", "-i", str(self.inventory), "--json", str(out), *words)
        return done.returncode, json.loads(out.read_text()), done.stdout + done.stderr

    def waiting(self) -> list[int]:
        return [one.number for one in self.spool.waiting()]


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    return Fleet(tmp_path)


def reason(run: dict[str, Any]) -> str:
    assert (run["results"], run["not_checked"]["failure"]) == ([], "silent")
    return str(run["not_checked"]["reason"]["en"])


def test_what_waits_goes_into_the_store_in_its_own_time_and_then_goes(fleet: Fleet) -> None:
    fleet.accept()
    numbers = [fleet.put(26 * HOUR), fleet.put(2 * HOUR, State.FAIL)]
    status, run, said = fleet.audit()
    assert fleet.waiting() == numbers, "no store has them"
    assert (status, run["target"]["name"], run["target"]["kind"]) == (1, "web", "host")
    assert "the agent's newest document is 2 h 0 min old" in said
    assert fleet.audit("--store")[0] == 1
    assert fleet.waiting() == []
    history = json.loads(fleet.run("history", "web", "--json").stdout)
    changes = [(one["state"], one["since"]) for one in history["standings"] if one["check"] == "FWL-01"]
    assert [state for state, _ in changes][-1] == "fail"
    shown = json.loads(fleet.run("fleet", "--json").stdout)
    assert (shown["name"], shown["silent"]) == ("web", False)
    status, again, _ = fleet.audit("--store")
    assert (status, again["ended"]) == (1, run["ended"]), "the last one is shown again"


def test_what_could_not_be_let_go_is_not_stored_twice(fleet: Fleet) -> None:
    fleet.accept()
    fleet.put(HOUR)
    full = f'exec {BIN}/rempart-agent "$@" --folder {fleet.folder}/agent'
    fleet.answer(f"test -e {fleet.folder}/asked && exit 9; touch {fleet.folder}/asked; {full}")
    status, _, said = fleet.audit("--store", "--sign")
    assert status == 0
    assert "its documents are stored, and wait there still" in said
    assert len(fleet.waiting()) == 1
    fleet.answer(full)
    fleet.put(0)
    assert fleet.audit("--store", "--sign")[0] == 0
    assert fleet.waiting() == []
    assert "2 documents" in fleet.run("export", "--out", str(fleet.folder / "bundle")).stdout


def test_an_audit_that_is_gone_on_with_stores_nothing_twice(fleet: Fleet) -> None:
    fleet.accept()
    fleet.put(HOUR)
    words = ("audit", "-i", str(fleet.inventory), "--store", "--sign")
    assert fleet.run(*words, "--json", "/dev/full").returncode == 3
    assert len(fleet.waiting()) == 1
    assert fleet.run(*words, "--resume").returncode == 0
    assert fleet.waiting() == []
    assert "1 document;" in fleet.run("export", "--out", str(fleet.folder / "bundle")).stdout


def test_a_store_that_fails_lets_nothing_go(fleet: Fleet) -> None:
    fleet.accept()
    number = fleet.put(HOUR)
    (fleet.folder / "no.db").write_bytes(b"this is no database at all, and never was")
    fleet.run("audit", "-i", str(fleet.inventory), "--store", str(fleet.folder / "no.db"))
    assert fleet.waiting() == [number]


def test_whoever_is_not_known_is_not_believed_and_the_command_is_named(fleet: Fleet) -> None:
    fleet.put(HOUR)
    status, run, _ = fleet.audit("--store")
    assert status == 3
    words = reason(run)
    command = words[words.index("rempart agent accept web") :].split()
    assert command[-2:] == [MACHINE, fleet.key.public]
    assert len(fleet.waiting()) == 1
    assert fleet.run(*command[1:]).stdout == "added\n"
    assert fleet.audit("--store")[0] == 0


def test_documents_of_others_are_refused_and_stay_for_whoever_looks(fleet: Fleet, tmp_path: Path) -> None:
    fleet.accept()
    bad = [fleet.put(2 * HOUR, machine="cd" * 32), fleet.put(2 * HOUR, key=load_key(str(tmp_path / "other.pem")))]
    good = fleet.put(HOUR)
    for turn in ("new", "stored"):
        status, run, said = fleet.audit("--store", "--quiet")
        assert status == 3, "of some nights nothing was looked at"
        assert [result["state"] for result in run["results"]] == ["pass"], "the newest is believed"
        for number, why in zip(bad, ("it is of another machine", "it is signed with another key"), strict=True):
            assert why in " ".join(note["en"] for note in run["notes"])
            assert f"web: document {number} is refused: {why}" in said
        assert fleet.waiting() == bad, turn
        fleet.put(HOUR)
    assert good not in bad


@pytest.mark.parametrize("kind", ["of another machine", "with another key", "in the future", "not a signed document"])
def test_where_the_newest_is_refused_the_host_was_not_looked_at(fleet: Fleet, tmp_path: Path, kind: str) -> None:
    fleet.accept()
    good = fleet.put(3 * HOUR)
    match kind:
        case "of another machine":
            bad = fleet.put(HOUR, machine="cd" * 32)
        case "with another key":
            bad = fleet.put(HOUR, key=load_key(str(tmp_path / "other.pem")))
        case "in the future":
            bad = fleet.put(-3 * HOUR)
        case _:
            bad = fleet.put(HOUR)
            spoiled = next(path for path in (fleet.folder / "agent/spool").iterdir() if str(bad) in path.name)
            spoiled.write_bytes(b"nonsense")
    junit = fleet.folder / "junit.xml"
    done = fleet.run("audit", "-i", str(fleet.inventory), "--store", "--quiet", "--junit", str(junit))
    assert done.returncode == 3
    assert kind in done.stderr
    assert done.stderr.startswith("web: ")
    assert "<error" in junit.read_text()
    status, run, said = fleet.audit("--store")
    assert status == 3
    assert reason(run).startswith("its agent")
    assert kind in reason(run)
    assert "1 silent" in said
    assert fleet.waiting() == [bad], "what is believed is stored, what is not stays for whoever looks"
    history = json.loads(fleet.run("history", "web", "--json").stdout)
    states = [one["state"] for one in history["standings"] if one["check"] == "FWL-01"]
    assert states[0] == "pass", f"{good} is stored"
    french = fleet.run("audit", "-i", str(fleet.inventory), "--lang", "fr")
    assert "refusé" in french.stderr


def test_where_nothing_is_believed_the_host_is_silent_with_the_reason(fleet: Fleet) -> None:
    fleet.accept()
    fleet.put(HOUR, machine="cd" * 32)
    status, run, _ = fleet.audit()
    assert status == 3
    assert "no document waits there; document" in reason(run)
    assert "it is of another machine" in reason(run)


def test_a_spool_that_is_too_old_makes_its_host_silent_and_is_stored_all_the_same(fleet: Fleet) -> None:
    fleet.accept()
    fleet.put(50 * HOUR, State.FAIL)
    status, run, _ = fleet.audit("--store")
    assert status == 3
    assert reason(run) == "its agent says nothing: the agent's newest document is 2 d 2 h old"
    assert fleet.waiting() == []
    shown = json.loads(fleet.run("fleet", "--json").stdout)
    assert shown["silent"]
    status, run, _ = fleet.audit("--agent-limit", "3d")
    assert status == 1


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("exit 0", "the agent delivers no documents"),
        ("echo nonsense >&2; exit 1", "nonsense"),
        ("yes", "no collector greeting"),
        ("printf 'rempart-spool\\n\\377\\377\\377\\377'; cat", "exceeds 1 MiB"),
        ("printf 'rempart-spool\\n\\0\\0\\0\\002[]'; cat", "cannot be read"),
        ("printf 'rempart-spool\\n\\0\\0\\0\\013{\"hello\":1}'; cat", "cannot be read"),
        ("cat > /dev/null", "no answer before the deadline"),
    ],
)
def test_a_hostile_agent_harms_only_its_host(fleet: Fleet, script: str, why: str) -> None:
    fleet.accept()
    fleet.answer(script)
    status, run, _ = fleet.audit("--host-deadline", "3" if "deadline" in why else "60")  # the others end by themselves
    assert status == 3
    assert why in reason(run)


def test_a_title_is_the_controllers_own_word(fleet: Fleet) -> None:
    fleet.accept()
    fleet.put(HOUR, State.FAIL)
    (result,) = fleet.audit()[1]["results"]
    assert "firewall" in result["title"]["en"].lower(), "and not what the endpoint calls it"


def test_some_checks_only_are_shown_and_nothing_is_let_go(fleet: Fleet) -> None:
    fleet.accept()
    number = fleet.put(HOUR)
    assert fleet.audit("--checks", "FWL-*", "--store")[1]["results"][0]["check"] == "FWL-01"
    assert fleet.audit("--checks", "DSK-*")[1]["results"] == []
    assert fleet.waiting() == [number]


@pytest.mark.parametrize("value", ["perhaps", 3])
def test_a_variable_that_makes_no_sense_is_said(fleet: Fleet, value: Any) -> None:
    fleet.write(rempart_agent=value)
    assert "rempart_agent is" in reason(fleet.audit()[1])


@pytest.mark.parametrize("store", [["--store"], []])
def test_a_document_that_comes_back_is_refused_for_good(fleet: Fleet, store: list[str]) -> None:
    """The root of an endpoint puts its good day back, after the store is gone too."""
    fleet.accept()
    fleet.put(3 * HOUR)
    kept = {path.name: path.read_bytes() for path in (fleet.folder / "agent/spool").iterdir()}
    assert fleet.audit(*store)[0] == 0
    fleet.put(HOUR, State.FAIL)
    assert fleet.audit(*store)[0] == 1
    for path in [*(fleet.folder / "agent/spool").iterdir(), *(fleet.folder / "agent").glob("last")]:
        path.unlink()
    for name, data in kept.items():
        (fleet.folder / "agent/spool" / name).write_bytes(data)
    for _ in range(2):
        (fleet.folder / "rempart.db").unlink(missing_ok=True)
        status, run, said = fleet.audit(*store)
        assert status == 3
        assert "it was replayed" in reason(run)
        assert "it was replayed" in said
    assert "FWL-01" not in fleet.run("fleet").stdout
