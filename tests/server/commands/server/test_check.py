"""``rempart server check``: 0 where all is well, 3 where nobody answers."""

from __future__ import annotations

from pathlib import Path

import pytest
from rempart_testing.proxies import block, nginx
from rempart_testing.server import free_port, running

from rempart_controller.commands.main import main


def test_what_was_found_is_said_line_by_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with running(tmp_path) as server:
        words = ["server", "check", f"https://localhost:{server.port}", "--ca", str(server.directory / "ca.pem")]
        assert main(words) == 0
        said = capsys.readouterr().out.splitlines()
        assert [line.partition(":")[0] for line in said] == ["ok", "ok", "ok", "not checked"]
        text = block("nginx").replace("client_max_body_size 0;", "client_max_body_size 1m;")
        with nginx(server, tmp_path, text) as port:
            words[2] = f"https://localhost:{port}"
            assert main(words) == 1
        assert "WRONG: a body of 16 MiB is refused (status 413)" in capsys.readouterr().out


def test_nobody_there_is_3_and_no_address_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["server", "check", f"https://localhost:{free_port()}"]) == 3
    assert main(["server", "check", "localhost"]) == 2
    assert "https://HOST" in capsys.readouterr().err
