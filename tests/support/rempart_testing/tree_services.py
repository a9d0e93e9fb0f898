"""What a call centre's machine with everything right holds besides its system: logs, copies, calls, customers' data."""

from __future__ import annotations

import gzip

from rempart_testing.machine import RECORDED, Machine
from rempart_testing.tree_files import lay_unit

RECORDINGS = "/srv/recordings"
CALL = RECORDINGS + "/2026/call.wav"
MODULES = "/usr/lib/modules/6.12.57+deb13-amd64"
EXTENSION = "ghbmnnjooekpmoecnnnilnnbdlolhkhi"  # one that comes with the browser
SETTINGS = {
    "kernel.randomize_va_space": "2",
    "kernel.kptr_restrict": "2",
    "kernel.dmesg_restrict": "1",
    "kernel.yama.ptrace_scope": "1",
    "kernel.unprivileged_bpf_disabled": "1",
    "kernel.sysrq": "0",
    "fs.protected_hardlinks": "1",
    "fs.protected_symlinks": "1",
    "fs.suid_dumpable": "0",
    "net.ipv4.tcp_syncookies": "1",
    "net.ipv4.icmp_echo_ignore_broadcasts": "1",
    "net.ipv4.ip_forward": "0",
    "net.ipv6.conf.all.forwarding": "0",
    **{
        f"net.ipv4.conf.{place}.{key}": value
        for place in ("all", "default")
        for key, value in (
            ("accept_redirects", "0"),
            ("send_redirects", "0"),
            ("accept_source_route", "0"),
            ("rp_filter", "1"),
        )
    },
    **{f"net.ipv6.conf.{place}.accept_redirects": "0" for place in ("all", "default")},
}


def lay_records(machine: Machine) -> None:
    """Lay out what records: audit rules, the journal, the time, a copy of everything, and a list of checksums."""
    lay_unit(machine, "auditd.service", "[Service]\nExecStart=/usr/sbin/auditd\n", "multi-user.target")
    lay_unit(
        machine,
        "systemd-timesyncd.service",
        "[Service]\nExecStart=!!/usr/lib/systemd/systemd-timesyncd\n",
        "sysinit.target",
    )
    for program in ("/usr/sbin/auditd", "/usr/bin/suricata", "/usr/share/filebeat/bin/filebeat"):
        machine.file(program, "program\n", 0o755)
    machine.file("/etc/audit/auditd.conf", "max_log_file = 8\nnum_logs = 5\nmax_log_file_action = keep_logs\n", 0o640)
    machine.file("/etc/audit/rules.d/50-customers.rules", f"-w {RECORDINGS} -p rwa -k customers\n", 0o640)
    machine.file("/etc/systemd/journald.conf", "[Journal]\nStorage=persistent\n")
    machine.file("/var/lib/rempart/backup.ok", age=0.2)
    machine.folder("/backup", 0o700)
    machine.file("/usr/bin/aide", "program\n" * 1000, 0o755)
    watched = "".join(
        f"/usr/sbin/{tool} p+i+n+u+g+s+b+acl+xattrs+sha512\n" for tool in ("auditctl", "auditd", "augenrules")
    )
    machine.file("/etc/aide/aide.conf", "database_in=file:/var/lib/aide/aide.db\n/etc R\n" + watched)
    machine.file("/var/lib/aide/aide.db.gz", gzip.compress(b"/etc 1\n" * 1000, compresslevel=0, mtime=0), 0o600, age=40)
    machine.file("/var/log/aide/aide.log", "AIDE found no differences\n", 0o640, age=1)


def lay_customers(machine: Machine) -> None:
    """Lay out customers' data, and what offers them to others."""
    machine.folder(RECORDINGS, 0o750)
    machine.folder(RECORDINGS + "/2026", 0o750)
    machine.file(CALL, "RIFF", 0o640, age=30)
    machine.file("/etc/exports", f"{RECORDINGS} 10.0.0.5(ro,sync,root_squash)\n")
    machine.file("/usr/sbin/smbd", "program\n", 0o755)
    machine.file(
        "/etc/samba/smb.conf",
        "[global]\n  map to guest = never\n  server signing = mandatory\n  server smb encrypt = required\n"
        f"  server min protocol = SMB3\n[recordings]\n  path = {RECORDINGS}\n  guest ok = no\n",
    )


def lay_calls(machine: Machine) -> None:
    """Lay out a telephone system that encrypts signalling and speech, and a web server."""
    machine.file("/usr/sbin/asterisk", "program\n", 0o755)
    machine.file(
        "/etc/asterisk/pjsip.conf",
        "[secure]\ntype=transport\nprotocol=tls\nbind=0.0.0.0:5061\n\n[6001]\ntype=endpoint\nmedia_encryption=sdes\n",
        0o640,
    )
    machine.file("/usr/lib/x86_64-linux-gnu/libssl.so.3", "library\n")
    machine.file("/etc/ssl/openssl.cnf", "[system_default_sect]\nMinProtocol = TLSv1.2\n")
    machine.file("/etc/ssl/certs/pbx.pem", (RECORDED / "certificate-valid.pem").read_bytes())
    machine.file(
        "/etc/nginx/nginx.conf",
        "http {\n  ssl_protocols TLSv1.2 TLSv1.3;\n  server {\n    listen 443 ssl;\n"
        "    ssl_certificate /etc/ssl/certs/pbx.pem;\n  }\n}\n",
    )


def lay_restraints(machine: Machine) -> None:
    """Lay out what the kernel, shells and drives are held to."""
    machine.file("/usr/lib/systemd/systemd-sysctl", b"\x7fELF", 0o755)
    unit = "/usr/lib/systemd/system/systemd-sysctl.service"
    machine.file(unit, "[Service]\nExecStart=/usr/lib/systemd/systemd-sysctl\n")
    machine.link("/usr/lib/systemd/system/sysinit.target.wants/systemd-sysctl.service", unit)
    asked = {**SETTINGS, "net.ipv6.conf.*.accept_redirects": "0"}  # of each interface, whenever it appears
    machine.file("/etc/sysctl.d/60-hardening.conf", "".join(f"{name} = {value}\n" for name, value in asked.items()))
    machine.file(
        "/etc/profile", "for i in /etc/profile.d/*.sh; do\n  if [ -r $i ]; then\n    . $i\n  fi\ndone\nunset i\n"
    )
    machine.file("/etc/profile.d/umask.sh", "umask 027\n")
    machine.file("/etc/bash.bashrc", "umask 027\n")
    machine.file("/etc/profile.d/tmout.sh", "TMOUT=900\nreadonly TMOUT\nexport TMOUT\n")
    machine.file(MODULES + "/modules.dep", "kernel/drivers/usb/storage/usb-storage.ko.xz:\n")
    machine.file(MODULES + "/modules.builtin", "kernel/fs/ext4/ext4.ko\n")
    machine.file("/etc/modprobe.d/usb.conf", "install usb-storage /bin/false\ninstall uas /bin/false\n")


def lay_browser(machine: Machine, home: str, identifier: str, owner: tuple[int, int], permissions: str) -> None:
    """Lay out a browser, and an extension of somebody's; one that reads all pages comes from no store."""
    machine.file("/usr/bin/google-chrome", "program\n", 0o755)
    profile = home + "/.config/google-chrome/Default"
    place = f"{identifier}/1.0_0"
    machine.file(
        f"{profile}/Extensions/{place}/manifest.json",
        '{"name": "Extension", "version": "1.0", "manifest_version": 3, "host_permissions": [' + permissions + "]}",
        owner=owner,
    )
    store = "false" if permissions else "true"
    machine.file(
        f"{profile}/Secure Preferences",
        f'{{"extensions": {{"settings": {{"{identifier}": {{"path": "{place}", "state": 1,'
        f' "from_webstore": {store}}}}}}}}}',
        owner=owner,
    )
