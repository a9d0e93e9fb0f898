"""What is planned to be mounted, beside what systemd's own generator makes of the same fstab."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.models import mount_plan
from rempart_agent.models.unit import boot
from rempart_agent.readers.files import unit

GENERATOR = Path("/usr/lib/systemd/system-generators/systemd-fstab-generator")
FSTAB = r"""/dev/sda1 / ext4 defaults 0 1
/dev/sdb /home ext4 nosuid,nodev 0 2
tmpfs /tmp/ tmpfs nosuid
tmpfs /dev/shm tmpfs noexec
/dev/sdb /srv/my\040data//x ext4 noauto
/dev/sdc /opt/.x ext4 nofail,nodev 0 0
//srv/x /mnt/é cifs x-systemd.automount,noauto
/dev/sdf none swap sw 0 0
/dev/sdg /var/tmp ext4 auto,noauto
/dev/sdh /b ext4 noauto,auto
/dev/sdi /c-d/e_f ext4
"""
BOOT = {
    "/usr/lib/systemd/system/default.target": "[Unit]\nRequires=basic.target\n",
    "/usr/lib/systemd/system/basic.target": "[Unit]\nWants=local-fs.target\n",
    "/usr/lib/systemd/system/local-fs.target": "[Unit]\n",
}
UNIT = "[Mount]\nWhat=tmpfs\nWhere=/tmp\nType=tmpfs\nOptions=nosuid,nodev,size=50%%\n"


Plan = Callable[..., list[mount_plan.Planned]]


@pytest.fixture
def plan_of(root_of: Callable[..., Any]) -> Plan:
    def make(text: str, files: dict[str, str], link: str = "") -> list[mount_plan.Planned]:
        target = root_of({**BOOT, **files})
        if link:
            place = Path(target.root) / link
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to("/dev/null" if place.parent.name == "system" else "../" + place.name)
        units = unit.units(target)
        return list(mount_plan.plan(text, units, boot.started(units)))

    return make


@pytest.mark.skipif(not GENERATOR.exists(), reason="needs systemd")
def test_fstab_is_planned_as_the_generator_of_systemd_plans_it(tmp_path: Path, plan_of: Plan) -> None:
    table, out = tmp_path / "fstab", tmp_path / "out"
    table.write_text(FSTAB)
    out.mkdir()
    subprocess.run([GENERATOR, out, out, out], check=True, env={"SYSTEMD_FSTAB": str(table)}, capture_output=True)
    theirs = {}
    for file in out.glob("*.mount"):
        said = dict(line.split("=", 1) for line in file.read_text().splitlines() if "=" in line)
        pulled = list(out.glob(f"local-fs.target.*/{file.name}")) + list(out.glob(f"*/{file.stem}.automount"))
        theirs[file.name] = (said["Where"], said["What"], said.get("Options", ""), int(bool(pulled)))
    ours = {}
    for one in plan_of(FSTAB, {}):
        if one.path != "/dev/shm":
            options = "" if one.options == "defaults" else one.options
            ours[mount_plan.unit_name(one.path)] = (one.path, one.device, options, one.at_boot)
    assert ours == theirs


@pytest.mark.skipif(not shutil.which("systemd-escape"), reason="needs systemd")
def test_units_are_named_as_systemd_escape_names_them() -> None:
    paths = ["/", "/home", "/srv/my data/é", "/.x/.y", "/a-b_c:d@e", "/a\\b", "/~"]
    said = subprocess.run(
        ["systemd-escape", "-p", "--suffix=mount", *paths], check=True, capture_output=True, text=True
    )
    assert [mount_plan.unit_name(path) for path in paths] == said.stdout.split()


def told(found: list[mount_plan.Planned]) -> list[tuple[str, str, str, int | None, str]]:
    return [(one.kind, one.path, one.options, one.at_boot, one.state) for one in found]


def test_a_unit_of_a_package_counts_until_fstab_names_its_place(plan_of: Plan) -> None:
    files = {"/usr/lib/systemd/system/tmp.mount": UNIT}
    assert told(plan_of("", files)) == [("unit", "/tmp", "nosuid,nodev,size=50%", 0, "planned")]
    assert told(plan_of("tmpfs /tmp tmpfs noexec\n", files)) == [("fstab", "/tmp", "noexec", 1, "planned")]
    pulled = "usr/lib/systemd/system/local-fs.target.wants/tmp.mount"
    assert told(plan_of("", files, pulled)) == [("unit", "/tmp", "nosuid,nodev,size=50%", 1, "planned")]


def test_what_is_masked_is_never_mounted(plan_of: Plan) -> None:
    files = {"/usr/lib/systemd/system/tmp.mount": UNIT}
    found = plan_of("tmpfs /tmp tmpfs noexec\n", files, "etc/systemd/system/tmp.mount")
    assert told(found) == [("fstab", "/tmp", "noexec", 0, "masked")]


def test_a_unit_of_the_admin_counts_beside_fstab(plan_of: Plan) -> None:
    files = {"/etc/systemd/system/tmp.mount": UNIT}
    assert [one.kind for one in plan_of("tmpfs /tmp tmpfs noexec\n", files)] == ["fstab", "unit"]


def test_a_drop_in_changes_what_fstab_says(plan_of: Plan) -> None:
    files = {"/etc/systemd/system/home.mount.d/10.conf": "[Mount]\nOptions=suid\n"}
    assert told(plan_of("/dev/sdb /home ext4 nosuid 0 2\n", files)) == [("fstab", "/home", "suid", 1, "planned")]
    files = {"/etc/systemd/system/home.mount.d/10.conf": "[Mount\nOptions=suid\n"}
    assert told(plan_of("/dev/sdb /home ext4 nosuid 0 2\n", files))[0][4] == "unknown"


def test_what_systemd_refuses_is_not_planned(plan_of: Plan) -> None:
    shm = "[Mount]\nWhat=tmpfs\nWhere=/dev/shm\nOptions=noexec\n"
    files = {
        "/etc/systemd/system/dev-shm.mount": shm,
        "/etc/systemd/system/home.mount": UNIT,  # Where=/tmp
        "/etc/systemd/system/opt.mount": "[Mount]\nWhere=/opt\n",
    }
    assert plan_of("", files) == []


def test_lines_that_nobody_can_read_are_told(plan_of: Plan) -> None:
    found = plan_of("/dev/sda relative ext4 nosuid 0 0\n/dev/sda /a/../b ext4\n/dev/sda /home\n", {})
    assert [(one.path, one.state, bool(one.why)) for one in found] == [("", "unknown", True)] * 3


@given(st.text(alphabet="/.-a\\é \n", min_size=1, max_size=20))
def test_any_path(path: str) -> None:
    simple = mount_plan.simplified(path)
    assert not simple or (simple.startswith("/") and mount_plan.unit_name(simple).endswith(".mount"))
