"""The way to a host by SSH: the hops, and for each what Ansible and OpenSSH's own settings say.

Ansible runs ``ssh``, so ``~/.ssh/config`` and the arguments in ``ansible_ssh_common_args`` count as they do there.
Source: ssh(1), ssh_config(5). Whatever they say of ``StrictHostKeyChecking``, keys are always checked.
"""

import functools
import getpass
import os
import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from rempart_controller.inventory.host import Host
from rempart_core.error import EndpointError
from rempart_core.messages.message import Message

_VALUES = "BbcDEeFIiJLlmOopQRSWw"  # options of ssh that take a value
_LONGEST = 6  # hops
Settings: TypeAlias = Mapping[str, str | Sequence[str]]
"""Settings of ssh_config(5) by their names in lower case; a list of those that may stand more than once."""

Lookup: TypeAlias = Callable[[str], Settings]
"""The user's settings for a host."""


class Hop(NamedTuple):
    """One SSH server on the way.

    Attributes:
        name: How the user calls it.
        address: Where it listens.
        port: On which port.
        user: As whom to log in.
        alias: The name that its key is known by; ``""`` for the address.
        keys: Files of private keys; none for the usual ones.
        key: A private key itself; ``""`` for none.
        only: Whether only these keys may be tried.
        agent: Whether an agent may be asked.
        passphrase: Of the keys.
        password: Of the user; ``""`` for none.
        known: Files of known hosts; none for the usual ones.
        proxy: A command whose input and output is the connection; ``""`` for a plain one.
        timeout: Seconds in which a connection must come about.
    """

    name: str
    address: str
    port: int
    user: str
    alias: str = ""
    keys: tuple[str, ...] = ()
    key: str = ""
    only: bool = False
    agent: bool = True
    passphrase: str = ""
    password: str = ""
    known: tuple[str, ...] = ()
    proxy: str = ""
    timeout: float = 10.0

    def __repr__(self) -> str:
        """Tell no secret."""
        return f"Hop({self.user}@{self.address}:{self.port})"


def find_route(host: Host, lookup: Lookup, read: Callable[[str], Lookup] | None = None) -> list[Hop]:
    """Return the hops to a host, the host itself last.

    Args:
        host: The host.
        lookup: Gives the user's settings for a host.
        read: Reads the file that ``-F`` names in their place, also for the hops on the way; see ssh(1).

    Raises:
        EndpointError: the settings make no sense.
    """
    options = host.options
    words = " ".join(str(options.get(name) or "") for name in ("ssh_args", "ssh_common_args", "ssh_extra_args"))
    try:
        given = _arguments(_split_words(words))
    except ValueError as error:
        raise EndpointError(Message("host.ssh_arguments", error=str(error)), "settings") from error
    if read is not None and "configfile" in given:
        lookup = read(str(given["configfile"]))
    name = str(options.get("host") or host.name)
    settings = {**lookup(name), **given}
    last = _hop(name, settings)
    password = str(options.get("password") or "")
    last = last._replace(
        port=_port(options.get("port")) or last.port,
        user=str(options.get("remote_user") or "") or last.user,
        password=password,
        passphrase=str(options.get("private_key_passphrase") or ""),
        key=str(options.get("private_key") or ""),
        timeout=float(str(options.get("timeout") or 10)),
    )
    if options.get("private_key_file"):
        last = last._replace(keys=(os.path.expanduser(str(options["private_key_file"])), *last.keys))
    return [_fill(hop) for hop in (*_jumps(str(settings.get("proxyjump") or ""), lookup, 1), last)]


def _fill(hop: Hop) -> Hop:
    """Return the hop with the signs in its proxy command replaced: ssh_config(5), TOKENS."""
    signs = {"%%": "%", "%h": hop.address, "%p": str(hop.port), "%r": hop.user, "%n": hop.name}
    return hop._replace(proxy=re.sub("%[%hprn]", lambda sign: signs[sign[0]], hop.proxy))


def _jumps(text: str, lookup: Lookup, depth: int) -> list[Hop]:
    if not text or text.lower() == "none":
        return []
    if depth > _LONGEST or text.count(",") >= _LONGEST:
        raise EndpointError(Message("host.ssh_jumps"), "settings")
    hops: list[Hop] = []
    for place, part in enumerate(text.split(",")):
        user, _, rest = part.strip().removeprefix("ssh://").rpartition("@")
        name, port = _split(rest)
        settings = lookup(name)
        hop = _hop(name, settings)
        hop = hop._replace(user=user or hop.user, port=port or hop.port)
        if place == 0:
            hops += _jumps(str(settings.get("proxyjump") or ""), lookup, depth + 1)
        hops.append(hop)
    return hops


@functools.lru_cache(maxsize=64)
def _split_words(words: str) -> tuple[str, ...]:
    """Return the arguments as a shell takes them apart: hosts of a group have the same."""
    return tuple(shlex.split(words))


def _split(text: str) -> tuple[str, int]:
    if text.startswith("["):
        name, _, rest = text[1:].partition("]")
        return name, _port(rest.lstrip(":"))
    if text.count(":") == 1:
        name, _, port = text.partition(":")
        return name, _port(port)
    return text, 0


def _hop(name: str, settings: Settings) -> Hop:
    keys = settings.get("identityfile") or ()
    known = [*_files(settings, "userknownhostsfile"), *_files(settings, "globalknownhostsfile")]
    port = _port(settings.get("port")) or 22
    user = str(settings.get("user") or "") or getpass.getuser()
    address = str(settings.get("hostname") or name)
    proxy = str(settings.get("proxycommand") or "")
    return Hop(
        name=name,
        address=address,
        port=port,
        user=user,
        alias=str(settings.get("hostkeyalias") or ""),
        keys=tuple(os.path.expanduser(key) for key in ([keys] if isinstance(keys, str) else keys)),
        only=str(settings.get("identitiesonly") or "no").lower() == "yes",
        agent=str(settings.get("identityagent") or "").lower() != "none",
        known=tuple(known),
        proxy="" if proxy.lower() == "none" else proxy,
    )


def _files(settings: Settings, name: str) -> list[str]:
    return [os.path.expanduser(file) for file in str(settings.get(name) or "").split() if file.lower() != "none"]


def _port(value: Any) -> int:
    if value in {None, ""}:
        return 0
    try:
        port = int(value)
    except (TypeError, ValueError):
        port = 0
    if not 0 < port < 65536:
        raise EndpointError(Message("host.not_a_port", value=value), "settings")
    return port


def _arguments(words: Sequence[str]) -> dict[str, Any]:
    """Return what arguments for ``ssh`` set, as ``ssh_config`` names it; the first value of each counts."""
    found: dict[str, Any] = {}
    names = {"F": "configfile", "J": "proxyjump", "p": "port", "l": "user"}
    todo = list(words)
    while todo:
        word = todo.pop(0)
        if not word.startswith("-") or len(word) < 2:
            continue
        letter = word[1]
        if letter not in _VALUES:
            continue
        value = word[2:] or (todo.pop(0) if todo else "")
        if letter == "o":
            name, _, value = value.replace(" ", "=", 1).partition("=") if "=" not in value else value.partition("=")
            name = name.strip().lower()
            if name == "identityfile":
                found.setdefault(name, []).append(value.strip())
            else:
                found.setdefault(name, value.strip().strip('"'))
        elif letter == "i":
            found.setdefault("identityfile", []).append(value)
        elif letter in names:
            found.setdefault(names[letter], value)
    return found
