"""``rempart server secret``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rempart_testing.server import a_directory

from rempart_controller.commands.main import main
from rempart_server.opening import open_context
from rempart_store.server.secret import ENDED, REVOKED, try_secret


def _why(directory: str, secret: str, later: int = 0) -> str:
    with open_context(directory) as context, context.store.reading() as connection:
        return try_secret(connection, secret, int(context.clock()) + later).why


def test_secrets_are_rotated_with_a_grace_and_revoked_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    directory = a_directory(tmp_path)
    at = ["laptops", "--dir", directory]
    assert main(["server", "group", "add", *at, "--profile", "workstation"]) == 0
    assert main(["server", "secret", "list", *at]) == 0
    assert "no secrets" in capsys.readouterr().err
    assert main(["server", "secret", "rotate", *at]) == 0
    first = capsys.readouterr().out.strip()
    assert main(["server", "secret", "rotate", *at, "--grace", "1h"]) == 0
    second = capsys.readouterr().out.strip()
    assert (_why(directory, first), _why(directory, first, 3600)) == ("", ENDED)
    assert _why(directory, second, 10 * 365 * 86_400) == ""
    assert main(["server", "secret", "rotate", *at, "--grace", "0s"]) == 0
    third = capsys.readouterr().out.strip()
    assert [_why(directory, one) for one in (first, second, third)] == [ENDED, ENDED, ""]
    assert main(["server", "secret", "list", *at, "--json"]) == 0
    assert len([json.loads(line) for line in capsys.readouterr().out.splitlines()]) == 3
    assert main(["server", "secret", "revoke", *at]) == 0
    assert "1 secret of the group laptops" in capsys.readouterr().err
    assert _why(directory, third) == REVOKED
    assert main(["server", "secret", "list", *at]) == 0
    said = capsys.readouterr().out
    assert first not in said
    assert "revoked" in said
    assert "expired" in said
