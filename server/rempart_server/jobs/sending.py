"""How a webhook is told: one signed POST, to an address that was looked at before, and no redirect is followed.

The receiver makes HMAC-SHA256 of ``TIMESTAMP.BODY`` with its secret, and compares it with ``Rempart-Signature``.
"""

import hashlib
import hmac
import http.client
import ipaddress
import socket
import ssl
from urllib.parse import urlsplit

from rempart_core.version import VERSION
from rempart_store.server.hook import Delivery

DEADLINE = 10.0
"""Seconds for each step of a delivery."""
DELAYS = (30, 120, 600, 3600, 3 * 3600, 7 * 3600, 12 * 3600)
"""Seconds until the next try: eight tries within 24 hours."""


class Refused(Exception):
    """It is not sent there at all."""


def read_url(text: str) -> tuple[str, str, int, str]:
    """Return scheme, host, port and path of a hook's address.

    Args:
        text: ``https://host[:port]/path``; ``http`` is allowed, for what is signed is no secret of a person.

    Raises:
        ValueError: It is none, or holds a user's name or password.
    """
    parts = urlsplit(text)
    if (
        parts.scheme not in {"http", "https"}
        or not parts.hostname
        or parts.username
        or parts.password
        or parts.fragment
    ):
        raise ValueError(text)
    if any(ord(letter) <= ord(" ") or ord(letter) > ord("~") for letter in text):
        raise ValueError(text)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.scheme, parts.hostname, port, path


def sign(secret: str, timestamp: int, body: str) -> str:
    """Return what the receiver holds the message against, in hex.

    Args:
        secret: The hook's.
        timestamp: Seconds since 1970, as the header says.
        body: What is sent.
    """
    return hmac.new(secret.encode(), f"{timestamp}.{body}".encode(), hashlib.sha256).hexdigest()


def send(delivery: Delivery, now: int) -> tuple[bool, str]:
    """Send a delivery once; return whether it was taken, and what came of it in one word or status.

    Args:
        delivery: What is sent.
        now: Seconds since 1970.
    """
    headers = {
        "content-type": "application/json",
        "user-agent": f"rempart/{VERSION}",
        "rempart-delivery": str(delivery.id),
        "rempart-timestamp": str(now),
        "rempart-signature": f"sha256={sign(delivery.secret, now, delivery.body)}",
    }
    try:
        scheme, host, port, path = read_url(delivery.url)
        with _Way(scheme, host, port, private=delivery.private) as connection:
            connection.request("POST", path, delivery.body.encode(), headers)
            status = connection.getresponse().status
    except Refused:
        return False, "private address"
    except socket.gaierror:
        return False, "name not found"
    except TimeoutError:
        return False, "timeout"
    except ssl.SSLError:
        return False, "tls"
    except (OSError, ValueError, http.client.HTTPException):
        return False, "unreachable"
    return 200 <= status < 300, str(status)


class _Way:
    """A connection to an address that is allowed: the name is looked up once, and what was looked at is used."""

    def __init__(self, scheme: str, host: str, port: int, *, private: bool) -> None:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        if not private and not all(_is_public(str(one[4][0])) for one in found):
            raise Refused
        family, kind, proto, _, address = found[0]
        plain = socket.socket(family, kind, proto)
        try:
            plain.settimeout(DEADLINE)
            plain.connect(address)
            if scheme == "https":
                plain = ssl.create_default_context().wrap_socket(plain, server_hostname=host)
        except BaseException:
            plain.close()
            raise
        self._connection = http.client.HTTPConnection(host, port, timeout=DEADLINE)
        self._connection.sock = plain

    def __enter__(self) -> http.client.HTTPConnection:
        return self._connection

    def __exit__(self, *_: object) -> None:
        self._connection.close()


def _is_public(address: str) -> bool:
    one = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(one, "ipv4_mapped", None)
    return (mapped or one).is_global and not (mapped or one).is_multicast
