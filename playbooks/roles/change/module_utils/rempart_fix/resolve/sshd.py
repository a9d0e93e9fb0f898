"""Options of sshd so that they win: pure functions of its files.

Of the values of an option sshd takes the first that it meets, in the files and then again among the Match blocks that
fit a connection (servconf.c: ``process_server_config_line``, ``parse_server_match_config``). So ours has to be met
before all others: in a drop-in, which an Include line at the top brings in where something could come before it, and
once more in a ``Match all``, which no later block can open again. OpenSSH before 8.2 has no Include: there the
options stand at the top of the file itself, and what Match blocks set is commented out.
"""

import re
from typing import Any, Dict, Iterable, List, Mapping, NamedTuple, Optional, Tuple

MAIN = "/etc/ssh/sshd_config"
FOLDER = "/etc/ssh/sshd_config.d"
OWN = "00-rempart-"
INCLUDE = f"Include {FOLDER}/{OWN}*.conf"
_SEVERAL = frozenset({"port", "listenaddress", "hostkey", "acceptenv", "setenv", "subsystem", "match", "include"})
"""Keywords of which every line counts, or which are none of their own: they are no spec for one value."""
_IN_MATCH = frozenset(
    re.findall(
        r"\w+",
        """
    allowagentforwarding allowgroups allowstreamlocalforwarding allowtcpforwarding allowusers
    authenticationmethods authorizedkeyscommand authorizedkeyscommanduser authorizedkeysfile
    authorizedprincipalscommand authorizedprincipalscommanduser authorizedprincipalsfile banner
    casignaturealgorithms channeltimeout chrootdirectory clientalivecountmax clientaliveinterval denygroups
    denyusers disableforwarding exposeauthinfo forcecommand gatewayports gssapiauthentication
    hostbasedacceptedalgorithms hostbasedacceptedkeytypes hostbasedauthentication
    hostbasedusesnamefrompacketonly ipqos kbdinteractiveauthentication kerberosauthentication loglevel
    maxauthtries maxsessions passwordauthentication permitemptypasswords permitlisten permitopen permitrootlogin
    permittty permittunnel permituserrc pubkeyacceptedalgorithms pubkeyacceptedkeytypes pubkeyauthentication
    pubkeyauthoptions rekeylimit revokedkeys rdomain streamlocalbindmask streamlocalbindunlink trustedusercakeys
    unusedconnectiontimeout x11displayoffset x11forwarding x11uselocalhost
        """,
    )
)
"""Keywords that a Match block may hold (sshd_config(5), "Match"), but for lists that every line adds to."""
_ONCE = frozenset({"allowgroups", "allowusers", "denygroups", "denyusers"})
"""Lists to which every line adds: said once, for all."""


class Mistake(ValueError):
    """An option that can't be declared."""


class Wanted(NamedTuple):
    """What is to be written.

    Attributes:
        drop_in: Path and text of our drop-in; None for an sshd that reads none.
        include: Whether the main file has to bring it in at its top.
    """

    drop_in: Optional[Tuple[str, str]]
    include: bool


def read_version(said: str) -> Tuple[int, int]:
    """Return the version of OpenSSH by what ``ssh -V`` says; ``(0, 0)`` where it says none."""
    found = re.search(r"OpenSSH_(\d+)\.(\d+)", said)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def check_options(values: Mapping[str, Any]) -> Dict[str, str]:
    """Return the options as words, in the order of their names: a record of them keeps no other.

    Raises:
        Mistake: One can't be set so.
    """
    found: Dict[str, str] = {}
    for option, value in sorted(values.items()):
        text = str(value).strip()
        if not re.match(r"[A-Za-z0-9]+\Z", option) or option.lower() in _SEVERAL:
            raise Mistake(option)
        if not text or re.search(r"[\n\r\0#]", text):
            raise Mistake(f"{option} {value!r}")
        found[option] = text
    return found


def plan(check: str, values: Mapping[str, str], main: str, drop_ins: Iterable[str], version: Tuple[int, int]) -> Wanted:
    """Return what is to be written so that the options win.

    Args:
        check: Id of the check.
        values: The options.
        main: What the main file holds.
        drop_ins: Names of the files in the folder of drop-ins.
        version: Of OpenSSH.
    """
    if version < (8, 2):
        return Wanted(None, include=False)
    name = f"{OWN}{check.lower()}.conf"
    lines = [line.strip() for line in main.splitlines()]
    first = next((line for line in lines if line and not line.startswith("#")), "")
    earlier = [one for one in drop_ins if one.endswith(".conf") and not one.startswith(OWN) and one < OWN]
    brings = re.match(
        r'(?i)include[ \t=]+(.*[ \t])?"?(/etc/ssh/)?sshd_config\.d/([*]|[*]\.conf|00-rempart-[*]\.conf)"?([ \t]|$)',
        first,
    )
    before = brings[1] if brings else None
    return Wanted((f"{FOLDER}/{name}", render(check, values)), include=bool(earlier) or not brings or bool(before))


def render(check: str, values: Mapping[str, str]) -> str:
    """Return the text of our drop-in."""
    lines = [f"# Rempart, {check}", *(f"{option} {value}" for option, value in values.items())]
    inner = [one for one in values if one.lower() in _IN_MATCH - _ONCE]
    if inner:
        lines += ["Match all", *(f"{option} {values[option]}" for option in inner)]
    return "\n".join(lines) + "\n"


def add_include(lines: List[str], spec: Mapping[str, Any]) -> List[str]:
    """Return the lines of the main file with our Include line at the top, once."""
    rest = [line for line in lines if line.strip() != INCLUDE]
    return [INCLUDE + "\n", *rest]


def put_on_top(lines: List[str], spec: Mapping[str, Any]) -> List[str]:
    """Return the lines of a main file without Include: our options first, and in no Match block after."""
    check, values = spec["check"], spec["values"]
    begin, end = f"# BEGIN Rempart, {check}", f"# END Rempart, {check}"
    rest, inside = [], False
    for line in lines:
        inside = inside or line.strip() == begin
        if not inside:
            rest.append(line)
        if line.strip() == end:
            inside = False
    inner = {one.lower() for one in values if one.lower() in _IN_MATCH}
    found, matched = [], False
    for line in rest:
        words = re.match(r"[ \t]*([A-Za-z0-9]+)", line)
        word = words[1].lower() if words else ""
        matched = matched or word == "match"
        found.append(f"# Rempart, {check}: {line}" if matched and word in inner else line)
    return [begin + "\n", *(f"{option} {value}\n" for option, value in values.items()), end + "\n", *found]
