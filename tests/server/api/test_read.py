"""The API says what the pages say, of the reader's groups alone."""

from __future__ import annotations

import pytest
from rempart_testing.server_pages import LAPTOPS, app_client, let_in
from starlette.testclient import TestClient

from rempart_server.api.description import OPERATIONS
from rempart_server.context import Context
from rempart_server.people.person import Person


def test_hosts_checks_and_sums_agree(client: TestClient) -> None:
    fleet = client.get("/api/fleet").json()
    hosts = client.get("/api/hosts").json()["hosts"]
    assert fleet["total"]["hosts"] == len(hosts) == 4
    assert fleet["total"]["open"] == {
        name: sum(one["open"][name] for one in hosts) for name in ("critical", "high", "medium", "low", "info")
    }
    one = client.get(f"/api/hosts/{hosts[0]['id']}").json()
    assert one["host"] == hosts[0]
    check = client.get("/api/checks/RMT-01").json()
    summed = next(one for one in client.get("/api/checks").json()["checks"] if one["check"] == "RMT-01")
    assert check["kinds"] == summed["kinds"]
    assert [one["name"] for one in check["hosts"]] == ["web-2"]
    assert client.get("/api/trends").json()["days"][-1]["open"]["critical"] == 2


@pytest.mark.parametrize("role", ["viewer", "operator", "admin"])
def test_nothing_of_a_foreign_group_is_answered(context: Context, monkeypatch: pytest.MonkeyPatch, role: str) -> None:
    let_in(monkeypatch, LAPTOPS._replace(role=role))
    client = app_client(context)
    assert sorted(client.get(f"/api/hosts/{id_}").status_code for id_ in range(1, 5)) == [200, 200, 404, 404]
    for operation in OPERATIONS:
        path = operation.path.replace("{id}", "1").replace("{check}", "RMT-01")
        text = client.get(path).text
        assert "web-" not in text, path
        assert '"servers"' not in text, path
        assert "node-3" not in text, path


def test_an_auditor_reads_what_was_until_the_last_moment(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    let_in(monkeypatch, Person(5, "Aud", "auditor", None, 1_000_000_000, 1_500_000_000))
    client = app_client(context)
    assert client.get("/api/hosts").json()["hosts"] == []
    assert client.get("/api/hosts?at=2040-01-01").json()["hosts"] == []
    assert client.get("/api/waivers").json()["proposals"] == []
    assert client.get("/api/trends").json()["days"] == []
    assert client.get("/api/log").json()["events"] == []
