"""A server's directory is opened whole, or one clear error says what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from rempart_testing.server import a_context, a_directory

from rempart_core.error import ContentError, KeyFileError, StoreError, UsageError
from rempart_server import opening
from rempart_server.opening import expect_extra, open_context
from rempart_store.store import Store


def test_everything_is_at_hand(tmp_path: Path) -> None:
    with a_context(tmp_path) as context:
        assert context.settings.name == "localhost"
        assert len(context.content.checks) > 80
        assert len(context.key.public) == 64
        assert context.store.runs() == []


def test_packages_that_are_missing_are_named_with_the_way_to_install_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "find_spec", lambda name: None if name == "granian" else object())
    with pytest.raises(UsageError, match=r"\(granian\): pip install 'rempart\[server\]'"):
        expect_extra()


def test_a_store_of_another_layout_is_not_upgraded_in_passing(tmp_path: Path) -> None:
    directory = a_directory(tmp_path)
    with Store.open(f"{directory}/store.db") as store, store.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0004'")
    with pytest.raises(StoreError), open_context(directory):
        pass


@pytest.mark.parametrize(
    ("name", "error"), [("server.yaml", UsageError), ("signing.key", KeyFileError), ("store.db", UsageError)]
)
def test_what_is_missing_is_said_and_not_made(tmp_path: Path, name: str, error: type[Exception]) -> None:
    directory = a_directory(tmp_path)
    Path(directory, name).unlink()
    with pytest.raises(error), open_context(directory):
        pass
    assert not Path(directory, name).exists()


def test_wrong_settings_open_nothing(tmp_path: Path) -> None:
    with pytest.raises(ContentError), a_context(tmp_path, "port: no\n"):
        pass
