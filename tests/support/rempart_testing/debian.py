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
# What fixes install: machines of the lab have no network beyond it, so their packages lie on their own disk.
OFFERED = (
    "aide",
    "aide-common",
    "apparmor",
    "apparmor-utils",
    "auditd",
    "chrony",
    "clamav-daemon",
    "clamav-freshclam",
    "cracklib-runtime",
    "cron",
    "dconf-cli",
    "fail2ban",
    "firewalld",
    "grub2-common",
    "libpam-oath",
    "needrestart",
    "nfs-kernel-server",
    "nginx-light",
    "python3-systemd",
    "redis-server",
    "rpcbind",
    "rsyslog",
    "rsyslog-gnutls",
    "samba",
    "suricata",
    "systemd-journal-remote",
    "systemd-timesyncd",
    "ufw",
    "unattended-upgrades",
)
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


def make_tree(source: Source, packages: tuple[str, ...] = PACKAGES, masked: tuple[str, ...] = _MASKED) -> Path:
    """Return the tree; it is made where the cache has none.

    Args:
        source: Where packages come from.
        packages: What is installed beyond the smallest system.
        masked: The units that do not start.

    Raises:
        RuntimeError: debootstrap failed; with its last words.
    """
    key = hashlib.sha256(repr((packages, masked)).encode()).hexdigest()[:8]
    tree = CACHE / f"{source.suite}-{key}"
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not tree.is_dir():
            part = tree.with_suffix(".part")
            shutil.rmtree(part, ignore_errors=True)
            _bootstrap(source, part, packages, masked)
            part.rename(tree)
    return tree


def make_offer(source: Source, base: Path, packages: tuple[str, ...] = OFFERED) -> Path:
    """Return a tree to lay over ``base`` in which apt finds packages on the disk itself, and nowhere else.

    Raises:
        RuntimeError: They could not be had; with apt's last words.
    """
    key = hashlib.sha256(repr((base.name, packages, _GATHER)).encode()).hexdigest()[:8]
    offer = CACHE / f"{source.suite}-offer-{key}"
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not offer.is_dir():
            part = offer.with_suffix(".part")
            shutil.rmtree(part, ignore_errors=True)
            for name in ("up", "work", "root"):
                (part / name).mkdir(parents=True)
            _gather(base, part, packages)
            (part / "up").rename(offer)
            shutil.rmtree(part)
    return offer


_GATHER = """
mount -t overlay -o lowerdir={base},upperdir={part}/up,workdir={part}/work overlay {part}/root
eval $(apt-config shell http_proxy Acquire::http::Proxy); export http_proxy
export DEBIAN_FRONTEND=noninteractive
cd {part}/root
cat /etc/resolv.conf > run/resolv.conf; ln -sf /run/resolv.conf etc/resolv.conf
mount -t proc proc proc
chroot . apt-get -q update
# each by itself: some of them exclude each other
for name in {packages}; do
    chroot . apt-get -q -y --no-install-recommends --download-only install $name
done
umount proc
mkdir -p srv/packages
mv var/cache/apt/archives/*.deb srv/packages/
rm -f run/resolv.conf etc/resolv.conf
rm -rf var/lib/apt/lists/* var/cache/apt/*.bin
rm -f etc/apt/sources.list
# a package of the lab's own, for which an archive of security updates has a newer version
mkdir -p srv/security tool/DEBIAN tool/usr/share/lab-tool
for version in 2 1; do
    echo $version > tool/usr/share/lab-tool/version
    {{ echo 'Package: lab-tool'; echo "Version: $version"; echo 'Architecture: all'
       echo 'Maintainer: Rempart'; echo 'Description: of the lab'; }} > tool/DEBIAN/control
    dpkg-deb --root-owner-group --build tool srv/lab-tool.deb
    [ $version = 1 ] || mv srv/lab-tool.deb srv/security/
done
rm -r tool
mkdir -m 700 ../key
key=$(realpath ../key)
gpg="gpg --homedir $key --batch --quiet"
$gpg --passphrase '' --quick-generate-key lab ed25519 sign never
$gpg --armor --export > etc/apt/keyrings/lab.asc
codename=$(. ./etc/os-release; echo $VERSION_CODENAME)
architecture=$(chroot . dpkg --print-architecture)
sign() {{ # the words are those of Debian's own archives: file, label, suite, codename, date
    {{ echo "Origin: Debian"; echo "Label: $2"; echo "Suite: $3"; echo "Codename: $4"; echo "Date: $(date -Ru -d "$5")"
       echo "Architectures: all $architecture"; echo "SHA256:"
       echo " $(sha256sum < Packages | cut -d' ' -f1) $(stat -c %s Packages) Packages"; }} > $key/release
    $gpg --clearsign --output $1 $key/release
}}
for folder in packages security; do
    cd srv/$folder
    for deb in *.deb; do
        dpkg-deb -f $deb
        echo "Filename: ./$deb"
        echo "Size: $(stat -c %s $deb)"
        echo "SHA256: $(sha256sum < $deb | cut -d' ' -f1)"
        echo
    done > Packages
    [ $folder = security ] || sign InRelease Debian stable $codename now
    [ $folder = packages ] || sign InRelease Debian-Security stable-security $codename-security '30 days ago'
    # Debian signs this archive anew each week at the latest, whether there is anything new or not
    [ $folder = packages ] || sign ../InRelease.new Debian-Security stable-security $codename-security now
    cd ../..
done
gpgconf --homedir $key --kill all
echo 'deb [signed-by=/etc/apt/keyrings/lab.asc] file:/srv/packages ./' > etc/apt/sources.list.d/lab.list
chroot . apt-get -q update
"""


def _gather(base: Path, part: Path, packages: tuple[str, ...]) -> None:
    script = _GATHER.format(base=base, part=part, packages=" ".join(packages))
    made = subprocess.run(
        ["unshare", "--mount", "sh", "-exc", script],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=900,
    )  # fmt: skip
    if made.returncode:
        raise RuntimeError(f"packages for the lab: {made.stdout.strip()[-2000:]}")


def _bootstrap(source: Source, tree: Path, packages: tuple[str, ...], masked: tuple[str, ...]) -> None:
    shell = 'eval $(apt-config shell http_proxy Acquire::http::Proxy); export http_proxy; exec debootstrap "$@"'
    made = subprocess.run(
        ["sh", "-c", shell, "sh", "--variant=minbase", f"--include={','.join(packages)}", source.suite, str(tree),
         source.uri],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=1800,
    )  # fmt: skip
    if made.returncode:
        raise RuntimeError(f"debootstrap: {made.stdout.strip().rpartition(chr(10))[2]}")
    for path in (*tree.glob("etc/ssh/ssh_host_*"), *tree.glob("var/cache/apt/archives/*.deb")):
        path.unlink()
    (tree / "etc/machine-id").write_text("uninitialized\n")
    for unit in masked:
        (tree / "etc/systemd/system" / unit).symlink_to("/dev/null")
