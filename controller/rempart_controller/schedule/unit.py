"""The service and the timer.

Source: systemd.service(5), systemd.timer(5), systemd.exec(5) and "Quoting" of systemd.syntax(7).
"""

import re

from rempart_controller.schedule.job import MARK, Plan
from rempart_core.error import UsageError
from rempart_core.messages.message import Message

_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")

# What is true of any audit: none of it changes what the audit sees.
_ALWAYS = """\
UMask=0077
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
"""
# Where other machines are looked at, this one is read-only but for the folders below.
_REMOTE = """\
ProtectSystem=strict
ProtectHome=read-only
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictNamespaces=yes
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM
"""
_HERE = """\
# Nothing here gives the service mounts of its own (ProtectSystem=, ProtectHome=, PrivateTmp= ...): it looks at this
# very machine, and would find mounts read-only and nosuid, and /tmp empty, that are not.
CapabilityBoundingSet=~CAP_SYS_BOOT CAP_SYS_MODULE CAP_SYS_TIME CAP_MKNOD CAP_MAC_ADMIN CAP_MAC_OVERRIDE
"""
# Root needs no more of its powers than to read and write files, where it looks at other machines only.
_ROOT_REMOTE = "CapabilityBoundingSet=CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH\n"


def write_service(plan: Plan) -> str:
    """Return the text of the service."""
    text = f"[Unit]\nDescription=Rempart audit ({plan.name})\n"
    if plan.system:  # a user's systemd knows nothing of the network
        text += "Wants=network-online.target\nAfter=network-online.target\n"
    text += "\n[Service]\nType=oneshot\nExecStart=" + " ".join(quote(word, "$%") for word in plan.command) + "\n"
    # Findings are what an audit is for. 3, an audit with gaps, is a failure: it shows in `systemctl --failed`.
    text += "SuccessExitStatus=1\nNice=10\nIOSchedulingClass=idle\n"
    # Without it a oneshot may hang for ever. SIGTERM makes the audit report what it has, and that it was interrupted.
    text += f"TimeoutStartSec={plan.limit}s\nTimeoutStopSec=120s\n"
    environment = list(plan.environment)
    if plan.system and plan.user != "root":
        text += f"User={quote(plan.user)}\n"
    if plan.system:
        text += f"CacheDirectory={plan.name}\nCacheDirectoryMode=0700\n"
        environment += [("XDG_CACHE_HOME", f"/var/cache/{plan.name}")]
        environment += [("ANSIBLE_LOCAL_TEMP", f"/var/cache/{plan.name}/ansible")] if plan.remote else []
    if plan.system and plan.remote:
        environment.append((MARK, "yes"))
    text += "".join(f"Environment={quote(f'{name}={value}')}\n" for name, value in environment)
    return text + "\n" + _shut_in(plan)


def _shut_in(plan: Plan) -> str:
    text = _ALWAYS
    if plan.user != "root" or plan.remote:
        text += "NoNewPrivileges=yes\n"
    if not plan.system:
        return text  # a user's systemd can't give mounts of its own everywhere
    if not plan.remote:
        return text + (_HERE if plan.user == "root" else "")
    if not any(word.startswith(("/tmp/", "/var/tmp/")) for word in plan.command):  # noqa: S108 - looked for, not used
        text += "PrivateTmp=yes\n"
    text += _REMOTE + (_ROOT_REMOTE if plan.user == "root" else "CapabilityBoundingSet=\n")
    return text + "".join(f"ReadWritePaths={quote(folder)}\n" for folder in plan.writable)


def write_timer(plan: Plan) -> str:
    """Return the text of the timer; what was missed while the machine was off is made up for."""
    text = f"[Unit]\nDescription=When the Rempart audit runs ({plan.name})\n\n[Timer]\nOnCalendar={calendar(plan.at)}\n"
    if plan.splay:
        text += f"RandomizedDelaySec={plan.splay}min\n"
    return text + "Persistent=yes\n\n[Install]\nWantedBy=timers.target\n"


def calendar(at: str) -> str:
    """Return a time as systemd takes it.

    Raises:
        UsageError: It has characters that none has.
    """
    if _CLOCK.fullmatch(at):
        return f"*-*-* {at}:00"
    if not re.fullmatch(r"[A-Za-z0-9*:,./~ _+-]+", at):
        raise UsageError(Message("schedule.at_unit", at=at))
    return at


def quote(word: str, doubled: str = "%") -> str:
    """Return a word such that systemd reads it as it is.

    Args:
        word: The word.
        doubled: Characters that are written twice: ``%`` stands for specifiers, in a command ``$`` for variables.

    Raises:
        UsageError: It has a control character.
    """
    if not word.isprintable():
        raise UsageError(Message("schedule.unit_control", word=word))
    for character in doubled:
        word = word.replace(character, character * 2)
    if word and not re.search(r"[\s\"'\\;#]", word):
        return word
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'
