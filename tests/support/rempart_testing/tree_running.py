"""What a Debian 13 machine shows only while it runs: disks, kernel, processes."""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Mapping
from pathlib import Path

from rempart_testing.machine import Machine
from rempart_testing.tree_services import SETTINGS

TABLES = Path(__file__).parents[2] / "agent/tables/recorded"
PORTS = ("br77", "tun0")  # the interfaces of what was recorded


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
        "/dev/sda2 /boot ext4 rw,relatime 0 0\n/dev/sda1 /boot/efi vfat rw 0 0\ntmpfs /tmp tmpfs rw,nosuid,nodev 0 0\n"
        "tmpfs /dev/shm tmpfs rw,nosuid,nodev 0 0\n/dev/mapper/root_crypt /backup ext4 ro,relatime 0 0\n",
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
    machine.file(
        "/proc/cmdline",
        "BOOT_IMAGE=/vmlinuz-6.12.57+deb13-amd64 root=/dev/mapper/root_crypt ro audit=1 audit_backlog_limit=8192\n",
    )
    machine.file("/proc/uptime", f"{days_up * 86_400}.00 100000.00\n")
    machine.folder("/run/systemd/system")
    for family in ("ipv4", "ipv6"):
        for place in ("all", "default", "eth0"):
            machine.file(f"/proc/sys/net/{family}/conf/{place}/forwarding", "0\n")
    machine.file("/proc/modules")
    each = {name: value for name, value in SETTINGS.items() if ".conf.default." in name}
    for port in PORTS:
        lay_settings(machine, {name.replace(".default.", f".{port}."): value for name, value in each.items()})
    lay_settings(machine, {**SETTINGS, "kernel.ostype": "Linux", "kernel.osrelease": "6.12.57+deb13-amd64"})
    machine.answers["iptables"] = []
    machine.answers["ip6tables"] = []
    machine.answers["interfaces"] = json.loads((TABLES / "interfaces.json").read_text())


def lay_settings(machine: Machine, settings: Mapping[str, str]) -> None:
    """Lay out what the kernel is set to, by the names of sysctl(8)."""
    for name, value in settings.items():
        machine.file("/proc/sys/" + name.replace(".", "/"), value + "\n")


def lay_firmware(machine: Machine, *, secure: int) -> None:
    """Start the machine by UEFI; ``secure`` is 1 where the firmware verifies what it starts."""
    for name, value in (("SecureBoot", secure), ("SetupMode", 0)):
        machine.file(
            f"/sys/firmware/efi/efivars/{name}-8be4df61-93ca-11d2-aa0d-00e098032b8c", bytes((6, 0, 0, 0, value))
        )


def lay_profile(machine: Machine, mode: str) -> None:
    """Load a profile of AppArmor, in mode ``enforce`` or ``complain``."""
    folder = "/sys/kernel/security/apparmor/policy/profiles/sshd.1"
    for name, value in (("name", "sshd"), ("attach", "/usr/sbin/sshd"), ("mode", mode)):
        machine.file(f"{folder}/{name}", value + "\n")


def lay_audit(machine: Machine, *, pid: int, rule: str | None) -> None:
    """Record what the kernel answers of its audit (linux/audit.h).

    Args:
        machine: Where.
        pid: The process that takes the records; 0 where the audit is off.
        rule: The folder that is watched for reading, writing and changes; None for no rule.
    """
    status = struct.pack("=9I", 0, int(pid > 0), 1, pid, 0, 8192, 0, 0, 0)
    answers = {"audit_status": _message(1000, status), "audit_rules": _message(3, bytes(4))}
    if rule:
        words = [4, 2, 2, *[0xFFFFFFFF] * 64]  # list exit, action always, two fields, every system call
        for pair in ((107, 106), (len(rule), 4 | 2 | 8), (0x40000000, 0x40000000)):  # dir and perm, their values, "="
            words += [*pair, *[0] * 62]
        data = struct.pack("=260I", *words, len(rule)) + rule.encode()
        answers["audit_rules"] = _message(1013, data) + answers["audit_rules"]
    machine.answers.update({name: base64.b64encode(answer).decode() for name, answer in answers.items()})


def _message(kind: int, body: bytes) -> bytes:
    return struct.pack("=IHHII", 16 + len(body), kind, 2, 1, 0) + body + bytes(-len(body) % 4)


PROGRAMS = {
    "systemd": "/usr/lib/systemd/systemd",
    "sshd": "/usr/sbin/sshd",
    "clamd": "/usr/sbin/clamd",
    "clamonacc": "/usr/sbin/clamonacc",
    "freshclam": "/usr/bin/freshclam",
    "suricata": "/usr/bin/suricata",
    "auditd": "/usr/sbin/auditd",
    "filebeat": "/usr/share/filebeat/bin/filebeat",
}


def write_sockets(address: str, *sockets: tuple[int, int]) -> str:
    """Write ``/proc/net/tcp`` as the kernel does; each socket waits on its port and has its inode."""
    lines = ["  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode"]
    for number, (port, inode) in enumerate(sockets):
        lines.append(
            f"{number:4}: {address}:{port:04X} {'0' * len(address)}:0000 0A 00000000:00000000 00:00000000 00000000"
            f"     0        0 {inode} 1 0 100 0 0 10 0"
        )
    return "\n".join(lines) + "\n"


def lay_processes(machine: Machine, *names: str) -> None:
    """Start programs; the first is process 1. sshd listens on its port, in both families."""
    for kind, number in (("pid", 4026531836), ("mnt", 4026531841)):
        machine.link(f"/proc/self/ns/{kind}", f"{kind}:[{number}]")
    for pid, name in enumerate(names, 1):
        start(machine, pid, name, PROGRAMS[name])
        machine.file(f"/proc/{pid}/net/tcp", write_sockets("0" * 8, (22, 9004)))
        machine.file(f"/proc/{pid}/net/tcp6", write_sockets("0" * 32, (22, 9006)))
        if name == "sshd":
            title = f"sshd: {PROGRAMS[name]} -D [listener] 0 of 10-100 startups\0"
            machine.file(f"/proc/{pid}/cmdline", title)
            machine.file(f"/proc/{pid}/cgroup", "0::/system.slice/ssh.service\n")
            # reloaded after the tree was laid out
            machine.file("/proc/stat", f"btime {machine.now - 7 * 86_400}\n")
            reloaded = (7 * 86_400 + 3600) * 1_000_000
            asked = "systemctl show -p StateChangeTimestampMonotonic ssh.service"
            machine.answers[asked] = f"StateChangeTimestampMonotonic={reloaded}\n".encode()
            machine.link(f"/proc/{pid}/fd/3", "socket:[9004]")
            machine.link(f"/proc/{pid}/fd/4", "socket:[9006]")


def lay_logins(machine: Machine) -> None:
    """Somebody is logged in from one place; the records of logins reach back a hundred days."""
    lay_session(machine, hours=1)
    record = struct.Struct("<h2xi32s4s32s256s4xiii16s20x")  # utmp(5)
    logins = [
        record.pack(7, 900, b"pts/0", b"0", user, b"10.0.0.5", 0, machine.now - days * 86_400, 0, b"")
        for user, days in ((b"root", 100), (b"alice", 1))
    ]
    machine.file("/var/log/wtmp", b"".join(logins))


def lay_session(machine: Machine, *, hours: float) -> None:
    """Somebody has been logged in for so many hours."""
    since = int(machine.now - hours * 3600)
    machine.file(
        "/run/systemd/sessions/7",
        "UID=1000\nUSER=alice\nCLASS=user\nSTATE=active\nREMOTE_HOST=10.0.0.5\nTTY=pts/0\nLEADER=2\n"
        f"REALTIME={since}000000\n",
    )


def start(machine: Machine, pid: int, name: str, program: str) -> None:
    """Lay out a process."""
    folder = f"/proc/{pid}"
    machine.file(
        f"{folder}/status",
        f"Name:\t{name}\nUmask:\t0022\nState:\tS (sleeping)\nTgid:\t{pid}\nPid:\t{pid}\nPPid:\t{min(pid, 1)}\n"
        "Uid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nVmSize:\t  1000 kB\nVmRSS:\t  500 kB\nThreads:\t1\n",
    )
    machine.file(f"{folder}/stat", f"{pid} ({name}) S 1 {pid} {pid} 0 -1 0 0 0 0 0 10 10 0 0 20 0 1 0 100 0 0\n")
    machine.file(f"{folder}/comm", name + "\n")
    machine.file(f"{folder}/cmdline", program + "\0")
    machine.file(f"{folder}/cgroup", f"0::/system.slice/{name}.service\n")
    machine.link(f"{folder}/exe", program)
    for kind, number in (("net", 4026531840), ("pid", 4026531836), ("mnt", 4026531841)):
        machine.link(f"{folder}/ns/{kind}", f"{kind}:[{number}]")
