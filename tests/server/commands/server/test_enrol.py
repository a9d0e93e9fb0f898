"""``rempart server enrol`` prints all that an osqueryd needs, and the secret once."""

from __future__ import annotations

import re
import ssl
from pathlib import Path

import pytest
from rempart_testing.server import a_directory

from rempart_controller.commands.main import main
from rempart_server.opening import open_context
from rempart_store.server.secret import list_secrets, try_secret


def _sections(text: str) -> dict[str, str]:
    parts = re.split(r"(?m)^# --- (\S+) ---\n", text)
    assert parts[0] == ""
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize("platform", ["linux", "darwin", "windows"])
def test_three_sections_are_printed(tmp_path: Path, platform: str, capsys: pytest.CaptureFixture[str]) -> None:
    directory = a_directory(tmp_path)
    assert main(["server", "group", "add", "laptops", "--profile", "workstation", "--dir", directory]) == 0
    capsys.readouterr()
    words = ["server", "enrol", "laptops", "--platform", platform, "--uses", "50", "--expires", "30d"]
    assert main([*words, "--dir", directory]) == 0
    said = capsys.readouterr()
    sections = _sections(said.out)
    assert list(sections) == ["osquery.flags", "ca.pem", "enroll_secret"]
    assert "--tls_hostname=localhost:8443\n" in sections["osquery.flags"]
    assert ssl.PEM_cert_to_DER_cert(sections["ca.pem"])
    secret = sections["enroll_secret"].strip()
    assert secret not in said.err
    with open_context(directory) as context, context.store.reading() as connection:
        tried = try_secret(connection, secret, int(context.clock()))
        assert tried.group is not None
        assert tried.group.name == "laptops"
        kept = list_secrets(connection, tried.group.id)[0]
        assert kept.uses == 50
        assert kept.ends is not None
        assert kept.ends - kept.created == 30 * 86_400


def test_a_group_that_does_not_exist_gets_no_secret(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["server", "enrol", "none", "--dir", a_directory(tmp_path)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert 'no group "none"' in said.err


def test_a_secret_that_would_end_at_once_is_not_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    directory = a_directory(tmp_path)
    assert main(["server", "group", "add", "laptops", "--profile", "workstation", "--dir", directory]) == 0
    capsys.readouterr()
    assert main(["server", "enrol", "laptops", "--expires", "0d", "--dir", directory]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "--expires" in said.err
