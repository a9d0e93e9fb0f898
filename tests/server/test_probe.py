"""What a check of the way to the server asks."""

from __future__ import annotations

from pathlib import Path

from rempart_testing.server import a_context, client

from rempart_server.probe import HEAD, PATH


def test_it_tells_the_size_and_from_where_it_came(tmp_path: Path) -> None:
    with a_context(tmp_path) as context, client(context, "198.51.100.9") as one:
        got = one.post(PATH, content=b"x" * 70_000)
        assert got.json() == {"rempart": True, "size": 70_000, "address": "198.51.100.9"}
        assert one.post(PATH, content=b"x" * (17 * 1024 * 1024)).status_code == 413
        assert len(one.post(PATH + "?head=large").headers["x-rempart-padding"]) == HEAD
