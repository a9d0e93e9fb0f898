"""``rempart audit -i`` and ``rempart query -i``, as users run them, on real sshd's: every kind of host."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from rempart_testing import osqueryi, sshd
from rempart_testing.check import COUNT, write_check
from rempart_testing.ssh_lab import BIN, Lab, reason_of

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, for a mount namespace")
pytestmark = [pytest.mark.early, pytest.mark.skipif(not sshd.IS_THERE, reason="needs sshd and ssh-keygen")]


def test_hosts_are_judged_and_reported_each_by_its_name(lab: Lab, server: sshd.Sshd) -> None:
    write_check(lab.own_checks(), 2, COUNT.replace("count(*) >=", "-1 >="), title="None is enough")
    for name in ("one", "two", "three"):
        lab.add(name, server)
    junit = lab.folder / "junit.xml"
    status, runs = lab.runs("--junit", str(junit))
    assert status == 1
    assert list(runs) == ["one", "two", "three"]  # in the inventory's order
    for run in runs.values():
        assert [result["state"] for result in run["results"]] == ["pass", "fail"]
        assert run["target"]["kind"] == "host"
        assert run["engine"]["name"] == "embedded"
        assert run["target"]["system"]
    suites = ET.parse(junit).getroot().findall("testsuite")
    assert [suite.get("hostname") for suite in suites] == ["one", "two", "three"]
    assert {suite.get("failures") for suite in suites} == {"1"}


def test_the_endpoint_keeps_nothing_and_nobody_stays(lab: Lab, tmp_path: Path) -> None:
    (tmp_path / "temporary").mkdir()
    mark = f"TMPDIR={tmp_path}/temporary"  # others may audit this machine too: what is ours is told by it
    with sshd.run_sshd(tmp_path / "sshd", f"SetEnv {mark}") as host:
        lab.add("one", host)
        assert lab.audit().returncode == 0
        assert os.listdir(tmp_path / "temporary") == []
        until = time.monotonic() + 10
        while marked(mark):
            assert time.monotonic() < until
            time.sleep(0.05)


def marked(mark: str) -> list[int]:
    """Return the processes that have a variable in their environment."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            if mark.encode() in Path(f"/proc/{name}/environ").read_bytes().split(b"\0"):
                found.append(int(name))
    return found


def test_a_jump_leads_to_a_host_and_its_key_is_checked_too(lab: Lab, server: sshd.Sshd, tmp_path: Path) -> None:
    with sshd.run_sshd(tmp_path / "gate") as gate:
        (lab.folder / "home/.ssh/config").write_text(
            f"Host gate\n  HostName 127.0.0.1\n  Port {gate.port}\n  IdentityFile {gate.key}\n  IdentitiesOnly yes\n"
        )
        lab.add("inner", server, ansible_ssh_common_args="-o ProxyJump=gate")
        assert f"[127.0.0.1]:{gate.port} is unknown" in reason_of(lab.runs()[1]["inner"])
        lab.know(gate.known)
        assert lab.runs()[0] == 0
        assert "Accepted publickey" in gate.log.read_text()


def test_a_limit_and_a_wrong_variable(lab: Lab, server: sshd.Sshd) -> None:
    lab.add("one", server)
    lab.add("two", server, rempart_role="servr")
    lab.add("three", server, rempart_parameters={"TST-01": {"least": 99}})
    status, runs = lab.runs()
    assert status == 3
    assert 'rempart_role is "servr"' in reason_of(runs["two"])
    assert "TST-01.least" in reason_of(runs["three"])
    status, runs = lab.runs("-l", "one")
    assert (status, list(runs)) == (0, ["one"])
    done = lab.audit("-l", "nobody")
    assert done.returncode == 2
    assert "nobody" in done.stderr


def test_parameters_and_waivers_come_from_variables(lab: Lab, server: sshd.Sshd) -> None:
    write_check(lab.own_checks(), 2, COUNT.replace("count(*) >=", "-1 >="), title="None is enough")
    day = datetime.now(tz=UTC).date() + timedelta(days=30)
    waiver = f"{{check: TST-02, reason: agreed, owner: me, end: {day}, group: calm}}"
    (lab.folder / "waivers.yaml").write_text(f"waivers:\n  - {waiver}\n")
    lab.common |= {"rempart_waivers": "waivers.yaml", "rempart_parameters": {"tst-01": {"least": 0}}}
    lab.add("one", server)
    lab.add("two", server, rempart_group="calm", rempart_parameters_own={"TST-02": {"least": 3}})
    status, runs = lab.runs()
    assert status == 1
    assert runs["one"]["results"][0]["parameters"] == {"least": 0}
    assert runs["two"]["results"][1]["parameters"] == {"least": 3}
    assert runs["one"]["results"][1]["waiver"] is None
    assert runs["two"]["results"][1]["waiver"]["owner"] == "me"


def test_what_a_fleets_baseline_holds_counts_no_more_host_by_host(lab: Lab, server: sshd.Sshd) -> None:
    write_check(lab.own_checks(), 2, COUNT.replace("count(*) >=", "-1 >="), title="None is enough")
    for name in ("one", "two"):
        lab.add(name, server)
    before = lab.folder / "before.jsonl"
    assert lab.audit("--json", str(before)).returncode == 1
    status, runs = lab.runs("--baseline", str(before))
    assert status == 0
    assert [run["results"][1]["known"] for run in runs.values()] == [True, True]
    lab.add("three", server)
    status, runs = lab.runs("--baseline", str(before))
    assert status == 1
    assert runs["three"]["results"][1]["known"] is False
    assert "this host is not in the baseline" in str(runs["three"]["notes"])
    before.write_text(before.read_text() + '{"x": 1}\n')
    refused = lab.audit("--baseline", str(before))
    assert refused.returncode == 2
    assert "before.jsonl: line 3" in refused.stderr
    first = before.read_text().splitlines()[0]
    before.write_text(f"{first}\n{first}\n")
    twice = lab.audit("--baseline", str(before))
    assert twice.returncode == 2
    assert "contains one twice" in twice.stderr


def test_a_fleet_is_asked_one_question(lab: Lab, server: sshd.Sshd) -> None:
    lab.add("one", server)
    lab.add("off", ansible_port=sshd.free_port())
    done = lab.run("query", "--json", "SELECT username, uid FROM users WHERE uid = 0")
    assert done.returncode == 3
    assert json.loads(done.stdout) == {"host": "one", "row": {"uid": "0", "username": "root"}}
    assert done.stderr.startswith("off: 127.0.0.1 port")
    done = lab.run("query", "-l", "one", "SELECT shoe_size FROM users")
    assert done.returncode == 1
    assert done.stderr == "one: no such column: shoe_size\n"


def test_options_that_do_not_go_together(lab: Lab) -> None:
    lab.add("one")
    for wrong in (["--root", "/"], ["--role", "image"], ["--baseline", "x.json"]):
        assert lab.audit(*wrong).returncode == 2
    alone = subprocess.run([str(BIN / "rempart"), "audit", "-b"], capture_output=True, text=True, check=False)
    assert alone.returncode == 2
    assert "-i INVENTORY is missing" in alone.stderr


def test_the_endpoints_own_osqueryi_answers_where_it_is_asked_for(lab: Lab, server: sshd.Sshd, tmp_path: Path) -> None:
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    osqueryi.install(bin_)
    with sshd.run_sshd(tmp_path / "sshd", f"SetEnv PATH={bin_}:/usr/bin:/bin") as has:
        lab.add("has", has)
        lab.add("lacks", server)
        write_check(lab.own_checks(), 2, COUNT.replace("FROM users", "FROM rempart_nftables"), title="Not in osquery")
        status, runs = lab.runs("--engine", "osqueryi")
    assert status == 3
    assert runs["has"]["engine"]["name"] == "osqueryi"
    assert [result["state"] for result in runs["has"]["results"]] == ["pass", "error"]
    assert runs["has"]["results"][1]["failure"] == "no_table"
    assert "osqueryi" in reason_of(runs["lacks"])


CLOCK_CHECK = """
    query: |
      SELECT 'clock' AS item, unix_time - :controller_now AS observed, 'near' AS expected,
        abs(unix_time - :controller_now) <= 60 AS ok
      FROM time WHERE :controller_now > 0
    when_empty: not_checked
"""


def test_a_check_of_the_clock_knows_the_controllers_time(lab: Lab, server: sshd.Sshd) -> None:
    path = write_check(lab.own_checks(), 3)
    text = path.read_text()
    start = text.index("    query: |")
    text = text[:start] + CLOCK_CHECK.lstrip("\n") + text[text.index("remediation:") :]
    parameter = "  controller_now: {type: integer, default: 0, min: 0, title: {en: now, fr: now}}"
    path.write_text(re.sub(r"(?m)^  least:.*$", parameter, text))
    lab.add("one", server)
    lab.add("two", server)
    before = int(time.time())
    status, runs = lab.runs("--checks", "TST-03")
    assert status == 0
    for run in runs.values():
        (result,) = [one for one in run["results"] if one["check"] == "TST-03"]
        assert result["state"] == "pass"
        told = result["parameters"]["controller_now"]
        assert before <= told <= time.time()
        assert str(told) in json.dumps(result["sql"])
    late = lab.audit("--checks", "TST-03", "--param", f"TST-03.controller_now={before - 3600}")
    assert late.returncode == 1, "a time that was given counts"


SHADOW = "admin:{}:20000:0:99999:7:::\nroot:*:20000:0:99999:7:::\n"


@AS_ROOT
class TestBecome:
    """A user of its own, with real sudo, in a mount namespace: the machine's own users stay as they are."""

    @pytest.fixture
    def place(self) -> Iterator[Path]:
        """Make a folder that another user may enter, unlike those of pytest."""
        if not Path("/usr/bin/sudo").exists():
            pytest.skip("needs sudo")
        with tempfile.TemporaryDirectory(prefix="rempart-lab-") as name:
            Path(name).chmod(0o755)
            yield Path(name)

    @pytest.fixture
    def users(self, place: Path) -> str:
        """Return the commands that lay users over the machine's own."""
        hashed = subprocess.run(["openssl", "passwd", "-6", "geheim"], capture_output=True, text=True, check=True)
        passwd = Path("/etc/passwd").read_text() + f"admin:x:4242:65534::{place}:/bin/sh\n"
        files = {"passwd": passwd, "shadow": SHADOW.format(hashed.stdout.strip()), "sudoers": "root ALL=(ALL) ALL\n"}
        for name, text in files.items():
            (place / name).write_text(text)
            (place / name).chmod(0o440 if name == "sudoers" else 0o644)
        return "\n".join(f"mount --bind {place}/{name} /etc/{name}" for name in files)

    def rules(self, place: Path, line: str) -> None:
        file = place / "sudoers"
        file.chmod(0o640)
        file.write_text(f"root ALL=(ALL) ALL\nadmin ALL=(ALL) {line}\n")
        file.chmod(0o440)

    def test_without_it_checks_that_need_root_say_so(self, lab: Lab, place: Path, users: str) -> None:
        write_check(lab.own_checks(), 2, privilege="root")
        with sshd.run_sshd(place / "sshd", before=users) as host:
            lab.add("one", host, ansible_user="admin")
            status, runs = lab.runs()
        assert status == 3
        assert [result["state"] for result in runs["one"]["results"]] == ["pass", "not_checked"]
        assert runs["one"]["engine"]["user"] == "admin"

    def test_without_a_password(self, lab: Lab, place: Path, users: str) -> None:
        self.rules(place, "NOPASSWD: ALL")
        with sshd.run_sshd(place / "sshd", before=users) as host:
            lab.add("one", host, ansible_user="admin", ansible_become=True)
            lab.add("two", host, ansible_user="admin", ansible_become=True, ansible_become_password="not asked for")
            status, runs = lab.runs()
        assert status == 0
        assert {run["engine"]["user"] for run in runs.values()} == {"root"}

    def test_with_a_password(self, lab: Lab, place: Path, users: str) -> None:
        self.rules(place, "ALL")
        with sshd.run_sshd(place / "sshd", "PasswordAuthentication yes", before=users) as host:
            lab.add("right", host, ansible_user="admin", ansible_become=True, ansible_become_password="geheim")
            lab.add("wrong", host, ansible_user="admin", ansible_become=True, ansible_become_password="falsch")
            lab.add("none", host, ansible_user="admin", ansible_become=True)
            lab.add("login", host, ansible_user="admin", ansible_password="geheim")
            del lab.hosts["login"]["ansible_ssh_private_key_file"]
            status, runs = lab.runs()
        assert status == 3
        assert runs["right"]["engine"]["user"] == "root"
        assert runs["login"]["engine"]["user"] == "admin"
        assert "sudo refuses the password" in reason_of(runs["wrong"])
        assert "password is required" in reason_of(runs["none"])
        assert "geheim" not in json.dumps(runs)

    def test_by_su_with_the_password_of_root(self, lab: Lab, place: Path, users: str) -> None:
        root = subprocess.run(["openssl", "passwd", "-6", "wurzel"], capture_output=True, text=True, check=True)
        shadow = place / "shadow"
        shadow.write_text(shadow.read_text().replace("root:*:", f"root:{root.stdout.strip()}:"))
        su = {"ansible_user": "admin", "ansible_become": True, "ansible_become_method": "su"}
        with sshd.run_sshd(place / "sshd", before=users) as host:
            lab.add("right", host, **su, ansible_become_password="wurzel")
            lab.add("wrong", host, **su, ansible_become_password="falsch")
            status, runs = lab.runs()
        assert status == 3
        assert runs["right"]["engine"]["user"] == "root"
        assert "not allowed to become another user: su: Authentication failure" in reason_of(runs["wrong"])
        assert "wurzel" not in json.dumps(runs)

    def test_a_sudo_that_wants_a_terminal_says_what_to_do(self, lab: Lab, place: Path, users: str) -> None:
        self.rules(place, "NOPASSWD: ALL\nDefaults requiretty")
        with sshd.run_sshd(place / "sshd", before=users) as host:
            lab.add("one", host, ansible_user="admin", ansible_become=True)
            status, runs = lab.runs()
        assert status == 3
        assert "Defaults:ACCOUNT !requiretty" in reason_of(runs["one"])

    def test_another_way_is_named(self, lab: Lab, place: Path, users: str) -> None:
        with sshd.run_sshd(place / "sshd", before=users) as host:
            lab.add("one", host, ansible_user="admin", ansible_become=True, ansible_become_method="doas")
            status, runs = lab.runs()
        assert status == 3
        assert "supports sudo and su" in reason_of(runs["one"])
