"""PRV-08 beside what find says of the same homes."""

from __future__ import annotations

import os
import random
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from rempart_testing.machine import Machine, TreeEngine
from rempart_testing.own_checks import own_checks

from rempart_agent.audit.examine import Circumstances, examine
from rempart_core.model.result import Result
from rempart_core.model.selection import Selected

CHECK = {check.id: check for check in own_checks()}["PRV-08"]
PASSWD = (
    "root:x:0:0::/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\nbob:x:1001:1001::/people/bob/:/bin/sh\n"
    "ftp:x:1002:1002::/srv/ftp:/usr/sbin/nologin\n"
)
GROUP = "root:x:0:\nusers:x:100:alice,bob\nalice:x:1000:\nbob:x:1001:\nftp:x:1002:\n"

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root to give files away")


def judge(machine: Machine) -> Result:
    chosen = Selected(CHECK, CHECK.severity, {name: one.default for name, one in CHECK.parameters.items()})
    with closing(TreeEngine(machine.offline())) as engine:
        return examine(chosen, engine, Circumstances("linux", "image", privileged=True, walk=True))


def lay_homes(machine: Machine) -> None:
    machine.file("/etc/passwd", PASSWD)
    machine.file("/etc/group", GROUP)
    machine.folder("/usr/bin")
    machine.folder("/data/bob", 0o750, owner=(1001, 1001))
    machine.link("/people", "data")  # whose home lies behind a link
    machine.folder("/home/alice", 0o750, owner=(1000, 1000))
    machine.file("/srv/ftp/open", "", 0o666)


def test_homes_in_which_all_is_in_order_pass(tmp_path: Path) -> None:
    machine = Machine(tmp_path / "root")
    lay_homes(machine)
    machine.file("/home/alice/x", "", 0o640, owner=(1000, 1000))
    result = judge(machine)
    assert result.state.value == "pass", result.reason.en


def test_what_lies_in_homes_is_judged_as_find_tells(tmp_path: Path) -> None:
    drawn = random.Random(8)  # noqa: S311 - the same draws each time
    machine = Machine(tmp_path / "root")
    lay_homes(machine)
    for home, uid in (("/home/alice", 1000), ("/data/bob", 1001)):
        for number in range(40):
            owner = uid if drawn.random() < 0.8 else drawn.choice((0, 1000, 1001, 4711))
            group = uid if drawn.random() < 0.8 else drawn.choice((0, 100, 1000, 1001))
            name = f"{home}/{drawn.choice(('', 'd/', '.d/', 'd/.e/'))}{drawn.choice(('', '.'))}f{number}"
            mode = drawn.choice((0o640, 0o600, 0o644, 0o750, 0o660, 0o4700))
            if drawn.random() < 0.2:
                machine.folder(name, mode, owner=(owner, group))
            else:
                machine.file(name, "", mode, owner=(owner, group))
        machine.link(f"{home}/link", "../somewhere")
    theirs: set[str] = set()
    for home, uid in (("home/alice", 1000), ("data/bob", 1001)):
        wrong = f"( ! -uid {uid} -o ! -gid {uid} -o ( ! -type l -perm /7027 ( -type d -o ! -name .* ) ) )"
        said = subprocess.run(
            ["find", home, *wrong.split()], cwd=machine.root, check=True, capture_output=True, text=True
        )
        theirs |= {f"/{line}" for line in said.stdout.splitlines()}
    result = judge(machine)
    assert len(theirs) > 20
    assert result.state.value == "fail"
    assert result.evidence.failing == len(theirs)
    assert {row["item"] for row in result.evidence.rows if row["ok"] == "0"} <= theirs
