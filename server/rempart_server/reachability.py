"""How a server is reached from here, as osqueryd and agents reach it: certificate, bodies, and what a proxy says.

osqueryd ignores the status of an answer. Only JSON with ``error``, a body that is no JSON, or a broken connection makes
it send results again; an empty body or ``{}`` loses them, and a refusal that is no JSON is repeated for ever.
"""

import http.client
import json
import os
import ssl
import time
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

from rempart_core.error import ServerError, UsageError
from rempart_core.messages.message import Message, as_is
from rempart_core.messages.system import reason_of

PATH = "/api/rempart/probe"
LARGEST = 16 * 1024 * 1024
_PATIENCE = 30.0
_DAYS = 30


class Finding(NamedTuple):
    """One thing that was examined.

    Attributes:
        good: Whether it is as it should be; None where it could not be examined.
        message: What was found, and what to do.
    """

    good: bool | None
    message: Message


class _Answer(NamedTuple):
    status: int
    body: bytes

    @property
    def content(self) -> dict[str, object] | None:
        """The object of a JSON body; None where it is none."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return None
        return found if isinstance(found, dict) else None

    @property
    def is_ours(self) -> bool:
        content = self.content
        return content is not None and content.get("rempart") is True


class Place(NamedTuple):
    """Where a server is.

    Attributes:
        host: Its name.
        port: Its port.
        authority: File of the CA that it is believed by; ``""`` for those of the system.
    """

    host: str
    port: int
    authority: str = ""


def read_place(url: str, authority: str = "") -> Place:
    """Return where a URL leads.

    Args:
        url: ``https://HOST[:PORT]``.
        authority: File of its CA.

    Raises:
        UsageError: It is no such URL, or there is no such file.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 443
    except ValueError:
        parts, host, port = urlsplit(""), "", 0
    if parts.scheme != "https" or not host or parts.path not in ("", "/") or parts.username or parts.query:
        raise UsageError(Message("server.url"))
    if authority and not os.path.isfile(authority):
        raise UsageError(Message("server.no_file", path=authority))
    return Place(host, port, authority)


def examine(place: Place) -> Iterator[Finding]:
    """Examine how a server is reached, one thing after the other.

    Args:
        place: Where it is.

    Raises:
        ServerError: It is not reached at all, or is none of ours.
    """
    yield from _examine_tls(place)
    first = _post(place, b"")
    if not first.is_ours:
        raise ServerError(Message("server.not_ours", status=first.status))
    content = first.content or {}
    yield Finding(True, Message("server.check_reached", address=str(content.get("address", ""))[:60]))
    yield _examine_size(place)
    yield _examine_failure(place)


def _context(place: Place) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=place.authority or None)
    except (ssl.SSLError, OSError) as error:
        raise UsageError(Message("server.no_certificate", path=place.authority)) from error
    context.maximum_version = ssl.TLSVersion.TLSv1_2  # what an osqueryd can be counted on to speak
    return context


def _connect(place: Place) -> http.client.HTTPSConnection:
    connection = http.client.HTTPSConnection(place.host, place.port, timeout=_PATIENCE, context=_context(place))
    try:
        connection.connect()
    except ssl.SSLError as error:
        raise ServerError(Message("server.tls", place=_name(place), error=as_is(error.reason or str(error)))) from error
    except OSError as error:
        raise ServerError(Message("server.unreachable", place=_name(place), error=reason_of(error))) from error
    return connection


def _examine_tls(place: Place) -> Iterator[Finding]:
    connection = _connect(place)
    try:
        shown = connection.sock.getpeercert() if isinstance(connection.sock, ssl.SSLSocket) else None
    finally:
        connection.close()
    ends = str((shown or {}).get("notAfter", ""))
    days = int((ssl.cert_time_to_seconds(ends) - time.time()) // 86_400) if ends else -1
    message = Message("server.check_tls", days=days) if days >= _DAYS else Message("server.check_tls_ends", days=days)
    yield Finding(days >= _DAYS, message)


def _examine_size(place: Place) -> Finding:
    answer = _post(place, b" " * LARGEST)
    if answer.is_ours and (answer.content or {}).get("size") == LARGEST:
        return Finding(True, Message("server.check_size"))
    if answer.status:
        return Finding(False, Message("server.check_size_refused", status=answer.status))
    return Finding(False, Message("server.check_size_broken"))


def _examine_failure(place: Place) -> Finding:
    answer = _post(place, b"", "?head=large")
    if answer.is_ours:
        return Finding(None, Message("server.check_no_proxy"))
    if not answer.status:
        return Finding(True, Message("server.check_failure_broken"))
    if not answer.body or (answer.content is not None and "error" not in answer.content):
        return Finding(False, Message("server.check_failure_lost", status=answer.status))
    return Finding(True, Message("server.check_failure", status=answer.status))


def _post(place: Place, body: bytes, query: str = "") -> _Answer:
    """Return the answer; its status is 0 where the connection broke."""
    connection = _connect(place)
    headers = {"content-type": "application/json", "connection": "close"}
    try:
        try:
            connection.request("POST", PATH + query, body, headers)
        except (BrokenPipeError, ConnectionResetError):
            pass  # refused before all was sent; the answer may be there
        response = connection.getresponse()
        return _Answer(response.status, response.read(1_000_000))
    except (OSError, http.client.HTTPException):
        return _Answer(0, b"")
    finally:
        connection.close()


def _name(place: Place) -> str:
    return f"{place.host}:{place.port}"
