"""``rempart audit --registers``: the organisation alone, and as one target more behind the machines of an inventory."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from rempart_testing.organisation import HOSTS, write_organisation
from rempart_testing.run import make_result, make_run

from rempart_controller.commands.main import main
from rempart_controller.organisation import audit as module
from rempart_core.documents.run_document import read_runs, write
from rempart_core.error import UsageError
from rempart_core.messages.message import Message
from rempart_core.model.result import State

CHECKS = ("DSK-01", "BKP-01", "ACC-09")


@pytest.fixture(autouse=True)
def _no_incidents(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(module, "read_incidents", list)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_organisation(tmp_path / "registers")


@pytest.fixture
def live(tmp_path: Path) -> Path:
    runs = [make_run(host, int(time.time()) - 60, [make_result(one) for one in CHECKS]) for host in HOSTS]
    file = tmp_path / "runs.jsonl"
    file.write_text("".join(json.dumps(json.loads(write(run))) + "\n" for run in runs))
    return file


def test_an_organisation_alone_is_held_against_run_documents(folder: Path, live: Path, tmp_path: Path) -> None:
    out = tmp_path / "run.json"
    assert main(["audit", "--registers", str(folder), "--live", str(live), "--quiet", "--json", str(out)]) == 0
    (run,) = read_runs(str(out))
    assert (run.target.name, run.target.kind, run.target.platform) == ("Example", "organisation", "organisation")
    assert [one.check for one in run.results] == [f"ORG-{number:02}" for number in range(1, 25)]
    assert {one.state for one in run.results} == {State.PASS}


def test_without_results_of_machines_the_audit_is_incomplete(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "junit.xml"
    assert main(["audit", "--registers", str(folder), "--junit", str(out)]) == 3
    assert out.read_text().count("no results of machines") >= 4
    assert capsys.readouterr().out.splitlines()[-1].startswith("Example: 0 findings, 4 not checked")


def test_without_a_roster_every_check_over_people_says_so(folder: Path, tmp_path: Path) -> None:
    (folder / "people.yaml").unlink()
    out = tmp_path / "junit.xml"
    assert main(["audit", "--registers", str(folder), "--quiet", "--junit", str(out)]) == 3
    assert sum("<skipped" in line and "no roster" in line for line in out.read_text().splitlines()) >= 7


def test_a_register_that_has_two_files_is_not_judged_by_either(folder: Path, live: Path, tmp_path: Path) -> None:
    (folder / "breaches.yml").write_bytes((folder / "breaches.yaml").read_bytes())
    out = tmp_path / "run.json"
    assert main(["audit", "--registers", str(folder), "--live", str(live), "--quiet", "--json", str(out)]) == 3
    (run,) = read_runs(str(out))
    states = {one.check: one.state for one in run.results}
    unknown = {check for check, state in states.items() if state is State.ERROR}
    assert unknown == {"ORG-17"}
    assert set(states.values()) == {State.PASS, State.ERROR}, "what does not ask the register is judged"


def test_behind_machines_it_is_one_target_more_in_each_report_and_in_the_store(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inventory = tmp_path / "hosts"
    inventory.write_text("web-1 ansible_connection=local\n")
    runs, page, junit = tmp_path / "runs.jsonl", tmp_path / "html", tmp_path / "junit"
    words = [
        "-i",
        str(inventory),
        "--registers",
        str(folder),
        "--profile",
        "gdpr-32",
        "--store",
        str(tmp_path / "s.db"),
    ]
    reports = ["--json", str(runs), "--html-dir", str(page), "--junit-dir", str(junit)]
    main(["audit", *words, *reports])
    machine, own = read_runs(str(runs))
    assert (machine.target.name, own.target.name) == ("web-1", "Example")
    assert not any(one.check.startswith("ORG-") for one in machine.results)
    assert all(one.check.startswith("ORG-") for one in own.results)
    assert {one.check: one.failure for one in own.results if one.failure == "not_kept"} == {}  # web-1 answered just now
    assert "Example" in capsys.readouterr().out
    assert len(list(junit.glob("*xample*"))) == 1
    assert any("Example" in one.read_text() for one in page.glob("*.html"))
    main(["audit", "--registers", str(folder), "--store", str(tmp_path / "s.db"), "--quiet", "--json", str(runs)])
    (again,) = read_runs(str(runs))
    assert {one.failure for one in again.results if one.state is State.NOT_CHECKED} <= {"not_kept"}
    assert next(one for one in again.results if one.check == "ORG-09").evidence is not None  # the store knows web-1
    capsys.readouterr()
    main(["history", "Example", "--store", str(tmp_path / "s.db")])
    assert "ORG-" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--live", "x"], "--registers DIR"),
        (["--registers", "x", "--root", "/"], "is about machines"),
        (["--registers", "/nowhere"], "/nowhere"),
    ],
)
def test_what_does_not_go_together_is_refused(
    options: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", *options]) == 2
    assert told in capsys.readouterr().err


def test_run_documents_that_are_none_are_refused(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "no.jsonl").write_text("{}\n")
    assert main(["audit", "--registers", str(folder), "--live", str(tmp_path / "no.jsonl")]) == 2
    assert "no.jsonl" in capsys.readouterr().err


def test_what_can_not_be_read_is_refused_before_machines_are_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["-i", str(tmp_path / "hosts"), "--store", str(tmp_path / "s.db"), "--registers", str(tmp_path / "nowhere")]
    (tmp_path / "hosts").write_text("web-1 ansible_connection=local\n")
    assert main(["audit", *words]) == 2
    assert "nowhere" in capsys.readouterr().err
    assert not (tmp_path / "s.db").exists()


def test_what_machines_said_is_kept_where_the_audit_of_the_organisation_fails(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise UsageError(Message("text.as_is", text="the disk went away"))

    monkeypatch.setattr(module.organisation, "audit", fail)
    out = tmp_path / "runs.jsonl"
    (tmp_path / "hosts").write_text("web-1 ansible_connection=local\n")
    words = ["-i", str(tmp_path / "hosts"), "--registers", str(folder), "--profile", "gdpr-32", "--json", str(out)]
    assert main(["audit", *words]) not in {0, 1}
    assert [run.target.name for run in read_runs(str(out))] == ["web-1"]
    assert "the disk went away" in capsys.readouterr().err
