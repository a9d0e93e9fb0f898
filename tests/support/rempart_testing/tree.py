"""Two Debian 13 machines for the checks that there are: one with everything right, one with everything wrong.

Each is a running machine or an image: an image has no ``/proc``, nobody's account and nothing that a first boot makes.
What only a kernel can answer is recorded (``recorded/``) or written out here as the kernel would.
"""

from __future__ import annotations

import json
from pathlib import Path

from rempart_testing import tree_audit as trail
from rempart_testing import tree_boot as boot
from rempart_testing import tree_closed as closed
from rempart_testing import tree_files as right
from rempart_testing import tree_running as live
from rempart_testing import tree_services as services
from rempart_testing import tree_spoiled as wrong
from rempart_testing import tree_spoiled_services as worse
from rempart_testing.machine import RECORDED, Machine


def everything_right(root: Path, *, running: bool) -> Machine:
    """Lay out a machine, or an image, with everything right."""
    machine = Machine(root)
    right.lay_system(machine)
    right.lay_patches(machine)
    right.lay_accounts(machine, running=running)
    right.lay_desktop(machine)
    right.lay_protection(machine)
    services.lay_records(machine)
    services.lay_customers(machine)
    services.lay_calls(machine)
    services.lay_restraints(machine)
    boot.lay_boot(machine)
    home, owner = ("/home/alice", (1000, 1000)) if running else ("/root", (0, 0))
    services.lay_browser(machine, home, services.EXTENSION, owner, permissions="")
    machine.file(
        "/etc/ssh/sshd_config",
        "Include /etc/ssh/sshd_config.d/*.conf\nBanner /etc/issue.net\nPermitRootLogin no\nPasswordAuthentication no\n"
        "AuthenticationMethods publickey,keyboard-interactive\nUsePAM yes\nX11Forwarding no\nMaxAuthTries 4\n"
        "LoginGraceTime 60\nAllowGroups ssh-users\nSubsystem sftp /usr/lib/openssh/sftp-server\n"
        "ClientAliveInterval 300\nMACs hmac-sha2-512-etm@openssh.com,hmac-sha2-256-etm@openssh.com\n",
    )
    if running:
        live.lay_disks(machine)
        live.lay_kernel(machine, days_up=5)
        live.lay_processes(machine, *live.PROGRAMS)
        live.lay_logins(machine)
        live.lay_firmware(machine, secure=1)
        live.lay_profile(machine, "enforce")
        live.lay_audit(machine, pid=list(live.PROGRAMS).index("auditd") + 1, rule=services.RECORDINGS)
        machine.answers["nftables"] = json.loads((RECORDED / "nftables-closed.json").read_text())
        machine.answers["firewall_host"] = json.loads((RECORDED / "firewall-host.json").read_text())
        for name in ("ecdsa", "ed25519", "rsa"):
            machine.file(f"/etc/ssh/ssh_host_{name}_key", "not a key\n", 0o600)
    trail.lay_trail(machine, running=running)
    closed.lay_closed(machine, running=running)
    return machine


def everything_wrong(root: Path, *, running: bool) -> Machine:
    """Lay out a machine, or an image, with everything wrong."""
    machine = everything_right(root, running=running)
    wrong.spoil_patches(machine)
    wrong.spoil_accounts(machine)
    wrong.spoil_desktop(machine)
    wrong.spoil_protection(machine)
    worse.spoil_records(machine)
    trail.spoil_trail(machine)
    worse.spoil_customers(machine)
    worse.spoil_calls(machine)
    worse.spoil_restraints(machine)
    boot.spoil_boot(machine)
    machine.file("/etc/ssh/sshd_config", "X11Forwarding yes\nMaxAuthTries 20\nLoginGraceTime 0\nPermitRootLogin yes\n")
    if running:
        wrong.spoil_disks(machine)
        wrong.spoil_processes(machine)
        machine.answers["nftables"] = {}
        machine.answers["firewall_host"] = json.loads((RECORDED / "firewall-host-router.json").read_text())
        live.lay_kernel(machine, days_up=200)
        machine.file("/proc/version", "Linux version 6.12.41+deb13-amd64 (debian-kernel@lists.debian.org) #1 SMP\n")
        worse.spoil_running(machine)
        machine.file("/proc/sys/net/ipv4/conf/all/forwarding", "1\n")
        machine.file("/proc/sys/net/ipv4/conf/eth0/forwarding", "1\n")
        machine.file("/proc/sys/net/ipv4/icmp_echo_ignore_broadcasts", "0\n")
        machine.file("/proc/sys/kernel/yama/ptrace_scope", "0\n")
    else:
        wrong.spoil_image(machine)
    closed.spoil_closed(machine, running=running)
    return machine
