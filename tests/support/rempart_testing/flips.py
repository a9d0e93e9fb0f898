"""Settings that flip a row of a check, each made with the tool that an admin would use, and taken back by it."""

from __future__ import annotations

from typing import NamedTuple

from rempart_testing.grub_files import DEBIAN, HASH

PACKAGES = ("aide", "auditd", "chrony", "cron", "libcap2-bin", "logrotate", "rsyslog", "ufw")
"""What the machine has beyond the smallest system."""
OFFERED = ("apparmor-utils", "rpcbind")
"""What is installed and purged."""


class Flip(NamedTuple):
    """A setting, and the row that it flips.

    Attributes:
        check: The check.
        item: The row.
        turn: Shell commands that make the setting.
        back: Shell commands that take it back.
        seen: What the row says while it is made, and does not say before.
        good: Whether the row passes then; it fails before, or there is none.
        tree: Whether the disk is looked at as a root file system, since the lab's kernel is that of its host.
    """

    check: str
    item: str
    turn: str
    back: str
    seen: str
    good: bool = False
    tree: bool = False


def acl(path: str, account: str, bits: int) -> tuple[str, str]:
    """Return the commands that give an account rights on what is root's and open to read, and take them again.

    The lab has no setfacl; the attribute is the one that it writes (acl(5), linux/posix_acl_xattr.h).
    """
    give = f"""python3 -c '
import os, pwd, struct
entries = ((1, 6, -1), (2, {bits}, pwd.getpwnam("{account}").pw_uid), (4, 4, -1), (16, {bits} | 4, -1), (32, 4, -1))
value = struct.pack("<I", 2) + b"".join(struct.pack("<HHI", kind, has, who % 2**32) for kind, has, who in entries)
os.setxattr("{path}", "system.posix_acl_access", value)'"""
    return give, f'python3 -c \'import os; os.removexattr("{path}", "system.posix_acl_access")\'; chmod 644 {path}'


def drop(path: str, text: str, mode: str = "644") -> tuple[str, str]:
    """Return the commands that write a file of its own, and remove it."""
    return f"install -D -m {mode} /dev/stdin {path} <<'END'\n{text}\nEND", f"rm {path}"


def rule(check: str, item: str, text: str) -> Flip:
    """Return the flip of a rule of auditd: augenrules makes one file of all."""
    turn, back = drop(f"/etc/audit/rules.d/50-{check.lower()}.rules", text, "640")
    return Flip(check, item, f"{turn}\naugenrules", f"{back}; augenrules", "", good=True, tree=True)


SOUND = f"""
mkdir -p /boot/grub /usr/lib/modules/6.12.0-lab/kernel/fs/cramfs
cat > /boot/grub/grub.cfg <<'END'
{DEBIAN}
END
cat > /boot/config-6.12.0-lab <<'END'
#
# Automatically generated file; DO NOT EDIT.
# Linux/x86 6.12.0 Kernel Configuration
#
CONFIG_X86=y
CONFIG_X86_64=y
# CONFIG_BUG is not set
# end of Kernel hacking
END
touch /boot/vmlinuz-6.12.0-lab
echo kernel/fs/cramfs/cramfs.ko: > /usr/lib/modules/6.12.0-lab/modules.dep
: > /usr/lib/modules/6.12.0-lab/modules.builtin
useradd -m -s /bin/bash pat
chmod 750 /home/pat
mkdir -p /etc/audit/rules.d
"""
"""What is there from the beginning: a boot loader, a kernel and its modules, which a machine of the lab lacks."""

FLIPS = (
    Flip(
        "ACC-11",
        "/etc/pam.d/common-password",
        """
cat > /usr/share/pam-configs/history <<'END'
Name: history of passwords
Default: no
Priority: 1000
Password-Type: Primary
Password: requisite pam_pwhistory.so remember=24 enforce_for_root use_authtok
END
DEBIAN_FRONTEND=noninteractive pam-auth-update --enable history""",
        "DEBIAN_FRONTEND=noninteractive pam-auth-update --package --remove history; rm /usr/share/pam-configs/history",
        "the last 24 passwords",
        good=True,
    ),
    Flip(
        "ACC-12",
        "difok (/etc/pam.d/common-password:25)",
        *drop("/etc/security/pwquality.conf.d/50-lab.conf", "difok = 5"),
        "/etc/security/pwquality.conf.d/50-lab.conf",
        good=True,
    ),
    Flip("ACC-13", "/etc/default/useradd INACTIVE", "useradd -D -f 30", "useradd -D -f -1", "30", good=True),
    Flip("ACC-14", "shell of games", "usermod -s /bin/bash games", "usermod -s /usr/sbin/nologin games", "/bin/bash"),
    Flip(
        "ACC-15",
        "group id 60",
        "groupadd -o -g 60 arcade",
        "groupdel arcade",
        "arcade",
    ),
    Flip(
        "ACC-16",
        "/etc/bash.bashrc",
        "sed -i '1i umask 027' /etc/bash.bashrc",
        "sed -i 1d /etc/bash.bashrc",
        "027",
        good=True,
    ),
    Flip(
        "ACC-17",
        "PAM service su",
        "groupadd sugroup; sed -i '1i auth required pam_wheel.so use_uid group=sugroup' /etc/pam.d/su",
        "groupdel sugroup; sed -i 1d /etc/pam.d/su",
        "members alone",
        good=True,
    ),
    Flip("ACC-18", "PATH of root", "echo 'PATH=$PATH:.' >> /root/.profile", "sed -i '$d' /root/.profile", ":."),
    rule("AUD-01", "/etc/passwd", "-w /etc/passwd -p wa -k identity"),
    rule("AUD-02", "clock_settime (b64)", "-a always,exit -F arch=b64 -S clock_settime -k time"),
    rule("AUD-03", "/etc/issue", "-w /etc/issue -p wa -k network"),
    rule("AUD-04", "/etc/apparmor", "-w /etc/apparmor -p wa -k mac"),
    rule("AUD-05", "chmod (b64)", "-a always,exit -F arch=b64 -S chmod -F auid>=1000 -F auid!=unset -k rights"),
    rule(
        "AUD-06",
        "open, EACCES (b64)",
        "-a always,exit -F arch=b64 -S open -F exit=-EACCES -F auid>=1000 -F auid!=unset -k refused",
    ),
    rule("AUD-07", "unlink (b64)", "-a always,exit -F arch=b64 -S unlink -F auid>=1000 -F auid!=unset -k deletion"),
    rule("AUD-08", "mount (b64)", "-a always,exit -F arch=b64 -S mount -F auid>=1000 -F auid!=unset -k mounts"),
    rule("AUD-09", "/var/log/wtmp", "-w /var/log/wtmp -p wa -k sessions"),
    rule("AUD-10", "/etc/sudoers", "-w /etc/sudoers -p wa -k scope"),
    rule("AUD-11", "init_module (b64)", "-a always,exit -F arch=b64 -S init_module -k modules"),
    rule(
        "AUD-12",
        "/usr/bin/sudo",
        "-a always,exit -F path=/usr/bin/sudo -F perm=x -F auid>=1000 -F auid!=unset -k programs",
    ),
    Flip(
        "AUD-13",
        "lock after the next start",
        drop("/etc/audit/rules.d/99-lock.rules", "-e 2", "640")[0] + "\naugenrules",
        "rm /etc/audit/rules.d/99-lock.rules; augenrules",
        "2",
        good=True,
        tree=True,
    ),
    Flip(
        "AUD-14",
        "max_log_file_action",
        "sed -i 's/^max_log_file_action.*/max_log_file_action = keep_logs/' /etc/audit/auditd.conf",
        "sed -i 's/^max_log_file_action.*/max_log_file_action = ROTATE/' /etc/audit/auditd.conf",
        "keep_logs",
        good=True,
    ),
    Flip(
        "AUD-15",
        "/etc/audit/rules.d/audit.rules",
        "chmod 600 /etc/audit/rules.d/audit.rules",
        "chmod 640 /etc/audit/rules.d/audit.rules",
        "mode 0600",
        good=True,
    ),
    Flip(
        "BOT-01",
        "/boot/grub/grub.cfg",
        f"cp -a /boot/grub/grub.cfg /boot/grub/before; "
        f"printf 'set superusers=\"root\"\\npassword_pbkdf2 root {HASH}\\n' >> /boot/grub/grub.cfg",
        "mv /boot/grub/before /boot/grub/grub.cfg",
        "root",
        good=True,
        tree=True,
    ),
    Flip(
        "BOT-02",
        "audit",
        "sed -i.before 's/ audit=1 / /' /boot/grub/grub.cfg",
        "mv /boot/grub/grub.cfg.before /boot/grub/grub.cfg",
        "audit",
        tree=True,
    ),
    Flip(
        "BOT-03",
        "CONFIG_BUG",
        "sed -i 's/^# CONFIG_BUG is not set/CONFIG_BUG=y/' /boot/config-6.12.0-lab",
        "sed -i 's/^CONFIG_BUG=y/# CONFIG_BUG is not set/' /boot/config-6.12.0-lab",
        "6.12.0-lab: y",
        good=True,
        tree=True,
    ),
    Flip("FIL-01", "/srv/orphan", "touch /srv/orphan; chown 4242:4242 /srv/orphan", "rm /srv/orphan", "4242"),
    Flip("FIL-02", "/srv/open", "touch /srv/open; chmod 666 /srv/open", "rm /srv/open", "0666"),
    Flip("FIL-04", "/usr/bin/uptime", "chmod g+w,o+w /usr/bin/uptime", "chmod 755 /usr/bin/uptime", "0777"),
    Flip("FIL-05", "/etc/issue", "chmod 646 /etc/issue", "chmod 644 /etc/issue", "mode 0646"),
    Flip("FIL-05", "/etc/shells", *acl("/etc/shells", "pat", 6), "pat"),
    Flip("FIL-06", "/etc/crontab", "chmod 600 /etc/crontab", "chmod 644 /etc/crontab", "mode 0600", good=True),
    Flip(
        "FIL-06",
        "/var/spool/cron/crontabs/pat",
        "echo '@daily true' | crontab -u pat -; chmod 644 /var/spool/cron/crontabs/pat",
        "crontab -u pat -r",
        "mode 0644",
    ),
    Flip("FWL-06", "firewall services", "systemctl enable -q nftables", "systemctl disable -q nftables", "nftables"),
    Flip(
        "INT-03",
        "tool /usr/sbin/auditd",
        """
mkdir -p /etc/aide /var/lib/aide
cat > /etc/aide/aide.conf <<'END'
database_in=file:/var/lib/aide/aide.db
database_out=file:/var/lib/aide/aide.db.new
/usr/sbin p+i+n+u+g+s+b+acl+xattrs+sha512
END
aide --config /etc/aide/aide.conf --config-check""",
        "rm -r /etc/aide",
        "aide.conf",
        good=True,
    ),
    Flip(
        "KRN-04",
        "net.ipv4.conf.all.log_martians",
        "sysctl -q -w net.ipv4.conf.all.log_martians=1",
        "sysctl -q -w net.ipv4.conf.all.log_martians=0",
        "1",
        good=True,
    ),
    Flip(
        "KRN-04",
        "net.ipv4.conf.all.secure_redirects after a start",
        drop("/etc/sysctl.d/50-lab.conf", "net.ipv4.conf.all.secure_redirects = 0")[0] + "\nsysctl -q -p /etc/sysctl.d/50-lab.conf",
        "rm /etc/sysctl.d/50-lab.conf; sysctl -q -w net.ipv4.conf.all.secure_redirects=1",
        "0",
        good=True,
    ),
    Flip(
        "KRN-05",
        "fs.protected_fifos after a start",
        *drop("/etc/sysctl.d/51-lab.conf", "fs.protected_fifos = 2"),
        "2",
        good=True,
    ),
    Flip(
        "KRN-06",
        "cramfs",
        *drop("/etc/modprobe.d/lab.conf", "install cramfs /bin/false\nblacklist cramfs"),
        "blocked",
        good=True,
        tree=True,
    ),
    Flip(
        "KRN-07",
        "core limit",
        *drop("/etc/security/limits.d/90-lab.conf", "* hard core 0\nroot hard core 0"),
        "90-lab.conf",
        good=True,
    ),
    Flip(
        "KRN-08",
        "package apparmor-utils",
        "apt-get -qq -y --no-install-recommends install apparmor-utils >/dev/null 2>&1",
        "apt-get -qq -y purge apparmor-utils >/dev/null 2>&1",
        "installed",
        good=True,
    ),
    Flip(
        "KRN-09",
        "bluetooth.service",
        drop("/etc/systemd/system/bluetooth.service", "[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target")[0]
        + "\nsystemctl daemon-reload; systemctl enable -q bluetooth",
        "systemctl disable -q bluetooth; rm /etc/systemd/system/bluetooth.service; systemctl daemon-reload",
        "enabled",
    ),
    Flip("LOG-07", "/var/log/dpkg.log", "chmod 640 /var/log/dpkg.log", "chmod 644 /var/log/dpkg.log", "0640", good=True),
    Flip("LOG-08", "logrotate.timer", "systemctl mask -q --now logrotate.timer", "systemctl unmask -q logrotate.timer; systemctl start logrotate.timer", "masked"),
    Flip(
        "LOG-08",
        "new /var/log/auth.log",
        *drop("/etc/rsyslog.d/00-lab.conf", "$FileCreateMode 0644"),
        "mode 0644",
    ),
    Flip(
        "LOG-09",
        "Storage",
        *drop("/etc/systemd/journald.conf.d/lab.conf", "[Journal]\nStorage=persistent"),
        "persistent",
        good=True,
    ),
    Flip(
        "MAI-01",
        "alias of postmaster",
        *drop("/etc/aliases", "postmaster: root\nroot: admin@lab.example"),
        "root",
        good=True,
    ),
    Flip(
        "MNT-01",
        "/var/log",
        "echo 'UUID=0d5c6d3e-0000-4000-8000-aaaaaaaaaaaa /var/log ext4 defaults 0 2' >> /etc/fstab",
        "sed -i '$d' /etc/fstab",
        "/var/log",
        good=True,
        tree=True,
    ),
    Flip(
        "MNT-02",
        "/dev/shm noexec",
        "echo 'tmpfs /dev/shm tmpfs nosuid,nodev,noexec 0 0' >> /etc/fstab; mount -o remount,nosuid,nodev,noexec /dev/shm",
        "sed -i '$d' /etc/fstab; mount -o remount,exec /dev/shm",
        "noexec",
        good=True,
    ),
    Flip(
        "MNT-03",
        "/mnt nosuid",
        "echo 'files.lab.example:/export /mnt nfs noauto 0 0' >> /etc/fstab",
        "sed -i '\\,^files.lab.example,d' /etc/fstab",
        "nfs",
    ),
    Flip("PRV-06", "pat", "chmod 755 /home/pat", "chmod 750 /home/pat", "mode 0755"),
    Flip("PRV-07", "/home/pat/.bashrc", "chmod 640 /home/pat/.bashrc", "chmod 644 /home/pat/.bashrc", "mode 0640", good=True),
    Flip("PRV-08", "/home/pat/plans", "touch /home/pat/plans; chown games /home/pat/plans", "rm /home/pat/plans", "uid 5"),
    Flip(
        "PRV-09",
        "timestamp_timeout",
        drop("/etc/sudoers.d/50-lab", "Defaults timestamp_timeout=5", "440")[0] + "\nvisudo -q -c",
        "rm /etc/sudoers.d/50-lab",
        "50-lab",
        good=True,
    ),
    Flip(
        "PRV-10",
        "/etc/sudoers.d/51-lab:1 negation",
        drop("/etc/sudoers.d/51-lab", "pat ALL=(games) /usr/bin/id, !/usr/bin/su", "440")[0] + "\nvisudo -q -c",
        "rm /etc/sudoers.d/51-lab",
        "/usr/bin/su",
    ),
    Flip(
        "RMT-09",
        "/etc/ssh/sshd_config.d",
        "chmod 700 /etc/ssh/sshd_config.d",
        "chmod 755 /etc/ssh/sshd_config.d",
        "mode 0700",
        good=True,
    ),
    Flip(
        "RMT-10",
        "/etc/issue.net",
        "cp -a /etc/issue.net /root/issue.net; echo 'For staff alone. What you do here is recorded.' > /etc/issue.net",
        "mv /root/issue.net /etc/issue.net",
        "a text of 1 line",
        good=True,
    ),
    Flip(
        "RMT-11",
        "MaxStartups",
        drop("/etc/ssh/sshd_config.d/lab.conf", "MaxStartups 10:30:60")[0] + "\nsshd -t; systemctl reload ssh",
        "rm /etc/ssh/sshd_config.d/lab.conf; systemctl reload ssh",
        "10:30:60",
        good=True,
    ),
    Flip(
        "SWH-04",
        "package rpcbind",
        "apt-get -qq -y --no-install-recommends install rpcbind >/dev/null 2>&1",
        "apt-get -qq -y purge rpcbind >/dev/null 2>&1",
        "rpcbind",
    ),
    Flip(
        "SWH-05",
        "package rpcbind",
        "true",
        "true",
        "rpcbind",
        good=True,
    ),
    Flip(
        "TIM-03",
        "account of chronyd",
        *drop("/etc/chrony/conf.d/lab.conf", "user root"),
        "root",
    ),
)  # fmt: skip
