"""What sshd makes of an option: its other names, its default by version, its value in one form.

Sources: sshd_config(5), OpenSSH's release notes, and ``sshd -T`` of several versions.
"""

import re
from typing import Callable, Dict, FrozenSet, List, Optional, Sequence, Tuple

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
afstokenpassing authorizedkeysfile2 checkmail fallbacktorsh gssapiusesessioncredcache kerberostgtpassing
keyregenerationinterval pamauthenticationviakbdint protocol reversemappingcheck rhostsauthentication
rhostsrsaauthentication rsaauthentication serverkeybits sftp.umask uselogin useprivilegeseparation
verifyreversemapping
"""
IGNORED: FrozenSet[str] = frozenset(_IGNORED.split())
"""Options that sshd takes and does nothing with."""

_PER_LINE = """
hostcertificate hostkey listenaddress persourcepenalties port subsystem
"""
PER_LINE: FrozenSet[str] = frozenset(_PER_LINE.split())
"""Options of which each line counts."""

PER_WORD: FrozenSet[str] = frozenset(["acceptenv", "allowgroups", "allowusers", "denygroups", "denyusers"])
"""Options of which each word of each line counts."""

RAW: FrozenSet[str] = frozenset(
    ["authorizedkeyscommand", "authorizedprincipalscommand", "forcecommand", "versionaddendum"]
)
"""Options that take the rest of the line as it is."""

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

_TIMES = ("clientaliveinterval", "logingracetime", "unusedconnectiontimeout")
_LOWER: Tuple[str, ...] = (
    "addressfamily",
    "allowstreamlocalforwarding",
    "allowtcpforwarding",
    "compression",
    "gatewayports",
)
_LOWER += ("ignorerhosts", "permitrootlogin", "permittunnel")
_UPPER = ("fingerprinthash", "loglevel", "syslogfacility")
_SAME = {
    ("permitrootlogin", "without-password"): "prohibit-password",
    ("compression", "delayed"): "yes",
    ("allowtcpforwarding", "all"): "yes",
    ("allowstreamlocalforwarding", "all"): "yes",
}

_NIST = ["ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"]
_CERT = "-cert-v01@openssh.com"
_ALL_KEYS: List[str] = []
for _name in ["ssh-ed25519", "sk-ssh-ed25519@openssh.com", *_NIST, "sk-ecdsa-sha2-nistp256@openssh.com"]:
    _ALL_KEYS += [_name, _name.replace("@openssh.com", "") + _CERT]
_ALL_KEYS += ["webauthn-sk-ecdsa-sha2-nistp256@openssh.com", "ssh-rsa", "ssh-rsa" + _CERT, "rsa-sha2-256"]
_ALL_KEYS += ["rsa-sha2-256" + _CERT, "rsa-sha2-512", "rsa-sha2-512" + _CERT]


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


def seconds(text: str) -> Optional[int]:
    """Return a time of sshd_config(5) ("TIME FORMATS", ``1h30m``) in seconds, or None where it is none."""
    if not re.match(r"(?:[0-9]{1,10}[smhdwSMHDW]?)+$", text):
        return None
    unit = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
    return sum(int(n) * unit[u.lower()] for n, u in re.findall(r"([0-9]+)([smhdwSMHDW]?)", text))


def values(option: str, words: Sequence[str], raw: str, default: Dict[str, List[str]]) -> List[str]:
    """Return the values that one line gives an option, in ``sshd -T``'s form; one that sshd would refuse as written.

    Args:
        option: Its name, lower case, no alias.
        words: The arguments, without quotes.
        raw: The rest of the line as it stands.
        default: The defaults, which ``+``, ``-`` and ``^`` edit.
    """
    if option in RAW:
        return [raw]
    if option in PER_WORD or option == "setenv":
        return list(words)
    value = " ".join(words)
    if value.lower() in ("yes", "no") or option in _LOWER:
        value = value.lower()
        return [_SAME.get((option, value), value)]
    if option in _UPPER:
        return [value.upper()]
    if option in _TIMES:
        time = seconds(value)
        return [value if time is None else str(time)]
    if option == "subsystem":
        return [" ".join([*words[:1], *('"{}"'.format(w) if re.search(r"\s", w) else w for w in words[1:])])]
    if option.endswith("algorithms") or option in ("ciphers", "macs"):
        return [_names(value, default.get(option, [""])[0], option.endswith("keyalgorithms") or "accepted" in option)]
    return [_SHAPES[option](list(words)) if option in _SHAPES and words else value]


def _names(value: str, default: str, keys: bool) -> str:
    mode, names = (value[0], value[1:]) if value[:1] in "+-^" and value else ("", value)
    if mode == "-":
        patterns = [_pattern(name) for name in names.split(",")]
        return ",".join(name for name in default.split(",") if not any(p.match(name) for p in patterns))
    wanted: List[str] = []
    for name in names.split(","):
        if keys and ("*" in name or "?" in name):
            wanted += [key for key in _ALL_KEYS if _pattern(name).match(key)]
        else:
            wanted.append(name)
    before, after = {"+": (default.split(","), []), "^": ([], default.split(","))}.get(mode, ([], []))
    return ",".join(dict.fromkeys(before + wanted + after))


def _pattern(name: str) -> "re.Pattern[str]":
    name = re.sub(r"\*+", "*", name)[:256]
    return re.compile("".join({"*": ".*", "?": "."}.get(c, re.escape(c)) for c in name) + "$")


def _rekey(words: List[str]) -> str:
    size, time = words[0], words[1] if len(words) > 1 else "none"
    unit = {"k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
    found = re.match(r"([0-9]{1,15})([kmg]?)$", size.lower())
    if found:
        size = str(int(found.group(1)) * unit.get(found.group(2), 1))
    length = seconds(time)
    return "{} {}".format(0 if size in ("default", "none") else size, 0 if time == "none" else length or time)


def _startups(words: List[str]) -> str:
    return "{0}:30:{0}".format(words[0]) if words[0].isdigit() else words[0]


_SHAPES: Dict[str, Callable[[List[str]], str]] = {
    "ipqos": lambda words: " ".join(words if len(words) > 1 else words * 2),
    "maxstartups": _startups,
    "permitlisten": lambda words: " ".join("*:" + w if w.isdigit() else w for w in words),
    "persourcenetblocksize": lambda words: words[0] if ":" in words[0] else words[0] + ":0",
    "rekeylimit": _rekey,
    "streamlocalbindmask": lambda words: "0" + words[0].lstrip("0"),
}


def penalties(lines: Sequence[str], default: str) -> str:
    """Return what the lines of PerSourcePenalties come to: of each key the first value, else the default."""
    chosen: Dict[str, str] = {}
    switch = ""
    for word in " ".join(lines).split():
        if word.lower() in ("yes", "no"):
            switch = switch or word.lower()
            continue
        key, _, value = word.partition(":")
        time = seconds(value)
        chosen.setdefault(key, value if time is None or key.startswith("max-s") else str(time))
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
