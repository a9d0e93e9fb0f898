"""What goes wrong while a page is made is a page, in the reader's language, and tells nobody what there is."""

from __future__ import annotations

import pytest
from rempart_testing.server_pages import LAPTOPS, app_client, let_in
from starlette.testclient import TestClient

from rempart_server.context import Context


@pytest.mark.parametrize("path", ["/hosts/999", "/hosts/x", "/hosts/1/checks/NO-1", "/hosts/%00"])
def test_what_is_not_there_is_not_found(client: TestClient, path: str) -> None:
    got = client.get(path)
    assert got.status_code == 404
    assert "There is nothing here" in got.text


def test_a_host_of_a_foreign_group_is_not_there(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    let_in(monkeypatch, LAPTOPS)
    client = app_client(context)
    found = {id_: client.get(f"/hosts/{id_}").status_code for id_ in range(1, 5)}
    assert sorted(found.values()) == [200, 200, 404, 404]
    foreign = next(id_ for id_, status in found.items() if status == 404)
    assert client.get(f"/hosts/{foreign}").text == client.get("/hosts/999").text.replace(
        "/hosts/999", f"/hosts/{foreign}"
    )


@pytest.mark.parametrize(("query", "told"), [("at=never", "never"), ("kind=all", "kind"), ("after=x", "after")])
def test_what_nobody_can_answer_is_said(client: TestClient, query: str, told: str) -> None:
    got = client.get(f"/?{query}&lang=fr")
    assert got.status_code == 400
    assert told in got.text
    assert '<html lang="fr">' in got.text
