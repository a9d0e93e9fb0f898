"""What others do on a host, each with what it touches; ``{n}`` is a number of its own, so that no mark comes twice."""

from __future__ import annotations

from typing import NamedTuple

from rempart_testing.twins.base import HASH, PEOPLE
from rempart_testing.twins.fixes import FORWARDING, OURS


class Act(NamedTuple):
    """An act of others.

    Attributes:
        script: What they run; its status may differ where ours stood in its way.
        objects: What it touches, by the names of the probes.
        beside: Whether it may run beside ours: it says nothing that a fix of ours says too.
        opens: What is there once they hold a file open, into which they write when ours has ended.
        traced: Whether it can be told from ours where it changes nothing.
    """

    script: str
    objects: tuple[str, ...]
    beside: bool = False
    opens: str = ""
    traced: bool = False


EDITED = (
    "/etc/shared.conf",
    "/etc/whole.conf",
    "/etc/old.conf",
    "/etc/own.d/own.conf",
    "/etc/login.defs",
    "/etc/ours.conf",
    "/etc/sudoers.d/ben",
    "/etc/ssh/sshd_config",
    "/etc/ssh/sshd_config.d/00-rempart-ssh-01.conf",
    "/etc/pam.d/common-password",
    "/etc/nftables.d/rempart-fwl-01.nft",
    "/etc/sysctl.d/99-zz-rempart-krn-01.conf",
)
_MARK = "# theirs-{n}"
_APT = """for turn in $(seq 100); do
    dpkg --configure -a || :
    apt-get -q -y -o DPkg::Lock::Timeout=20 DO && exit 0
    sleep 0.2
done
exit 1"""
_FOLDER = "/etc/systemd/system"
_OPENS = "/run/twins-open-{n}"
_HOLD = f"""test -e PATH
exec 3>> PATH
touch {_OPENS}
while test -e /run/twins-busy; do sleep 0.05; done
echo '{_MARK}' >&3
rm {_OPENS}"""
# A word of an ACL in the kernel's own form: owner rw, user 1101 r, group r, mask r, others none.
_ACL = "0200000001000600ffffffff020004004d04000004000400ffffffff10000400ffffffff20000000ffffffff"


def _edits() -> dict[str, Act]:
    found = {}
    for path in EDITED:
        name = path.rpartition("/")[2]
        found[f"append {name}"] = Act(f"echo '{_MARK}' >> {path}", (path,), beside=True)
        found[f"hold {name}"] = Act(_HOLD.replace("PATH", path), (path,), beside=True, opens=_OPENS)
        found[f"insert {name}"] = Act(f"test -s {path}; sed -i '1i {_MARK}' {path}", (path,))
        found[f"chmod {name}"] = Act(f"chmod 0640 {path}", (path,))
    for path in ("/etc/shared.conf", "/etc/whole.conf", "/etc/old.conf", "/etc/own.d/own.conf"):
        name = path.rpartition("/")[2]
        found[f"rm {name}"] = Act(f"rm {path}", (path,))
        found[f"chown {name}"] = Act(f"chown ben:team {path}", (path,))
    for path in ("/etc/shared.conf", "/etc/whole.conf"):
        name = path.rpartition("/")[2]
        script = f"import os; os.setxattr('{path}', 'system.posix_acl_access', bytes.fromhex('{_ACL}'))"
        found[f"acl {name}"] = Act(f'python3 -c "{script}"', (path,))
        found[f"link {name}"] = Act(f"mv {path} {path}.real; ln -s {path}.real {path}", (path, path + ".real"))
    found["edit a line of ours"] = Act("sed -i 's/^ours first/ours first {n}/' /etc/shared.conf", ("/etc/shared.conf",))
    found["edit a key of ours"] = Act("sed -i 's/^key *=.*/key = {n}/' /etc/shared.conf", ("/etc/shared.conf",))
    return found


def _line(file: str, name: str) -> str:
    return f"{file}[{name}]"


def _accounts() -> dict[str, Act]:
    found = {}
    for name in PEOPLE:
        shadow = _line("shadow", name)
        found[f"passwd {name}"] = Act(
            f"echo '{name}:{HASH.format('new{n}')}' | chpasswd -e", (shadow + ".password", shadow + ".lastday")
        )
        found[f"passwd -l {name}"] = Act(f"passwd -l {name}", (shadow + ".password",))
        found[f"usermod shell {name}"] = Act(f"usermod -s /bin/sh {name}", (f"passwd[{name}].shell",), beside=True)
        for option, field in (("M", "max"), ("W", "warn"), ("E", "expire")):
            found[f"chage -{option} {name}"] = Act(f"chage -{option} 5{{n}} {name}", (f"{shadow}.{field}",))
        for verb in "ad":
            members = tuple(f"{file}[team].members {name}" for file in ("group", "gshadow"))
            found[f"gpasswd -{verb} {name}"] = Act(f"gpasswd -{verb} {name} team", members)
        found[f"join ssh-users {name}"] = Act(
            f"gpasswd -a {name} ssh-users", ("group[ssh-users]", "gshadow[ssh-users]")
        )
    new = tuple(_line(file, "u{n}") for file in ("passwd", "shadow", "group", "gshadow"))
    found["useradd"] = Act("useradd -m -u 2{n} u{n}; echo {n} > /home/u{n}/theirs", new, beside=True)
    found["useradd in team"] = Act("useradd -u 2{n} -G team u{n}", new, beside=True)
    found["userdel svc"] = Act("userdel svc", tuple(_line(f, "svc") for f in ("passwd", "shadow", "group", "gshadow")))
    found["userdel anna"] = Act(
        "userdel -f anna",
        (*(_line(f, "anna") for f in ("passwd", "shadow", "group", "gshadow")), "group[ssh-users].members anna",
         "gshadow[ssh-users].members anna", "group[team].members anna", "gshadow[team].members anna"),
    )  # fmt: skip
    found["a file of svc"] = Act(
        "touch /srv/of-svc; chown svc /srv/of-svc",
        ("/srv/of-svc", *(_line(f, "svc") for f in ("passwd", "shadow", "group", "gshadow"))),
    )
    return found


def _packages() -> dict[str, Act]:
    lib = ("package lib", "mark lib")
    theirs = ("package theirs", "mark theirs", "/etc/theirs.conf", *lib)
    site = ("package site", "mark site", *OURS)
    bad = ("package bad", "mark bad", "/etc/bad.conf")
    return {
        "install theirs": Act(_APT.replace("DO", "install theirs"), theirs),
        "install site": Act(_APT.replace("DO", "install site"), site),
        "install ours": Act(_APT.replace("DO", "install ours"), OURS),
        "install lone": Act(_APT.replace("DO", "install lone"), ("package lone", "mark lone"), beside=True),
        "install bad": Act(_APT.replace("DO", "install bad"), bad),
        "remove theirs": Act(_APT.replace("DO", "remove theirs"), theirs),
        "remove site": Act(_APT.replace("DO", "remove site"), site),
        "remove ours": Act(_APT.replace("DO", "remove ours"), site),
        "remove bad": Act(_APT.replace("DO", "purge bad"), bad),
        "autoremove": Act(_APT.replace("DO", "autoremove"), (*lib, *site, *theirs, "package also", "mark also")),
        "mark lib": Act("apt-mark manual lib | grep set", lib),
        "mark ours": Act("apt-mark auto ours | grep set", ("mark ours",)),
    }  # fmt: skip


def _units() -> dict[str, Act]:
    found = {}
    for name in ("probe", "idle", "ours"):
        wants = tuple(f"{_FOLDER}/{target}.target.wants/{name}.{kind}"
                      for target, kind in (("multi-user", "service"), ("timers", "timer")))  # fmt: skip
        objects = tuple(f"{word} {name}.{kind}" for word in ("unit", "file of") for kind in ("service", "timer"))
        objects += (*wants, f"{_FOLDER}/{name}.service")
        for verb in ("enable", "disable", "start", "stop", "restart"):
            found[f"{verb} {name}"] = Act(f"systemctl -q {verb} {name}.service", objects, traced=verb == "restart")
    mine = ("unit mine.service", f"{_FOLDER}/multi-user.target.wants/mine.service")
    found["enable mine"] = Act("systemctl -q enable --now mine.service", mine, beside=True)
    found["disable mine"] = Act("systemctl -q disable --now mine.service", mine, beside=True)
    spare = ("unit spare.service", "file of spare.service", f"{_FOLDER}/multi-user.target.wants/spare.service")
    found["enable spare"] = Act("systemctl -q enable spare.service", spare, beside=True)
    found["start leaning"] = Act("systemctl -q start leaning.service", ("unit leaning.service", "unit idle.service"))
    wall = ("unit systemd-ask-password-wall.path", "file of systemd-ask-password-wall.path",
            f"{_FOLDER}/systemd-ask-password-wall.path")  # fmt: skip
    for verb in ("mask", "unmask"):
        found[f"{verb} wall"] = Act(f"systemctl -q {verb} systemd-ask-password-wall.path", wall)
    drop_in = f"{_FOLDER}/probe.service.d/theirs.conf"
    found["drop-in of probe"] = Act(
        f"mkdir -p {_FOLDER}/probe.service.d; printf '[Unit]\\n{_MARK}\\n' >> {drop_in}; systemctl daemon-reload",
        (drop_in, f"{_FOLDER}/probe.service.d"), beside=True,
    )  # fmt: skip
    return found


def _live() -> dict[str, Act]:
    own = ("nft inet theirs",)
    ours = ("nft inet rempart_fwl_01",)
    found = {
        "nft add table": Act("nft 'add table inet theirs; add chain inet theirs c'", own, beside=True),
        "nft add rule": Act("nft 'add rule inet theirs c tcp dport {n} accept'", own, beside=True),
        "nft delete table": Act("nft delete table inet theirs", own),
        "nft rule in ours": Act("nft add rule inet rempart_fwl_01 input tcp dport {n} accept", ours),
        "nft delete ours": Act("nft delete table inet rempart_fwl_01", ours),
        "nft flush": Act("nft flush ruleset", (*own, *ours)),
        "restart nftables": Act("systemctl restart nftables", (*own, "unit nftables.service")),
        "stop nftables": Act("systemctl stop nftables", (*own, "unit nftables.service")),
        "sshd drop-in": Act(
            "printf '"
            + _MARK
            + "\\nX11Forwarding no\\n' > /etc/ssh/sshd_config.d/10-theirs.conf; systemctl reload ssh",
            ("/etc/ssh/sshd_config.d/10-theirs.conf",),
            beside=True,
        ),
        "sshd early drop-in": Act(
            "printf '" + _MARK + "\\nMaxAuthTries 5\\n' > /etc/ssh/sshd_config.d/00-aaa.conf; systemctl restart ssh",
            ("/etc/ssh/sshd_config.d/00-aaa.conf",),
        ),
        "sysctl file": Act(
            "printf 'net.ipv4.conf.all.send_redirects = 0\\n' > /etc/sysctl.d/50-theirs.conf;"
            "echo 0 > /proc/sys/net/ipv4/conf/all/send_redirects",
            ("/etc/sysctl.d/50-theirs.conf", "net net/ipv4/conf/all/send_redirects"),
        ),
    }
    for setting, value in (
        ("ipv4/conf/all/rp_filter", 2),
        ("ipv4/conf/all/rp_filter", 1),
        ("ipv4/conf/all/log_martians", 0),
        ("ipv4/ip_forward", 0),
        ("ipv4/ip_forward", 1),
        ("ipv4/conf/host0/forwarding", 1),
        ("ipv4/tcp_syncookies", 2),
    ):
        found[f"sysctl {setting} {value}"] = Act(
            f"echo {value} > /proc/sys/net/{setting}",
            (f"net net/{setting}", *(FORWARDING if setting == "ipv4/ip_forward" else ())),
        )
    return found


THEIRS: dict[str, Act] = {**_edits(), **_accounts(), **_packages(), **_units(), **_live()}
ALIKE = {
    # a value that a fix sets, set once more: a field, a setting or a link bears no name
    "passwd -l anna", "gpasswd -a anna", "gpasswd -d ben", "mask wall", "chmod login.defs",
    "sysctl ipv4/conf/all/rp_filter 1", "sysctl ipv4/ip_forward 1",
    # what is gone bears none either
    "rm old.conf", "remove bad", "disable idle",
    # systemd keeps no trace of being told to start what runs, or to stop what does not
    "enable probe", "start probe", "enable ours", "start ours", "stop idle",
}  # fmt: skip
"""What says just what a fix says: once our fix has begun nobody can tell it from ours, whatever was between.

The fields that it changes need not be as on the twin then, yet as they were there at some time.
"""
