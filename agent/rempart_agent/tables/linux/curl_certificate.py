"""Table curl_certificate: the certificate that a server shows who speaks TLS with it.

It goes onto the network, and only to the hosts that a statement names by ``hostname`` (``HOST`` or ``HOST:PORT``, 443
by default): one handshake each, nothing is asked and nothing verified. ``timeout`` is for the whole of it, 4 seconds by
default and 60 at most. A server without a certificate fails the statement.
"""

import functools
from typing import Dict, Iterator, Tuple

from rempart_agent.source.contract import (
    INTEGER,
    TEXT,
    Column,
    Malformed,
    Missing,
    Query,
    Row,
    SourceError,
    Unfit,
    Value,
    reason,
)
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("hostname", TEXT, argument=True, required=True),
    Column("common_name", TEXT),
    Column("organization", TEXT),
    Column("organization_unit", TEXT),
    Column("serial_number", TEXT, collate="nocase"),
    Column("issuer_common_name", TEXT),
    Column("issuer_organization", TEXT),
    Column("issuer_organization_unit", TEXT),
    Column("valid_from", TEXT),
    Column("valid_to", TEXT),
    Column("sha256_fingerprint", TEXT, collate="nocase"),
    Column("sha1_fingerprint", TEXT, collate="nocase"),
    Column("version", INTEGER),
    Column("signature_algorithm", TEXT),
    Column("signature", TEXT),
    Column("subject_key_identifier", TEXT, collate="nocase"),
    Column("authority_key_identifier", TEXT, collate="nocase"),
    Column("key_usage", TEXT),
    Column("extended_key_usage", TEXT),
    Column("policies", TEXT),
    Column("subject_alternative_names", TEXT),
    Column("issuer_alternative_names", TEXT),
    Column("info_access", TEXT),
    Column("subject_info_access", TEXT),
    Column("policy_mappings", TEXT),
    Column("has_expired", INTEGER),
    Column("basic_constraint", TEXT),
    Column("name_constraints", TEXT),
    Column("policy_constraints", TEXT),
    Column("dump_certificate", INTEGER, argument=True, hidden=True),
    Column("timeout", INTEGER, argument=True, hidden=True),
    Column("pem", TEXT),
)
SECONDS, MOST_SECONDS = 4, 60


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each host.

    Raises:
        Unfit: a host is given by LIKE.
        Missing: nobody listens there, or OpenSSL's library is not there.
        SourceError: the server shows no certificate in time.
    """
    target.need_live("curl_certificate")
    hosts = query.equal("hostname")
    if hosts is None:
        raise Unfit("curl_certificate: hostname must be given by = or IN")
    dump = "1" in (query.equal("dump_certificate") or ())
    timeout = _seconds((query.equal("timeout") or [str(SECONDS)])[0])
    for host in hosts:
        told = target.ask("certificate " + host, functools.partial(ask, host, timeout))
        row: Dict[str, Value] = {**told, "hostname": host, "dump_certificate": int(dump), "timeout": timeout}
        for number in ("version", "has_expired"):
            row[number] = int(told[number])
        if not dump:
            del row["pem"]
        yield row


def _seconds(text: str) -> int:
    try:
        asked = int(text)
    except ValueError:
        return SECONDS
    return asked if asked >= 0 else SECONDS


def place(hostname: str) -> Tuple[str, int]:
    """Return host and port.

    Args:
        hostname: ``HOST``, ``HOST:`` or ``HOST:PORT``.

    Raises:
        Unfit: what stands for the port is none.
    """
    host, _colon, port = hostname.partition(":")
    if not port:
        return host, 443
    if not (port.isascii() and port.isdigit() and len(port) < 6 and 0 < int(port) < 1 << 16):
        raise Unfit("{what}: no port", what=repr(hostname[:300]))
    return host, int(port)


def ask(hostname: str, timeout: int) -> Dict[str, str]:
    """Ask a server for its certificate; what it says, column by column.

    Args:
        hostname: The host, with its port or without.
        timeout: Seconds that it may take; 0 for as many as may be.

    Raises:
        SourceError: see ``rows``.
    """
    import hashlib
    import socket
    import ssl

    from rempart_agent.formats import libcrypto

    host, port = place(hostname)
    what = hostname[:300]
    try:
        der = _handshake(host, port, min(timeout or MOST_SECONDS, MOST_SECONDS))
    except socket.timeout as error:
        raise SourceError("{what}: no answer in time", what=what) from error
    except (socket.gaierror, UnicodeError) as error:
        raise Missing("{what}: the name of the host has no address", what=what) from error
    except ConnectionRefusedError as error:
        raise Missing("{what}: nobody listens there", what=what) from error
    except ssl.SSLError as error:
        raise SourceError("{what}: TLS: {error}", what=what, error=error) from error
    except OSError as error:
        raise SourceError("{what}: {why}", what=what, why=reason(error)) from error
    try:
        told = libcrypto.describe(der)
    except Malformed as error:
        raise Malformed("{what}: {why}", what=what, why=error) from error
    told["sha256_fingerprint"] = hashlib.sha256(der).hexdigest()
    told["sha1_fingerprint"] = hashlib.new("sha1", der, usedforsecurity=False).hexdigest()  # novm
    told["pem"] = ssl.DER_cert_to_PEM_cert(der)
    return told


def _handshake(host: str, port: int, seconds: float) -> bytes:
    import ssl
    import time

    from rempart_agent.readers.services.http_client import connect, left

    end = time.monotonic() + seconds
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # the certificate is looked at, not believed
    with connect(host, port, end, prefer_ipv4=True) as plain:
        plain.settimeout(left(end))
        with context.wrap_socket(plain, server_hostname=host) as connection:
            return connection.getpeercert(True) or b""
