"""What is wrong on a machine on which everything is: each takes something right and spoils it."""

from __future__ import annotations

from rempart_testing.machine import RECORDED, Machine
from rempart_testing.tree_files import PACKAGES, signatures
from rempart_testing.tree_running import start, write_sockets


def spoil_patches(machine: Machine) -> None:
    """Make it a release of long ago that nothing updates."""
    machine.file(
        "/etc/os-release",
        'NAME="Debian GNU/Linux"\nVERSION_ID="8"\nVERSION="8 (jessie)"\nVERSION_CODENAME=jessie\nID=debian\n',
    )
    status = (machine.root / "var/lib/dpkg/status").read_text()
    unattended = status.index("Package: unattended-upgrades")
    machine.file("/var/lib/dpkg/status", status[:unattended], age=100)
    for name, _ in PACKAGES:
        machine.file(f"/var/lib/dpkg/info/{name}.list", "/.\n", age=100)
    machine.file("/var/log/dpkg.log", "2026-01-02 03:04:05 upgrade bash:amd64 5.2.37-2 5.2.37-2+b5\n", age=100)
    for suite in ("trixie_", "trixie-security_"):
        base = (
            "deb.debian.example_debian-security_dists_" if "security" in suite else "deb.debian.example_debian_dists_"
        )
        old = f"/var/lib/apt/lists/{base}{suite}"
        new = old.replace("trixie", "jessie")
        for name in ("InRelease", "main_binary-amd64_Packages"):
            text = (machine.root / (old + name).lstrip("/")).read_text()
            text = text.replace("trixie", "jessie").replace("1:10.0p1-7", "1:10.0p1-7+deb13u1")
            machine.remove(old + name)
            machine.file(new + name, text, age=60)
    machine.file(
        "/etc/apt/sources.list.d/debian.sources",
        "Types: deb\nURIs: http://mirror.example/debian\nSuites: jessie\nComponents: main\nTrusted: yes\n",
    )
    machine.remove("/etc/apt/apt.conf.d/20auto-upgrades")
    machine.file("/run/reboot-required", "*** System restart required ***\n", age=90)


def spoil_accounts(machine: Machine) -> None:
    """Let people in without a password, and make root of everybody."""
    with (machine.root / "etc/passwd").open("a") as file:
        file.write("guest::1001:1001::/home/guest:/bin/bash\ntoor:x:0:0::/root:/bin/sh\n")
    with (machine.root / "etc/shadow").open("a") as file:
        file.write("guest::20400:0:99999:7:::\nold:$1$salt$hash:20400:0:99999:7:::\n")
    (machine.root / "etc/shadow").chmod(0o644)
    machine.file("/etc/login.defs", "ENCRYPT_METHOD MD5\n")
    machine.file("/etc/pam.d/common-password", "password required pam_unix.so md5\n")
    machine.file(
        "/etc/pam.d/common-auth",
        "auth required pam_faillock.so preauth deny=1000\nauth sufficient pam_unix.so nullok\n"
        "auth required pam_deny.so\n",
    )
    machine.file("/etc/pam.d/su", "auth sufficient pam_rootok.so\n@include common-auth\n")
    machine.folder("/home/guest", 0o755, owner=(1001, 1001))
    machine.file("/root/.ssh/authorized_keys", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAbc somebody@gone\n", 0o600)
    machine.remove("/etc/security/pwquality.conf")
    machine.file("/etc/sudoers.d/90-cloud-init-users", "debian ALL=(ALL) NOPASSWD:ALL\n", 0o666)
    machine.file("/etc/sudoers.d/91-old", "Defaults:debian !use_pty\n", 0o440)
    machine.folder("/usr/local/bin", 0o777)
    machine.file("/usr/local/bin/rootshell", "program\n", 0o4755)
    machine.file("/usr/local/lib/libodd.so.1", "library\n", 0o666)


def spoil_desktop(machine: Machine) -> None:
    """Leave both desktops open."""
    machine.file("/etc/dconf/db/local", (RECORDED / "dconf-open.gvdb").read_bytes())
    machine.remove("/etc/xdg/kscreenlockerrc")
    machine.file("/etc/gdm3/daemon.conf", "[daemon]\nAutomaticLoginEnable=true\nAutomaticLogin=guest\n")
    machine.file("/etc/systemd/logind.conf", "[Login]\nHandleLidSwitch=ignore\n")


def spoil_protection(machine: Machine) -> None:
    """Take the firewall away at boot, and make the anti-malware product blind."""
    machine.file("/etc/nftables.conf", "#!/usr/sbin/nft -f\nflush ruleset\n", 0o755)
    for wanted in (
        *("sysinit.target.wants/nftables.service", "timers.target.wants/apt-daily.timer"),
        *(f"multi-user.target.wants/clamav-{name}.service" for name in ("clamonacc", "freshclam")),
    ):
        machine.remove(f"/etc/systemd/system/{wanted}")
    units = machine.answers["systemd_units"]
    machine.answers["systemd_units"] = [unit for unit in units if unit[0] in ("ssh.service", "apt-daily-upgrade.timer")]
    machine.file("/etc/clamav/clamd.conf", "ExcludePath ^/home/\nDatabaseDirectory /var/lib/clamav\n", 0o666)
    machine.file("/etc/clamav/freshclam.conf", "Example\n")
    machine.file("/var/lib/clamav/daily.cld", signatures(90), age=1)


def spoil_disks(machine: Machine) -> None:
    """The root and a swap partition in clear; the data under a cipher of old, its key readable on the clear root."""
    machine.answers["dm_crypt"] = {"dm-0": {"cipher": "aes-cbc-essiv:sha256", "clear": False}}
    machine.answers["superblocks"]["/dev/sda1"] = {"type": "swap", "uuid": "00000000-0000-4000-8000-000000000001"}
    machine.file(
        "/proc/mounts",
        "/dev/sda2 / ext4 rw,relatime 0 0\n/dev/mapper/root_crypt /srv ext4 rw,relatime 0 0\n"
        "/dev/sda2 /backup ext4 rw,relatime 0 0\n",
    )
    machine.file("/proc/swaps", "Filename Type Size Used Priority\n/dev/sda1 partition 2000000 0 -2\n")
    machine.file("/etc/crypttab", "root_crypt UUID=00000000-0000-4000-8000-000000000003 /etc/keys/data.key luks\n")
    machine.file("/etc/keys/data.key", "not a key\n", 0o644)


def spoil_processes(machine: Machine) -> None:
    """No anti-malware, a port nobody expects, a server whose program was replaced, and a screen that is shared."""
    others = ((3, "mysqld"), (4, "cron"), (5, "agetty"), (6, "x11vnc"), (7, "in.telnetd"), (8, "asterisk"))
    for pid, name in others:
        machine.file(f"/usr/sbin/{name}", "program\n", 0o755)
        start(machine, pid, name, f"/usr/sbin/{name}")
    machine.link("/proc/4/exe", "/usr/sbin/cron (deleted)")
    machine.link("/proc/4/root", "/")
    for pid in range(1, 9):
        machine.file(f"/proc/{pid}/net/tcp", write_sockets("0" * 8, (3306, 9033), (23, 9037), (5060, 9038)))
    for pid, inode in ((3, 9033), (7, 9037), (8, 9038)):
        machine.link(f"/proc/{pid}/fd/3", f"socket:[{inode}]")


def spoil_image(machine: Machine) -> None:
    """Leave behind what a build and a first boot leave."""
    machine.file("/etc/machine-id", "b08dfa6083e7567a1921a715000001fb\n")
    machine.file(
        "/etc/ssh/ssh_host_rsa_key",
        "-----BEGIN PRIVATE KEY-----\n" + "MIIE" + "A" * 60 + "\n-----END PRIVATE KEY-----\n",
    )
    machine.file("/root/.ssh/authorized_keys", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAbc builder@ci\n", 0o600)
    machine.folder("/home/packer")
    machine.file("/var/lib/cloud/data/instance-id", "i-0123\n")
    machine.file("/root/anaconda-ks.cfg", "rootpw --iscrypted $6$salt$hash\n", 0o600)
    machine.file("/root/.bash_history", "mysql -u root\n", 0o600)
    machine.file("/var/log/syslog", "Nov 25 12:00:00 builder started\n", 0o640)
