"""The pages of checks: all over the fleet, one host by host, each host once, nothing of a foreign group."""

from __future__ import annotations

import re
import time

import pytest
from rempart_testing.run import make_result, make_run
from rempart_testing.server_pages import LAPTOPS, app_client, let_in
from starlette.testclient import TestClient

from rempart_core.model.result import State
from rempart_server.context import Context


def test_all_checks_what_fails_first(client: TestClient) -> None:
    text = client.get("/checks").text
    assert text.index("ACC-01") < text.index("DSK-01")
    assert "Counted " in text
    assert "Compté le" in client.get("/checks?lang=fr").text


def test_a_check_host_by_host(client: TestClient) -> None:
    text = client.get("/checks/rmt-01").text
    assert "Failing: 1 of 3 hosts" in text or "1 of 3 hosts" in text
    assert "PermitRootLogin" in text
    waived = client.get("/checks/RMT-01?kind=waived").text
    assert "replaced in spring" in waived
    assert "web-1" in waived
    assert "connection refused" not in waived
    assert client.get("/checks/NO-99").status_code == 404
    assert client.get("/checks/RMT-01?kind=known").status_code == 400


def test_a_check_of_the_reader_s_groups(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    let_in(monkeypatch, LAPTOPS)
    client = app_client(context)
    for path in ("/checks/RMT-01", "/checks/RMT-01?kind=waived", "/checks", "/frameworks/gdpr", "/waivers", "/trends"):
        text = client.get(path).text
        assert "web-" not in text, path
    assert "1 not checked" in client.get("/checks/RMT-01").text


def test_pages_of_many_hosts_lead_from_one_to_the_next(context: Context, client: TestClient) -> None:
    now = int(time.time())
    runs = [
        make_run(f"many-{n:03}", now, [make_result("AVM-01", State.FAIL, ["x"])], group="g", machine_id=f"{n:064x}")
        for n in range(100, 330)
    ]
    context.store.save(runs)
    names: list[str] = []
    path = "/checks/AVM-01"
    for _ in range(3):
        text = client.get(path).text
        names += re.findall(r">(many-\d+)</a>", text)
        following = re.search(r'href="(\?[^"]*)" rel="next"', text)
        path = "/checks/AVM-01" + (following[1].replace("&amp;", "&") if following else "")
    assert names == [f"many-{n:03}" for n in range(100, 330)]
    listed: list[str] = []
    path = "/?q=many"
    for _ in range(3):
        text = client.get(path).text
        listed += re.findall(r">(many-\d+)</a>", text)
        following = re.search(r'href="(\?[^"]*)" rel="next"', text)
        path = "/" + (following[1].replace("&amp;", "&") if following else "")
    assert listed == names


def test_what_a_host_reports_is_text(client: TestClient) -> None:
    text = client.get("/checks/ACC-01").text
    assert "&lt;script&gt;alert(1)" in text
    assert "<script>alert" not in text
    assert "\x1b" not in text
