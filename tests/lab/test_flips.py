"""Checks of benchmarks on a real Debian: an admin's own tool makes each setting, and its row flips, and flips back.

All settings are made on one machine, which is audited before, while they stand, and after they were taken back; each
row must say what was changed, and be at the end what it was. What the kernel of the lab's host decides (rules of audit,
a boot loader, modules) is looked at on the machine's disk, as a root file system.

Left out: LCK-05, since GDM is too large for the lab; TLS-08, which Red Hat's family alone has. Rules of audit can't be
loaded, since one kernel has one audit subsystem: what is loaded is held by cases alone. The machine has no GRUB, kmod,
Postfix or setfacl: grub.cfg, the lists of modules, the aliases and the access list are written as these write them.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from rempart_testing import nspawn
from rempart_testing.fix_lab import SOUND, FixLab
from rempart_testing.flips import PACKAGES, PREPARE, Flip, read_flips
from rempart_testing.sshd import make_key

pytestmark = [pytest.mark.early, pytest.mark.lab, pytest.mark.loop]
FLIPS = read_flips()
REMPART = Path(sys.executable).parent / "rempart"
_INSTALL = f"""
export DEBIAN_FRONTEND=noninteractive
apt-get -qq -y --no-install-recommends install {" ".join(PACKAGES)} >/dev/null 2>&1
systemctl daemon-reload
rm -f /run/systemd/container
"""

_NEEDED = 'SWH-05.packages=[["rpcbind", "any", "rpcbind"]]'

Rows = dict[str, dict[str, str]]


class Looks(NamedTuple):
    """The rows of each check by item, live and of the disk, in three looks; and what went wrong, by setting."""

    before: dict[bool, dict[str, Rows]]
    made: dict[bool, dict[str, Rows]]
    after: dict[bool, dict[str, Rows]]
    trouble: dict[Flip, str]


def rows_of(results: list[dict[str, Any]]) -> dict[str, Rows]:
    """Return the rows by check and item; under ``""`` stands the reason of the check's state."""
    found: dict[str, Rows] = {}
    for one in results:
        rows = (one["evidence"] or {"rows": []})["rows"]
        found[one["check"]] = {"": {"observed": str(one["reason"])}, **{row["item"]: row for row in rows}}
    return found


def look(lab: FixLab, world: nspawn.World, folder: Path) -> dict[bool, dict[str, Rows]]:
    """Audit the machine as it runs, and its disk."""
    live = lab.audit(sorted({one.check for one in FLIPS if not one.tree}), "--walk", "--param", _NEEDED)
    out = folder / "disk.json"
    words = [
        *world.beside,
        str(REMPART),
        "audit",
        "--profile",
        "all",
        "--walk",
        "--quiet",
        "--root",
        str(world.place("flips") / "root"),
    ]
    words += ["--checks", ",".join(sorted({one.check for one in FLIPS if one.tree})), "--json", str(out)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=180)
    assert done.returncode in {0, 1, 3}, done.stderr
    disk = json.loads(out.read_text(encoding="utf-8"))["results"]
    return {False: rows_of(list(live.values())), True: rows_of(disk)}


@pytest.fixture(scope="module")
def looks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Looks]:
    folder = tmp_path_factory.mktemp("flips")
    key = make_key(folder / "key")
    tree = nspawn.expect_tree()
    (folder / "controller").mkdir()
    with nspawn.make_world(tree, folder, nspawn.expect_offer(tree)) as world:
        machine = world.boot("flips", SOUND.format(key=(folder / "key.pub").read_text().strip()) + PREPARE, size="1g")
        machine.connect()
        machine.await_boot()
        lab = FixLab(world, folder / "controller", machine, key, {})
        machine.run(_INSTALL)
        before = look(lab, world, folder)
        trouble: dict[Flip, str] = {}
        for one in FLIPS:
            attempt(machine, one, one.turn, trouble)
        made = look(lab, world, folder)
        for one in reversed(FLIPS):
            attempt(machine, one, one.back, trouble)
        yield Looks(before, made, look(lab, world, folder), trouble)


def attempt(machine: nspawn.Machine, flip: Flip, script: str, trouble: dict[Flip, str]) -> None:
    """Run the commands of a flip; what goes wrong is its own trouble, and not that of the others."""
    try:
        machine.run(script)
    except AssertionError as error:
        trouble[flip] = f"{script}: {str(error)[-500:]}"


@pytest.mark.parametrize("flip", FLIPS, ids=lambda flip: f"{flip.check} {flip.item}")
def test_a_row_flips_and_flips_back(flip: Flip, looks: Looks) -> None:
    assert flip not in looks.trouble, looks.trouble[flip]
    before, made, after = (one[flip.tree][flip.check].get(flip.item) for one in looks[:3])
    if flip.seen == "gone":
        assert (before or {}).get("ok") == "0"
        assert (made, after) == (None, before)
        return
    rows = looks.made[flip.tree][flip.check]
    assert made is not None, (rows[""], sorted(rows))
    assert (before or {}).get("ok", "0" if flip.good else "1") == ("0" if flip.good else "1"), before
    assert made["ok"] == ("1" if flip.good else "0"), made
    assert flip.seen in str(made), made
    assert before is None or flip.seen == "" or made["observed"] != before["observed"]
    assert after == before
