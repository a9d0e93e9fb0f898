"""What both twins boot from: a Debian tree with packages, accounts, units and files to change."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from rempart_testing.acts_tree import build_package
from rempart_testing.twins.faults import Fault, plant

HERE = Path(__file__).resolve().parent
ENGINE = HERE.parents[3] / "playbooks/roles/change/module_utils/rempart_fix"
PROGRAM = "/srv/own/twins"
"""Where the engine and what calls it lie on each host, compiled: 200 calls need not compile it 200 times."""
HASH = "$6$abcdefgh${}$0123456789012345678901234567890123456789"
PEOPLE = ("anna", "ben", "carl")
PACKAGES = ("lib", "ours", "also", "theirs", "site", "lone", "bad")
_SLEEPS = "[Service]\nExecStart=/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n"
_UNITS = {
    "probe.service": _SLEEPS + "Also=probe.timer\n",
    "probe.timer": "[Timer]\nOnCalendar=yearly\n[Install]\nWantedBy=timers.target\n",
    "idle.service": _SLEEPS,
    "spare.service": _SLEEPS,
    "mine.service": _SLEEPS,
    "leaning.service": "[Unit]\nRequires=idle.service\nAfter=idle.service\n" + _SLEEPS,
}
FILES = {
    "/etc/shared.conf": "# shared\nkey = 1\nuse nullok\nother = 1\n\n[part]\nkey = 1\nlast\n",
    "/etc/whole.conf": "whole\n",
    "/etc/old.conf": "old\n",
    "/etc/sudoers.d/ben": "ben ALL=(ALL) ALL\n",
}
# Kills whoever installs it, where it is told to: our run alone, or all that it has begun.
_DIES = r"""#!/bin/sh
[ "$(cat /run/twins-die 2>/dev/null)" = "WHEN all" ] && all=yes || all=
[ "$(cat /run/twins-die 2>/dev/null)" = "WHEN engine" ] || [ "$all" ] || exit 0
rm /run/twins-die
engine=$(cat /run/twins-engine)
list=
one=$PPID
while [ "$all" ] && [ "$one" -gt 1 ] && [ "$one" != "$engine" ]; do
    list="$list $one"
    one=$(sed 's/.*) . //; s/ .*//' "/proc/$one/stat")
done
kill -9 $engine $list
exit 0
"""
_UNIT_OF_OURS = "[Unit]\nDescription=Ours\n" + _SLEEPS

_MAKE = """
mount -t overlay -o lowerdir={tree},upperdir={top}/up,workdir={top}/work overlay {top}/root
cd {top}/root
mkdir srv/own
mv {top}/own/*.deb srv/own/
cd srv/own
for deb in *.deb; do
    dpkg-deb -f $deb; echo "Filename: ./$deb"; echo "Size: $(stat -c %s $deb)"
    echo "SHA256: $(sha256sum < $deb | cut -d' ' -f1)"; echo
done > Packages
cd ../..
rm -f etc/apt/sources.list.d/* var/lib/apt/lists/*_dists_*
echo 'deb [trusted=yes] file:/srv/own ./' > etc/apt/sources.list
# what one call writes and the next would not
echo 'APT::Periodic::Enable "0";' > etc/apt/apt.conf.d/90twins
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
chroot . apt-get -q update
chroot . apt-get -q -y install bad
cp -a {top}/files/. .
chroot . sh -e {top_prepare}
chroot . python3 -c "
import sys
sys.path.insert(0, '{program}')
from rempart_fix import change, packing
open('{program}/program.pyz', 'wb').write(packing.make_program())"
chroot . python3 -m compileall -q {program}
"""
_PREPARE = (
    "".join(
        f"useradd -m -u {1101 + n} {name}; usermod -p '{HASH.format(name)}' {name}\n" for n, name in enumerate(PEOPLE)
    )
    + """
groupadd -g 1200 team; gpasswd -a ben team >/dev/null; gpasswd -a carl team >/dev/null
chmod 440 /etc/sudoers.d/ben
systemctl -q enable idle.service
chage -d 20000 anna; chage -d 20000 ben; chage -d 20000 carl
rm -f /etc/passwd- /etc/shadow- /etc/group- /etc/gshadow- /etc/subuid- /etc/subgid-
rm /prepare.sh
"""
)


def make_base(tree: Path, folder: Path) -> Path:
    """Return a tree to lay over ``tree``, made in a folder."""
    top = folder / "base"
    for name in ("up", "work", "root", "own", "files/etc/systemd/system"):
        (top / name).mkdir(parents=True)
    own = top / "own"
    build_package(own, "lib", files={"usr/share/lib/lib": "lib\n"})
    ours = {
        "etc/ours.conf": "# ours\nlevel = 1\nkeep = 1\n",
        "DEBIAN/conffiles": "/etc/ours.conf\n",
        "usr/lib/systemd/system/ours.service": _UNIT_OF_OURS,
        **{f"DEBIAN/{when}": _DIES.replace("WHEN", when) for when in ("preinst", "postinst", "prerm")},
    }
    build_package(own, "ours", Depends="lib", files=ours)
    build_package(own, "also", Depends="lib", files={"usr/share/also/also": "also\n"})
    build_package(
        own, "theirs", Depends="lib", files={"etc/theirs.conf": "x\n", "DEBIAN/conffiles": "/etc/theirs.conf\n"}
    )
    build_package(own, "site", Depends="ours", files={"usr/share/site/site": "site\n"})
    build_package(own, "lone", files={"usr/share/lone/lone": "lone\n"})
    bad = {"etc/bad.conf": "bad = 1\n", "DEBIAN/conffiles": "/etc/bad.conf\n", "usr/share/bad/bad": "bad\n"}
    build_package(own, "bad", files=bad)
    for name, text in _UNITS.items():
        (top / "files/etc/systemd/system" / name).write_text(text)
    for name, text in FILES.items():
        path = top / "files" / name.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (top / "files/prepare.sh").write_text(_PREPARE)
    program = top / "files" / PROGRAM.lstrip("/")
    shutil.copytree(ENGINE, program / "rempart_fix", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("host.py", "probes.py"):
        shutil.copy(HERE / name, program)
    script = _MAKE.format(tree=tree, top=top, top_prepare="/prepare.sh", program=PROGRAM)
    made = subprocess.run(
        ["unshare", "--mount", "sh", "-exc", script],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert made.returncode == 0, made.stdout[-3000:]
    return top / "up"


def plant_fault(base: Path, folder: Path, fault: Fault) -> Path:
    """Return a copy of such a tree, made in a folder, with a fault in its engine."""
    top = folder / "base"
    subprocess.run(["cp", "-a", base, top], check=True)
    program = top / PROGRAM.lstrip("/")
    plant(fault, program / "rempart_fix")
    pack = (
        "import sys; sys.dont_write_bytecode = True; sys.path.insert(0, sys.argv[1])\n"
        "from rempart_fix import change, packing\n"
        "open(sys.argv[1] + '/program.pyz', 'wb').write(packing.make_program())"
    )
    subprocess.run([sys.executable, "-I", "-S", "-c", pack, str(program)], check=True)
    return top
