"""Table curl_certificate: the certificate that a server shows."""

from __future__ import annotations

import hashlib
import socket
import ssl
from pathlib import Path
from typing import Any

import pytest
from rempart_testing.certificate_zoo import BARE, KINDS
from rempart_testing.real_osquery import NAMED, ask, embedded, told
from rempart_testing.web_server import Reply, make_pair, web_server

from rempart_agent.source.contract import Constraint, Missing, NotObservable, Query, SourceError, Unfit
from rempart_agent.tables.linux import curl_certificate
from rempart_agent.targets.live import LiveTarget
from rempart_agent.targets.root import RootTarget


def _rows(op: str = "=", **asked: str) -> list[dict[str, Any]]:
    named = tuple(Constraint(column, op, (value,)) for column, value in asked.items())
    return [dict(row) for row in curl_certificate.rows(LiveTarget(), Query(frozenset(), named))]


def test_a_certificate_is_shown_and_dumped_where_that_is_asked(tmp_path: Path) -> None:
    pair = make_pair(tmp_path, *BARE)
    with web_server(lambda _: Reply(), pair=pair) as web:
        host = f"localhost:{web.port}"
        (row,) = _rows(hostname=host)
        (dumped,) = _rows(hostname=host, dump_certificate="1", timeout="9")
        assert web.asked == []  # nothing is asked behind the handshake
    der = ssl.PEM_cert_to_DER_cert(dumped["pem"])
    assert dumped["pem"] in pair.read_text(encoding="utf-8")
    assert row["sha256_fingerprint"] == hashlib.sha256(der).hexdigest()
    assert (row["hostname"], row["version"], row["has_expired"], row["timeout"]) == (host, 3, 0, 4)
    assert ("pem" in row, dumped["dump_certificate"], dumped["timeout"]) == (False, 1, 9)


@NAMED
@pytest.mark.parametrize("kind", KINDS)
def test_osquery_says_the_same(tmp_path: Path, kind: str) -> None:
    options, config = KINDS[kind]
    with web_server(lambda _: Reply(), pair=make_pair(tmp_path, *options, config=config)) as web:
        for more in ("", " AND dump_certificate = 1 AND timeout = 3"):
            sql = f"SELECT *, dump_certificate FROM curl_certificate WHERE hostname = 'localhost:{web.port}'{more}"
            theirs = ask(sql)
            assert told(theirs) == told(embedded(LiveTarget(), sql))
            assert len(theirs) == 1


def test_a_server_without_a_certificate_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with web_server(lambda _: Reply()) as web, pytest.raises(SourceError, match="TLS"):
        _rows(hostname=f"127.0.0.1:{web.port}")
    monkeypatch.setattr(curl_certificate, "MOST_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(SourceError, match="no answer in time"):
        _rows(hostname=f"127.0.0.1:{silent.getsockname()[1]}", timeout="0")  # for ever, but for our own bound
    with pytest.raises(Missing):
        _rows(hostname="127.0.0.1:1")


def test_no_timeout_is_longer_than_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[float] = []

    def refuse(_host: str, _port: int, seconds: float) -> bytes:
        given.append(seconds)
        raise TimeoutError

    monkeypatch.setattr(curl_certificate, "_handshake", refuse)
    for timeout in ("0", "9", "100000", "-1", "word"):
        with pytest.raises(SourceError, match="no answer in time"):
            _rows(hostname="localhost", timeout=timeout)
    assert given == [60, 9, 60, 4, 4]


def test_what_is_no_host_is_refused(tmp_path: Path) -> None:
    assert curl_certificate.place("a") == curl_certificate.place("a:") == ("a", 443)
    assert curl_certificate.place("a:8443") == ("a", 8443)
    for text in ("a:x", "a:0", "a:70000", "::1"):
        with pytest.raises(Unfit):
            curl_certificate.place(text)
    with pytest.raises(Unfit):
        _rows("LIKE", hostname="%")
    with pytest.raises(NotObservable):
        list(
            curl_certificate.rows(RootTarget(str(tmp_path)), Query(frozenset(), (Constraint("hostname", "=", ("x",)),)))
        )
