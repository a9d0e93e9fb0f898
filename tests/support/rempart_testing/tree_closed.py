"""What is closed on the machine with everything right, and open on the other: files, cron, mounts and homes."""

from __future__ import annotations

from rempart_testing.machine import Machine


def lay_closed(machine: Machine, *, running: bool) -> None:
    """Close what benchmarks name, as an admin would by chmod."""
    del running
    machine.file("/etc/shells", "/bin/sh\n/bin/bash\n")
    machine.file("/etc/issue", "Debian GNU/Linux 13\n")
    machine.folder("/etc/sudoers.d", 0o750)
    if (machine.root / "etc/crypttab").exists():
        (machine.root / "etc/crypttab").chmod(0o600)


def spoil_closed(machine: Machine, *, running: bool) -> None:
    """Open them again."""
    del running
    machine.file("/etc/shells", "/bin/sh\n", 0o666)
