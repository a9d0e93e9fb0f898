"""What is wrong with logs, backups, calls, shares and customers' data on a machine on which everything is."""

from __future__ import annotations

from rempart_testing.machine import RECORDED, Machine
from rempart_testing.tree_running import lay_audit, lay_firmware, lay_profile, lay_session, lay_settings
from rempart_testing.tree_services import CALL, RECORDINGS, lay_browser


def spoil_records(machine: Machine) -> None:
    """Record nothing that lasts, and let copies and checksums grow old."""
    for name in ("multi-user.target.wants/auditd.service", "sysinit.target.wants/systemd-timesyncd.service"):
        machine.remove("/etc/systemd/system/" + name)
    machine.file("/etc/audit/auditd.conf", "max_log_file = 8\nmax_log_file_action = ignore\n", 0o640)
    machine.file("/etc/audit/rules.d/50-customers.rules", "-a never,task\n", 0o640)
    machine.file("/etc/systemd/journald.conf", "[Journal]\nStorage=volatile\n")
    machine.file("/var/lib/rempart/backup.ok", age=30)
    machine.file("/backup/customers.tar.gz", "customers\n", age=1)
    machine.file("/etc/aide/aide.conf", "/usr R\n!/usr/sbin\n")
    machine.file("/var/log/aide/aide.log", "AIDE found differences\n", 0o640, age=30)


def spoil_customers(machine: Machine) -> None:
    """Let everybody read customers' data, for years, and offer them to everybody."""
    for folder in (RECORDINGS, RECORDINGS + "/2026"):
        machine.folder(folder, 0o755)
    machine.file(CALL, "RIFF", 0o644, age=900)
    machine.file("/etc/exports", f"{RECORDINGS} *(rw,no_root_squash)\n")
    machine.file(
        "/etc/samba/smb.conf",
        f"[global]\n  map to guest = bad user\n[recordings]\n  path = {RECORDINGS}\n  guest ok = yes\n",
    )


def spoil_calls(machine: Machine) -> None:
    """Make calls in clear, and a web server that nobody should trust."""
    machine.file(
        "/etc/asterisk/pjsip.conf", "[clear]\ntype=transport\nbind=0.0.0.0:5060\n\n[6001]\ntype=endpoint\n", 0o640
    )
    machine.file("/etc/ssl/openssl.cnf", "[system_default_sect]\nMinProtocol = TLSv1\n")
    machine.file("/etc/ssl/certs/pbx.pem", (RECORDED / "certificate-expired.pem").read_bytes())


def spoil_restraints(machine: Machine) -> None:
    """Restrain nothing, and install what nobody should."""
    for path in ("/etc/sysctl.d/60-hardening.conf", "/etc/profile.d/tmout.sh", "/etc/modprobe.d/usb.conf"):
        machine.remove(path)
    status = (machine.root / "var/lib/dpkg/status").read_text()
    telnet = "Package: telnetd\nStatus: install ok installed\nArchitecture: amd64\nVersion: 0.17+2.6-3\n\n"
    machine.file("/var/lib/dpkg/status", status + telnet, age=100)
    lay_browser(machine, "/home/guest", "a" * 32, (1001, 1001), '"<all_urls>"')


def spoil_running(machine: Machine) -> None:
    """Start without verification, loosen the kernel, and let a session stay open over the weekend."""
    lay_firmware(machine, secure=0)
    lay_profile(machine, "complain")
    lay_audit(machine, pid=0, rule=None)
    lay_session(machine, hours=70)
    lay_settings(machine, {"kernel.kptr_restrict": "0", "net.ipv4.conf.all.accept_redirects": "1"})
    machine.file("/proc/modules", "usb_storage 98304 0 - Live 0x0000000000000000\n")
    machine.file("/run/faillock/root", bytes(6 * 64), 0o600)
