"""Options of sshd: their other names, where they may stand, their default by version.

Sources: sshd_config(5), OpenSSH's release notes, and ``sshd -T`` of several versions.
"""

import re
from typing import Dict, FrozenSet, List, Sequence, Tuple

from rempart_agent.models.sshd import scalar

Version = Tuple[int, int]
NEWEST: Version = (10, 0)

ALIASES = {
    "challengeresponseauthentication": "kbdinteractiveauthentication",
    "skeyauthentication": "kbdinteractiveauthentication",
    "dsaauthentication": "pubkeyauthentication",
    "gssapicleanupcreds": "gssapicleanupcredentials",
    "hostbasedacceptedkeytypes": "hostbasedacceptedalgorithms",
    "hostdsakey": "hostkey",
    "keepalive": "tcpkeepalive",
    "pubkeyacceptedkeytypes": "pubkeyacceptedalgorithms",
}

_IGNORED = """
gssusesessionccache kerberosgetafstoken permitblacklistedkeys
afstokenpassing authorizedkeysfile2 checkmail gssapiusesessioncredcache kerberostgtpassing
keyregenerationinterval pamauthenticationviakbdint protocol reversemappingcheck rhostsauthentication
rhostsrsaauthentication rsaauthentication serverkeybits uselogin useprivilegeseparation
verifyreversemapping
"""
IGNORED: FrozenSet[str] = frozenset(_IGNORED.split())
"""Options that sshd takes and does nothing with."""

_APPENDED = """
hostcertificate hostkey listenaddress port acceptenv allowgroups allowusers denygroups denyusers
"""
APPENDED: FrozenSet[str] = frozenset(_APPENDED.split())
"""Options of which each line counts."""

LAST: FrozenSet[str] = frozenset(["streamlocalbindmask", "ipqos", "fingerprinthash", "persourcenetblocksize"])
"""Options of which the last line counts."""

FOLDED: FrozenSet[str] = frozenset(
    ["maxstartups", "rekeylimit", "persourcepenalties", "subsystem", "unusedconnectiontimeout"]
)
"""Options whose lines are put together in a way of their own."""

_IN_MATCH = """
acceptenv allowagentforwarding allowgroups allowstreamlocalforwarding allowtcpforwarding allowusers
authenticationmethods authorizedkeyscommand authorizedkeyscommanduser authorizedkeysfile
authorizedprincipalscommand authorizedprincipalscommanduser authorizedprincipalsfile banner
casignaturealgorithms channeltimeout chrootdirectory clientalivecountmax clientaliveinterval denygroups
denyusers disableforwarding exposeauthinfo forcecommand gatewayports gssapiauthentication
hostbasedacceptedalgorithms hostbasedauthentication hostbasedusesnamefrompacketonly ignorerhosts ipqos
kbdinteractiveauthentication kerberosauthentication loglevel logverbose maxauthtries maxsessions pamservicename
passwordauthentication permitemptypasswords permitlisten permitopen permitrootlogin permittty permittunnel
permituserrc pubkeyacceptedalgorithms pubkeyauthentication pubkeyauthoptions rdomain refuseconnection rekeylimit
requiredrsasize revokedkeys setenv streamlocalbindmask streamlocalbindunlink subsystem trustedusercakeys
unusedconnectiontimeout x11displayoffset x11forwarding x11uselocalhost
"""
IN_MATCH: FrozenSet[str] = frozenset(_IN_MATCH.split())
"""Options that a Match block can set."""

SINCE: Dict[str, Version] = {
    "pubkeyauthoptions": (8, 2),
    "securitykeyprovider": (8, 2),
    "logverbose": (8, 5),
    "modulifile": (8, 5),
    "persourcemaxstartups": (8, 5),
    "persourcenetblocksize": (8, 5),
    "requiredrsasize": (9, 1),
    "channeltimeout": (9, 2),
    "unusedconnectiontimeout": (9, 2),
    "pamservicename": (9, 8),
    "persourcepenalties": (9, 8),
    "persourcepenaltyexemptlist": (9, 8),
    "sshdsessionpath": (9, 8),
    "refuseconnection": (9, 9),
    "sshdauthpath": (10, 0),
}
"""The version that an option came with; vendors may have it earlier."""

_VENDOR = """
gssapienablek5users gssapiindicators kerberosuniqueccache kerberosusekuserok rsaminsize x11maxdisplays
"""
VENDOR: FrozenSet[str] = frozenset(_VENDOR.split())
"""Options of vendors' builds whose values are not looked at."""

_NIST = ["ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"]
_CERT = "-cert-v01@openssh.com"


def defaults(version: Version, debian: bool) -> Dict[str, List[str]]:
    """Return the default of each option that has one, in ``sshd -T``'s form.

    Args:
        version: OpenSSH's version; defaults that changed are known from 7.9 on.
        debian: Whether it is Debian's or Ubuntu's build.
    """
    found = dict(_PLAIN)
    for since, options in _SINCE:
        if version >= since:
            found.update(options)
    if debian:
        found.update(_DEBIAN)
    found["kexalgorithms"] = _kex(version)
    found["ciphers"] = _ciphers(version)
    keys = _keys(version)
    for option in ("hostbasedacceptedalgorithms", "hostkeyalgorithms", "pubkeyacceptedalgorithms"):
        found[option] = ",".join(keys)
    found["casignaturealgorithms"] = ",".join(
        k for k in keys if _CERT not in k and (k != "ssh-rsa" or version < (8, 2))
    )
    values = {option: [value] for option, value in found.items()}
    values["hostkey"] = ["/etc/ssh/ssh_host_{}_key".format(kind) for kind in ("rsa", "ecdsa", "ed25519")]
    return values


_PLAIN_TEXT = """\
addressfamily any
allowagentforwarding yes
allowstreamlocalforwarding yes
allowtcpforwarding yes
authenticationmethods any
authorizedkeyscommand none
authorizedkeyscommanduser none
authorizedkeysfile .ssh/authorized_keys .ssh/authorized_keys2
authorizedprincipalscommand none
authorizedprincipalscommanduser none
authorizedprincipalsfile none
banner none
chrootdirectory none
clientalivecountmax 3
clientaliveinterval 0
compression yes
disableforwarding no
exposeauthinfo no
fingerprinthash SHA256
forcecommand none
gatewayports no
gssapiauthentication no
gssapicleanupcredentials yes
gssapistrictacceptorcheck yes
hostbasedauthentication no
hostbasedusesnamefrompacketonly no
hostkeyagent none
ignorerhosts yes
ignoreuserknownhosts no
ipqos af21 cs1
kbdinteractiveauthentication yes
kerberosauthentication no
kerberosorlocalpasswd yes
kerberosticketcleanup yes
logingracetime 120
loglevel INFO
macs umac-64-etm@openssh.com,umac-128-etm@openssh.com,hmac-sha2-256-etm@openssh.com,\
hmac-sha2-512-etm@openssh.com,hmac-sha1-etm@openssh.com,umac-64@openssh.com,umac-128@openssh.com,hmac-sha2-256,hmac-sha2-512,hmac-sha1
maxauthtries 6
maxsessions 10
maxstartups 10:30:100
passwordauthentication yes
permitemptypasswords no
permitlisten any
permitopen any
permitrootlogin prohibit-password
permittty yes
permittunnel no
permituserenvironment no
permituserrc yes
pidfile /var/run/sshd.pid
port 22
printlastlog yes
printmotd yes
pubkeyauthentication yes
rekeylimit 0 0
revokedkeys none
streamlocalbindmask 0177
streamlocalbindunlink no
strictmodes yes
syslogfacility AUTH
tcpkeepalive yes
trustedusercakeys none
usedns no
usepam no
versionaddendum none
x11displayoffset 10
x11forwarding no
x11uselocalhost yes
xauthlocation /usr/bin/xauth"""
_PLAIN: Dict[str, str] = {
    option: value for option, _, value in (line.partition(" ") for line in _PLAIN_TEXT.split("\n"))
}

_SINCE: Tuple[Tuple[Version, Dict[str, str]], ...] = (
    ((8, 2), {"securitykeyprovider": "internal", "pubkeyauthoptions": "none"}),
    ((8, 5), {"persourcemaxstartups": "none", "persourcenetblocksize": "32:128", "modulifile": "/etc/ssh/moduli"}),
    ((9, 1), {"requiredrsasize": "1024"}),
    ((9, 2), {"channeltimeout": "none", "unusedconnectiontimeout": "none"}),
    (
        (9, 8),
        {
            "pamservicename": "sshd",
            "persourcepenalties": "crash:90 authfail:5 noauth:1 grace-exceeded:10 refuseconnection:10 max:600 min:15"
            " max-sources4:65536 max-sources6:65536 overflow:permissive overflow6:permissive",
            "persourcepenaltyexemptlist": "none",
            "sshdsessionpath": "/usr/libexec/sshd-session",
        },
    ),
    ((9, 9), {"refuseconnection": "no"}),
    ((10, 0), {"sshdauthpath": "/usr/libexec/sshd-auth", "ipqos": "ef cs1"}),
)

_DEBIAN = {
    "debianbanner": "yes",
    "gssapikeyexchange": "no",
    "gssapikexalgorithms": "gss-group14-sha256-,gss-group16-sha512-,gss-nistp256-sha256-,gss-curve25519-sha256-,"
    "gss-group14-sha1-,gss-gex-sha1-",
    "gssapistorecredentialsonrekey": "no",
    "pidfile": "/run/sshd.pid",
    "sshdauthpath": "/usr/lib/openssh/sshd-auth",
    "sshdsessionpath": "/usr/lib/openssh/sshd-session",
}


def _kex(version: Version) -> str:
    curves = "curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521"
    prime = ",diffie-hellman-group-exchange-sha256,diffie-hellman-group16-sha512,diffie-hellman-group18-sha512"
    prime += ",diffie-hellman-group14-sha256"
    lattice = "sntrup761x25519-sha512@openssh.com"
    if version >= (10, 0):
        return "mlkem768x25519-sha256,sntrup761x25519-sha512,{},{}".format(lattice, curves)
    if version >= (9, 9):
        return "sntrup761x25519-sha512,{},mlkem768x25519-sha256,{}{}".format(lattice, curves, prime)
    if version >= (9, 0):
        return "{},{}{}".format(lattice, curves, prime)
    if version >= (8, 9):
        return "{},{}{}".format(curves, lattice, prime)
    return curves + prime + ("" if version >= (8, 2) else ",diffie-hellman-group14-sha1")


def _ciphers(version: Version) -> str:
    counter = ["aes128-ctr", "aes192-ctr", "aes256-ctr"]
    galois = ["aes128-gcm@openssh.com", "aes256-gcm@openssh.com"]
    order = galois + counter if version >= (10, 0) else counter + galois
    return ",".join(["chacha20-poly1305@openssh.com", *order])


def _keys(version: Version) -> List[str]:
    edwards, sk_edwards, sk_nist = (
        ["ssh-ed25519"],
        ["sk-ssh-ed25519@openssh.com"],
        ["sk-ecdsa-sha2-nistp256@openssh.com"],
    )
    rsa = ["rsa-sha2-512", "rsa-sha2-256"] + (["ssh-rsa"] if version < (8, 8) else [])
    if version >= (8, 5):
        plain = edwards + _NIST + sk_edwards + sk_nist + rsa
    elif version >= (8, 2):
        plain = _NIST + sk_nist + edwards + sk_edwards + rsa
    else:
        plain = _NIST + edwards + rsa
    return [key.replace("@openssh.com", "") + _CERT for key in plain] + plain


def penalties(lines: Sequence[str], default: str) -> str:
    """Return what the lines of PerSourcePenalties come to: of each key the first value, else the default.

    Args:
        lines: Their values, in order.
        default: What sshd prints without any.
    """
    chosen: Dict[str, str] = {}
    switch = ""
    for word in " ".join(lines).split():
        if word.lower() in ("yes", "no"):
            switch = switch or word.lower()
            continue
        key, _, given = word.partition(":")
        if key not in chosen:
            switch = "yes"
            time = None if key.startswith("max-s") else scalar.seconds(given)
            chosen[key] = str(scalar.whole(given)) if key.startswith("max-s") else given if time is None else str(time)
    if switch == "no":
        return "no"
    if "overflow" in chosen:
        chosen.setdefault("overflow6", chosen["overflow"])
    return " ".join("{}:{}".format(k, chosen.get(k, v)) for k, _, v in (w.partition(":") for w in default.split()))


def addresses(lines: Sequence[str], ports: Sequence[str], family: str) -> List[str]:
    """Return the addresses that sshd listens on, each with its port.

    Args:
        lines: The values of ListenAddress.
        ports: The values of Port.
        family: ``any``, ``inet`` or ``inet6``.
    """
    out = []
    for line in lines or [a for a in ("::", "0.0.0.0") if family == "any" or (":" in a) == (family == "inet6")]:  # noqa: S104 - named, not bound
        address, _, domain = line.partition(" ")
        found = re.match(r"\[(.*)\](?::(.+))?$", address) or re.match(r"([^:]*):([^:]+)$", address)
        host, port = (found.group(1), found.group(2)) if found else (address, None)
        host = "[{}]".format(host) if ":" in host else host
        out += ["{}:{}{}".format(host, p, " " + domain if domain else "") for p in ([port] if port else ports)]
    return out
