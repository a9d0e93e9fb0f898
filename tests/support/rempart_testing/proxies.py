"""Real proxies in front of a server: nginx and HAProxy, on free ports of the loopback."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rempart_testing.server import PATIENCE, free_port

if TYPE_CHECKING:
    from rempart_testing.server import Running

DOCUMENT = Path(__file__).parents[3] / "docs" / "server.md"
_NGINX = """\
daemon off;
worker_processes 1;
pid {place}/pid;
error_log {place}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {place}/body;
    proxy_temp_path {place}/proxy;
    fastcgi_temp_path {place}/fastcgi;
    uwsgi_temp_path {place}/uwsgi;
    scgi_temp_path {place}/scgi;
{block}
}}
"""


def block(language: str) -> str:
    """Return the block of a proxy's configuration that ``docs/server.md`` gives.

    Args:
        language: Of the block: ``nginx`` or ``haproxy``.
    """
    found = re.findall(rf"```{language}\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    assert len(found) == 1
    return str(found[0])


@contextmanager
def nginx(server: Running, tmp_path: Path, text: str) -> Iterator[int]:
    """Give the port of an nginx that leads to a server.

    Args:
        server: Where it leads to.
        tmp_path: Where its files are put.
        text: Its configuration, as ``docs/server.md`` gives it.
    """
    port = free_port()
    place = tmp_path / "nginx"
    place.mkdir()
    text = _here(text, server).replace("listen 443", f"listen 127.0.0.1:{port}")
    text = re.sub("ssl_certificate .*;", f"ssl_certificate {server.directory}/server.pem;", text)
    text = re.sub("ssl_certificate_key .*;", f"ssl_certificate_key {server.directory}/server.key;", text)
    (place / "nginx.conf").write_text(_NGINX.format(place=place, block=text), encoding="utf-8")
    with _started("nginx", ["-e", f"{place}/error.log", "-c", f"{place}/nginx.conf"], place, port):
        yield port


@contextmanager
def haproxy(server: Running, tmp_path: Path, text: str) -> Iterator[int]:
    """Give the port of an HAProxy that leads to a server; see :func:`nginx`.

    Args:
        server: Where it leads to.
        tmp_path: Where its files are put.
        text: Its configuration, as ``docs/server.md`` gives it.
    """
    port = free_port()
    place = tmp_path / "haproxy"
    place.mkdir()
    pair = (server.directory / "server.pem").read_bytes() + (server.directory / "server.key").read_bytes()
    (place / "pair.pem").write_bytes(pair)
    text = _here(text, server).replace("bind :443", f"bind 127.0.0.1:{port}")
    text = re.sub("crt [^ ]*", f"crt {place}/pair.pem", text)
    (place / "haproxy.cfg").write_text(text, encoding="utf-8")
    with _started("haproxy", ["-db", "-f", f"{place}/haproxy.cfg"], place, port):
        yield port


def _here(text: str, server: Running) -> str:
    text = text.replace("/var/lib/rempart-server/ca.pem", f"{server.directory}/ca.pem")
    return text.replace("127.0.0.1:8443", f"127.0.0.1:{server.port}").replace("audit.example.org", "localhost")


@contextmanager
def _started(name: str, words: list[str], place: Path, port: int) -> Iterator[None]:
    program = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        pytest.skip(f"{name} is not installed")
    with (place / "said").open("wb") as said:
        process = subprocess.Popen([program, *words], stdout=said, stderr=said, cwd=place)
    ends = time.monotonic() + PATIENCE
    try:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), PATIENCE).close()
                break
            except OSError:
                assert process.poll() is None, (place / "said").read_text(encoding="utf-8")
                assert time.monotonic() < ends
                time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE)
