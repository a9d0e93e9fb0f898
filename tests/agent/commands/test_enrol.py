"""``rempart-agent enrol`` says what is wrong with what it is given before it speaks to anybody."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from rempart_agent.commands import enrol
from rempart_agent.commands.main import main
from rempart_core.error import UsageError


def options(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    enrol.add(parser)
    return parser.parse_args(["--server", "https://localhost", "--ca", "ca.pem", *words])


def test_a_name_that_is_none_of_a_host_is_refused() -> None:
    for name in ("two words", "\x1b[2J", "x" * 256):
        with pytest.raises(UsageError, match="host name"):
            enrol.request(options("--name", name))
    assert enrol.request(options("--name", "web-1")).name == "web-1"
    assert enrol.request(options()).secret_file == ""


def test_what_can_not_be_read_is_said_and_the_status_is_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nothing = tmp_path / "nothing.pem"
    for content, said in ((None, "nothing.pem"), (b"no certificate", "no certificate in PEM")):
        if content is not None:
            nothing.write_bytes(content)
        words = ["enrol", "--server", "https://localhost", "--ca", str(nothing), "--folder", str(tmp_path / "agent")]
        assert main(words) == 2
        assert said in capsys.readouterr().err
    assert not (tmp_path / "agent").exists()
