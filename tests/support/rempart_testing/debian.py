"""The tree of a small Debian system, made once by debootstrap from the mirror that this machine itself uses."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

CACHE = Path(os.environ.get("REMPART_LAB_CACHE") or "/var/cache/rempart-lab")
PACKAGES = ("systemd", "systemd-sysv", "dbus", "openssh-server", "sudo", "python3", "nftables", "libpam-pwquality")
# What would write to disk in its own time, and a /tmp in memory: disks are compared before and after.
_MASKED = (
    "apt-daily.timer",
    "apt-daily-upgrade.timer",
    "console-getty.service",
    "dpkg-db-backup.timer",
    "systemd-hostnamed.socket",
    "systemd-networkd.service",
    "systemd-tmpfiles-clean.timer",
    "tmp.mount",
)


class Source(NamedTuple):
    """Where packages come from: the address of a mirror and the name of a release."""

    uri: str
    suite: str


def find_source(folder: Path = Path("/etc/apt")) -> Source | None:
    """Return the first source of this machine's apt that is reached by HTTP; see sources.list(5)."""
    files = [*sorted(folder.glob("sources.list.d/*.sources")), folder / "sources.list"]
    files += sorted(folder.glob("sources.list.d/*.list"))
    for file in files:
        if not file.is_file():
            continue
        text = file.read_text(encoding="utf-8", errors="replace")
        found = re.findall(r"^deb\s+(?:\[[^]]*\]\s+)?(https?://\S+)\s+(\S+)", text, re.MULTILINE)
        if file.suffix == ".sources":
            found = [pair for stanza in re.split(r"\n\s*\n", text) if (pair := _stanza(stanza))]
        for uri, suite in found:
            if "security" not in uri and "/" not in suite:
                return Source(uri, suite)
    return None


def _stanza(text: str) -> tuple[str, str] | None:
    fields = dict(re.findall(r"^(\w[\w-]*):[ \t]*(.*)", text, re.MULTILINE))
    uris = [uri for uri in fields.get("URIs", "").split() if uri.startswith("http")]
    suites = fields.get("Suites", "").split()
    return (uris[0], suites[0]) if uris and suites and "deb" in fields.get("Types", "").split() else None


def make_tree(source: Source) -> Path:
    """Return the tree; it is made where the cache has none.

    Raises:
        RuntimeError: debootstrap failed; with its last words.
    """
    key = hashlib.sha256(repr((PACKAGES, _MASKED)).encode()).hexdigest()[:8]
    tree = CACHE / f"{source.suite}-{key}"
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not tree.is_dir():
            part = tree.with_suffix(".part")
            shutil.rmtree(part, ignore_errors=True)
            _bootstrap(source, part)
            part.rename(tree)
    return tree


def _bootstrap(source: Source, tree: Path) -> None:
    shell = 'eval $(apt-config shell http_proxy Acquire::http::Proxy); export http_proxy; exec debootstrap "$@"'
    made = subprocess.run(
        ["sh", "-c", shell, "sh", "--variant=minbase", f"--include={','.join(PACKAGES)}", source.suite, str(tree),
         source.uri],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=600,
    )  # fmt: skip
    if made.returncode:
        raise RuntimeError(f"debootstrap: {made.stdout.strip().rpartition(chr(10))[2]}")
    for path in (*tree.glob("etc/ssh/ssh_host_*"), *tree.glob("var/cache/apt/archives/*.deb")):
        path.unlink()
    (tree / "etc/machine-id").write_text("uninitialized\n")
    for unit in _MASKED:
        (tree / "etc/systemd/system" / unit).symlink_to("/dev/null")
