"""What 0.1.0 signed, stored and left on endpoints is read, proved and gone on with.

The fixtures were made by that version's own code: see ``make_fixtures.py``.
"""

from __future__ import annotations

import io
import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from rempart_testing.run import BEGINNING, make_result, make_run

from rempart_agent.installed import envelope
from rempart_agent.installed.spool import Bounds, Spool
from rempart_controller.agents.contract import Delivery
from rempart_controller.agents.inspection import Taken, inspect
from rempart_controller.agents.known import Agent
from rempart_controller.commands.main import main
from rempart_controller.incident import evidence, timeline
from rempart_controller.remediation.records.change import read_record
from rempart_controller.remediation.records.plan import read_plan
from rempart_core.documents import run_document
from rempart_core.error import UsageError
from rempart_core.model.result import Run, State
from rempart_core.signing import bundle
from rempart_core.signing.canonical import canonicalise
from rempart_core.signing.key import Key, load_key
from rempart_store.store import Store

HERE = Path(__file__).parent
LATE, EARLY = "0.1.0-late", "0.1.0-early"
MACHINE = "1" * 64


@pytest.fixture(params=[LATE, EARLY])
def before(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of what an older Rempart left in its data directory."""
    folder = tmp_path / str(request.param)
    shutil.copytree(HERE / str(request.param), folder)
    (folder / "key.pem").chmod(0o600)
    monkeypatch.setenv("XDG_DATA_HOME", str(folder))
    monkeypatch.setenv("REMPART_KEY", str(folder / "key.pem"))
    return folder


@pytest.fixture
def key(before: Path) -> Key:
    return load_key(str(before / "key.pem"), create=False)


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    capsys.readouterr()
    status = main(words)
    return status, capsys.readouterr().out


def the_night_after() -> Run:
    return make_run(
        "web",
        BEGINNING + 3 * 86_400,
        [make_result("AAA-01", State.FAIL, ["é"]), make_result("AAA-02", State.PASS)],
        machine_id=MACHINE,
    )


@pytest.mark.parametrize("name", ["all.bundle", "part.bundle"])
def test_a_bundle_of_before_is_proved_with_its_key(
    before: Path, key: Key, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, shown = said(capsys, "verify", str(before / name), "--key", str(before / "key.pub"))
    assert (status, shown.splitlines()[0][:7]) == (0, "INTACT:")
    with (before / name).open("rb") as lines:
        proof = bundle.verify(lines, [key.public])
    assert (proof.links, proof.documents) == ((9, 9) if name == "all.bundle" else (7, 2))
    assert ("have no documents" in shown) is (name == "part.bundle" and EARLY in str(before))


@pytest.mark.parametrize("name", ["all.bundle", "part.bundle"])
def test_a_bundle_of_before_is_no_easier_to_change(before: Path, key: Key, name: str) -> None:
    """One bit of every 89th byte; a line that is gone; a document that is taken out of its link."""
    whole = (before / name).read_bytes()
    for place in range(0, len(whole), 89):
        changed = bytearray(whole)
        changed[place] ^= 32 if whole[place : place + 1].isalpha() else 1
        assert bundle.verify(io.BytesIO(changed), [key.public]).fault, place
    lines = whole.splitlines(keepends=True)
    for gone in range(len(lines)):
        assert bundle.verify(io.BytesIO(b"".join(lines[:gone] + lines[gone + 1 :])), [key.public]).fault, gone
    for number, line in enumerate(lines):
        if b'"document":{' in line and number:
            bare = canonicalise({"link": json.loads(line)["link"]}) + b"\n"
            assert bundle.verify(io.BytesIO(b"".join([*lines[:number], bare, *lines[number + 1 :]]))).fault, number


def test_a_run_document_of_before_is_read(before: Path) -> None:
    run = run_document.read_run(str(before / "run.json"))
    assert [result.check for result in run.results] == ["RMT-01", "RMT-02"]
    assert json.loads(run_document.write(run))["results"] == json.loads((before / "run.json").read_text())["results"]


def test_a_store_of_before_is_renewed_and_answers(before: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = ("--store", str(before / "rempart.db"))
    with sqlite3.connect(before / "rempart.db") as database:
        (revision,) = database.execute("SELECT version_num FROM alembic_version").fetchone()
    database.close()
    assert revision == ("0004" if LATE in str(before) else "0003")
    if EARLY in str(before):
        assert main(["fleet", *store]) == 3
        assert "the next `rempart audit --store` upgrades it" in capsys.readouterr().err
    with Store.open(store[1]):  # as an audit opens it
        pass
    status, shown = said(capsys, "fleet", "--json", *store)
    hosts = {one["name"]: (one["silent"], one["open"]["high"]) for one in map(json.loads, shown.splitlines())}
    assert (status, hosts["web"], hosts["db"], len(hosts)) == (0, (False, 1), (True, 0), 3)
    for day, fails in (("2023-11-14", 1), ("2023-11-15", 2), ("2023-11-16", 1)):
        shown = said(capsys, "fleet", "--json", "--at", day, *store)[1]
        assert {one["name"]: one["counts"]["fail"] for one in map(json.loads, shown.splitlines())}["web"] == fails
    status, shown = said(capsys, "drift", "--since", "2023-11-15", "--json", *store)
    drift = json.loads(shown)
    assert [one["name"] for key in ("new_hosts", "silent") for one in drift[key]][1:] == ["db"]
    status, shown = said(capsys, "history", "web", "--json", *store)
    history = json.loads(shown)["standings"]
    assert (status, [one["state"] for one in history if one["check"] == "AAA-01"]) == (0, ["pass", "fail", "pass"])
    assert [one["failing_since"] for one in history if one["check"] == "AAA-02"] == ["2023-11-14T22:13:20Z"]


def test_a_chain_of_before_is_gone_on_with(before: Path, key: Key) -> None:
    with Store.open(str(before / "rempart.db")) as store:
        head = store.head()
        store.save([the_night_after()], key=key)
        out = io.BytesIO()
        store.export(out, key)
        assert store.head() != head
        proof = bundle.verify(io.BytesIO(out.getvalue()), [key.public], store.head())
        assert store.failing_since("web") == {"AAA-01": BEGINNING + 3 * 86_400}
    assert (str(proof.fault or ""), proof.links, proof.documents) == ("", 10, 10)
    hashes = [json.loads(line)["link"] for line in out.getvalue().splitlines() if b'"link"' in line]
    with (before / "all.bundle").open("rb") as lines:
        assert hashes[:9] == [json.loads(line)["link"] for line in lines if b'"link"' in line]


def test_documents_that_an_agent_of_before_left_in_its_spool_are_believed(before: Path, key: Key) -> None:
    spool = Spool(str(before / "agent"))
    documents = [spool.read(one.number) for one in spool.waiting()]
    assert len(documents) == 2
    found = inspect(Delivery(MACHINE, key.public, documents, b""), Agent(MACHINE, key.public), Taken(), BEGINNING + 60)
    assert (len(found.new), found.refused) == (2, ())
    assert envelope.unpack(found.new[0]).results[0].check == "AAA-01"
    changed = bytearray(documents[0])
    changed[20] ^= 1
    damaged = Delivery(MACHINE, key.public, [bytes(changed)], b"")
    assert inspect(damaged, Agent(MACHINE, key.public), Taken(), BEGINNING + 60).refused


def test_a_spool_of_before_is_filled_on(before: Path, key: Key) -> None:
    spool = Spool(str(before / "agent"))
    last = spool.waiting()[-1].number
    number, dropped = spool.put(lambda number, gone: envelope.seal(the_night_after(), key, number, gone), Bounds())
    assert (number > last, dropped, len(spool.waiting())) == (True, 0, 3)


def test_a_plan_and_a_change_of_before(before: Path, key: Key) -> None:
    plan = str(before / "plan.json")
    if LATE in str(before):
        (host,) = read_plan(plan, key).hosts
        assert (host.name, host.fixes[0].parameters["share"]) == ("web", 0.5)
        assert read_record("c-1", key).plan == "p-1"
        return
    for read in (lambda: read_plan(plan, key), lambda: read_record("c-1", key)):  # it may not do what it does not know
        with pytest.raises(UsageError, match=r"expected rempart\.\w+/\d, found \"rempart\.\w+/\d\""):
            read()


def test_an_incident_of_before_is_proved_and_gone_on_with(
    before: Path, key: Key, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder,) = (before / "rempart/incidents").iterdir()
    record = timeline.read(str(folder))
    assert (record.fault, [one.action for one in record.entries]) == (None, ["open", "note", "collect"])
    proof = evidence.verify(str(folder / "evidence-1"), folder.name, str(record.entries[-1].detail["manifest"]))
    assert (proof.faults, proof.items, proof.missed, proof.key) == ((), 2, 1, key.public)
    assert main(["incident", "note", "web", "later", "--by", "Anna"]) == 0
    status, shown = said(capsys, "incident", "verify", "web", "--key", str(before / "key.pub"))
    assert (status, len(timeline.read(str(folder)).entries)) == (0, 4), shown
    lines = (folder / timeline.FILE).read_bytes()
    for place in range(0, len(lines), 7):
        changed = bytearray(lines)
        changed[place] ^= 32 if lines[place : place + 1].isalpha() else 1
        (folder / timeline.FILE).write_bytes(changed)
        assert timeline.read(str(folder)).fault, place
