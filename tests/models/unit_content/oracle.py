"""systemd itself, loading units without starting any (``systemd --test``), in a root of its own.

``systemd --test`` prints what it has loaded, from the same structures that ``systemctl show`` asks for: load state,
file, drop-ins, aliases, command lines. It runs in a mount namespace that the test makes: this machine's programs, its
units hidden, and the tree of one case after the other.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from models.unit.oracle import Disk, Tree
from models.unit_content.grammar import ASKED

_SHARED = ("etc/systemd", "run/systemd", "opt", "usr/lib/systemd/system", "usr/local/lib/systemd")
_MOUNT = """
mount --make-rprivate /
mount -t tmpfs -o mode=755 tmpfs {root}
cd {root}
mkdir -p usr etc/systemd run opt proc sys tmp var dev
chmod 1777 tmp
for name in bin sbin lib lib64; do test -e /usr/$name && ln -s usr/$name $name; done
printf 'root:x:0:0::/:/bin/sh\\nnobody:x:65534:65534::/:/bin/false\\n' > etc/passwd
printf 'root:x:0:\\nnogroup:x:65534:\\n' > etc/group
echo 0123456789abcdef0123456789abcdef > etc/machine-id
mount --rbind /usr usr
for hidden in usr/lib/systemd/system usr/lib/systemd/system-generators usr/local; do
    mount -t tmpfs -o mode=755 tmpfs $hidden
done
mount -t proc proc proc
mount --rbind /sys sys
touch dev/null
mount --bind /dev/null dev/null
echo ready
exec sleep infinity
"""


class Loader:
    """The namespace, and systemd in it."""

    def __init__(self, holder: int, root: str) -> None:
        self._holder, self._inside = holder, root
        self.root = f"/proc/{holder}/root{root}"

    def plant(self, tree: Tree) -> Disk:
        """Make a tree, in place of the one before."""
        for folder in _SHARED:
            place = f"{self.root}/{folder}"
            for name in os.listdir(place) if os.path.isdir(place) else ():
                path = f"{place}/{name}"
                shutil.rmtree(path) if os.path.isdir(path) and not os.path.islink(path) else os.unlink(path)
            os.makedirs(place, exist_ok=True)
        wants = " ".join(ASKED)
        base = [
            ["/usr/lib/systemd/system/all.target", "file", f"[Unit]\nDefaultDependencies=no\nWants={wants}\n"],
            ["/opt/extra.conf", "file", "[Service]\nUser=root\n"],
        ]
        for path, kind, content in [*tree, *base]:
            place = Path(self.root + path)
            place.parent.mkdir(parents=True, exist_ok=True)
            if os.path.lexists(place):
                continue
            if kind == "link":
                place.symlink_to(content)
            else:
                place.write_text(content, encoding="utf-8")
        return Disk(self.root)

    def load(self) -> dict[str, dict[str, list[str]]]:
        """Return what systemd prints of each unit, by each of its names: values by key."""
        command = ["nsenter", "-t", str(self._holder), "-m", "chroot", "--userspec=65534:65534", self._inside]
        systemd = ["/usr/lib/systemd/systemd", "--test", "--system", "--unit=all.target", "--no-pager"]
        environment = {"PATH": os.environ.get("PATH", ""), "SYSTEMD_LOG_LEVEL": "crit", "SYSTEMD_LOG_TARGET": "null"}
        done = subprocess.run(
            [*command, *systemd],
            env=environment,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=60,
        )
        assert "Unit all.target:" in done.stdout, done.stdout[-500:] + done.stderr[-500:]
        found: dict[str, dict[str, list[str]]] = {}
        unit: dict[str, list[str]] = {}
        part = ""
        for line in done.stdout.splitlines():
            begins = re.match("\t\u2192 Unit (.*):$", line) or re.match("\t-> Unit (.*):$", line)
            if begins:
                unit = found.setdefault(begins.group(1), {})
                part = ""
                continue
            name, _, value = line.strip().partition(": ")
            if line.strip().startswith(("\u2192 Exec", "-> Exec")):
                part = line.strip().strip("\u2192-> :")
            elif name == "Alias":
                found.setdefault(value, unit)
            elif name == "Command Line":
                unit.setdefault(part, []).append(value)
            elif value or line.rstrip().endswith(":"):
                unit.setdefault(name.rstrip(":"), []).append(value)
        return found


@contextmanager
def start() -> Iterator[Loader]:
    """Make the namespace, and end it."""
    with tempfile.TemporaryDirectory(prefix="rempart-units-") as root:
        holder = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "unshare", "--mount", "sh", "-ec", _MOUNT.format(root=root)],
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "ready\n"
            time.sleep(0.05)
            yield Loader(holder.pid, root)
        finally:
            holder.kill()
            holder.wait(30)
            if holder.stdout:
                holder.stdout.close()
