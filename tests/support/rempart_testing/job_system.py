"""The Debian system of the main job of images: made by debootstrap, put in order, and spoiled in nine ways."""

from __future__ import annotations

import fcntl
import os
import shutil
import struct
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from rempart_testing import debian

PACKAGES = (
    *("linux-image-cloud-amd64", "initramfs-tools", "systemd", "systemd-sysv", "dbus", "openssh-server", "sudo"),
    *("python3", "nftables", "lvm2", "libpam-pwquality"),
)
ADDED = ("auditd", "chrony", "unattended-upgrades")
_FRESH = 86_400  # seconds that lists of packages and updates stay good for
_NFTABLES = """#!/usr/sbin/nft -f
flush ruleset
table inet filter {
    chain input {
        type filter hook input priority filter; policy drop;
        ct state established,related accept
        iifname lo accept
        tcp dport 22 accept
    }
    chain forward { type filter hook forward priority filter; policy drop; }
    chain output { type filter hook output priority filter; }
}
"""
_SSH = """PermitRootLogin no
PasswordAuthentication no
KbdInteractiveAuthentication no
X11Forwarding no
MaxAuthTries 4
LoginGraceTime 60
AllowGroups ssh-users
Ciphers chacha20-poly1305@openssh.com,aes256-gcm@openssh.com,aes128-gcm@openssh.com,aes256-ctr,aes128-ctr
MACs hmac-sha2-512-etm@openssh.com,hmac-sha2-256-etm@openssh.com,umac-128-etm@openssh.com
KexAlgorithms -*-sha1
HostKeyAlgorithms -ssh-rsa*,ssh-dss*
PubkeyAcceptedAlgorithms -ssh-rsa*,ssh-dss*
"""
_SYSCTL = """kernel.randomize_va_space = 2
kernel.kptr_restrict = 1
kernel.dmesg_restrict = 1
kernel.yama.ptrace_scope = 1
fs.protected_hardlinks = 1
fs.protected_symlinks = 1
fs.suid_dumpable = 0
kernel.unprivileged_bpf_disabled = 1
kernel.sysrq = 176
net.ipv4.conf.*.accept_redirects = 0
net.ipv6.conf.*.accept_redirects = 0
net.ipv4.conf.*.send_redirects = 0
net.ipv4.conf.*.accept_source_route = 0
net.ipv4.conf.*.rp_filter = 2
net.ipv4.tcp_syncookies = 1
net.ipv4.icmp_echo_ignore_broadcasts = 1
net.ipv4.ip_forward = 0
net.ipv6.conf.all.forwarding = 0
"""
_AUDIT = """-w /etc/passwd -p wa -k identity
-w /etc/shadow -p wa -k identity
-a always,exit -F arch=b64 -S execve -C uid!=euid -F euid=0 -F key=power
"""
FILES: Mapping[str, str] = {
    "etc/fstab": "/dev/mapper/vg0-root / ext4 errors=remount-ro 0 1\n/dev/mapper/vg0-swap none swap sw 0 0\n",
    "etc/hostname": "golden\n",
    "etc/machine-id": "uninitialized\n",
    "etc/nftables.conf": _NFTABLES,
    "etc/ssh/sshd_config.d/00-golden.conf": _SSH,
    "etc/sysctl.d/60-golden.conf": _SYSCTL,
    "etc/audit/rules.d/50-golden.rules": _AUDIT,
    "etc/systemd/journald.conf.d/golden.conf": "[Journal]\nStorage=persistent\n",
    "etc/apt/apt.conf.d/20auto-upgrades": (
        'APT::Periodic::Update-Package-Lists "1";\nAPT::Periodic::Unattended-Upgrade "1";\n'
    ),
}
"""What is written into the system that debootstrap made, by path; all of it is what `rempart checks show` advises."""
_PREPARE = """
mount -t proc proc "$1/proc"
trap 'umount "$1/proc"' EXIT
cp -L /etc/resolv.conf "$1/etc/resolv.conf"
eval $(apt-config shell http_proxy Acquire::http::Proxy); export http_proxy
export DEBIAN_FRONTEND=noninteractive
printf '#!/bin/sh\\nexit 101\\n' >"$1/usr/sbin/policy-rc.d"
chmod 755 "$1/usr/sbin/policy-rc.d"
chroot "$1" apt-get -q update
chroot "$1" apt-get -q -y --no-install-recommends dist-upgrade
chroot "$1" apt-get -q -y --no-install-recommends install ADDED
chroot "$1" apt-get -q -y --purge autoremove
chroot "$1" apt-get clean
chroot "$1" systemctl enable nftables ssh auditd chrony apt-daily.timer apt-daily-upgrade.timer
chroot "$1" groupadd -f --system ssh-users
rm "$1/usr/sbin/policy-rc.d" "$1/etc/resolv.conf"
"""


def make_system() -> Path:
    """Return the tree of a system that is in order; it is made where the cache has none of today.

    Raises:
        RuntimeError: It can't be made: no source of packages, or what failed.
    """
    source = debian.find_source()
    if source is None:
        raise RuntimeError("no source of Debian packages is configured for apt")
    base = debian.make_tree(source, PACKAGES, ())
    tree, done = base.with_name(f"{base.name}-golden"), base.with_name(f"{base.name}-golden.done")
    with (debian.CACHE / "lock-golden").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if done.exists() and time.time() - done.stat().st_mtime < _FRESH:
            return tree
        if not tree.exists():
            subprocess.run(["cp", "-a", str(base), str(tree)], check=True)
        (tree / "etc/apt/sources.list").write_text(
            f"deb {source.uri} {source.suite} main\ndeb {source.uri}-security {source.suite}-security main\n"
        )
        script = _PREPARE.replace("ADDED", " ".join(ADDED))
        _run("unshare", "--mount", "sh", "-exc", script, "sh", str(tree))
        _settle(tree)
        done.touch()
    return tree


def _settle(tree: Path) -> None:
    for path in (*tree.glob("etc/ssh/ssh_host_*"), *tree.glob("var/cache/apt/*.bin"), tree / "var/lib/dbus/machine-id"):
        path.unlink(missing_ok=True)
    for name, text in FILES.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(text)
    (tree / "etc/audit/rules.d/50-golden.rules").chmod(0o640)
    for path in (tree / "var/log").rglob("*"):
        if path.is_file():
            path.write_bytes(b"")


def _run(*command: str) -> None:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stdout.strip()[-2000:]}")


def _append(name: str, text: str) -> Callable[[Path], None]:
    def write(tree: Path) -> None:
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        with (tree / name).open("a") as file:
            file.write(text)

    return write


def _replace(name: str, old: str, new: str) -> Callable[[Path], None]:
    def write(tree: Path) -> None:
        text = (tree / name).read_text()
        if old not in text:
            raise RuntimeError(f"{name} has no {old!r}")
        (tree / name).write_text(text.replace(old, new))

    return write


def _give_capability(tree: Path) -> None:
    shutil.copy(tree / "usr/bin/cat", tree / "usr/local/bin/peek")
    # struct vfs_cap_data, revision 2 with the effective bit (linux/capability.h): cap_dac_read_search
    os.setxattr(tree / "usr/local/bin/peek", "security.capability", struct.pack("<5I", 0x02000001, 1 << 2, 0, 0, 0))


_SSH_FILE = "etc/ssh/sshd_config.d/00-golden.conf"
FAULTS: Mapping[str, Callable[[Path], None]] = {
    "FIL-03": _give_capability,
    "IMG-01": _replace("etc/machine-id", "uninitialized", "0123456789abcdef0123456789abcdef"),
    "IMG-03": _append("root/anaconda-ks.cfg", "rootpw --lock\n"),
    # an invented key, in the form that the issuer documents
    "IMG-04": _append("srv/app/settings.py", 'AWS_ACCESS_KEY_ID = "AKIA' + 'QX4TJ7KDMZ2W5RVN"\n'),
    "IMG-05": _append("root/.bash_history", "apt-get update\n"),
    "KRN-01": _replace("etc/sysctl.d/60-golden.conf", "kernel.kptr_restrict = 1", "kernel.kptr_restrict = 0"),
    "LOG-02": _replace("etc/systemd/journald.conf.d/golden.conf", "persistent", "volatile"),
    "RMT-01": _replace(_SSH_FILE, "PermitRootLogin no", "PermitRootLogin yes"),
    "TLS-01": _replace(_SSH_FILE, "MACs ", "MACs hmac-sha1,"),
}
"""Nine faults, each by the check that has to find it; no other check may change for it."""


def plant(tree: Path, target: Path) -> Path:
    """Return a copy of a tree that has the nine faults."""
    subprocess.run(["cp", "-a", str(tree), str(target)], check=True)
    for fault in FAULTS.values():
        fault(target)
    return target
