"""The options of ``rempart audit`` that fill directories and write sheets, as its users give them."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from rempart_testing.check import write_check
from rempart_testing.target import lay

from rempart_controller.commands.main import main
from rempart_core.messages.message import Message
from rempart_core.messages.say import say
from rempart_reports.formats.registry import FORMATS, Entry

BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a root filesystem and a folder of own checks: one passes, one fails."""
    folder = tmp_path_factory.mktemp("place")
    (folder / "root").mkdir()
    system = "ID=debian\nNAME=Debian\nVERSION_ID=13\n"
    lay(folder / "root", {"/etc/os-release": system, "/etc/passwd": "root:x:0:0:root:/root:/bin/bash\n"})
    write_check(folder / "checks", 1, title="Somebody is there")
    bad = "SELECT '=1+1' AS item, 'bad' AS observed, 'good' AS expected, 0 AS ok FROM users WHERE :least >= 0"
    write_check(folder / "checks", 2, bad, title="All is good")
    return folder


def audit(place: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    own = ["--root", str(place / "root"), "--checks-dir", str(place / "checks"), "--checks", "TST-*"]
    return subprocess.run(
        [str(BIN / "rempart"), "audit", *own, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"XDG_CACHE_HOME": str(place / "cache")},
        timeout=120,
    )


def test_directories_are_filled_for_one_run_too(place: Path, tmp_path: Path) -> None:
    done = audit(place, "--junit-dir", str(tmp_path / "j"), "--html-dir", str(tmp_path / "h"), "--quiet")
    assert (done.returncode, done.stderr) == (1, "")
    (junit,) = (tmp_path / "j").iterdir()
    assert junit.name.startswith("TEST-")
    assert [case.tag for case in ET.parse(junit).getroot().iter("failure")] == ["failure"]
    assert sorted(page.name for page in (tmp_path / "h" / "checks").iterdir()) == ["TST-01.html", "TST-02.html"]
    assert "All is good" in (tmp_path / "h" / "index.html").read_text(encoding="utf-8")


def test_csv_and_json_lines_go_to_standard_output_alone(place: Path) -> None:
    lines = list(csv.DictReader(io.StringIO(audit(place, "--csv", "-").stdout)))
    assert [(line["check"], line["state"]) for line in lines] == [("TST-01", "pass"), ("TST-02", "fail")]
    objects = [json.loads(line) for line in audit(place, "--jsonl", "-").stdout.splitlines()]
    assert objects[1]["evidence"][0]["item"] == "=1+1"


def test_a_directory_that_cannot_be_made_is_a_clear_error(place: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = audit(place, "--html-dir", str(tmp_path / "file"))
    assert done.returncode == 2
    assert "not a directory" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only services of the system are shut in")
@pytest.mark.parametrize("option", ["html-dir", "junit-dir", "html", "junit", "json", "jsonl", "csv", "markdown"])
def test_schedule_lets_the_service_write_where_the_reports_go(tmp_path: Path, option: str) -> None:
    (tmp_path / "there").mkdir()
    for target, written in (("there", "there"), ("there/new", "there"), ("there/new/", "there")):
        if target == "there" and not option.endswith("-dir"):
            continue
        words = ["--", "-i", "web,", f"--{option}", str(tmp_path / target) + "/" * target.endswith("/")]
        done = subprocess.run(
            [str(BIN / "rempart"), "schedule", "--show", *words],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            env=os.environ | {"XDG_DATA_HOME": str(tmp_path / "data")},  # where there is one, it is written to, too
        )
        assert done.returncode == 0, done.stderr
        lines = [line for line in done.stdout.splitlines() if line.startswith("ReadWritePaths=")]
        assert lines == [f"ReadWritePaths={tmp_path / written}"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only services of the system are shut in")
def test_a_link_is_written_where_it_leads(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    (tmp_path / "page.html").symlink_to(tmp_path / "far" / "page.html")
    command = [str(BIN / "rempart"), "schedule", "--show", "--", "-i", "web,", "--html", str(tmp_path / "page.html")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert f"ReadWritePaths={tmp_path}/far\n" in done.stdout


def test_a_silent_host_has_the_age_of_its_last_answer_from_the_store(place: Path, tmp_path: Path) -> None:
    def ask(address: str) -> str:
        hosts = tmp_path / "hosts.yml"
        hosts.write_text(f"all:\n  hosts:\n    here: {{{address}}}\n", encoding="utf-8")
        command = [str(BIN / "rempart"), "audit", "-i", str(hosts), "--checks-dir", str(place / "checks")]
        command += ["--checks", "TST-*", "--store", str(tmp_path / "store.db"), "--html-dir", str(tmp_path / "pages")]
        environment = os.environ | {"XDG_CACHE_HOME": str(place / "cache")}
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=120)
        assert "Traceback" not in done.stderr
        return (tmp_path / "pages" / "index.html").read_text(encoding="utf-8")

    assert "last answer" not in ask("ansible_connection: local")
    assert "last answer 0 minutes ago" in ask("ansible_host: 127.0.0.1, ansible_port: 9")


def test_a_store_tells_since_when_and_what_changed(tmp_path: Path) -> None:
    write_check(tmp_path / "checks", 1, title="Somebody is there")
    write_check(tmp_path / "checks", 2, title="Somebody else is there")
    hosts = tmp_path / "hosts.yml"
    hosts.write_text("all:\n  hosts:\n    here: {ansible_connection: local}\n", encoding="utf-8")
    command = [str(BIN / "rempart"), "audit", "-i", str(hosts), "--checks-dir", str(tmp_path / "checks")]
    command += ["--checks", "TST-*", "--store", str(tmp_path / "store.db"), "--html-dir", str(tmp_path / "pages")]
    command += ["--markdown", str(tmp_path / "m.md"), "--csv", str(tmp_path / "c.csv")]

    def ask() -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"XDG_CACHE_HOME": str(tmp_path / "cache")}
        return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=120)

    def read(name: str) -> str:
        return (tmp_path / name).read_text(encoding="utf-8")

    first = ask()
    assert (first.returncode, first.stderr) == (0, "")
    assert "RUN BEFORE" not in first.stdout
    assert "Coverage: 100%" in first.stdout
    assert "run before" not in read("pages/index.html")
    bad = "SELECT 'a' AS item, 'bad' AS observed, 'good' AS expected, 0 AS ok FROM users WHERE :least >= 0"
    write_check(tmp_path / "checks", 1, bad, title="Somebody is there")
    second = ask()
    assert (second.returncode, second.stderr) == (1, "")
    drift = second.stdout.partition("WHAT CHANGED SINCE THE RUN BEFORE")[2]
    assert "Got worse\n    high      TST-01  pass → fail  Somebody is there\n      here\n" in drift
    assert "open since 20" in second.stdout
    assert "pass → fail" in read("pages/index.html")
    page = read("pages/hosts/here.html")
    assert "Open since" in page
    assert "Worse since the run before: it was pass" in page
    assert "pass → fail" in read("m.md")
    lines = {line["check"]: line for line in csv.DictReader(io.StringIO(read("c.csv")))}
    assert [lines[check]["change"] for check in ("TST-01", "TST-02")] == ["worse", ""]
    since = lines["TST-01"]["open_since"]
    assert since.startswith("20")
    third = ask()
    assert "Nothing changed." in third.stdout
    lines = {line["check"]: line for line in csv.DictReader(io.StringIO(read("c.csv")))}
    assert (lines["TST-01"]["change"], lines["TST-01"]["open_since"]) == ("", since)


def test_reports_of_an_inventory_have_one_shape_for_one_host_many_and_none(tmp_path: Path) -> None:
    write_check(tmp_path / "checks", 1, title="Somebody is there")
    own = ["--checks-dir", str(tmp_path / "checks"), "--checks", "TST-*", "--quiet"]
    names = {name: tmp_path / name for name in ("json", "markdown", "html", "junit", "csv", "jsonl")}
    reports = [f"--{name}={path}" for name, path in names.items()]

    def ask(*hosts: str, more: tuple[str, ...] = ()) -> dict[str, str]:
        inventory = tmp_path / "hosts.yml"
        lines = "".join(f"    {name}: {{ansible_connection: local}}\n" for name in hosts)
        inventory.write_text(f"all:\n  hosts:\n{lines}", encoding="utf-8")
        command = [str(BIN / "rempart"), "audit", "-i", str(inventory), *own, *reports, *more]
        environment = os.environ | {"XDG_CACHE_HOME": str(tmp_path / "cache")}
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=120)
        assert (done.returncode, done.stderr) == (0, "")
        return {name: path.read_text(encoding="utf-8") for name, path in names.items()}

    many, one = ask("one", "two"), ask("one", more=("--store", str(tmp_path / "store.db")))
    none = ask("one", more=("--store", str(tmp_path / "store.db"), "--stale", "1h"))
    for said, hosts in ((many, ["one", "two"]), (one, ["one"]), (none, [])):
        assert [json.loads(line)["target"]["name"] for line in said["json"].splitlines()] == hosts
        assert said["markdown"].startswith("# Fleet audit report: ")
        assert said["html"].count("<title>Security audit report</title>") == 1
        root = ET.fromstring(said["junit"])
        assert (root.tag, [suite.get("name") for suite in root]) == ("testsuites", hosts)
        assert len(list(csv.DictReader(io.StringIO(said["csv"])))) == len(hosts)
        assert len(said["jsonl"].splitlines()) == len(hosts)
    assert all("No host was asked." in none[name] for name in ("markdown", "html"))


FORMAT = '''\
"""The findings alone, a line each."""


from rempart_reports.formats import contract


class Report(contract.Report):
    def fragment(self, run, place):
        return [f"{self.options.language} {result.check} {result.state.value}\\n" for result in run.results]


class DirectoryReport(Report, contract.DirectoryReport):
    def join(self, path, pieces):
        import os

        os.makedirs(path, exist_ok=True)
        with open(os.path.join(path, "lines.txt"), "w") as file:
            contract.write_pieces(pieces, file)
'''


def test_a_report_format_is_one_module_and_one_line_of_the_registry(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "rempart_test_lines.py").write_text(FORMAT, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(
        FORMATS,
        "lines",
        Entry(
            "rempart_test_lines",
            "help.format_csv",
            "help.format_junit_after",
            "help.format_junit_folder",
        ),
    )
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("XDG_CACHE_HOME", str(place / "cache"))
    own = ["--root", str(place / "root"), "--checks-dir", str(place / "checks"), "--checks", "TST-*", "--quiet"]
    file, folder = tmp_path / "lines.txt", tmp_path / "folder"
    assert main(["audit", *own, "--lines", str(file), "--lines-dir", str(folder), "--lang", "fr"]) == 1
    assert file.read_text(encoding="utf-8") == "fr TST-01 pass\nfr TST-02 fail\n"
    assert (folder / "lines.txt").read_text(encoding="utf-8") == file.read_text(encoding="utf-8")
    assert main(["audit", *own, "--lines", str(file), "--json", str(file)]) == 2, "it is tried with all others"
    assert "--json and --lines both write to" in capsys.readouterr().err
    shown = ("audit", say(Message("help.format_csv"))), ("apply", "a JUnit report of the audit after the change")
    for command, said in shown:
        with pytest.raises(SystemExit):
            main([command, "--help"])
        assert re.search(rf"--lines FILE +{said}$", capsys.readouterr().out, re.MULTILINE), command
    with pytest.raises(SystemExit):
        main(["audit", "--help"])
    folders = say(Message("help.format_junit_folder"))
    assert re.search(rf"--lines-dir DIR +{folders}$", capsys.readouterr().out, re.MULTILINE)
    if sys.platform == "linux":
        assert main(["schedule", "--show", "--", "--root", "/", "--lines", str(file)]) == 0
        assert f"--lines {file}" in capsys.readouterr().out
