"""What a Debian 13 machine shows only while it runs: disks, kernel, processes."""

from __future__ import annotations

import json
import struct
from pathlib import Path

from rempart_testing.machine import Machine

TABLES = Path(__file__).parents[2] / "agent/tables/recorded"


def lay_disks(machine: Machine) -> None:
    """One disk: the two boot partitions in clear, and the rest under LUKS with the root and a swap file on it."""
    disk = "/sys/devices/pci0000:00/ata1/block/sda"
    for name in ("sda1", "sda2", "sda3"):
        _device(machine, name, f"{disk}/{name}", {"size": "2048000\n", "partition": f"{name[-1]}\n"})
    _device(machine, "sda", disk, {"size": "500118192\n"})
    mapping = "/sys/devices/virtual/block/dm-0"
    _device(
        machine,
        "dm-0",
        mapping,
        {"size": "490000000\n", "dm/uuid": f"CRYPT-LUKS2-{'0' * 32}-root_crypt\n", "dm/suspended": "0\n"},
    )
    machine.link(f"{mapping}/slaves/sda3", "../../../../pci0000:00/ata1/block/sda/sda3")
    machine.link("/dev/mapper/root_crypt", "../dm-0")
    machine.answers["dm_crypt"] = {"dm-0": {"cipher": "aes-xts-plain64", "clear": False}}
    machine.answers["superblocks"] = {
        "/dev/sda1": {"type": "vfat", "uuid": "AAAA-0001"},
        "/dev/sda2": {"type": "ext4", "uuid": "00000000-0000-4000-8000-000000000002"},
        "/dev/sda3": {"type": "crypto_LUKS", "uuid": "00000000-0000-4000-8000-000000000003"},
        "/dev/dm-0": {"type": "ext4", "uuid": "00000000-0000-4000-8000-000000000004"},
    }
    machine.file(
        "/proc/mounts",
        "/dev/mapper/root_crypt / ext4 rw,relatime 0 0\nproc /proc proc rw 0 0\nsysfs /sys sysfs rw 0 0\n"
        "/dev/sda2 /boot ext4 rw,relatime 0 0\n/dev/sda1 /boot/efi vfat rw 0 0\ntmpfs /tmp tmpfs rw,nosuid,nodev 0 0\n",
    )
    machine.file("/proc/meminfo", "MemTotal:        8000000 kB\nSwapTotal:       2000000 kB\nSwapFree:  2000000 kB\n")
    machine.file("/proc/swaps", "Filename Type Size Used Priority\n/swap.img file 2000000 0 -2\n")
    machine.file("/etc/crypttab", "root_crypt UUID=00000000-0000-4000-8000-000000000003 none luks,discard\n")


def _device(machine: Machine, name: str, folder: str, attributes: dict[str, str]) -> None:
    for attribute, value in attributes.items():
        machine.file(f"{folder}/{attribute}", value)
    up = "../../" if folder.startswith("/sys/devices/") else ""
    machine.link(f"/sys/class/block/{name}", up + folder.removeprefix("/sys/"))
    if "partition" not in attributes:
        machine.link(f"/sys/block/{name}", "../" + folder.removeprefix("/sys/"))
    machine.file(f"/dev/{name}")


def lay_kernel(machine: Machine, *, days_up: int) -> None:
    """Lay out what the kernel says of itself, its network and its uptime."""
    machine.file("/proc/version", "Linux version 6.12.57+deb13-amd64 (debian-kernel@lists.debian.org) #1 SMP\n")
    machine.file("/proc/cmdline", "BOOT_IMAGE=/vmlinuz-6.12.57+deb13-amd64 root=/dev/mapper/root_crypt ro quiet\n")
    machine.file("/proc/uptime", f"{days_up * 86_400}.00 100000.00\n")
    machine.folder("/run/systemd/system")
    for family in ("ipv4", "ipv6"):
        for place in ("all", "default", "eth0"):
            machine.file(f"/proc/sys/net/{family}/conf/{place}/forwarding", "0\n")
    machine.file("/proc/sys/net/ipv4/icmp_echo_ignore_broadcasts", "1\n")
    machine.file("/proc/sys/kernel/ostype", "Linux\n")
    machine.file("/proc/sys/kernel/yama/ptrace_scope", "1\n")
    machine.answers["iptables"] = []
    machine.answers["interfaces"] = json.loads((TABLES / "interfaces.json").read_text())


PROGRAMS = {
    "systemd": "/usr/lib/systemd/systemd",
    "sshd": "/usr/sbin/sshd",
    "clamd": "/usr/sbin/clamd",
    "clamonacc": "/usr/sbin/clamonacc",
    "freshclam": "/usr/bin/freshclam",
}
SOCKETS = (
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
    "   0: {address}:{port:04X} {nobody}:0000 0A 00000000:00000000 00:00000000 00000000     0        0 {inode}"
    " 1 0 100 0 0 10 0\n"
)


def lay_processes(machine: Machine, *names: str) -> None:
    """Start programs; the first is process 1. sshd listens on its port, in both families."""
    for pid, name in enumerate(names, 1):
        start(machine, pid, name, PROGRAMS[name])
        four = SOCKETS.format(address="00000000", port=22, nobody="00000000", inode=9004)
        machine.file(f"/proc/{pid}/net/tcp", four)
        machine.file(f"/proc/{pid}/net/tcp6", SOCKETS.format(address="0" * 32, port=22, nobody="0" * 32, inode=9006))
        if name == "sshd":
            machine.link(f"/proc/{pid}/fd/3", "socket:[9004]")
            machine.link(f"/proc/{pid}/fd/4", "socket:[9006]")


def lay_logins(machine: Machine) -> None:
    """Somebody is logged in from one place; the records of logins reach back a hundred days."""
    machine.file("/run/systemd/sessions/7", "UID=1000\nUSER=alice\nCLASS=user\nSTATE=active\nREMOTE_HOST=10.0.0.5\n")
    record = struct.Struct("<h2xi32s4s32s256s4xiii16s20x")  # utmp(5)
    logins = [
        record.pack(7, 900, b"pts/0", b"0", user, b"10.0.0.5", 0, machine.now - days * 86_400, 0, b"")
        for user, days in ((b"root", 100), (b"alice", 1))
    ]
    machine.file("/var/log/wtmp", b"".join(logins))


def start(machine: Machine, pid: int, name: str, program: str) -> None:
    """Lay out a process."""
    folder = f"/proc/{pid}"
    machine.file(
        f"{folder}/status",
        f"Name:\t{name}\nUmask:\t0022\nState:\tS (sleeping)\nTgid:\t{pid}\nPid:\t{pid}\nPPid:\t{min(pid, 1)}\n"
        "Uid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nVmSize:\t  1000 kB\nVmRSS:\t  500 kB\nThreads:\t1\n",
    )
    machine.file(f"{folder}/stat", f"{pid} ({name}) S 1 {pid} {pid} 0 -1 0 0 0 0 0 10 10 0 0 20 0 1 0 100 0 0\n")
    machine.file(f"{folder}/cmdline", program + "\0")
    machine.file(f"{folder}/cgroup", f"0::/system.slice/{name}.service\n")
    machine.link(f"{folder}/exe", program)
    for kind, number in (("net", 4026531840), ("pid", 4026531836), ("mnt", 4026531841)):
        machine.link(f"{folder}/ns/{kind}", f"{kind}:[{number}]")
