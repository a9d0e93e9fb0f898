"""Logging in to one SSH server by paramiko: the handshake, the host's key, the user's proof.

No exception of paramiko leaves this package.
"""

import base64
import hashlib
import logging
import os
import random
import shlex
import socket
import stat
import threading
import time
from collections.abc import Iterator
from typing import Any

import paramiko

from rempart_controller.transports.known_host import Known, KnownHosts, name_of
from rempart_controller.transports.ssh_route import Hop
from rempart_core.error import EndpointError
from rempart_core.messages.message import Message, as_is, listed, message_of
from rempart_core.messages.system import reason_of

_TRIES = 6  # an sshd that is busy drops connections before its banner (MaxStartups)
_KEYS = 5  # that are shown before a password: sshd ends a connection after six failures (MaxAuthTries)
_USUAL = ("id_ed25519", "id_ecdsa", "id_rsa")
_RSA = ("rsa-sha2-512", "rsa-sha2-256")

logging.getLogger("paramiko").addHandler(logging.NullHandler())  # or it writes tracebacks to standard error
logging.getLogger("paramiko").propagate = False


class _Dropped(Exception):
    """The server closed the connection before it said who it is."""


class KeyRing:
    """Private keys, each read once."""

    def __init__(self) -> None:
        self._keys: dict[tuple[str, str], paramiko.PKey | Message] = {}
        self._lock = threading.Lock()

    def load(self, path: str, passphrase: str) -> "paramiko.PKey | Message":
        """Return the key in a file, or why it can't be used.

        Args:
            path: The file.
            passphrase: Of the key; ``""`` for none.
        """
        with self._lock:
            known = self._keys.get((path, passphrase))
            if known is None:
                known = self._keys[path, passphrase] = _load(path, passphrase)
            return known


def _load(path: str, passphrase: str) -> "paramiko.PKey | Message":
    try:
        if stat.S_IMODE(os.stat(path).st_mode) & 0o077:
            return Message("host.ssh_key_open", path=path)
        secret: Any = passphrase.encode() or None  # bytes, whatever the type says: cryptography takes nothing else
        key: paramiko.PKey = paramiko.PKey.from_path(path, secret)
    except OSError as error:
        return Message("host.ssh_unreached", place=path, error=reason_of(error))
    except paramiko.PasswordRequiredException:
        return Message("host.ssh_key_passphrase", path=path)
    except (paramiko.SSHException, paramiko.pkey.UnknownKeyType, ValueError, TypeError) as error:
        return Message("host.ssh_key_unusable", path=path, error=str(error))
    return key


def log_in(hop: Hop, before: "paramiko.Transport | None", known: KnownHosts, ring: KeyRing, until: float) -> Any:
    """Return a connection to a server that has shown the right key and let us in.

    Args:
        hop: The server.
        before: The connection to the hop before; None for a direct one.
        known: Which keys are known.
        ring: Private keys.
        until: The moment at which waiting ends.

    Raises:
        EndpointError: it can't be had.
    """
    for attempt in range(_TRIES):
        try:
            transport = _shake_hands(_connect(hop, before, until), hop, known, until)
        except _Dropped as error:
            pause = 0.2 * 2**attempt * (0.5 + random.random())  # noqa: S311 - no secret
            if attempt == _TRIES - 1 or time.monotonic() + pause >= until:
                raise EndpointError(
                    Message("host.ssh_dropped", place=_place(hop), error=message_of(error)), "refused"
                ) from error
            time.sleep(pause)
            continue
        try:
            _verify(transport, hop, known)
            _authenticate(transport, hop, ring, until)
        except BaseException:
            transport.close()
            raise
        return transport
    raise AssertionError


def _place(hop: Hop) -> str:
    return hop.address if hop.port == 22 else f"{hop.address} port {hop.port}"


def _rest(until: float) -> float:
    rest = until - time.monotonic()
    if rest <= 0:
        raise EndpointError(Message("host.deadline"), "timeout")
    return rest


def _connect(hop: Hop, before: "paramiko.Transport | None", until: float) -> Any:
    """Return the stream of bytes to the server."""
    wait = min(hop.timeout, _rest(until))
    try:
        if hop.proxy:
            return paramiko.ProxyCommand(hop.proxy)
        if before is not None:
            return before.open_channel("direct-tcpip", (hop.address, hop.port), ("127.0.0.1", 0), timeout=wait)
        return socket.create_connection((hop.address, hop.port), timeout=wait)
    except paramiko.ChannelException as error:
        raise EndpointError(Message("host.ssh_jump", place=_place(hop), error=error.text), "refused") from error
    except TimeoutError as error:
        raise EndpointError(Message("host.ssh_silent", place=_place(hop)), "timeout") from error
    except (ConnectionResetError, ConnectionAbortedError) as error:
        raise _Dropped(reason_of(error)) from error
    except OSError as error:
        raise EndpointError(
            Message("host.ssh_unreached", place=_place(hop), error=reason_of(error)), "refused"
        ) from error
    except (paramiko.SSHException, EOFError) as error:
        raise EndpointError(Message("host.ssh_jump", place=_place(hop), error=str(error)), "refused") from error


def _shake_hands(link: Any, hop: Hop, known: KnownHosts, until: float) -> paramiko.Transport:
    try:
        transport = paramiko.Transport(link)
    except (paramiko.SSHException, OSError, EOFError) as error:
        link.close()
        raise _Dropped(str(error)) from error
    try:
        wait = max(0.1, _rest(until))
        transport.banner_timeout = transport.handshake_timeout = transport.auth_timeout = transport.channel_timeout = (
            wait
        )
        security = transport.get_security_options()
        kinds = [one.kind for one in known.find(_known_name(hop)) if not one.revoked]
        wanted = [kind for name in dict.fromkeys(kinds) for kind in (_RSA if name == "ssh-rsa" else (name,))]
        offered = list(security.key_types)
        first = [kind for kind in wanted if kind in offered]
        security.key_types = (*first, *(kind for kind in offered if kind not in first))
        transport.start_client(timeout=wait)
        transport.get_remote_server_key()  # start_client returns without a word where its time is over
    except (EOFError, OSError) as error:
        transport.close()
        _rest(until)
        raise _Dropped(as_is(str(error)) if str(error) else Message("host.says_nothing")) from error
    except paramiko.SSHException as error:
        transport.close()
        _rest(until)
        text = str(error)
        if "banner" in text:
            raise _Dropped(text) from error
        kind = "timeout" if "imeout" in text or "No existing session" in text else "protocol"
        told = Message("host.slow_handshake") if kind == "timeout" else as_is(text)
        raise EndpointError(Message("host.ssh_no_connection", place=_place(hop), text=told), kind) from error
    except BaseException:
        transport.close()
        raise
    return transport


def _known_name(hop: Hop) -> str:
    return hop.alias or name_of(hop.address, hop.port)


def _verify(transport: paramiko.Transport, hop: Hop, known: KnownHosts) -> None:
    """Refuse a server whose key is not the one that is known.

    Raises:
        EndpointError: with the command that accepts the key.
    """
    key = transport.get_remote_server_key()
    kind, data = key.get_name(), key.asbytes()
    name = _known_name(hop)
    found = known.find(name)
    if any(one.key == data and one.revoked for one in found):
        raise EndpointError(Message("host.ssh_key_revoked", name=name), "changed_key")
    if any(one.key == data for one in found):
        return
    fingerprint = base64.b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
    file = known.files[0] if known.files else os.path.expanduser("~/.ssh/known_hosts")
    line = shlex.quote(f"{name} {kind} {base64.b64encode(data).decode()}")
    accept = f"echo {line} >> {shlex.quote(file)}"
    valid = [one for one in found if not one.revoked]
    if not valid:
        raise EndpointError(
            Message("host.ssh_key_unknown", name=name, kind=kind, fingerprint=fingerprint, accept=accept),
            "unknown_key",
        )
    where: Known = valid[0]
    forget = f"ssh-keygen -f {shlex.quote(where.file)} -R {shlex.quote(name)}"
    raise EndpointError(
        Message("host.ssh_key_changed", name=name, kind=kind, fingerprint=fingerprint, forget=forget, accept=accept),
        "changed_key",
    )


def _authenticate(transport: paramiko.Transport, hop: Hop, ring: KeyRing, until: float) -> None:
    """Prove who we are: by the keys that the host names, an agent, the usual keys, a password.

    Raises:
        EndpointError: nothing was taken.
    """
    complaints: list[Message] = []
    try:
        transport.auth_timeout = max(0.1, _rest(until))
        for key in _keys(hop, ring, complaints):
            try:
                transport.auth_publickey(hop.user, key)
            except paramiko.BadAuthenticationType as error:
                if "publickey" not in error.allowed_types:
                    break
                continue
            except paramiko.AuthenticationException:
                continue
            if transport.is_authenticated():
                return
            break  # the server wants more than a key
        if hop.password and _by_password(transport, hop):
            return
    except paramiko.SSHException as error:
        raise EndpointError(
            Message("host.ssh_auth", user=hop.user, place=_place(hop), error=str(error)), "auth"
        ) from error
    except (EOFError, OSError) as error:
        raise EndpointError(Message("host.ssh_closed", place=_place(hop)), "auth") from error
    if complaints:
        why = listed(complaints)
        raise EndpointError(Message("host.ssh_nothing_taken_why", user=hop.user, place=_place(hop), why=why), "auth")
    raise EndpointError(Message("host.ssh_nothing_taken", user=hop.user, place=_place(hop)), "auth")


def _by_password(transport: paramiko.Transport, hop: Hop) -> bool:
    try:
        transport.auth_password(hop.user, hop.password)  # falls back to keyboard-interactive by itself
    except paramiko.BadAuthenticationType:
        return False
    except paramiko.AuthenticationException as error:
        raise EndpointError(Message("host.ssh_password", user=hop.user, place=_place(hop)), "auth") from error
    return bool(transport.is_authenticated())


def _keys(hop: Hop, ring: KeyRing, complaints: list[Message]) -> Iterator[paramiko.PKey]:
    """Yield the keys to try, at most as many as a server bears; note those of the host that can't be used."""
    shown = 0
    if hop.key:
        import io

        try:
            yield paramiko.PKey.from_private_key(io.StringIO(hop.key), hop.passphrase or None)
            shown += 1
        except (paramiko.SSHException, ValueError, TypeError) as error:
            complaints.append(Message("host.ssh_unreached", place="ansible_ssh_private_key", error=str(error)))
    for path in hop.keys:
        key = ring.load(path, hop.passphrase)
        if isinstance(key, Message):
            complaints.append(key)
        else:
            shown += 1
            yield key
    if hop.only or (hop.keys and hop.password):
        return
    for key in _agent_keys(hop):
        if shown >= _KEYS:
            return
        shown += 1
        yield key
    if hop.keys or hop.key:
        return
    for name in _USUAL:
        path = os.path.expanduser(f"~/.ssh/{name}")
        if shown < _KEYS and os.path.exists(path):
            key = ring.load(path, hop.passphrase)
            if isinstance(key, Message):
                complaints.append(key)
            else:
                shown += 1
                yield key


def _agent_keys(hop: Hop) -> list[Any]:
    if not hop.agent or not os.environ.get("SSH_AUTH_SOCK"):
        return []
    try:
        return list(paramiko.Agent().get_keys())
    except (paramiko.SSHException, OSError, EOFError):
        return []
