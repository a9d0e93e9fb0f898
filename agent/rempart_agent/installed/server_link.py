"""The way to a server: HTTPS, whose certificate the agent's own file of CAs alone vouches for, and deadlines.

Where an agent is enrolled its folder holds ``server.json`` and ``server-ca.pem``. No proxy is asked, no redirection is
followed, and no CA of the system is believed. What the server says is bounded and believed as far as it is JSON.

Sources: RFC 9110 (HTTP), sections 10.2.3 (Retry-After) and 15; Python, "ssl — TLS/SSL wrapper for socket objects".
"""

import http.client
import json
import os
import ssl
import threading
from typing import NamedTuple
from urllib.parse import urlsplit

from rempart_agent.installed.durable import write
from rempart_core.error import DeliveryError, UsageError
from rempart_core.json_value import Json, JsonObject
from rempart_core.messages.message import Message, as_is, own
from rempart_core.messages.system import reason_of
from rempart_core.text import Text, clean_line
from rempart_core.version import VERSION

SETTINGS = "server.json"
AUTHORITIES = "server-ca.pem"
_STILL = 15.0  # seconds without a byte of the server
_WHOLE = 60.0  # seconds for all, besides one for each _RATE bytes that are sent
_RATE = 16 << 10
_MAX_ANSWER = 64 << 10
_LONGEST_WAIT = 3600


class Server(NamedTuple):
    """Where documents go.

    Attributes:
        host: Its name, which its certificate has too.
        port: Where it listens.
        prefix: What stands before the paths of its doors; ``""`` for nothing.
        authorities: The certificates that may vouch for it, PEM.
    """

    host: str
    port: int
    prefix: str
    authorities: str

    @property
    def url(self) -> str:
        """Return its address, as a user writes it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"https://{host}:{self.port}{self.prefix}"


class Reply(NamedTuple):
    """What the server said.

    Attributes:
        status: Of HTTP.
        said: The JSON object; empty where it is none.
        retry_after: Seconds after which it wants to be asked again; 0 where it does not say.
    """

    status: int
    said: JsonObject
    retry_after: int


def find_server(url: str, authorities: str) -> Server:
    """Return the server of an address.

    Args:
        url: ``https://NAME[:PORT][/PREFIX]``.
        authorities: The certificates that may vouch for it, PEM.

    Raises:
        UsageError: It is no such address, or these are no certificates.
    """
    wrong = UsageError(Message("agent_push.url", url=url))
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 443
    except ValueError as error:
        raise wrong from error
    plain = not (parts.username or parts.password or parts.query or parts.fragment)
    if parts.scheme != "https" or not host or not plain or not (url.isascii() and url.isprintable() and " " not in url):
        raise wrong
    server = Server(host, port, parts.path.rstrip("/"), authorities)
    _trust(server)
    return server


def write_server(folder: str, server: Server) -> None:
    """Hold in the agent's folder where documents go from now on.

    Args:
        folder: Where its key and its spool lie.
        server: The server.

    Raises:
        OSError: It can't be written.
    """
    write(folder, AUTHORITIES, server.authorities.encode("ascii"))
    write(folder, SETTINGS, json.dumps({"server": server.url}).encode() + b"\n")


def read_server(folder: str) -> Server:
    """Return the server with which an agent is enrolled.

    Args:
        folder: Where its key and its spool lie.

    Raises:
        UsageError: It is enrolled with none, or what it holds of one can't be read.
    """
    path = os.path.join(folder, SETTINGS)
    try:
        with open(path, "rb") as file:
            told: Json = json.loads(file.read(_MAX_ANSWER))
        path = os.path.join(folder, AUTHORITIES)
        with open(path, encoding="ascii") as file:
            authorities = file.read(_MAX_ANSWER * 4)
    except FileNotFoundError as error:
        raise UsageError(Message("agent_push.not_enrolled", folder=folder)) from error
    except OSError as error:
        raise UsageError(Message("file.failed", path=path, error=reason_of(error))) from error
    except ValueError as error:
        raise UsageError(Message("agent_push.settings", path=path)) from error
    url = told.get("server") if isinstance(told, dict) else None
    if not isinstance(url, str):
        raise UsageError(Message("agent_push.settings", path=path))
    return find_server(url, authorities)


def is_enrolled(folder: str, server: Server) -> bool:
    """Tell whether an agent is enrolled with this very server: its address and its authorities are the same.

    Args:
        folder: Where its key and its spool lie.
        server: The server.
    """
    try:
        return read_server(folder) == server
    except UsageError:
        return False


def post(server: Server, path: str, body: bytes, kind: str) -> Reply:
    """Send something, and return what the server says to it.

    Args:
        server: The server.
        path: Which door.
        body: What is sent.
        kind: Its media type.

    Raises:
        DeliveryError: It can't be reached, is not the one that the agent knows, or does not answer in time: nothing is
            known of what became of the body.
    """
    connection = http.client.HTTPSConnection(server.host, server.port, timeout=_STILL, context=_trust(server))
    found: list[Reply | Message] = []

    def speak() -> None:
        found.append(_speak(connection, server, path, body, kind))

    # A thread, since looking up a name has no time-out, and a server may answer a byte at a time for ever.
    thread = threading.Thread(target=speak, daemon=True)
    thread.start()
    thread.join(_WHOLE + len(body) / _RATE)
    if not found:
        if connection.sock is not None:
            connection.sock.close()
        raise DeliveryError(Message("agent_push.unreachable", url=server.url, error=Message("agent_push.late")))
    reply = found[0]
    if isinstance(reply, Message):
        raise DeliveryError(Message("agent_push.unreachable", url=server.url, error=reply))
    return reply


def say_theirs(said: JsonObject) -> Message:
    """Return what the server said for people, in the languages that it said it in.

    Args:
        said: ``en`` and ``fr``; it may hold anything.
    """
    english, french = (clean_line(str(said.get(language) or "?"))[:1000] for language in ("en", "fr"))
    return own(Text(english, french if french != "?" else english))


def _speak(
    connection: http.client.HTTPSConnection, server: Server, path: str, body: bytes, kind: str
) -> Reply | Message:
    headers = {"Content-Type": kind, "User-Agent": f"rempart-agent/{VERSION}", "Connection": "close"}
    try:
        connection.request("POST", server.prefix + path, body, headers)
        answer = connection.getresponse()
        data = answer.read(_MAX_ANSWER + 1)
    except ssl.SSLCertVerificationError as error:
        return Message("agent_push.certificate", error=as_is(error.verify_message))
    except TimeoutError:
        return Message("agent_push.late")
    except ssl.SSLError as error:
        return as_is(error.reason or str(error))
    except OSError as error:
        return reason_of(error)
    except (http.client.HTTPException, ValueError) as error:
        return Message("agent_push.no_http", error=as_is(type(error).__name__))
    finally:
        connection.close()
    try:
        told: Json = json.loads(data) if len(data) <= _MAX_ANSWER else None
    except (ValueError, RecursionError):
        told = None
    wait = answer.headers.get("Retry-After", "")
    seconds = int(wait) if wait.isascii() and wait.isdigit() and len(wait) < 10 else 0
    return Reply(answer.status, told if isinstance(told, dict) else {}, min(seconds, _LONGEST_WAIT))


def _trust(server: Server) -> ssl.SSLContext:
    """Return what TLS is spoken with: 1.2 or newer, the name is checked, and the given authorities alone vouch.

    Raises:
        UsageError: They are no certificates.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_verify_locations(cadata=server.authorities)
    except (ssl.SSLError, ValueError) as error:
        raise UsageError(Message("agent_push.authorities")) from error
    return context
