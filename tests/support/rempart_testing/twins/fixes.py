"""Fixes of every kind, each with what it may change, by the names of the probes."""

from __future__ import annotations

from typing import Any, NamedTuple


class Fix(NamedTuple):
    """A fix.

    Attributes:
        specs: As a role declares it.
        objects: What it may change.
        fails: Whether it can't succeed, and leaves nothing.
    """

    specs: dict[str, Any]
    objects: tuple[str, ...]
    fails: bool = False


def _unit(name: str) -> tuple[str, ...]:
    folder = "/etc/systemd/system"
    return (f"unit {name}", f"file of {name}", f"{folder}/{name}", f"{folder}/multi-user.target.wants/{name}")


_DROP_IN = "/etc/ssh/sshd_config.d/00-rempart-"
_SETTING = "/etc/sysctl.d/99-zz-rempart-krn-01.conf"
FORWARDING = (
    *(f"net net/ipv4/conf/{one}/forwarding" for one in ("all", "default", "lo", "host0")),
    "net net/ipv4/conf/all/accept_redirects",
)
"""What the kernel sets along with ``ip_forward``."""
_TABLE = "chain input { type filter hook input priority 10; policy accept;\n\t\ttcp dport 22 accept\n}"
_CHANGED = {"restart": "ours.service", "if": "running"}
OURS = ("package ours", "mark ours", "package lib", "mark lib", *_unit("ours.service"), "/etc/ours.conf")

FIXES: dict[str, Fix] = {
    "PKG-01": Fix(
        {
            "packages": [{"name": "ours"}],
            "keys": [{"path": "/etc/ours.conf", "key": "level", "value": 9}],
            "units": [{"name": "ours", "enabled": True, "active": True}],
            "effects": [_CHANGED],
        },
        OURS,
    ),
    "PKG-02": Fix({"packages": [{"name": "also"}]}, ("package also", "mark also", "package lib", "mark lib")),
    "PKG-03": Fix({"packages": [{"name": "bad", "state": "absent"}]}, ("package bad", "mark bad", "/etc/bad.conf")),
    "PKG-04": Fix({"packages": [{"name": "ours"}]}, OURS),
    "UNI-01": Fix({"units": [{"name": "idle", "enabled": False, "active": False}]}, _unit("idle.service")),
    "UNI-02": Fix(
        {"units": [{"name": "probe", "enabled": True, "active": True}]},
        (*_unit("probe.service"), *_unit("probe.timer"), "/etc/systemd/system/timers.target.wants/probe.timer"),
    ),
    "UNI-03": Fix({"units": [{"name": "systemd-ask-password-wall.path", "masked": True}]},
                  _unit("systemd-ask-password-wall.path")),
    "SSH-01": Fix(
        {
            "sshd": {"PermitRootLogin": "no", "MaxAuthTries": 3},
            "effects": [{"reload": "ssh.service", "if": "running"}],
        },
        (_DROP_IN + "ssh-01.conf", "/etc/ssh/sshd_config"),
    ),
    "SSH-02": Fix(
        {
            "files": [{"path": "/etc/ssh/sshd_config.d/zz.conf", "content": "Nonsense yes\n"}],
            "effects": [{"reload": "ssh.service"}],
        },
        ("/etc/ssh/sshd_config.d/zz.conf",),
        fails=True,
    ),
    "ACC-01": Fix({"accounts": [{"name": "anna", "lock": True}]}, ("shadow[anna].password",)),
    "ACC-02": Fix(
        {"accounts": [{"name": "ben", "field": "max", "value": 365}, {"name": "ben", "field": "warn", "value": 9}]},
        ("shadow[ben].max", "shadow[ben].warn"),
    ),
    "ACC-03": Fix(
        {
            "accounts": [
                {"group": "ssh-users", "make": True, "system": True},
                {"name": "anna", "member_of": "ssh-users"},
                {"name": "root", "member_of": "ssh-users"},
            ],
            "sshd": {"AllowGroups": "ssh-users"},
            "effects": [{"reload": "ssh.service", "if": "running"}],
        },
        ("group[ssh-users]", "gshadow[ssh-users]", _DROP_IN + "acc-03.conf", "/etc/ssh/sshd_config"),
    ),
    "ACC-04": Fix(
        {"accounts": [{"name": "ben", "not_member_of": "team"}, {"name": "anna", "member_of": "team"}]},
        ("group[team].members ben", "gshadow[team].members ben", "group[team].members anna",
         "gshadow[team].members anna"),
    ),
    "ACC-05": Fix(
        {"accounts": [{"name": "svc", "make": True, "system": True, "home": "/nonexistent"}]},
        ("passwd[svc]", "shadow[svc]", "group[svc]", "gshadow[svc]"),
    ),
    "KRN-01": Fix(
        {"sysctl": [{"name": "net.ipv4.conf.all.rp_filter", "value": 1, "file": _SETTING},
                    {"name": "net.ipv4.conf.all.log_martians", "value": 1, "file": _SETTING}]},
        ("net net/ipv4/conf/all/rp_filter", "net net/ipv4/conf/all/log_martians", _SETTING),
    ),
    "KRN-02": Fix({"sysctl": [{"name": "net.ipv4.ip_forward", "value": 1}]}, ("net net/ipv4/ip_forward", *FORWARDING)),
    "FWL-01": Fix(
        {"nft": [{"table": "rempart_fwl_01", "text": _TABLE}]},
        ("nft inet rempart_fwl_01", "/etc/nftables.d/rempart-fwl-01.nft", *_unit("rempart-firewall-fwl-01.service"),
         "/etc/systemd/system/nftables.service.d/rempart-fwl-01.conf",
         "/etc/systemd/system/sysinit.target.wants/rempart-firewall-fwl-01.service"),
    ),
    "FIL-01": Fix({"files": [{"path": "/etc/own.d/own.conf", "content": "ours\n", "mode": "0600"}],
                   "folders": [{"path": "/etc/own.d", "mode": "0750"}]}, ("/etc/own.d", "/etc/own.d/own.conf")),
    "FIL-02": Fix({"files": [{"path": "/etc/whole.conf", "content": "ours whole\n", "mode": "0600"}]},
                  ("/etc/whole.conf",)),
    "FIL-03": Fix({"files": [{"path": "/etc/old.conf", "absent": True}]}, ("/etc/old.conf",)),
    "LIN-01": Fix(
        {
            "lines": [
                {"path": "/etc/shared.conf", "match": " nullok", "replace": ""},
                {"path": "/etc/shared.conf", "line": "ours first", "before": "BOF"},
                {"path": "/etc/shared.conf", "match": "^last", "absent": True},
            ]
        },
        ("/etc/shared.conf",),
    ),
    "KEY-01": Fix(
        {"keys": [{"path": "/etc/shared.conf", "key": "key", "value": 9},
                  {"path": "/etc/shared.conf", "section": "part", "key": "key", "value": 8}]},
        ("/etc/shared.conf",),
    ),
    "DEF-01": Fix(
        {"keys": [{"path": "/etc/login.defs", "key": "PASS_MAX_DAYS", "at_most": 365, "separator": " "},
                  {"path": "/etc/login.defs", "key": "UMASK", "value": "027", "separator": " "}],
         "modes": [{"path": "/etc/login.defs", "mode": "o-rwx"}]},
        ("/etc/login.defs",),
    ),
    "MOD-01": Fix({"modes": [{"path": "/etc/shared.conf", "mode": "0600"}, {"path": "/home/ben", "mode": "0700"}]},
                  ("/etc/shared.conf", "/home/ben")),
    "PAM-01": Fix(
        {"pam": [{"path": "/etc/pam.d/common-password", "module": "pam_unix[.]so", "types": ["password"],
                  "put": "sha512", "instead_of": ["yescrypt"]}]},
        ("/etc/pam.d/common-password",),
    ),
    "SUD-01": Fix(
        {"sudoers": {"take_rights": {"allowed": ["anna"], "groups": ["sudo"], "programs": ["sh"], "account": "anna"}}},
        ("/etc/sudoers", "/etc/sudoers.d/ben"),
    ),
    "BAD-01": Fix(
        {"files": [{"path": "/etc/own.d/bad.conf", "content": "bad\n"}],
         "lines": [{"path": "/etc/missing", "line": "x"}]},
        (),
        fails=True,
    ),
}  # fmt: skip
