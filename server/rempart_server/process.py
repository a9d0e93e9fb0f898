"""The process of a server: granian with its workers; renews the certificate while it runs, and ends with SIGTERM.

Sources: granian 2.8, ``granian.server.common.AbstractServer``: a worker reads certificate and key when it starts, and
SIGHUP replaces workers one by one; ``ssl_protocol_min`` is TLS 1.3 unless it is told, above what osquery promises.
"""

import functools
import multiprocessing
import os
import signal
import socket
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

from granian.constants import HTTPModes, Interfaces, SSLProtocols
from granian.http import HTTP1Settings
from granian.server.mp import MPServer

from rempart_agent.cli.base import say
from rempart_core.error import RempartError, ServerError
from rempart_core.messages.message import Message
from rempart_core.messages.system import reason_of
from rempart_server import tls
from rempart_server.opening import open_settings
from rempart_server.settings import Settings
from rempart_server.settings_file import read_settings
from rempart_server.worker import load

LOOK = 3600.0
"""Seconds between two looks whether the certificate is due or another one was put in its place."""
_BACKLOG = 2048
_HEADERS = 15_000  # milliseconds in which a request's head has to come


def serve(directory: str) -> None:
    """Answer until SIGTERM or SIGINT.

    Args:
        directory: Where ``server.yaml`` lies.

    Raises:
        UsageError: There is no server in it.
        ContentError: With all mistakes of ``server.yaml`` and of the checks.
        KeyFileError: A key or certificate can't be used.
        StoreError: The store can't be opened, or has another layout.
        ServerError: The port can't be used, or the workers ended by themselves.
    """
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))  # until there are workers nothing is to be ended
    settings = read_settings(directory)
    with open_settings(settings):
        pass  # what is wrong is said here, before there are workers
    pair = tls.prepare(settings)
    _expect_port(settings)
    with tempfile.TemporaryDirectory(prefix="rempart-metrics-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        server = _make(settings, pair)
        ended = threading.Event()
        watcher = threading.Thread(target=_watch, args=(settings, pair, server, ended), daemon=True)
        watcher.start()
        multiprocessing.set_start_method("fork", force=True)  # workers share what was read, and hold a pipe
        try:
            server.serve(target_loader=functools.partial(load, settings.directory, os.pipe()), wrap_loader=False)
        except SystemExit as error:
            if error.code and not server.interrupt_signal:  # workers that got the signal too are no failure
                raise ServerError(Message("server.ended")) from error
        finally:
            ended.set()


class _Server(MPServer):
    """Replaces no worker that would find settings it can't read or a certificate it can't show."""

    directory = ""

    def _reload(self, spawn_target: object, target_loader: object) -> None:
        try:
            tls.prepare(read_settings(self.directory))
        except RempartError as error:
            say(error.message)
            self.reload_signal = False
            self.main_loop_interrupt.clear()
            return
        super()._reload(spawn_target, target_loader)  # type: ignore[no-untyped-call]


def _make(settings: Settings, pair: tls.Pair) -> _Server:
    server = _Server(
        "rempart_server.worker",
        settings.address,
        settings.port,
        interface=Interfaces.ASGI,
        workers=settings.workers,
        websockets=False,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=_HEADERS),
        backlog=_BACKLOG,
        backpressure=_BACKLOG,
        ssl_cert=Path(pair.certificate),
        ssl_key=Path(pair.key),
        ssl_protocol_min=SSLProtocols.tls12,
        respawn_failed_workers=True,
        workers_kill_timeout=20,
        log_access=False,
    )
    server.directory = settings.directory
    return server


def _expect_port(settings: Settings) -> None:
    family = socket.AF_INET6 if ":" in settings.address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as one:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            one.bind((settings.address, settings.port))
    except OSError as error:
        place = f"{settings.address}:{settings.port}"
        raise ServerError(Message("server.port", place=place, error=reason_of(error))) from error


def _watch(settings: Settings, pair: tls.Pair, server: MPServer, ended: threading.Event) -> None:
    """Let workers be replaced when the certificate is another one."""
    seen = _look(pair)
    while not ended.wait(LOOK):
        try:
            tls.prepare(settings)
        except RempartError as error:  # the one that there is still works; tried again in an hour
            say(error.message)
        found = _look(pair)
        if found and found != seen:
            seen = found
            server.signal_handler_reload()  # type: ignore[no-untyped-call]


def _look(pair: Sequence[str]) -> tuple[tuple[int, int], ...]:
    try:
        return tuple((one.st_mtime_ns, one.st_size) for one in map(os.stat, pair))
    except OSError:
        return ()
