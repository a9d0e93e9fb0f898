"""What is closed on the machine with everything right, and open on the other: files, cron, mounts and homes."""

from __future__ import annotations

from rempart_testing.machine import Machine
from rempart_testing.tree_files import lay_unit

# Folders with file systems of their own: subvolumes, so that what is encrypted stays one device.
_PROTECTION = {
    "/home": "nosuid,nodev",
    "/var": "nosuid,nodev",
    "/var/log": "nosuid,nodev,noexec",
    "/tmp": "nosuid,nodev,noexec",
    "/dev/shm": "nosuid,nodev,noexec",
}


def lay_mounts(machine: Machine, *, running: bool, protected: bool) -> None:
    """Mount folders apart, and plan it, with or without what protects them."""
    planned = "/dev/mapper/root_crypt / ext4 errors=remount-ro 0 1\n"
    mounted = "25 1 254:0 / / rw,relatime shared:1 - ext4 /dev/mapper/root_crypt rw\n"
    for number, (path, options) in enumerate(_PROTECTION.items(), 26):
        given = options if protected else "nosuid"
        if path in ("/tmp", "/dev/shm"):
            planned += f"tmpfs {path} tmpfs {given} 0 0\n"
            mounted += f"{number} 25 0:{number} / {path} rw,{given} shared:2 - tmpfs tmpfs rw\n"
        elif protected and running:  # an image with others would not be seen whole
            planned += f"/dev/mapper/root_crypt {path} btrfs {given},subvol=@{path[1:]} 0 2\n"
            mounted += f"{number} 25 0:{number} /@{path[1:]} {path} rw,{given} - btrfs /dev/mapper/root_crypt rw\n"
    if not protected:
        planned += "/dev/sr0 /media/cdrom udf,iso9660 ro,noauto 0 0\n"
    machine.file("/etc/fstab", planned)
    if running:
        machine.file("/proc/1/mountinfo", mounted)


def lay_closed(machine: Machine, *, running: bool) -> None:
    """Close what benchmarks name, as an admin would by chmod."""
    lay_mounts(machine, running=running, protected=True)
    machine.file("/etc/shells", "/bin/sh\n/bin/bash\n")
    with (machine.root / "var/lib/dpkg/status").open("a") as file:
        file.write("\nPackage: logrotate\nStatus: install ok installed\nArchitecture: amd64\nVersion: 3.22.0-1\n")
    lay_unit(machine, "logrotate.timer", "[Timer]\nOnCalendar=daily\n", "timers.target")
    machine.file("/etc/systemd/timesyncd.conf", "[Time]\nNTP=time.example\n")
    machine.file("/usr/lib/systemd/systemd-journald", "program\n", 0o755)
    lay_unit(machine, "systemd-journald.service", "[Service]\nExecStart=/usr/lib/systemd/systemd-journald\n")
    machine.file("/etc/issue", "Authorized users only.\n")
    machine.file("/etc/issue.net", "Authorized users only.\n")
    machine.folder("/etc/sudoers.d", 0o750)
    (machine.root / "etc/crontab").chmod(0o600)
    (machine.root / "etc/cron.d").chmod(0o700)
    (machine.root / "etc/ssh/sshd_config").chmod(0o600)
    if (machine.root / "etc/crypttab").exists():
        (machine.root / "etc/crypttab").chmod(0o600)


def spoil_closed(machine: Machine, *, running: bool) -> None:
    """Open them again."""
    machine.file("/etc/issue", "Debian GNU/Linux 13 \\n \\l\n")
    machine.file("/etc/ssh/ssh_host_rsa_key.pub", "not a key\n", 0o666)
    lay_mounts(machine, running=running, protected=False)
    machine.file("/etc/shells", "/bin/sh\n", 0o666)
    machine.file("/etc/crontab", "* * * * * root true\n", 0o666)
    with (machine.root / "etc/passwd").open("a") as file:
        file.write("gone:x:1003:1003::/home/gone:/bin/bash\n")
    machine.file("/root/.profile", "umask 022\n", 0o666)
