"""What got worse after a change: through it, or through somebody else in the meantime.

What a check reads is cut with what the fixes touch. Only where both are known and have nothing in common somebody else
did it (a repository that moved, a backup that aged, a file that another edited): then the change is not undone for it.
In doubt it was the change.
"""

import re
from collections.abc import Collection

from rempart_core.content.fixfile import ANYTHING
from rempart_core.messages.message import Message, own
from rempart_core.messages.say import say_both
from rempart_core.model.result import Result, State
from rempart_core.text import Text

_PATHED = "file rempart_lines rempart_ini rempart_fields rempart_access rempart_tree hash"
_BY_PATH = frozenset(_PATHED.split())
_ACCOUNTS = "accounts /etc/passwd /etc/group /etc/shadow"
# What tables read, in the words of ``Fix.touches``; a table that is not here may read anything.
_GROUPS = (
    ("users groups shadow user_groups rempart_last_login", _ACCOUNTS),
    ("authorized_keys user_ssh_keys rempart_ssh_keys", f"{_ACCOUNTS} /root /home /etc/ssh"),
    ("rempart_sshd_config rempart_sshd_daemon", f"{_ACCOUNTS} /etc/ssh units"),
    ("sudoers rempart_sudo_grant", f"{_ACCOUNTS} /etc/sudoers /etc/sudoers.d /etc/sudo.conf"),
    ("rempart_pam rempart_pam_outcome", f"{_ACCOUNTS} /etc/pam.d /etc/security /etc/authselect"),
    ("processes listening_ports process_namespaces process_open_sockets rempart_process_program", "units"),
    ("iptables rempart_nftables", "firewall units /etc/ufw /etc/firewalld"),
    (
        "rempart_firewall_reach rempart_firewall_boot rempart_firewall_loopback",
        "firewall sysctl units /etc/nftables.d /etc/nftables.conf /etc/ufw /etc/firewalld /etc/default",
    ),
    ("system_controls", "sysctl"),
    ("rempart_sysctl_boot", "sysctl /etc/sysctl.d /etc/sysctl.conf /etc/ufw /usr/lib/sysctl.d"),
    ("deb_packages rpm_packages rempart_package_history", "/var/lib/dpkg /var/lib/rpm /var/log/apt"),
    (
        "rempart_updates rempart_package_source rempart_apt_sources rempart_rpm_repositories yum_sources",
        "/etc/apt /var/lib/apt /var/lib/dpkg /etc/yum.repos.d /etc/dnf /var/cache/dnf",
    ),
    ("rempart_apt_config rempart_unattended_upgrades", "/etc/apt /usr/share/unattended-upgrades"),
    ("rempart_journald", "/etc/systemd units"),
    ("rempart_audit_rules rempart_audit_status", "/etc/audit units"),
    ("rempart_exports", "/etc/exports /etc/exports.d /var/lib/nfs units"),
    ("crontab", "/etc/crontab /etc/cron.d /var/spool/cron accounts"),
    ("rempart_dconf", "/etc/dconf"),
    ("os_version kernel_info platform_info system_info memory_info chassis_info secureboot", ""),
    ("time uptime last logged_in_users interface_addresses interface_details routes arp_cache", ""),
)
_READS = {table: tuple(reads.split()) for tables, reads in _GROUPS for table in tables.split()}
_FUNCTIONS = {"json_each", "json_tree", "generate_series"}
_TABLE = re.compile(r"\b(?:FROM|JOIN)\s+([a-z][a-z0-9_]*)\b")
_AND_TABLE = re.compile(r",\s*([a-z][a-z0-9_]*)\b(?!\s*\()")
_OWN = re.compile(r"\b([a-z][a-z0-9_]*)\s*(?:\([^()]*\))?\s+AS\s+(?:NOT\s+)?(?:MATERIALIZED\s*)?\(")
_PATH = re.compile(r"'(/[^'\n]*)'")
_COMPARED = re.compile(r"\b(?:path|directory|pattern|root)\s*(?:=|LIKE|GLOB|IN)[\s(]*+(\S{1,80})", re.IGNORECASE)
_NAMED = 3
_SSHD = "/etc/ssh"
# What rempart_sshd_daemon says of a server whose files another left as sshd has not read them, or would not.
_UNREAD = re.compile(r"(/\S+) changed after it (?:was started or reloaded|started)|sshd refuses (/\S+?):[0-9]+\b")


def find_reads(result: Result) -> frozenset[str]:
    """Return what a check reads, in the words of ``Fix.touches``; with ``ANYTHING`` where that is not known."""
    statement = result.sql.get("query", "")
    tables = set(_TABLE.findall(statement)) - set(_OWN.findall(statement)) - _FUNCTIONS
    tables |= {name for name in _AND_TABLE.findall(statement) if name in _READS or name in _BY_PATH}
    if not tables:
        return frozenset({ANYTHING})
    found: set[str] = set()
    for table in tables:
        if table in _BY_PATH:
            found |= _find_paths(statement, tables)
        else:
            found.update(_READS.get(table, (ANYTHING,)))
    return frozenset(found)


def _find_paths(statement: str, tables: Collection[str]) -> set[str]:
    """Return the paths that a statement names, where it reads no others."""
    # A path of another table's may be any; of one that was asked for by its path it is known already.
    plain = all(table in _BY_PATH or not _READS.get(table, (ANYTHING,)) for table in tables)
    for said in _COMPARED.findall(statement):
        if not said.startswith("'/") and not (plain and re.match(r"\w+\.\w+", said)):
            return {ANYTHING}
    return {re.split(r"[%*?\[]", path)[0].rstrip("/") or "/" for path in _PATH.findall(statement)} or {ANYTHING}


def find_culprit(result: Result, touched: Collection[str], *, sshd_read: bool = False) -> Text | None:
    """Return that somebody else made a check worse, and what it reads; None where it may have been the change.

    Args:
        result: What was found after it.
        touched: What the fixes may have touched, in the words of ``Fix.touches``.
        sshd_read: Whether it was proved that sshd has read all that the change wrote for it.
    """
    if sshd_read and (unread := _find_unread(result)):
        return say_both(Message("change.unread_since", check=result.check, path=unread))
    reads = find_reads(result)
    if ANYTHING in reads:  # where it names the files that fail, those are what it has read
        if result.evidence is None:
            return None
        items = [row.get("item", "") for row in result.evidence.rows if row.get("ok") == "0"]
        if not items or len(items) != result.evidence.failing:
            return None
        if not all(item.startswith("/") and " " not in item for item in items):
            return None
        reads = frozenset(items)
    if ANYTHING in touched or any(_meet(one, other) for one in reads for other in touched):
        return None
    named = ", ".join(sorted(one for one in reads if one.startswith("/"))[:_NAMED])
    what = named or own(result.title)
    return say_both(Message("change.by_another", check=result.check, what=what))


def _find_unread(result: Result) -> str:
    """Return the file for which alone a check of sshd can't be judged; ``""`` where it is another reason."""
    found = result.evidence
    if result.state is not State.ERROR or found is None or found.failing:
        return ""
    unsure = [row for row in found.rows if not row.get("ok")]
    reasons = [_UNREAD.match(row.get("why") or row.get("observed", "")) for row in unsure]
    files = {match[1] or match[2] for match in reasons if match}
    return files.pop() if len(files) == 1 and all(reasons) and len(unsure) == found.undecided else ""


def writes_for_sshd(kind: str, target: str) -> bool:
    """Tell whether an act of a fix may have changed a file that sshd reads.

    Args:
        kind: The act's, as ``line``.
        target: What it changes.
    """
    return kind == "upgrade" or _SSHD in target or (kind == "package" and "ssh" in target)


_KINDS = {
    **dict.fromkeys(("file", "folder", "line", "key", "mode", "dconf"), ()),
    "account": ("accounts", "/etc/passwd", "/etc/shadow", "/etc/group"),
    "unit": ("units", "/etc/systemd"),
    "sysctl": ("sysctl",),
    "kmod": ("/proc/modules",),
    **dict.fromkeys(("nft", "ufw", "firewalld"), ("firewall", "/etc/ufw", "/etc/firewalld", "/etc/nftables.d")),
}


def touches_of_act(kind: str, target: str) -> frozenset[str]:
    """Return what an act of a fix has touched, as the endpoint says, in the words of ``Fix.touches``.

    Args:
        kind: The act's, as ``line``.
        target: What it changes.
    """
    if kind not in _KINDS:  # what a package brings, and what a program does, may be anything
        return frozenset({ANYTHING})
    return frozenset(_KINDS[kind] or {target})


def _meet(one: str, other: str) -> bool:
    """Tell whether two things are the same, or one lies in the other; of a pattern only the beginning is known.

    No word of ``Fix.touches`` begins with another.
    """
    return one.startswith(other) or other.startswith(one)
