"""Limits on HTTP that an endpoint can't get around: a moment at which all ends, and bytes that an answer may take.

A timeout of a socket begins anew with each byte, and an answer has no end but the one that its sender gives it.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

MAX_ANSWER = 8 << 20
"""Bytes of one HTTP answer. Windows sends an envelope of 150 KB, as it is asked to; see MaxEnvelopeSize."""


class TooLong(requests.RequestException):
    """An answer that is longer than any should be."""


class Limited(HTTPAdapter):
    """Connections that can be cut from outside, and answers that end."""

    def __init__(self) -> None:
        self._sockets: list[socket.socket] = []
        self.cut_at: float | None = None
        """The moment (``time.monotonic``) at which the connections were cut; None while they stand."""
        connections = {
            "http": (HTTPConnectionPool, _watched(HTTPConnection, self._sockets)),
            "https": (HTTPSConnectionPool, _watched(HTTPSConnection, self._sockets)),
        }
        self._pools = {
            scheme: type(f"Limited{pool.__name__}", (pool,), {"ConnectionCls": connection})
            for scheme, (pool, connection) in connections.items()
        }
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **named: Any) -> None:
        """See HTTPAdapter.init_poolmanager."""
        super().init_poolmanager(*args, **named)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, *args: Any, **named: Any) -> Any:
        """See HTTPAdapter.proxy_manager_for."""
        manager = super().proxy_manager_for(*args, **named)
        manager.pool_classes_by_scheme = self._pools
        return manager

    def send(self, request: Any, *args: Any, **named: Any) -> Any:
        """See HTTPAdapter.send."""
        response = super().send(request, *args, **named)
        whole = response.iter_content

        def limited(*args: Any, **named: Any) -> Iterator[bytes]:
            size = 0
            for data in whole(*args, **named):
                size += len(data)
                if size > MAX_ANSWER:
                    response.close()
                    raise TooLong(f"an answer of more than {MAX_ANSWER >> 20} MiB")
                yield data

        response.iter_content = limited  # type: ignore[method-assign]
        return response

    @contextlib.contextmanager
    def until(self, moment: float) -> Iterator[None]:
        """Cut all connections at a moment (``time.monotonic``) unless the block ends before."""
        timer = threading.Timer(max(0.0, moment - time.monotonic()), self.cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def cut(self) -> None:
        """Cut all connections: whoever waits on one is told."""
        self.cut_at = time.monotonic()
        for one in self._sockets:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """See HTTPAdapter.close."""
        super().close()
        while self._sockets:
            self._sockets.pop().close()


def _watched(base: Any, sockets: list[socket.socket]) -> Any:
    """Return a class of connections that leaves a second handle on each socket: TLS takes the first one over."""

    class Watched(base):  # type: ignore[misc]
        def _new_conn(self) -> socket.socket:
            made: socket.socket = super()._new_conn()
            sockets.append(made.dup())
            return made

    return Watched
