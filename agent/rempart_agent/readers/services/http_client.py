"""Asks a server by HTTP or HTTPS: a deadline for the whole of it, and a bound for the answer.

Source: RFC 9112 (HTTP/1.1), RFC 9110 for redirects. Proxies of the environment are not heeded. Nothing but ``http`` and
``https`` is spoken, whatever an answer leads to; certificates are verified by what the system trusts.
"""

import io
from typing import TYPE_CHECKING, Any, Mapping, NamedTuple, Tuple
from urllib.parse import SplitResult, urljoin, urlsplit

from rempart_agent.source.contract import Limit, Malformed, Missing, SourceError, Unfit, reason

if TYPE_CHECKING:
    import socket

MOST = 8 * 1024 * 1024
"""Bytes of an answer's body that are taken, as many as osquery takes (Boost.Beast's own bound)."""

MOST_REDIRECTS = 10
_REDIRECTS = (301, 302, 303, 304, 305, 307, 308)
_PORTS = {"http": 80, "https": 443}


class Answer(NamedTuple):
    """An answer.

    Attributes:
        status: Its status.
        body: What it holds.
    """

    status: int
    body: bytes


def fetch(url: str, seconds: float, headers: Mapping[str, str], method: str = "GET", content: bytes = b"") -> Answer:
    """Ask once, and follow no redirect.

    Args:
        url: What is asked for.
        seconds: How long all of it may take.
        headers: What is sent besides the host.
        method: ``GET``, ``PUT`` or ``POST``.
        content: The body of the request.

    Raises:
        Missing: nobody listens there.
        Unfit: the address is none of HTTP's.
        Malformed: what came is no such answer.
        Limit: it is too long.
        SourceError: no answer came in time, or the server is not who it should be.
    """
    import time

    return _once(url, time.monotonic() + seconds, headers, method, content)[0]


def follow(url: str, seconds: float, headers: Mapping[str, str]) -> Answer:
    """Ask by GET, and follow redirects.

    Args:
        url: What is asked for.
        seconds: How long all of it may take.
        headers: What is sent besides the host.

    Raises:
        SourceError: see ``fetch``; also where redirects lead on and on, or to nothing.
    """
    import time

    end = time.monotonic() + seconds
    for _ in range(MOST_REDIRECTS + 1):
        answer, location = _once(url, end, headers, "GET", b"")
        if answer.status not in _REDIRECTS:
            return answer
        if not location:
            raise Malformed("{what}: a redirect to nowhere", what=_short(url))
        try:
            url = urljoin(url, location)
        except ValueError:
            raise Unfit("{what}: no address of HTTP", what=_short(repr(location))) from None
    raise SourceError("{what}: more than {most} redirects", what=_short(url), most=MOST_REDIRECTS)


def _short(url: str) -> str:
    return url[:300]


def _parts(url: str) -> "Tuple[SplitResult, str, int]":
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise Unfit("{what}: no address of HTTP", what=_short(repr(url))) from None
    if parts.scheme not in _PORTS or not host or any(not 0x20 < ord(sign) < 0x7F for sign in url):
        raise Unfit("{what}: no address of HTTP", what=_short(repr(url)))
    return parts, host, port or _PORTS[parts.scheme]


def _once(url: str, end: float, headers: Mapping[str, str], method: str, content: bytes) -> "Tuple[Answer, str]":
    import http.client
    import socket
    import ssl

    parts, host, port = _parts(url)
    what = _short(url)
    try:
        with connect(host, port, end) as plain:
            connection = plain
            if parts.scheme == "https":
                connection = ssl.create_default_context().wrap_socket(plain, server_hostname=host)
            with connection:
                named = host if port == _PORTS[parts.scheme] else "{}:{}".format(host, port)
                target = (parts.path or "/") + ("?" + parts.query if parts.query else "")
                connection.sendall(_request(method, target, {"Host": named, **headers}, content))
                return _read(connection, end, what)
    except socket.timeout as error:
        raise SourceError("{what}: no answer in time", what=what) from error
    except socket.gaierror as error:
        raise Missing("{what}: the name of the host has no address", what=what) from error
    except ConnectionRefusedError as error:
        raise Missing("{what}: nobody listens there", what=what) from error
    except ssl.SSLError as error:
        raise SourceError("{what}: TLS: {error}", what=what, error=error) from error
    except OSError as error:
        raise SourceError("{what}: {why}", what=what, why=reason(error)) from error
    except (http.client.HTTPException, ValueError) as error:
        raise Malformed("{what}: no HTTP answer", what=what) from error


def connect(host: str, port: int, end: float, prefer_ipv4: bool = False) -> "socket.socket":
    """Return a connection to a host, by whichever of its addresses answers first.

    Args:
        host: Its name or address.
        port: Where it listens.
        end: Until when, on the clock ``time.monotonic``.
        prefer_ipv4: Whether addresses of IPv4 are tried before others.

    Raises:
        OSError: the name has no address, or none of them answers; ``socket.timeout`` where that takes too long.
    """
    import socket

    found = socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM)
    if prefer_ipv4:
        found.sort(key=lambda entry: entry[0] != socket.AF_INET)
    failure: OSError = socket.gaierror(socket.EAI_NONAME, "no address")
    for family, kind, protocol, _name, address in found:
        connection = socket.socket(family, kind | socket.SOCK_CLOEXEC, protocol)
        try:
            connection.settimeout(left(end))
            connection.connect(address)
        except OSError as error:
            connection.close()
            failure = error
        else:
            return connection
    raise failure


def left(end: float) -> float:
    """Return the seconds that are left, a thousandth of one at least: 0 would mean not to wait at all.

    Args:
        end: Until when, on the clock ``time.monotonic``.
    """
    import time

    return max(end - time.monotonic(), 0.001)


def _request(method: str, target: str, headers: Mapping[str, str], content: bytes) -> bytes:
    fields = {**headers, "Connection": "close"}
    if content or method != "GET":
        fields["Content-Length"] = str(len(content))
    lines = ["{} {} HTTP/1.1".format(method, target)]
    for name, value in fields.items():
        if any(sign in value for sign in "\r\n\0"):
            raise Unfit("{name}: a header of several lines", name=name)
        lines.append("{}: {}".format(name, value))
    return "\r\n".join([*lines, "", ""]).encode("utf-8") + content


class _Stream(io.RawIOBase):
    """Reads from a connection until its time is up."""

    def __init__(self, connection: "socket.socket", end: float) -> None:
        super().__init__()
        self._connection = connection
        self._end = end

    def readable(self) -> bool:
        """See ``io.RawIOBase.readable``."""
        return True

    def readinto(self, buffer: Any) -> int:
        """See ``io.RawIOBase.readinto``; raises ``socket.timeout`` when the time is up."""
        self._connection.settimeout(left(self._end))
        return self._connection.recv_into(buffer)


class _Source:
    """What ``http.client`` takes for a socket."""

    def __init__(self, connection: "socket.socket", end: float) -> None:
        self._stream = _Stream(connection, end)

    def makefile(self, *_: object) -> io.BufferedReader:
        """Return the connection as a file."""
        return io.BufferedReader(self._stream)


def _read(connection: "socket.socket", end: float, what: str) -> "Tuple[Answer, str]":
    import http.client

    response = http.client.HTTPResponse(_Source(connection, end))  # type: ignore[arg-type]  # it wants no more
    response.begin()
    body = bytearray()
    while True:
        part = response.read(1 << 16)
        body += part
        if len(body) > MOST:
            raise Limit("{what}: an answer of more than {most} MiB", what=what, most=MOST >> 20)
        if not part:
            break
    if response.length:
        raise Malformed("{what}: an answer that is cut off", what=what)
    return Answer(response.status, bytes(body)), response.getheader("Location") or ""
