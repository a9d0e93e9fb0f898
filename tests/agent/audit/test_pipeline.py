"""An audit from options to exit status, on root filesystems, through the installed commands."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from rempart_testing.check import COUNT, write_check
from rempart_testing.target import lay

from rempart_core.content.place import content_root
from rempart_core.documents import run_document
from rempart_core.model.check import Severity
from rempart_core.model.gate import exit_status
from rempart_core.model.result import State

BIN = Path(sys.executable).parent
SYSTEM = "ID=debian\nNAME=Debian\nVERSION_ID=13\n"
PASSWD = "root:x:0:0:root:/root:/bin/bash\n"
FAILING = "SELECT 'a' AS item, 'bad' AS observed, 'good' AS expected, 0 AS ok FROM users WHERE :least >= 0"
ERRING = "SELECT 'a' AS item, 'bad' AS observed, 'good' AS expected, NULL AS ok FROM users WHERE :least >= 0"


@pytest.fixture
def place() -> Iterator[Path]:
    """Make a root filesystem and a folder of own checks, where others may look too."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "root").mkdir()
        lay(folder / "root", {"/etc/os-release": SYSTEM, "/etc/passwd": PASSWD})
        yield folder


# Once as root, so that everything is imported before the rights are given up: the interpreter itself may lie where
# only root reads. Then as nobody.
AS_NOBODY = """
import contextlib, importlib, io, os, pkgutil, sys, rempart_agent, rempart_core, rempart_agent.commands.main
for package in (rempart_agent, rempart_core):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(module.name)
with contextlib.redirect_stdout(io.StringIO()):
    rempart_agent.commands.main.main(sys.argv[1:])
os.setgroups([]); os.setresgid(65534, 65534, 65534); os.setresuid(65534, 65534, 65534)
sys.exit(rempart_agent.commands.main.main(sys.argv[1:]))
"""


def run(place: Path, *arguments: str, nobody: bool = False, root: str = "root") -> tuple[int, Any, str]:
    """Run `rempart-agent run` on the root filesystem with only the own checks; return status, document and errors."""
    command = [sys.executable, "-c", AS_NOBODY] if nobody else [str(BIN / "rempart-agent")]
    options = ["--root", str(place / root), "--checks-dir", str(place / "checks"), "--checks", "TST-*"]
    environment = os.environ | {"XDG_CACHE_HOME": str(place / "cache"), "HOME": str(place)}
    if nobody:  # who may not be able to read the checkout
        copy = place / "copy"
        for folder in ("core", "agent", "checks"):
            shutil.copytree(Path(content_root()) / folder, copy / folder)
        environment["PYTHONPATH"] = f"{copy / 'core'}:{copy / 'agent'}"
    done = subprocess.run(
        [*command, "run", *options, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        timeout=60,
    )
    assert "Traceback" not in done.stderr
    return done.returncode, json.loads(done.stdout) if done.stdout.strip() else None, done.stderr


def states(found: Any) -> dict[str, str]:
    return {result["check"]: result["state"] for result in found["results"]}


def test_a_pass_is_status_0_and_has_evidence(place: Path) -> None:
    write_check(place / "checks", 1)
    status, found, errors = run(place)
    assert (status, errors) == (0, "")
    (result,) = found["results"]
    assert result["state"] == "pass"
    assert result["evidence"]["rows"] == [{"item": "accounts", "observed": "1", "expected": "at least 1", "ok": "1"}]
    assert result["parameters"] == {"least": 1}
    assert "count(*) >= 1 AS ok" in result["sql"]["query"]
    assert found["role"] == "image"


def test_findings_are_status_1_at_or_above_the_threshold(place: Path) -> None:
    write_check(place / "checks", 1)
    write_check(place / "checks", 2, FAILING, severity="medium")
    assert run(place)[0] == 1
    assert run(place, "--fail-on", "medium")[0] == 1
    assert run(place, "--fail-on", "high")[0] == 0


def test_an_error_is_status_3_and_outranks_findings(place: Path) -> None:
    write_check(place / "checks", 1, FAILING)
    write_check(place / "checks", 2, ERRING, severity="medium")
    assert run(place)[0] == 3
    assert run(place, "--fail-on", "high")[0] == 1


def test_a_check_that_lacked_privileges_is_status_3_whatever_its_severity(place: Path) -> None:
    if os.geteuid():
        pytest.skip("only root can become another user")
    write_check(place / "checks", 1)
    write_check(place / "checks", 2, severity="info", privilege="root")
    status, found, _ = run(place, "--fail-on", "critical", nobody=True)
    assert status == 3
    assert states(found) == {"TST-01": "pass", "TST-02": "not_checked"}
    assert found["results"][1]["reason"]["en"] == "needs root"


def test_nothing_judged_is_status_3(place: Path) -> None:
    write_check(place / "checks", 1, COUNT.replace("users", "mounts"))
    status, found, _ = run(place)
    assert status == 3
    assert states(found) == {"TST-01": "not_checked"}


def test_what_a_root_filesystem_cannot_offer_is_no_gap(place: Path) -> None:
    write_check(place / "checks", 1, COUNT.replace("users", "mounts"))
    write_check(place / "checks", 2)
    assert run(place)[0] == 0


def test_a_directory_without_a_system_makes_every_check_not_checked(place: Path) -> None:
    write_check(place / "checks", 1)
    (place / "empty").mkdir()
    (place / "etc-only" / "etc").mkdir(parents=True)
    for root in ("empty", "etc-only"):
        status, found, _ = run(place, root=root)
        assert status == 3
        assert states(found) == {"TST-01": "not_checked"}
        assert "os-release" in found["results"][0]["reason"]["en"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--profile", "nope"], "there is no profile"),
        (["--checks", "NOPE-*"], "no check matches"),
        (["--param", "TST-01.least=ten"], "TST-01.least=ten"),
        (["--param", "TST-01.most=1"], "no parameter"),
        (["--param", "nonsense"], "CHECK.NAME=VALUE"),
        (["--waivers", "/nowhere.yaml"], "/nowhere.yaml"),
        (["--baseline", "/nowhere.json"], "/nowhere.json"),
        (["--root", "/nowhere"], "/nowhere"),
        (["--checks-dir", "/nowhere"], "/nowhere"),
        (["--fail-on", "worst"], "is not one of: critical"),
        (["--deadline", "-1"], "seconds"),
    ],
)
def test_wrong_usage_is_status_2_with_one_clear_error(place: Path, arguments: Sequence[str], said: str) -> None:
    write_check(place / "checks", 1)
    status, found, errors = run(place, *arguments)
    assert (status, found) == (2, None)
    assert said in errors


def test_all_mistakes_of_all_files_are_said_at_once(place: Path) -> None:
    first = write_check(place / "checks", 1, severity="terrible")
    second = write_check(place / "checks", 2, privilege="emperor")
    status, found, errors = run(place)
    assert (status, found) == (2, None)
    assert f"{first}:5:" in errors
    assert f"{second}:" in errors
    assert "emperor" in errors


def test_a_given_parameter_is_judged_with_and_said(place: Path) -> None:
    write_check(place / "checks", 1)
    status, found, _ = run(place, "--param", "TST-01.least=2")
    assert status == 1
    assert found["results"][0]["parameters"] == {"least": 2}


def test_a_waived_finding_does_not_count_and_an_expired_waiver_does_nothing(place: Path) -> None:
    write_check(place / "checks", 1, FAILING)
    waivers = place / "waivers.yaml"
    text = "waivers:\n  - {check: TST-01, reason: accepted, owner: boss, end: "
    waivers.write_text(text + f"{datetime.now(tz=UTC).date() + timedelta(days=30)}}}\n")
    status, found, _ = run(place, "--waivers", str(waivers))
    assert status == 0
    assert found["results"][0]["state"] == "fail"
    assert found["results"][0]["waiver"]["reason"] == "accepted"
    waivers.write_text(text + "2020-01-01}\n")
    status, found, _ = run(place, "--waivers", str(waivers))
    assert status == 1
    assert found["results"][0]["waiver"] is None
    assert found["results"][0]["expired_waivers"][0]["reason"] == "accepted"


def test_a_profile_says_how_long_a_waiver_may_last(place: Path) -> None:
    write_check(place / "checks", 1, FAILING)
    waivers = place / "waivers.yaml"
    day = datetime.now(tz=UTC).date() + timedelta(days=30)
    waivers.write_text(f"waivers:\n  - {{check: TST-01, reason: accepted, owner: boss, end: {day}}}\n")
    profile = place / "checks" / "profiles" / "strict.yaml"
    profile.parent.mkdir()
    profile.write_text("title: {en: s, fr: s}\nextends: all\nmax_waiver_days: 7\n")
    status, _, said = run(place, "--profile", "strict", "--waivers", str(waivers))
    assert status == 2
    assert "the waiver of TST-01 ends in" in said
    assert "7 are allowed" in said
    profile.write_text("title: {en: s, fr: s}\nextends: all\nmax_waiver_days: 400\n")
    status, _, said = run(place, "--profile", "strict")
    assert (status, "400 is more than 366" in said) == (2, True)


def test_a_profile_for_another_system_is_said_and_no_failure(place: Path) -> None:
    write_check(place / "checks", 1)
    profile = place / "checks" / "profiles" / "strict.yaml"
    profile.parent.mkdir()
    own = run(place)[1]["target"]["system"]
    for system, said in (("Debian GNU/Linux 12", True), (own, False)):
        profile.write_text(f"title: {{en: s, fr: s}}\nextends: all\nwritten_for: {system}\n")
        status, found, _ = run(place, "--profile", "strict")
        assert status == 0
        assert any(f"strict was written for {system}; this host is" in note["en"] for note in found["notes"]) is said


def test_what_makes_a_run_say_less_stands_in_its_document(place: Path) -> None:
    write_check(place / "checks", 1)
    write_check(place / "checks", 2)
    _, found, _ = run(place, "--checks", "TST-01", "--param", "TST-01.least=0")
    assert found["narrowed"][-1] == "TST-01"
    assert found["results"][0]["defaults"] == {"least": 1}
    _, found, _ = run(place)
    assert "defaults" not in found["results"][0]


def test_a_baseline_makes_only_what_is_new_count(place: Path) -> None:
    write_check(place / "checks", 1, FAILING)
    _, found, _ = run(place)
    baseline = place / "baseline.json"
    baseline.write_text(json.dumps(found))
    assert run(place, "--baseline", str(baseline))[0] == 0
    write_check(place / "checks", 2, FAILING)
    assert run(place, "--baseline", str(baseline))[0] == 1


def test_a_stuck_statement_costs_one_check(place: Path) -> None:
    endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + :least FROM c) "
    endless += "SELECT max(x) AS item, 1 AS observed, 1 AS expected, 1 AS ok FROM c"
    write_check(place / "checks", 1, endless)
    write_check(place / "checks", 2)
    _, found, _ = run(place, "--deadline", "0.5")
    assert states(found) == {"TST-01": "error", "TST-02": "pass"}
    assert "deadline" in found["results"][0]["reason"]["en"]


def test_exit_status_of_a_run_read_back(place: Path) -> None:
    write_check(place / "checks", 1, FAILING)
    _, found, _ = run(place)
    again = run_document.read(json.dumps(found))
    assert again.results[0].state is State.FAIL
    assert exit_status(again, Severity.LOW) == 1
    assert exit_status(again, Severity.CRITICAL) == 0


SITE = """\
title: {en: a, fr: b}
extends: all
exclude: {TST-02: {en: not here, fr: pas ici}}
severities: {TST-01: {severity: low, reason: {en: a toy, fr: un jouet}}}
parameters: {TST-01: {least: 0}}
"""


def test_what_a_profile_changes_is_in_the_document_with_its_reasons(place: Path) -> None:
    write_check(place / "checks", 1)
    write_check(place / "checks", 2, FAILING)
    (place / "checks/profiles").mkdir()
    (place / "checks/profiles/site.yaml").write_text(SITE, encoding="utf-8")
    status, found, errors = run(place, "--profile", "site")
    assert (status, errors) == (0, "")
    assert found["profile"] == "site"
    assert found["notes"][-1]["en"] == "the profile rates TST-01 low instead of high: a toy"
    assert [(one["check"], one["reason"]["en"]) for one in found["excluded"]] == [("TST-02", "not here")]
    (result,) = found["results"]
    assert (result["severity"], result["parameters"]) == ("low", {"least": 0})
