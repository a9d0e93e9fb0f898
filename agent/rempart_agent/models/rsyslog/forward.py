"""What rsyslog sends to other machines and keeps in files: each action, and which of four kinds of messages it gets.

The kinds are tried with messages as the programs write them: logins (sshd, systemd-logind, PAM), privileges (sudo, su),
services (systemd), the kernel. One that is left out because of a word in it is noticed as far as these messages have
that word.
"""

from typing import Dict, List, NamedTuple, Optional, Tuple

from rempart_agent.models.rsyslog.evaluate import Reach, actions, reach
from rempart_agent.models.rsyslog.syntax import Action, Configuration
from rempart_agent.models.rsyslog.tokens import word
from rempart_agent.said import Why

SENDS = ("omfwd", "omrelp")
KEEPS = "omfile"
OTHERS = [
    "omelasticsearch",
    "omkafka",
    "omhttp",
    "omhttpfs",
    "omgssapi",
    "omhiredis",
    "omrabbitmq",
    "omczmq",
    "omamqp1",
    "omazureeventhubs",
    "omclickhouse",
    "ommysql",
    "ompgsql",
    "omlibdbi",
    "ommongodb",
    "omprog",
    "omuxsock",
    "omsnmp",
    "omudpspoof",
    "ommail",
    "omjournal",
]
"""Modules that may send messages elsewhere in a form that is not looked into."""

KINDS = ("login", "privilege", "service", "kernel")

_PROBES: Dict[str, Tuple[Tuple[int, str, str], ...]] = {  # facility × 8 + severity, tag, text
    "login": (
        (38, "sshd[4711]:", "Accepted publickey for alice from 198.51.100.7 port 50022 ssh2: ED25519 SHA256:q"),
        (38, "sshd[4711]:", "Failed password for invalid user bob from 198.51.100.7 port 50022 ssh2"),
        (86, "sshd[4711]:", "pam_unix(sshd:session): session opened for user alice(uid=1000) by (uid=0)"),
        (38, "systemd-logind[611]:", "New session 7 of user alice."),
    ),
    "privilege": (
        (85, "sudo:", "   alice : TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/usr/bin/id"),
        (86, "su[4712]:", "pam_unix(su:session): session opened for user root(uid=0) by alice(uid=1000)"),
    ),
    "service": ((30, "systemd[1]:", "Started cron.service - Regular background program processing daemon."),),
    "kernel": ((4, "kernel:", "[   12.345678] usb 1-1: new high-speed USB device number 2 using xhci_hcd"),),
}


class Forward(NamedTuple):
    """One action that sends, or that writes a file.

    Attributes:
        action: The action.
        targets: Where it sends to; the file that it writes.
        port: The port.
        protocol: ``tcp``, ``udp`` or ``relp``; what is left of the name of another module.
        gets: For each of :data:`KINDS` 1 where the messages of that kind all get there, 0 where one does not, None
            where that is not known.
        why: Why something is not known, or why nothing is sent.
    """

    action: Action
    targets: Tuple[str, ...]
    port: str
    protocol: str
    gets: Dict[str, Optional[int]]
    why: str


class Hearing(NamedTuple):
    """Whether rsyslog gets what the programs of the machine say: 1, 0 or None, with the reason."""

    answer: Optional[int]
    why: str


def hearing(configuration: Configuration) -> Hearing:
    """Tell by which way messages come in: ``journal``, ``socket`` (its answer is None: journald decides), or none."""
    if "imjournal" in configuration.modules:
        return Hearing(1, "imjournal")
    if "imuxsock" not in configuration.modules:
        return Hearing(0, Why("neither imuxsock nor imjournal is loaded: no program of this machine is heard"))
    own = configuration.modules["imuxsock"].get("syssock.use", "on")
    omitted = configuration.settings.get("omitlocallogging", "off").lower() in ("on", "yes", "1")
    if str(own).lower() not in ("on", "yes", "1") or omitted:
        return Hearing(0, Why("imuxsock is told not to listen on the system's socket"))
    return Hearing(None, "imuxsock")


def forwards(configuration: Configuration) -> List[Forward]:
    """Return the actions that send or write files, those that are never reached too, in order."""
    chosen = [a for a in actions(configuration) if a.kind in (*SENDS, *OTHERS, KEEPS)]
    if not chosen:
        return []
    gets: Dict[int, Dict[str, List[Optional[int]]]] = {id(a): {} for a in chosen}
    for kind, probes in _PROBES.items():
        for priority, tag, text in probes:
            found = {id(action): got for action, got in reach(configuration, facts(tag, text))}
            for action in chosen:
                gets[id(action)].setdefault(kind, []).append(_bit(found[id(action)], priority))
    return [_forward(configuration, action, gets[id(action)]) for action in chosen]


def facts(tag: str, text: str) -> Dict[str, str]:
    """Return the properties of a message of this machine.

    Args:
        tag: Of the program.
        text: The message.
    """
    program = tag.rstrip(":").partition("[")[0]
    return {
        "programname": program,
        "app-name": program,
        "syslogtag": tag,
        "msg": " " + text,
        "fromhost-ip": "127.0.0.1",
    }


def _bit(found: Reach, priority: int) -> Optional[int]:
    return 1 if found.certain >> priority & 1 else None if found.possible >> priority & 1 else 0


def _forward(configuration: Configuration, action: Action, got: Dict[str, List[Optional[int]]]) -> Forward:
    gets = {kind: 0 if 0 in answers else None if None in answers else 1 for kind, answers in got.items()}
    doubt = action.unsure or configuration.unsure or _doubt(configuration, action)
    why = doubt or (Why("a condition that is not understood decides") if None in gets.values() else "")
    if all(answer == 0 for answer in gets.values()):
        why = Why("no such message gets there")
    elif doubt:
        gets = {kind: None if answer else answer for kind, answer in gets.items()}
    target = action.params.get("file" if action.kind == KEEPS else "target", "")
    targets = target if isinstance(target, tuple) else (target,) if target else ()
    port = action.params.get("port", "514") if action.kind in SENDS else ""
    protocol = str(action.params.get("protocol", "udp")).lower() if action.kind == "omfwd" else action.kind[2:]
    return Forward(action, targets, port if isinstance(port, str) else port[0], protocol, gets, why)


def _doubt(configuration: Configuration, action: Action) -> str:
    if action.kind == KEEPS:
        return "" if action.params.get("file") else Why("its file changes with the message")
    if action.kind not in SENDS:
        return Why("what {kind} does with messages is not looked into", kind=action.kind)
    params = action.params
    if "targetsrv" in params or not params.get("target"):
        return Why("where it sends to is not a name or an address")
    if params.get("networknamespace"):
        return Why("it sends from another network namespace")
    if str(params.get("protocol", "udp")).lower() not in ("udp", "tcp") and action.kind == "omfwd":
        return Why("the protocol {params} is not known", params=params["protocol"])
    driver = str(
        params.get(
            "streamdriver", params.get("streamdriver.name", configuration.settings.get("defaultnetstreamdriver", ""))
        )
    )
    if driver not in ("", "ptcp", "gtls", "ossl", "mbedtls"):
        return Why("the network driver {driver} is not known", driver=driver)
    return ""


def driver(configuration: Configuration, action: Action) -> str:
    """Return the network driver that a TCP action needs beside rsyslog itself: ``gtls``, ``ossl``; ``""`` for none.

    Args:
        configuration: The configuration.
        action: The action.
    """
    if action.kind != "omfwd" or str(action.params.get("protocol", "udp")).lower() != "tcp":
        return ""
    default = configuration.settings.get("defaultnetstreamdriver", "")
    named = str(action.params.get("streamdriver", action.params.get("streamdriver.name", default)))
    return "" if named == "ptcp" else named


CREATE_MODE = "0644"
"""The mode of a file that an action makes, where nothing else is set (``omfile.c``)."""


class Made(NamedTuple):
    """How an action makes a file: the mode before the umask, None for one that is no mode; owner and group."""

    mode: Optional[str]
    owner: str
    group: str


def made(action: Action) -> Made:
    """Return how an action of ``omfile`` makes its file: ``root`` where nothing is set.

    Args:
        action: The action.
    """
    mode, owner, group = (
        word(action.params, name) or usual
        for name, usual in (("filecreatemode", CREATE_MODE), ("fileowner", "root"), ("filegroup", "root"))
    )
    digits = mode[-4:].rjust(4, "0")
    right = mode.isdigit() and mode.startswith("0") and 4 <= len(mode) <= 5 and not set(mode) & {"8", "9"}
    return Made(digits if right else None, owner, group)


class Sealed(NamedTuple):
    """What an action of ``omfwd`` asks of the network driver: its name, its mode (1: TLS), how the peer is known."""

    driver: str
    mode: str
    auth: str


def sealed(configuration: Configuration, action: Action) -> Sealed:
    """Return how an action seals what it sends over TCP; without TLS the mode is ``0``.

    Args:
        configuration: The configuration.
        action: The action.
    """
    driven = driver(configuration, action)
    mode = word(action.params, "streamdrivermode") or word(action.params, "streamdriver.mode") or "0"
    auth = word(action.params, "streamdriverauthmode") or word(action.params, "streamdriver.authmode")
    return Sealed(driven, mode if driven else "0", auth)
