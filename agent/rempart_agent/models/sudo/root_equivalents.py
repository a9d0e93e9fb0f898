"""Programs and groups by which whoever may use them as root becomes root.

Source: GTFOBins (https://gtfobins.github.io, functions "sudo" and "shell"), the manuals of the programs, and for groups
the page SystemGroups of the Debian wiki and the security pages of Docker, LXD, Incus and libvirt. Read on 2026-11-27.

A program that only reads (cat, tail) gives root's files away, not root: it is not in the list.
"""

import re
from typing import FrozenSet, Optional


def _words(text: str) -> FrozenSet[str]:
    return frozenset(text.split())


ESCAPES: FrozenSet[str] = _words(
    """
    byobu ed editor emacs emacs-gtk emacs-nox ex ftp gdb git gvim irb jed jmacs joe jpico jstar lftp mail mailx
    mariadb mc mcedit mg micro mutt mysql nano ne neovim nvim pico psql rnano rvim s-nail screen script
    sensible-editor sftp sqlite3 telnet tmux vi view vigr vim vimdiff vipw visudo zile
    """
)
"""Editors and programs with a prompt: with any arguments they run a shell or write any file."""

PAGERS: FrozenSet[str] = _words("journalctl less lv man more most pager pg sensible-pager w3m lynx")
"""Pagers run a shell on request; NOEXEC is meant for them, and how much of them it stops is not known."""

SHELLS: FrozenSet[str] = _words(
    """
    ash awk bash bc busybox cpan csh dash expect fish gawk gimp guile iex jjs jrunscript jshell julia ksh ksh93
    lua luajit mawk mksh nawk node nodejs octave pdksh perl php posh pry python rbash rc rksh ruby runuser sash
    sh su sudo sudoedit tclsh tcsh toybox wish yash zsh
    """
)
"""Shells and interpreters: with no or free arguments they run what they are told; with a fixed script, that one."""

OPTIONS: FrozenSet[str] = _words(
    """
    7z aa-exec addgroup adduser agetty ansible ansible-playbook apt apt-get aptitude at batch bpftrace bundle
    capsh cdist chage chgrp chmod choom chown chpasswd chroot chrt chsh composer cp cpio cpulimit crontab csplit
    ctr curl dd debugfs dialog dmsetup dnf docker dotnet dpkg dpkg-reconfigure dvips easy_install ebtables
    elvish env facter find flock gem gpasswd groupadd groupmod hping3 incus insmod install ionice ip kmod
    kubectl latexmk ld.so ldconfig ln logrotate logsave lsof ltrace lxc machinectl make modprobe mount multitime
    mv nc ncat needrestart nerdctl newgrp nft nice nmap nohup npm nsenter openssl openvpn passwd pdb perf pip
    pkexec pkg podman puppet rake restic rlwrap rpm rpmdb rpmquery rsync rsyslogd run-parts scp sed service
    setarch setcap setfacl setlock setpriv sg snap socat softlimit split ssh sshpass start-stop-daemon stdbuf
    strace systemctl systemd-nspawn systemd-run tar task taskset tasksh tc tcpdump tee time timedatectl timeout
    unshare update-alternatives useradd usermod valgrind virsh watch wget wireshark xargs xdotool yum zip zypper
    """
)
"""Programs that run or write what their options say: root for whoever chooses these."""

BY_FOLDER: FrozenSet[str] = _words(
    "ansible ansible-playbook bundle composer gem latexmk make npm pip puppet rake task tox"
)
"""Programs that run what a file in the folder says in which they are called, whatever their arguments."""

GROUPS: FrozenSet[str] = _words("disk docker incus-admin kmem libvirt lxd shadow")
"""Groups whose members read or write what belongs to root without being asked."""

SENSITIVE = re.compile(
    r"/(?:etc/(?:sudoers|sudo\.conf|doas\.conf|passwd|shadow|group|gshadow|pam|ssh|cron|anacron|systemd|init|"
    r"profile|bash|"
    r"environment|security|ld\.so|polkit|dbus|udev|modprobe|modules|sysctl|apt|yum|dnf|logrotate|rc|login|nsswitch|"
    r"sub[ug]id|"
    r"default|alternatives|X11|update-motd|network|NetworkManager|docker|containerd|rsyslog|fstab|crypttab|at\.|inittab)|"
    r"root(?:/|$)|usr/|bin/|sbin/|lib|boot/|var/spool/cron|opt/|dev/|proc/|run/)"
)
"""Files whose editor becomes root: accounts, sudo, PAM, cron, units, programs and what they load."""


def kind(name: str) -> Optional[str]:
    """Return ``escape``, ``pager``, ``shell`` or ``option`` for the name of a program; None for any other."""
    for word in (name, re.sub(r"[-.]?[0-9][0-9.]*$", "", name), name.partition(".")[0]):
        for label, names in (("escape", ESCAPES), ("pager", PAGERS), ("shell", SHELLS), ("option", OPTIONS)):
            if word in names:
                return label
    return None
