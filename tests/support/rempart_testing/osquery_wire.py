"""The wire of a simulated osqueryd: what ``rempart server enrol`` prints, and a TLS connection for each request."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Mapping
from typing import NamedTuple

TIMEOUT = 16  # osquery/remote/transports/tls.cpp, getOptions: for all of a request
SECTIONS = ("osquery.flags", "ca.pem", "enroll_secret")
_ENDPOINTS = {
    "enroll": "enroll_tls_endpoint",
    "config": "config_tls_endpoint",
    "read": "distributed_tls_read_endpoint",
    "write": "distributed_tls_write_endpoint",
    "log": "logger_tls_endpoint",
}


class Enrolment(NamedTuple):
    """What an osqueryd is told.

    Attributes:
        host: The server's name.
        port: Its port.
        ca: Certificates that it must be signed by, in PEM.
        secret: The enrolment secret.
        paths: Of ``enroll``, ``config``, ``read``, ``write`` and ``log``.
        flags: All flags, without their dashes.
    """

    host: str
    port: int
    ca: str
    secret: str
    paths: dict[str, str]
    flags: dict[str, str]


def read_enrolment(text: str) -> Enrolment:
    """Read what ``rempart server enrol`` prints: a section for each file, introduced by ``# --- NAME ---``."""
    sections: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in text.splitlines():
        if line.startswith("# --- ") and line.endswith(" ---"):
            lines = sections.setdefault(line[6:-4], [])
        else:
            lines.append(line)
    flags: dict[str, str] = {}
    for line in sections["osquery.flags"]:
        if line.startswith("--"):
            name, _, value = line[2:].strip().partition("=")
            flags[name] = value or "true"
    host, _, port = flags["tls_hostname"].partition(":")
    paths = {name: flags.get(flag, "") for name, flag in _ENDPOINTS.items()}
    secret = "\n".join(sections["enroll_secret"]).strip()
    return Enrolment(host, int(port or 443), "\n".join(sections["ca.pem"]) + "\n", secret, paths, flags)


class TlsWire:
    """Sends each request over a new TLS connection, as osquery does (osquery#7083)."""

    def __init__(self, enrolment: Enrolment, *, timeout: float = TIMEOUT) -> None:
        """Make one.

        Args:
            enrolment: Whom to talk to, and whose signature to believe.
            timeout: Seconds for each read and write.
        """
        self._enrolment = enrolment
        self._timeout = timeout
        self._context = ssl.create_default_context(cadata=enrolment.ca)
        self._context.minimum_version = ssl.TLSVersion.TLSv1_2
        self._context.maximum_version = ssl.TLSVersion.TLSv1_2
        self.requests = 0

    def __call__(self, path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
        """Send a body and return what comes back, whatever its status; OSError where nothing whole comes."""
        self.requests += 1
        connection = http.client.HTTPSConnection(
            self._enrolment.host, self._enrolment.port, timeout=self._timeout, context=self._context
        )
        try:
            connection.request("POST", path, body, dict(headers))
            return connection.getresponse().read()
        except http.client.HTTPException as error:
            raise OSError(str(error) or type(error).__name__) from error
        finally:
            connection.close()
