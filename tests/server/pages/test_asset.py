"""What pages load: what others made is what their packages have, and an address never changes what it gives."""

from __future__ import annotations

import gzip
import hashlib

import pytest
from starlette.testclient import TestClient

from rempart_server.pages.asset import VENDORED, address_of, read_assets


@pytest.mark.parametrize("name", sorted(VENDORED))
def test_what_others_made_is_unchanged(name: str) -> None:
    assert hashlib.sha256(read_assets()[name].content).hexdigest() == VENDORED[name]


def test_versions_are_those_that_are_promised() -> None:
    assets = read_assets()
    assert b'version:"2.0.11"' in assets["htmx.min.js"].content
    assert b"(v1.6.32)" in assets["uplot.min.js"].content


def test_an_asset_is_sent_packed_and_kept(client: TestClient) -> None:
    address = address_of("site.css")
    got = client.get(address, headers={"accept-encoding": "gzip"})
    assert got.headers["content-encoding"] == "gzip"
    assert "immutable" in got.headers["cache-control"]
    assert got.content == read_assets()["site.css"].content == gzip.decompress(read_assets()["site.css"].packed)
    plain = client.get(address, headers={"accept-encoding": "identity"})
    assert plain.content == got.content
    assert "content-encoding" not in plain.headers


@pytest.mark.parametrize("path", ["/assets/0000/site.css", "/assets/0000/..%2f..%2frouting.py", "/assets/x/none.css"])
def test_nothing_else_is_sent(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404
