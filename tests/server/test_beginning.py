"""A server is begun once; what an interrupted beginning left is used, and a second one changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from rempart_core.error import ContentError, UsageError
from rempart_server import beginning
from rempart_server.beginning import Beginning, begin
from rempart_server.settings_file import read_settings


def contents(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in directory.iterdir()}


def test_a_second_beginning_changes_nothing(tmp_path: Path) -> None:
    wanted = Beginning(str(tmp_path / "s"), "audit.example.org")
    begun = begin(wanted)
    assert len(begun.fingerprint.split(":")) == 32
    assert read_settings(wanted.directory) == begun.settings
    before = contents(tmp_path / "s")
    with pytest.raises(UsageError, match="nothing was changed"):
        begin(wanted._replace(name="other.example.org"))
    assert contents(tmp_path / "s") == before


def test_keys_and_settings_are_the_owner_s_alone(tmp_path: Path) -> None:
    begin(Beginning(str(tmp_path / "s"), "localhost"))
    assert (tmp_path / "s").stat().st_mode & 0o777 == 0o700
    for name in ("ca.key", "server.key", "signing.key", "server.yaml", "store.db"):
        assert (tmp_path / "s" / name).stat().st_mode & 0o777 == 0o600


def test_what_was_interrupted_is_gone_on_with_and_its_ca_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = Beginning(str(tmp_path / "s"), "localhost")

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(beginning, "_publish", stop)
        with pytest.raises(KeyboardInterrupt):
            begin(wanted)
    authority = (tmp_path / "s" / "ca.pem").read_bytes()
    assert not (tmp_path / "s" / "server.yaml").exists()
    begin(wanted)
    assert (tmp_path / "s" / "ca.pem").read_bytes() == authority


@pytest.mark.parametrize("name", ["", "http://x", "a b", "x\nport: 1"])
def test_a_name_that_is_none_makes_nothing(tmp_path: Path, name: str) -> None:
    with pytest.raises(ContentError):
        begin(Beginning(str(tmp_path / "s"), name))
    assert not (tmp_path / "s").exists()
