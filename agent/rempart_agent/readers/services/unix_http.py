"""Asks a service over a Unix socket by HTTP, for JSON: one GET a connection, with a deadline for the whole of it.

Source: RFC 1945 and RFC 9112. HTTP/1.0 is spoken, so that no answer comes in chunks and each ends with the connection.
Nothing but GET is ever sent: the services that listen there obey whoever may write to their socket.
"""

from typing import Tuple

from rempart_agent.formats import json_document
from rempart_agent.source.contract import Denied, Limit, Malformed, Missing, SourceError, reason

MOST = 64 * 1024 * 1024
SECONDS = 15.0


def get(path: str, uri: str, seconds: float = SECONDS) -> Tuple[int, json_document.Document]:
    """Return the status of an answer and what it holds.

    Args:
        path: The socket.
        uri: What is asked for, quoted already.
        seconds: How long all of it may take.

    Raises:
        Missing: nobody listens there.
        Denied: this user is not let in.
        Malformed: what came is no such answer.
        SourceError: no answer came in time.
    """
    import socket
    import time

    end = time.monotonic() + seconds
    parts = []
    size = 0
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC) as connection:
            connection.settimeout(seconds)
            connection.connect(path)
            connection.sendall(request(uri))
            while True:
                connection.settimeout(max(end - time.monotonic(), 0.001))
                part = connection.recv(1 << 18)
                if not part:
                    break
                parts.append(part)
                size += len(part)
                if size > MOST:
                    raise Limit("{what}: an answer of more than {most} MiB", what=path, most=MOST >> 20)
    except socket.timeout as error:
        raise SourceError("{what}: no answer in time", what=path) from error
    except (FileNotFoundError, ConnectionRefusedError) as error:
        raise Missing("{what}: nobody listens there", what=path) from error
    except PermissionError as error:
        raise Denied("{what}: this user is not let in", what=path) from error
    except OSError as error:
        raise SourceError("{what}: {why}", what=path, why=reason(error)) from error
    try:
        status, body = parse(b"".join(parts))
        return status, json_document.parse(body)
    except Malformed as error:
        raise Malformed("{what}: {why}", what=path, why=error) from error


def request(uri: str) -> bytes:
    """Return the request for a resource.

    Args:
        uri: Quoted already.

    Raises:
        Malformed: it holds what no resource's name may hold.
    """
    if not (uri.startswith("/") and uri.isascii() and uri.isprintable()) or " " in uri:
        raise Malformed("no resource: {uri}", uri=repr(uri[:80]))
    head = "GET {} HTTP/1.0\r\nHost: localhost\r\nAccept: application/json\r\nConnection: close\r\n\r\n"
    return head.format(uri).encode("ascii")


def parse(answer: bytes) -> Tuple[int, bytes]:
    """Return the status and the body of an answer.

    Raises:
        Malformed: it is no answer, or is cut off.
    """
    head, blank, body = answer.partition(b"\r\n\r\n")
    first, *fields = head.split(b"\r\n")
    words = first.split(b" ", 2)
    if not blank or not words[0].startswith(b"HTTP/1.") or len(words) < 2 or not words[1].isdigit():
        raise Malformed("no HTTP answer")
    for field in fields:
        name, _colon, value = field.partition(b":")
        name, value = name.strip().lower(), value.strip()
        if name == b"transfer-encoding":
            raise Malformed("an answer in chunks to HTTP/1.0")
        if name == b"content-length":
            if not value.isdigit() or len(value) > 18 or int(value) > len(body):
                raise Malformed("an answer that is cut off")
            body = body[: int(value)]
    return int(words[1][:9]), body
