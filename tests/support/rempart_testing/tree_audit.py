"""The audit trail of a Debian 13 machine on which everything is right: what the benchmark checks want traced."""

from __future__ import annotations

import base64
import zlib

from rempart_testing.machine import RECORDED, Machine
from rempart_testing.tree_files import lay_unit
from rempart_testing.tree_services import RECORDINGS

CONF = "/etc/audit/auditd.conf"
LOCK = "/etc/audit/rules.d/99-lock.rules"
RULES = "/etc/audit/rules.d/40-trail.rules"
_PROGRAM = b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\x00\x3e\x00"  # elf(5): of 64 bits, for x86-64
_REACTIONS = (
    *(("max_log_file", "8"), ("num_logs", "5"), ("max_log_file_action", "keep_logs"), ("log_format", "ENRICHED")),
    *(("name_format", "hostname"), ("space_left", "75"), ("space_left_action", "email"), ("admin_space_left", "50")),
    *(("admin_space_left_action", "halt"), ("disk_full_action", "halt"), ("disk_error_action", "halt")),
)


def lay_trail(machine: Machine, *, running: bool) -> None:
    """Lay out rules for all that is traced, what loads them, and the answer of a kernel that has them.

    That answer is what auditctl 4.0.2 made of the same lines (``struct audit_rule_data``), kept before it went out.
    """
    lay_unit(machine, "audit-rules.service", "[Service]\nExecStart=/usr/sbin/augenrules --load\n", "multi-user.target")
    machine.file("/usr/sbin/augenrules", "#!/bin/sh\n", 0o755)
    machine.file("/usr/sbin/auditctl", _PROGRAM, 0o755)
    machine.file(RULES, (RECORDED / "audit.rules").read_text(), 0o600)
    machine.file(CONF, "".join(f"{name} = {value}\n" for name, value in _REACTIONS), 0o640)
    machine.folder("/var/log/audit", 0o700)
    machine.file("/var/log/audit/audit.log", "", 0o600)
    machine.file("/etc/audit/rules.d/50-customers.rules", f"-w {RECORDINGS} -p rwa\n", 0o600)
    machine.file(LOCK, "-e 2\n", 0o600)
    for folder in ("/run", "/etc/apparmor.d", "/etc/security", "/etc/sudoers.d"):
        machine.folder(folder)
    machine.link("/var/run", "/run")
    if running:
        made = zlib.decompress(base64.b64decode((RECORDED / "audit-rules-kernel.b64").read_bytes()))
        status = bytearray(base64.b64decode(machine.answers["audit_status"]))
        status[20] = 2  # enabled, behind a header of 16 bytes and the mask (struct audit_status of linux/audit.h)
        machine.answers["audit_status"] = base64.b64encode(bytes(status)).decode()
        answer = base64.b64decode(machine.answers["audit_rules"])
        machine.answers["audit_rules"] = base64.b64encode(made + answer).decode()


def spoil_trail(machine: Machine) -> None:
    """Let everybody write auditd's settings, and leave the rules unlocked."""
    machine.remove(LOCK)
    (machine.root / CONF.lstrip("/")).chmod(0o666)
