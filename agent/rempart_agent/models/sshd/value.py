"""Values of options: what sshd takes, and how ``sshd -T`` prints it."""

from typing import Callable, Dict, List, Sequence

from rempart_agent.models.sshd import algorithm, pattern, scalar, shape
from rempart_agent.models.sshd.scalar import Arguments, Refused
from rempart_agent.models.sshd.syntax import assemble


def _word(a: Arguments) -> List[str]:
    return [scalar.one(a)]


def _or_none(a: Arguments) -> List[str]:
    word = scalar.one(a)
    return ["none" if word.lower() == "none" else word]


def _number(a: Arguments) -> List[str]:
    return [str(scalar.whole(scalar.one(a)))]


def _names(a: Arguments) -> List[str]:
    fault = algorithm.fault(a.option, scalar.one(a), a.version)
    if fault and not (a.vendor and fault.startswith("an unknown name")):
        late = fault.startswith(("a negated pattern", "a list that"))  # found out when the list is put together
        raise Refused("{fault}", fault=fault, sure=a.active or not late)
    return [a.words[0]]


def _command(a: Arguments) -> List[str]:
    value = a.raw.lstrip(" \t\r\n")
    if not value.startswith("/") and value.lower() != "none":
        raise Refused("no absolute path: {value}", value=value)
    return [value]


def _users(a: Arguments) -> List[str]:
    for word in scalar.some(a):
        if pattern.user_fault(word):
            raise Refused("no pattern of users: {word}", word=word)
    return a.words


def _alone(a: Arguments, words: List[str]) -> bool:
    """Tell whether ``none`` is the value; it has to stand alone."""
    if any(w.lower() == "none" for w in words[1:]) or (len(words) > 1 and words[0].lower() == "none"):
        raise Refused("none does not stand alone")
    return words[0].lower() == "none"


def _methods(a: Arguments) -> List[str]:
    words = scalar.some(a)
    if "any" in words and len(words) > 1:
        raise Refused("any does not stand alone")
    for word in words:
        for method in word.split(",") if word != "any" else ():
            if method.partition(":")[0] not in METHODS:
                raise Refused("unknown method {method}", method=method)
    return [" ".join(words)]


METHODS: Dict[str, str] = {
    "none": "",
    "publickey": "pubkeyauthentication",
    "gssapi-with-mic": "gssapiauthentication",
    "password": "passwordauthentication",
    "keyboard-interactive": "kbdinteractiveauthentication",
    "hostbased": "hostbasedauthentication",
}
"""Methods of authentication, each with the option that switches it on."""


def _channels(a: Arguments) -> List[str]:
    words = scalar.some(a)
    if _alone(a, words):
        return ["none"]
    for word in words:
        kind, equals, time = word.partition("=")
        if not kind or not equals or scalar.seconds(time) is None:
            raise Refused("no time of a channel: {word}", word=word)
    return [" ".join(words)]


def _verbose(a: Arguments) -> List[str]:
    _alone(a, scalar.some(a))
    return [" ".join(a.words)]


def _unused(a: Arguments) -> List[str]:
    return ["none"] if scalar.one(a).lower() == "none" else [str(scalar.time(a.words[0]))]


def _environment(a: Arguments) -> List[str]:
    found: Dict[str, str] = {}
    for word in scalar.some(a):
        if "=" not in word:
            raise Refused("no setting of the environment: {word}", word=word)
        found.setdefault(word.partition("=")[0], word)
    return list(found.values())


def _accepted(a: Arguments) -> List[str]:
    if any("=" in word for word in scalar.some(a)):
        raise Refused("no name of the environment")
    return a.words


def _forwards(a: Arguments) -> List[str]:
    out: List[str] = []
    for word in scalar.some(a):
        if word in ("any", "none"):
            if out:
                raise Refused("{word} does not stand alone", word=word)
            out.append(word)
            continue
        if a.option == "permitlisten" and ":" not in word:
            number = word
            word = "*:" + word
        else:
            found, rest = pattern.split_host(word)
            if found is None or rest is None:
                raise Refused("no host and port: {word}", word=word)
            number = rest
        if number != "*":
            scalar.port(number)
        out.append(word)
    return [" ".join(out)]


def _key_options(a: Arguments) -> List[str]:
    words = [w.lower() for w in a.words]
    names = ["touch-required", "verify-required"]
    for word in words:
        if word not in [*names, "none"]:
            raise Refused("unsupported value {word}", word=word)
    return [" ".join(n for n in names if n in words) or "none"]


_PENALTIES = {"crash", "authfail", "noauth", "grace-exceeded", "refuseconnection", "max", "min"}


def _penalties(a: Arguments) -> List[str]:
    for at, word in enumerate(scalar.some(a)):
        key, colon, value = word.partition(":")
        if word.lower() in ("yes", "no"):
            if at + 1 < len(a.words):
                raise Refused("{word} does not stand last", word=word)
        elif not colon or key not in _PENALTIES | {"max-sources4", "max-sources6", "overflow", "overflow6"}:
            raise Refused("unknown penalty {word}", word=word)
        elif key in _PENALTIES:
            scalar.time(value)
        elif key.startswith("max-s"):
            scalar.whole(value)
        elif value not in ("deny-all", "permissive"):
            raise Refused("unknown penalty {word}", word=word)
    return [" ".join(a.words)]


def _networks(a: Arguments) -> List[str]:
    if pattern.addresses_match(None, scalar.one(a)) != 0:
        raise Refused("no list of addresses: {words}", words=a.words[0])
    return [a.words[0]]


def _listen(a: Arguments) -> List[str]:
    words = scalar.some(a)
    if len(words) > 1:
        raise Refused("a routing domain", sure=words[1] != "rdomain" or len(words) != 3)
    word = words[0]
    if "[" not in word and word.count(":") > 1:
        host, number = word, None
    else:
        found, number = pattern.split_host(word)
        if found is None:
            raise Refused("no address: {word}", word=word)
        host = pattern.clean(found)
    suffix = ":{}".format(scalar.port(number)) if number is not None else ""
    address = pattern.address_of(host)
    if address is None:
        raise Refused("an address by name: {host}", host=host, sure=False)
    return [("[{}]" if address.version == 6 else "{}").format(address) + suffix]


def _subsystem(a: Arguments) -> List[str]:
    if not a.words or not a.words[0]:
        raise Refused("a value is missing")
    if len(a.words) < 2 or not a.words[1]:
        if not a.active:
            raise Refused("a subsystem without a command: only its connections are refused", sure=False)
        raise Refused("a subsystem without a command")
    return [a.words[0] + " " + assemble(a.words[1:])]


def _own_environment(a: Arguments) -> List[str]:
    return [scalar.one(a)]


def _raw(a: Arguments) -> List[str]:
    value = a.raw.lstrip(" \t\r\n")
    if "\r" in value and a.option == "versionaddendum":
        raise Refused("a carriage return")
    return ["none" if value.lower() == "none" else value]


def _files(a: Arguments) -> List[str]:
    return [" ".join(scalar.home(word) for word in scalar.some(a))]


def _listed(names: Sequence[str]) -> Callable[[Arguments], List[str]]:
    def parse(a: Arguments) -> List[str]:
        word = scalar.one(a).upper()
        if word not in names:
            raise Refused("unsupported value {words}", words=a.words[0])
        return [{"QUIET": "SILENT", "DEBUG1": "DEBUG"}.get(word, word)]

    return parse


def _limit(a: Arguments) -> List[str]:
    return [scalar.one(a)] if scalar.one(a) == "none" else _number(a)


def _tunnel(a: Arguments) -> List[str]:
    if scalar.one(a) not in ("no", "yes", "point-to-point", "ethernet"):
        raise Refused("unsupported value {words}", words=a.words[0])
    return [a.words[0]]


def _provider(a: Arguments) -> List[str]:
    return ["internal"] if scalar.one(a).lower() == "internal" else scalar.path(a)


def _agent(a: Arguments) -> List[str]:
    return [a.words[0]] if scalar.one(a) == "SSH_AUTH_SOCK" else scalar.path(a)


def _never(a: Arguments) -> List[str]:
    raise Refused("not supported on Linux")


_LEVELS = ["SILENT", "QUIET", "FATAL", "ERROR", "INFO", "VERBOSE", "DEBUG", "DEBUG1", "DEBUG2", "DEBUG3"]
_FACILITIES = ["DAEMON", "USER", "AUTH", "AUTHPRIV", *("LOCAL{}".format(n) for n in range(8))]

_FLAGS = """
usepam hostbasedauthentication hostbasedusesnamefrompacketonly ignoreuserknownhosts pubkeyauthentication
kerberosauthentication kerberosorlocalpasswd kerberosticketcleanup gssapiauthentication gssapicleanupcredentials
gssapistrictacceptorcheck gssapikeyexchange gssapistorecredentialsonrekey passwordauthentication
kbdinteractiveauthentication printmotd printlastlog x11forwarding x11uselocalhost permittty permituserrc strictmodes
tcpkeepalive permitemptypasswords usedns allowagentforwarding disableforwarding streamlocalbindunlink exposeauthinfo
refuseconnection debianbanner
"""
_NUMBERS = "x11displayoffset maxauthtries maxsessions clientalivecountmax requiredrsasize"
_ALGORITHMS = """
ciphers macs kexalgorithms hostkeyalgorithms pubkeyacceptedalgorithms hostbasedacceptedalgorithms
casignaturealgorithms gssapikexalgorithms
"""
_PATHS = """
pidfile modulifile xauthlocation banner hostkey hostcertificate trustedusercakeys revokedkeys sshdsessionpath
sshdauthpath
"""
KINDS: Dict[str, Callable[[Arguments], List[str]]] = {
    **dict.fromkeys(_FLAGS.split(), scalar.flag),
    **dict.fromkeys(_NUMBERS.split(), _number),
    **dict.fromkeys(_ALGORITHMS.split(), _names),
    **dict.fromkeys(_PATHS.split(), scalar.path),
    "port": lambda a: [str(scalar.port(scalar.one(a)))],
    "addressfamily": scalar.choice(inet="inet", inet6="inet6", any="any"),
    "listenaddress": _listen,
    "permitrootlogin": scalar.choice(
        without_password="prohibit-password",  # noqa: S106 - a value of PermitRootLogin
        prohibit_password="prohibit-password",  # noqa: S106 - a value of PermitRootLogin
        forced_commands_only="forced-commands-only",
        yes="yes",
        no="no",
    ),
    "ignorerhosts": scalar.choice(yes="yes", no="no", shosts_only="shosts-only"),
    "compression": scalar.choice(yes="yes", delayed="yes", no="no"),
    "gatewayports": scalar.choice(clientspecified="clientspecified", yes="yes", no="no"),
    "allowtcpforwarding": scalar.forwarding,
    "allowstreamlocalforwarding": scalar.forwarding,
    "permittunnel": _tunnel,
    "logingracetime": lambda a: [str(scalar.time(scalar.one(a)))],
    "clientaliveinterval": lambda a: [str(scalar.time(scalar.one(a)))],
    "unusedconnectiontimeout": _unused,
    "pamservicename": _word,
    "hostkeyagent": _agent,
    "securitykeyprovider": _provider,
    "chrootdirectory": _or_none,
    "authorizedprincipalsfile": lambda a: [scalar.home(_or_none(a)[0])],
    "authorizedkeysfile": _files,
    "authorizedkeyscommanduser": _word,
    "authorizedprincipalscommanduser": _word,
    "authorizedkeyscommand": _command,
    "authorizedprincipalscommand": _command,
    "forcecommand": _raw,
    "versionaddendum": _raw,
    "permituserenvironment": _own_environment,
    "rekeylimit": shape.rekey,
    "syslogfacility": _listed(_FACILITIES),
    "loglevel": _listed(_LEVELS),
    "logverbose": _verbose,
    "allowusers": _users,
    "denyusers": _users,
    "allowgroups": scalar.some,
    "denygroups": scalar.some,
    "acceptenv": _accepted,
    "setenv": _environment,
    "subsystem": _subsystem,
    "maxstartups": shape.startups,
    "persourcenetblocksize": shape.block,
    "persourcemaxstartups": _limit,
    "persourcepenalties": _penalties,
    "persourcepenaltyexemptlist": _networks,
    "permitopen": _forwards,
    "permitlisten": _forwards,
    "ipqos": shape.quality,
    "authenticationmethods": _methods,
    "channeltimeout": _channels,
    "streamlocalbindmask": shape.mask,
    "fingerprinthash": _listed(["MD5", "SHA1", "SHA256", "SHA384", "SHA512"]),
    "pubkeyauthoptions": _key_options,
    "rdomain": _never,
}
"""Options and what reads their values."""


def values(a: Arguments) -> List[str]:
    """Return the values that one line gives an option, as ``sshd -T`` prints them.

    Raises:
        Refused: sshd does not take the line.
    """
    return KINDS[a.option](a)
