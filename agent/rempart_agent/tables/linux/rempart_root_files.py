"""Table rempart_root_files: the files that decide who is root, or that root runs: whoever writes one of them is root.

They are taken from the configuration: what sudo and doas read, what sshd goes by (with what it includes, its keys and
the keys of root), the modules of PAM, the units of systemd with their drop-ins and programs, what cron runs as root,
the shells' profiles, the folders that the dynamic linker searches, the settings of apt, udev, logrotate and others.
``role`` says what a file is for. Paths need not exist.
"""

import re
from typing import Dict, Iterator, List, Tuple

from rempart_agent.source.contract import TEXT, Column, Loop, Malformed, Missing, Query, Row, Table, Unfit, rows_of
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (Column("path", TEXT), Column("role", TEXT))

# Folders whose files programs of root read or run, each with all in it, and single files.
_FOLDERS = {
    "sudo": ("/etc/sudoers.d", "/usr/local/etc/sudoers.d"),
    "sshd": ("/etc/ssh/sshd_config.d", "/root/.ssh"),
    "pam": ("/etc/pam.d", "/etc/security"),
    "cron": ("/etc/cron.d", "/etc/cron.hourly", "/etc/cron.daily", "/etc/cron.weekly", "/etc/cron.monthly"),
    "profile": ("/etc/profile.d",),
    "linker": ("/etc/ld.so.conf.d",),
    "udev": ("/etc/udev/rules.d",),
    "kernel": ("/etc/modprobe.d", "/etc/modules-load.d", "/etc/sysctl.d", "/etc/binfmt.d", "/etc/tmpfiles.d"),
    "apt": ("/etc/apt/apt.conf.d", "/etc/apt/sources.list.d", "/etc/apt/trusted.gpg.d", "/etc/apt/preferences.d"),
    "dnf": ("/etc/yum.repos.d", "/etc/dnf", "/etc/pki/rpm-gpg"),
    "dpkg": ("/etc/dpkg/dpkg.cfg.d", "/etc/kernel", "/etc/initramfs-tools"),
    "logrotate": ("/etc/logrotate.d",),
    "network": ("/etc/network", "/etc/NetworkManager/dispatcher.d", "/etc/dhcp", "/etc/ppp/ip-up.d"),
    "dbus": ("/etc/dbus-1/system.d", "/etc/polkit-1/rules.d", "/etc/polkit-1/localauthority"),
    "init": ("/etc/init.d", "/etc/systemd/system", "/etc/systemd/system-generators"),
}
_FILES = {
    "sudo": ("/etc/sudoers", "/etc/sudo.conf", "/etc/doas.conf", "/usr/local/etc/doas.conf"),
    "accounts": ("/etc/passwd", "/etc/shadow", "/etc/group", "/etc/gshadow", "/etc/nsswitch.conf", "/etc/login.defs"),
    "linker": ("/etc/ld.so.preload", "/etc/ld.so.conf", "/etc/ld.so.cache"),
    "cron": ("/etc/crontab", "/etc/anacrontab", "/var/spool/cron/crontabs/root", "/var/spool/cron/root"),
    "profile": (
        *("/etc/profile", "/etc/environment", "/etc/bash.bashrc", "/etc/bashrc", "/etc/zsh/zshenv", "/etc/zshenv"),
        *(
            "/root/.bashrc",
            "/root/.profile",
            "/root/.bash_profile",
            "/root/.bash_login",
            "/root/.zshrc",
            "/root/.zshenv",
        ),
    ),
    "apt": ("/etc/apt/apt.conf", "/etc/apt/sources.list", "/etc/apt/trusted.gpg"),
    "init": ("/etc/rc.local", "/etc/rc.d/rc.local", "/etc/inittab", "/etc/fstab", "/etc/crypttab"),
    "kernel": ("/etc/modules", "/etc/sysctl.conf"),
    "logrotate": ("/etc/logrotate.conf",),
}
_SSHD = frozenset(
    ("hostkey", "hostcertificate", "trustedusercakeys", "revokedkeys", "authorizedprincipalsfile", "authorizedkeysfile")
)
_SSHD_PROGRAMS = frozenset(("authorizedkeyscommand", "authorizedprincipalscommand", "forcecommand"))
_COMMANDS = ("ExecStart", "ExecStartPre", "ExecStartPost", "ExecStop", "ExecReload", "ExecCondition")
_INTERPRETER = re.compile(
    r"(?:ba|da|k|z|c|tc|fi)?sh$|python[0-9.]*$|perl[0-9.]*$|ruby[0-9.]*$|node(?:js)?$|php[0-9.]*$|env$"
)
_INCLUDES = 16  # as deep as sshd follows them
MAX_FILES = 20_000
MAX_DEPTH = 8


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each file."""
    found: Dict[str, str] = {}
    for source in (_fixed, _sudo, _sshd, _pam, _cron, _units, _linker):
        for path, role in source(target):
            if path.startswith("/") and len(found) < MAX_FILES:
                found.setdefault(path, role)
    for path, role in found.items():
        yield {"path": path, "role": role}


def _fixed(target: Target) -> Iterator[Tuple[str, str]]:
    for role, paths in _FILES.items():
        for path in paths:
            yield path, role
    for role, folders in _FOLDERS.items():
        for folder in folders:
            yield folder, role
            yield from ((path, role) for path in _below(target, folder, MAX_DEPTH))


def _below(target: Target, folder: str, depth: int) -> Iterator[str]:
    try:
        entries = target.entries(folder)
    except (Missing, Loop):
        return
    for name, kind in entries:
        path = folder + "/" + name
        yield path
        if kind == "directory" and depth:
            yield from _below(target, path, depth - 1)


def _sudo(target: Target) -> Iterator[Tuple[str, str]]:
    from rempart_agent.tables.linux import sudoers

    for row in _rows(sudoers, target):
        yield str(row["source"]), "sudo"


def _sshd(target: Target) -> Iterator[Tuple[str, str]]:
    from rempart_agent.tables.linux import rempart_sshd_config, rempart_sshd_daemon

    yield from ((path, "sshd") for path in _included(target, "/etc/ssh/sshd_config", _INCLUDES))
    for row in _rows(rempart_sshd_daemon, target):
        config = str(row.get("config") or "")
        if config.startswith("/"):
            yield from ((path, "sshd") for path in _included(target, config, _INCLUDES))
    for row in _rows(rempart_sshd_config, target):
        option, value = str(row["option"]), str(row.get("value") or "")
        if option in _SSHD:
            for word in value.split() if value != "none" else ():
                path = word.replace("%u", "root").replace("%h", "/root").replace("%U", "0").replace("%%", "%")
                yield path if path.startswith("/") else "/root/" + path, "sshd " + option
        elif option in _SSHD_PROGRAMS:
            yield value.strip('"').partition(" ")[0], "sshd " + option


def _included(target: Target, path: str, depth: int) -> Iterator[str]:
    """Yield a configuration of sshd and the files that it includes, whether their options count or not."""
    yield path
    try:
        text = target.text(path)
    except (Missing, Loop, Unfit):
        return
    for line in text.split("\n") if depth else ():
        words = line.replace("=", " ").split()
        if words and words[0].lower() == "include":
            for word in words[1:]:
                pattern = word.strip('"')
                for found in target.glob(pattern if pattern.startswith("/") else "/etc/ssh/" + pattern):
                    yield from _included(target, found, depth - 1)


def _pam(target: Target) -> Iterator[Tuple[str, str]]:
    """Yield the files of all services, the modules that they name by a path, and the programs of pam_exec(8)."""
    for pattern in ("/etc/pam.d/*", "/usr/lib/pam.d/*", "/usr/etc/pam.d/*", "/etc/pam.conf"):
        for file in target.glob(pattern):
            yield file, "pam"
            try:
                text = target.text(file)
            except (Missing, Loop, Unfit):
                continue
            for line in text.replace("\\\n", " ").split("\n"):
                words = line.partition("#")[0].split()
                for word in words:
                    if word.startswith("/"):
                        yield word, "pam module" if word.endswith(".so") else "pam program"


def _cron(target: Target) -> Iterator[Tuple[str, str]]:
    from rempart_agent.tables.linux import crontab

    own = ("/var/spool/cron/crontabs/", "/var/spool/cron/")
    for row in _rows(crontab, target):
        path, words = str(row["path"]), str(row["command"]).split()
        if path.startswith(own):
            user = path.rpartition("/")[2]
        else:
            user, words = (words[0], words[1:]) if words else ("", [])
        if user == "root":
            yield path, "cron"
            yield (words[0] if words else ""), "cron program"


def _units(target: Target) -> Iterator[Tuple[str, str]]:
    from rempart_agent.models.unit import command
    from rempart_agent.models.unit import name as names
    from rempart_agent.models.unit.load import LOADED
    from rempart_agent.readers.files import unit

    units = unit.units(target)
    for name in (*units.folders.names(), *units.folders.instances()):
        if not names.kind(name):
            continue
        found = units.load(name)
        if found.load != LOADED:
            continue
        for path in (found.path, *found.dropins):
            yield path, "unit"
        if command.expanded(found.value("Service", "User"), found) in ("", "root", "0"):
            for setting in _COMMANDS:
                for one in command.commands(found.settings, setting, found.called):
                    yield one.program, "unit program"
                    if _INTERPRETER.match(one.program.rpartition("/")[2]):
                        yield next((word for word in one.arguments[1:] if word.startswith("/")), ""), "unit script"


def _linker(target: Target) -> Iterator[Tuple[str, str]]:
    """Yield the folders that the dynamic linker searches (ld.so(8)): whoever writes there runs in every program."""
    seen: List[str] = []
    todo = ["/etc/ld.so.conf"]
    while todo and len(seen) < 200:
        path = todo.pop()
        if path in seen:
            continue
        seen.append(path)
        yield path, "linker"
        try:
            text = target.text(path)
        except (Missing, Unfit):
            continue
        for line in text.split("\n"):
            words = line.partition("#")[0].split()
            if words[:1] == ["include"]:
                for pattern in words[1:]:
                    todo += target.glob(pattern if pattern.startswith("/") else "/etc/" + pattern)
            elif words and words[0].startswith("/"):
                yield words[0], "linker"


def _rows(module: Table, target: Target) -> List[Row]:
    """Return the rows of another table; none where it has no source, or one that its own checks will call broken."""
    try:
        return list(rows_of(module, target, Query()))
    except (Missing, Malformed):
        return []
