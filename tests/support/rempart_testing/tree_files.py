"""The files of a Debian 13 machine on which everything is right."""

from __future__ import annotations

import hashlib
import time
from hashlib import sha256

from rempart_testing.machine import RECORDED, Machine

SECURITY = "/var/lib/apt/lists/deb.debian.example_debian-security_dists_trixie-security_"
MAIN = "/var/lib/apt/lists/deb.debian.example_debian_dists_trixie_"
UNITS = "/usr/lib/systemd/system/"
PACKAGES = (
    ("aide", "0.19.1-2"),
    *(("apt", "3.0.3"), ("base-files", "13.8+deb13u1"), ("clamav-daemon", "1.4.3+dfsg-1"), ("dbus", "1.16.2-2")),
    *(("dpkg", "1.22.21"), ("libc6", "2.41-12"), ("linux-image-6.12.57+deb13-amd64", "6.12.57-1")),
    *(("nftables", "1.1.3-1"), ("openssh-server", "1:10.0p1-7"), ("sudo", "1.9.16p2-3"), ("systemd", "257.8-1")),
)


def lay_system(machine: Machine) -> None:
    """Lay out the system, its programs and folders."""
    machine.file(
        "/etc/os-release",
        'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nNAME="Debian GNU/Linux"\nVERSION_ID="13"\n'
        'VERSION="13 (trixie)"\nVERSION_CODENAME=trixie\nID=debian\n',
    )
    for folder in (
        "/usr/bin",
        "/usr/sbin",
        "/usr/local/bin",
        "/usr/local/sbin",
        "/usr/lib",
        "/var/lib",
        "/var/log",
        "/etc/cron.d",
        "/home",
        "/opt",
        "/srv",
    ):
        machine.folder(folder)
    for folder, mode in (("/root", 0o700), ("/tmp", 0o1777), ("/var/tmp", 0o1777)):
        machine.folder(folder, mode)
    for name in ("bin", "sbin", "lib"):
        machine.link(f"/{name}", f"usr/{name}")
    for program in ("apt-get", "freshclam", "gnome-session", "startplasma-wayland"):
        machine.file(f"/usr/bin/{program}", "program\n", 0o755)
    digest = hashlib.md5(b"program\n").hexdigest()  # noqa: S324 - dpkg's own (dpkg-buildpackage(1))
    for program in ("sbin/clamd", "sbin/clamonacc", "bin/suricata"):
        machine.file(f"/usr/{program}", "program\n", 0o755)
        machine.file(f"/var/lib/dpkg/info/{program[-4:]}.md5sums", f"{digest}  usr/{program}\n")
    for program in ("sudo", "su", "mount"):
        machine.file(f"/usr/bin/{program}", "program\n", 0o4755)
        digest = hashlib.md5(b"program\n").hexdigest()  # noqa: S324 - dpkg's own (dpkg-buildpackage(1))
        machine.file(f"/var/lib/dpkg/info/{program}.md5sums", f"{digest}  usr/bin/{program}\n")
    machine.file("/usr/sbin/sshd", b"\x7fELF\0OpenSSH_10.0p2 Debian-7\0", 0o755)
    machine.file("/usr/lib/systemd/systemd", "program\n", 0o755)
    machine.link("/usr/lib/systemd/system/default.target", "multi-user.target")
    for target, pulls in (
        ("multi-user", "Requires=basic.target"),
        ("basic", "Requires=sysinit.target\nWants=timers.target sockets.target"),
        *(("sysinit", ""), ("timers", ""), ("sockets", "")),
    ):
        machine.file(f"/usr/lib/systemd/system/{target}.target", f"[Unit]\n{pulls}\n")
    machine.file(
        "/etc/fstab", "/dev/mapper/root_crypt / ext4 errors=remount-ro 0 1\ntmpfs /tmp tmpfs nosuid,nodev 0 0\n"
    )
    machine.file("/etc/machine-id")
    machine.file("/etc/hostname", "counter-1\n")
    machine.file("/var/log/wtmp")
    machine.file("/var/log/auth.log", "", 0o640)
    machine.file("/etc/crontab", "17 * * * * root cd / && run-parts --report /etc/cron.hourly\n")


def signatures(age: int) -> bytes:
    """Return a database of ClamAV that was put together some days ago: header, and an archive (libclamav/cvd.c)."""
    made = int(time.time()) - age * 86400
    head = f"ClamAV-VDB:22 Nov 2026 03-27 -0400:27600:2070000:90:{'0' * 32}:x:raynman:{made}".encode().ljust(512)
    archive = (b"daily.info".ljust(124, b"\0") + b"00000000100\0").ljust(257, b"\0") + b"ustar\0"
    return head + archive.ljust(70_000, b"\0")


def lay_unit(machine: Machine, name: str, text: str, wanted_by: str = "") -> None:
    """Lay out a unit file, enabled where something wants it."""
    install = f"\n[Install]\nWantedBy={wanted_by}\n" if wanted_by else ""
    machine.file(UNITS + name, text + install)
    if wanted_by:
        machine.link(f"/etc/systemd/system/{wanted_by}.wants/{name}", UNITS + name)
    units = machine.answers.setdefault("systemd_units", [])
    state = ["active", "waiting" if name.endswith(".timer") else "running"]
    units.append([name, name, "loaded", *state, "", "/org/freedesktop/systemd1/unit/x", 0, "", "/"])


def lay_patches(machine: Machine) -> None:
    """Lay out packages, lists of updates and what installs them by itself."""

    def stanza(name: str, version: str, more: str = "") -> str:
        return f"Package: {name}\n{more}Architecture: amd64\nVersion: {version}\n\n"

    installed = "Status: install ok installed\n"
    packages = (*PACKAGES, ("unattended-upgrades", "2.12"))
    machine.file("/var/lib/dpkg/status", "".join(stanza(n, v, installed) for n, v in packages), age=3)
    for name, _ in packages:
        machine.file(f"/var/lib/dpkg/info/{name}.list", "/.\n", age=20)
    machine.file(
        "/etc/apt/sources.list.d/debian.sources",
        "Types: deb\nURIs: http://deb.debian.example/debian\nSuites: trixie trixie-updates\nComponents: main\n"
        "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n\n"
        "Types: deb\nURIs: http://deb.debian.example/debian-security\nSuites: trixie-security\nComponents: main\n"
        "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n",
    )
    machine.file(
        "/etc/apt/apt.conf.d/20auto-upgrades",
        'APT::Periodic::Update-Package-Lists "1";\nAPT::Periodic::Unattended-Upgrade "1";\n',
    )
    machine.file(
        "/etc/apt/apt.conf.d/50unattended-upgrades",
        "Unattended-Upgrade::Origins-Pattern {\n"
        '  "origin=Debian,codename=${distro_codename}-security,label=Debian-Security";\n};\n',
    )
    for base, label, suite in ((MAIN, "Debian", "trixie"), (SECURITY, "Debian-Security", "trixie-security")):
        listed = "".join(stanza(n, v) for n, v in packages)
        head = f"Origin: Debian\nLabel: {label}\nSuite: stable\nCodename: {suite}\n"
        machine.file(base + "InRelease", in_release(head, {"main/binary-amd64/Packages": listed}), age=1)
        machine.file(base + "main_binary-amd64_Packages", listed, age=1)
    for name, deed in (("apt-daily", "update"), ("apt-daily-upgrade", "install")):
        lay_unit(machine, f"{name}.timer", "[Timer]\nOnCalendar=daily\n", "timers.target")
        start = f"[Service]\nType=oneshot\nExecStart=/usr/lib/apt/apt.systemd.daily {deed}\n"
        machine.file(f"{UNITS}{name}.service", start)


def in_release(head: str, files: dict[str, str]) -> str:
    """Return an InRelease file, signed in form alone, that names files of given texts by size and digest."""
    lines = [f" {sha256(text.encode()).hexdigest()} {len(text.encode())} {name}\n" for name, text in files.items()]
    signature = "-----BEGIN PGP SIGNATURE-----\n\nx\n-----END PGP SIGNATURE-----\n"
    return f"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n{head}SHA256:\n{''.join(lines)}{signature}"


def lay_accounts(machine: Machine, *, running: bool) -> None:
    """Lay out accounts, what a password has to be, and sudo; an image has nobody's account."""
    people = "alice:x:1000:1000:Alice Martin:/home/alice:/bin/bash\n" if running else ""
    machine.file(
        "/etc/passwd",
        "root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\n"
        "sshd:x:101:65534::/run/sshd:/usr/sbin/nologin\n" + people,
    )
    hashed = "alice:$y$j9T$salt$hash:20400:0:365:7:::\n" if running else ""
    machine.file(
        "/etc/shadow", "root:*:20400:0:99999:7:::\ndaemon:*:20400:0:99999:7:::\n" + hashed, 0o640, owner=(0, 42)
    )
    members = "alice" if running else ""
    group = "root:x:0:\ndaemon:x:1:\nadm:x:4:\nsudo:x:27:{0}\nshadow:x:42:\nssh-users:x:900:{0}\nsugroup:x:901:\n"
    machine.file("/etc/group", group.format(members) + ("alice:x:1000:\n" if running else ""))
    if running:
        machine.folder("/home/alice", 0o750, owner=(1000, 1000))
    machine.file("/etc/login.defs", "PASS_MAX_DAYS 365\nENCRYPT_METHOD YESCRYPT\nUMASK 027\n")
    machine.file(
        "/etc/pam.d/common-password",
        "password requisite pam_pwquality.so retry=3\n"
        "password requisite pam_pwhistory.so remember=24 enforce_for_root use_authtok\n"
        "password [success=1 default=ignore] pam_unix.so obscure use_authtok yescrypt\n"
        "password requisite pam_deny.so\npassword required pam_permit.so\n",
    )
    machine.file(
        "/etc/pam.d/common-auth",
        "auth requisite pam_faillock.so preauth\nauth [success=2 default=ignore] pam_unix.so nullok\n"
        "auth [default=die] pam_faillock.so authfail\nauth requisite pam_deny.so\n",
    )
    wheel = "auth sufficient pam_rootok.so\nauth required pam_wheel.so use_uid group=sugroup\n"
    machine.file("/etc/pam.d/su", wheel + "@include common-auth\n")
    machine.file("/etc/pam.d/su-l", "auth include su\n")
    machine.file("/etc/security/faillock.conf", "deny = 5\nunlock_time = 1800\n")
    for service in ("login", "passwd", "sshd"):
        machine.file(f"/etc/pam.d/{service}", "@include common-auth\n@include common-password\n")
    machine.file(
        "/etc/security/pwquality.conf", "minlen = 12\nminclass = 4\ndifok = 2\nmaxrepeat = 3\nmaxsequence = 3\n"
    )
    machine.file(
        "/etc/sudoers",
        "Defaults env_reset\nDefaults use_pty, timestamp_timeout=15\nDefaults logfile=/var/log/sudo.log\n"
        "root ALL=(ALL:ALL) ALL\n%sudo ALL=(ALL:ALL) ALL\n@includedir /etc/sudoers.d\n",
        0o440,
    )
    machine.folder("/etc/sudoers.d", 0o750)


def lay_desktop(machine: Machine) -> None:
    """Lay out two desktops that lock themselves, whatever their users want."""
    machine.file("/usr/share/wayland-sessions/gnome.desktop", "[Desktop Entry]\nName=GNOME\n")
    machine.file("/usr/share/wayland-sessions/plasma.desktop", "[Desktop Entry]\nName=Plasma\n")
    machine.file("/etc/dconf/profile/user", "user-db:user\nsystem-db:local\n")
    machine.file("/etc/dconf/db/local", (RECORDED / "dconf-locked.gvdb").read_bytes())
    machine.file("/etc/xdg/kscreenlockerrc", "[Daemon][$i]\nAutolock=true\nTimeout=5\nLockOnResume=true\nLockGrace=0\n")
    machine.file("/etc/systemd/logind.conf", "[Login]\nHandleLidSwitch=suspend\n")


def lay_protection(machine: Machine) -> None:
    """Lay out a firewall that comes back at boot, and an anti-malware product that is kept up to date."""
    machine.file(
        "/etc/nftables.conf",
        "#!/usr/sbin/nft -f\nflush ruleset\n\n" + (RECORDED / "nftables-closed.nft").read_text(),
        0o755,
    )
    lay_unit(
        machine, "nftables.service", "[Service]\nExecStart=/usr/sbin/nft -f /etc/nftables.conf\n", "sysinit.target"
    )
    lay_unit(machine, "ssh.service", "[Service]\nExecStart=/usr/sbin/sshd -D $SSHD_OPTS\n", "multi-user.target")
    for name, command in (("daemon", "clamd"), ("clamonacc", "clamonacc")):
        lay_unit(machine, f"clamav-{name}.service", f"[Service]\nExecStart=/usr/sbin/{command}\n", "multi-user.target")
    lay_unit(machine, "clamav-freshclam.service", "[Service]\nExecStart=/usr/bin/freshclam -d\n", "multi-user.target")
    machine.file("/etc/clamav/clamd.conf", "DatabaseDirectory /var/lib/clamav\nOnAccessIncludePath /home\n")
    machine.file("/etc/clamav/freshclam.conf", "DatabaseDirectory /var/lib/clamav\nChecks 24\n")
    machine.file("/var/lib/clamav/daily.cld", signatures(1), age=1)
