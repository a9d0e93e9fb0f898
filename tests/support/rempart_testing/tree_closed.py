"""What is closed on the machine with everything right, and open on the other: files, cron, mounts and homes."""

from __future__ import annotations

from rempart_testing.machine import Machine
from rempart_testing.tree_files import lay_unit


def lay_closed(machine: Machine, *, running: bool) -> None:
    """Close what benchmarks name, as an admin would by chmod."""
    del running
    machine.file("/etc/shells", "/bin/sh\n/bin/bash\n")
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
    del running
    machine.file("/etc/issue", "Debian GNU/Linux 13 \\n \\l\n")
    machine.file("/etc/ssh/ssh_host_rsa_key.pub", "not a key\n", 0o666)
    machine.file("/etc/shells", "/bin/sh\n", 0o666)
    machine.file("/etc/crontab", "* * * * * root true\n", 0o666)
    with (machine.root / "etc/passwd").open("a") as file:
        file.write("gone:x:1003:1003::/home/gone:/bin/bash\n")
    machine.file("/root/.profile", "umask 022\n", 0o666)
