"""The commands about what is remembered, as their users run them."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from rempart_testing.check import write_check
from rempart_testing.target import lay

BIN = Path(sys.executable).parent
BAD = (
    "SELECT 'a' AS item, '::error::x' || char(27) || '[31m' AS observed, 'good' AS expected, 0 AS ok "
    "FROM users WHERE :least >= 0"
)


@pytest.fixture
def place() -> Iterator[Path]:
    """Make a root filesystem and a folder of own checks that pass."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "root").mkdir()
        system = "ID=debian\nNAME=Debian\nVERSION_ID=13\n"
        lay(folder / "root", {"/etc/os-release": system, "/etc/passwd": "root:x:0:0:root:/root:/bin/bash\n"})
        write_check(folder / "checks", 1, title="Somebody is there")
        write_check(folder / "checks", 2, title="All is good")
        yield folder


def rempart(place: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"XDG_CACHE_HOME": str(place / "cache"), "XDG_DATA_HOME": str(place / "data")}
    done = subprocess.run(
        [str(BIN / "rempart"), *arguments], capture_output=True, text=True, check=False, env=environment, timeout=120
    )
    assert "Traceback" not in done.stderr
    return done


def audit(place: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    own = ["--root", str(place / "root"), "--checks-dir", str(place / "checks"), "--checks", "TST-*"]
    return rempart(place, "audit", *own, "--quiet", *arguments)


def break_one(place: Path) -> None:
    write_check(place / "checks", 1, BAD, title="Somebody is there")


def test_a_defect_between_two_audits_is_drift(place: Path) -> None:
    assert audit(place, "--store").returncode == 0
    break_one(place)
    assert audit(place, "--store").returncode == 1
    done = rempart(place, "drift")
    assert done.returncode == 1
    assert "Worse (1, 1 regression)" in done.stdout
    assert "TST-01  pass → fail  Somebody is there" in done.stdout
    assert "\x1b" not in done.stdout
    french = rempart(place, "drift", "--since", "1", "--lang", "fr")
    assert (french.returncode, "Pire (1" in french.stdout) == (1, True)
    (change,) = json.loads(rempart(place, "drift", "--json").stdout)["changes"]
    assert (change["check"], change["regression"], change["new"]["state"]) == ("TST-01", True, "fail")
    assert rempart(place, "drift", "--since", "2").returncode == 0


def test_the_fleet_and_the_histories_are_shown(place: Path) -> None:
    break_one(place)
    audit(place, "--store")
    name = str(place / "root")
    lines = [json.loads(line) for line in rempart(place, "fleet", "--json").stdout.splitlines()]
    assert [(host["name"], host["open"]["high"], host["counts"]["pass"]) for host in lines] == [(name, 1, 1)]
    assert name in rempart(place, "fleet").stdout
    assert "no hosts" in rempart(place, "fleet", "--at", "2020-02-29").stdout
    history = rempart(place, "history", name).stdout
    assert "Open findings (1)" in history
    assert "∅ → fail" in history
    assert name in rempart(place, "history", "tst-01", "--lang", "fr").stdout
    told = json.loads(rempart(place, "history", "TST-01", "--json").stdout)
    assert told["standings"][0]["detail"]["evidence"]["failing"] == 1
    unknown = rempart(place, "history", "TST-99")
    assert (unknown.returncode, "did you mean" in unknown.stderr) == (2, True)


def test_signed_runs_are_exported_and_proven(place: Path) -> None:
    audit(place, "--sign", "--store", str(place / "own.db"))
    reports = [f"--{name}={place / name}" for name in ("junit", "html", "markdown")]
    own = ["--root", str(place / "root"), "--checks-dir", str(place / "checks"), "--checks", "TST-*"]
    said = rempart(place, "audit", *own, "--sign", "--store", str(place / "own.db"), *reports).stdout
    bundle = place / "bundle.jsonl"
    done = rempart(place, "export", "--store", str(place / "own.db"), "--out", str(bundle))
    assert done.returncode == 0, done.stderr
    (place / "own.db").unlink()
    for path in (bundle, place / "data/rempart/signing-key.pem"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    proof = json.loads(rempart(place, "verify", str(bundle), "--json").stdout)
    assert (proof["fault"], proof["links"], proof["documents"]) == ("", 2, 2)
    heads = {p.get("value") for p in ET.parse(place / "junit").iter("property") if p.get("name") == "chain_head"}
    assert heads == {proof["head"]}
    for text in (said, *((place / name).read_text(encoding="utf-8") for name in ("html", "markdown"))):
        assert proof["head"] in text
    key = ["--key", str(place / "data/rempart/signing-key.pem"), "--head", proof["head"]]
    good = rempart(place, "verify", str(bundle), *key)
    assert (good.returncode, good.stdout.startswith("INTACT")) == (0, True)
    any_key = rempart(place, "verify", str(bundle))
    assert (any_key.returncode, any_key.stdout.startswith("NOT PROVEN")) == (3, True)
    assert "INTACT" not in any_key.stdout
    assert rempart(place, "verify", str(bundle), "--lang", "fr").stdout.startswith("NON PROUVÉ")
    data = bytearray(bundle.read_bytes())
    data[-40] ^= 4
    bundle.write_bytes(data)
    bad = rempart(place, "verify", str(bundle))
    assert bad.returncode == 1
    assert bad.stdout.startswith("BROKEN: link 2")


def test_hosts_are_chosen_by_a_pattern(place: Path) -> None:
    audit(place, "--store", "--sign")
    break_one(place)
    audit(place, "--store", "--sign")
    mine = ("-l", f"{place}*")
    assert len(rempart(place, "fleet", "--json", *mine).stdout.splitlines()) == 1
    assert rempart(place, "drift", "--since", "1", "-l", "local").returncode == 1
    bundle = str(place / "bundle.jsonl")
    assert "2 documents" in rempart(place, "export", "--out", bundle, *mine).stdout
    for command in (["fleet"], ["drift", "--since", "1"], ["export", "--out", bundle]):
        none = rempart(place, *command, "-l", "nobody-*")
        assert (none.returncode, "nobody-*" in none.stderr) == (2, True)


def test_export_and_verify_go_through_a_pipe(place: Path) -> None:
    audit(place, "--sign")
    line = f"{BIN / 'rempart'} export --out - | {BIN / 'rempart'} verify - --lang fr"
    environment = os.environ | {"XDG_DATA_HOME": str(place / "data")}
    done = subprocess.run(["/bin/sh", "-c", line], capture_output=True, text=True, check=False, env=environment)
    assert (done.returncode, "maillons 1 à 1" in done.stdout) == (3, True), done.stderr


def test_export_says_what_the_store_has_lost(place: Path) -> None:
    audit(place, "--sign", "--store", str(place / "own.db"))
    audit(place, "--sign", "--store", str(place / "own.db"))
    connection = sqlite3.connect(place / "own.db")
    connection.execute("UPDATE link SET document = NULL WHERE number = 1")
    connection.commit()
    connection.close()
    for out in (str(place / "bundle.jsonl"), "-"):
        done = rempart(place, "export", "--store", str(place / "own.db"), "--out", out)
        assert done.returncode == 1
        assert "BROKEN: link 1" in done.stderr
        assert "its document is missing" in done.stderr
        assert "signed with other keys" not in done.stderr
    proof = json.loads(rempart(place, "verify", str(place / "bundle.jsonl"), "--json").stdout)
    assert proof["missing"] == [1]
    (place / "data/rempart/signing-key.pem").rename(place / "old.pem")  # the one that exports has a key of its own
    told = rempart(place, "export", "--store", str(place / "own.db"), "--out", str(place / "bundle.jsonl")).stderr
    assert "also signed with other keys than yours" in told


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["drift"], "no store"),
        (["fleet", "--store", "mysql://x"], "PostgreSQL"),
        (["verify", "nothing.jsonl"], "nothing.jsonl"),
        (["verify", "x", "--key", "nothing"], "--key"),
    ],
)
def test_what_can_not_be_done_is_said(place: Path, arguments: list[str], said: str) -> None:
    done = rempart(place, *arguments)
    assert done.returncode == 2
    assert said in done.stderr


@pytest.mark.parametrize("moment", ["2026-02-30", "yesterday", "2026-13-01", "2026-01-01T25:00", "99"])
def test_what_is_no_moment_is_said(place: Path, moment: str) -> None:
    audit(place, "--store")
    for arguments in (["drift", "--since", moment], ["fleet", "--at", moment]):
        done = rempart(place, *arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert moment in done.stderr


def test_reports_are_written_though_the_store_can_not_be(place: Path) -> None:
    audit(place, "--store")
    broken = place / "data/rempart/rempart.db"
    subprocess.run(
        [
            sys.executable,
            "-c",
            "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('DROP TABLE visit')",
            str(broken),
        ],
        check=True,
    )
    done = audit(place, "--store", "--json", str(place / "run.json"))
    assert done.returncode == 3
    assert "the store" in done.stderr
    assert json.loads((place / "run.json").read_text())["counts"]["pass"] == 2


def test_history_is_kept_for_as_long_as_is_said(place: Path) -> None:
    audit(place, "--store", "--keep", "400d")
    assert rempart(place, "fleet").returncode == 0
    refused = audit(place, "--keep", "soon")
    assert (refused.returncode, "number of days" in refused.stderr) == (2, True)


def test_an_audit_that_remembers_nothing_loads_nothing_of_it(place: Path) -> None:
    own = ["--root", str(place / "root"), "--checks-dir", str(place / "checks"), "--checks", "TST-*", "--quiet"]
    script = (
        "import sys; from rempart_controller.commands import main as cli\n"
        "try:\n    cli._main(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
        "print([m for m in sys.modules if m.split('.')[0] in ('sqlalchemy', 'alembic', 'cryptography', 'sqlite3')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "audit", *own],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"XDG_DATA_HOME": str(place / "data"), "XDG_CACHE_HOME": str(place / "cache")},
    )
    assert done.stdout == "[]\n", done.stderr
    assert not (place / "data").exists()
