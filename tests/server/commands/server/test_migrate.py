"""``rempart server migrate``: from the layout before to this one, in SQLite and in PostgreSQL; ``run`` does it not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from rempart_testing.server import a_directory
from sqlalchemy import text

import rempart_store
from rempart_controller.commands.main import main
from rempart_server.settings_file import read_settings
from rempart_store.connection import HEAD, begin, connect


def go_back(place: str) -> str:
    """Give a store the layout before this version's, and return its name."""
    before = f"{int(HEAD) - 1:04}"
    engine = connect(place, create=False)
    config = Config()
    config.set_main_option("script_location", os.path.join(os.path.dirname(rempart_store.__file__), "migrations"))
    with begin(engine, write=True) as connection:
        connection.execute(text("INSERT INTO check_name VALUES (1, 'FWL-01', 'kept', 'gardé')"))
        config.attributes["connection"] = connection
        command.downgrade(config, before)
    engine.dispose()
    return before


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_store_of_before_is_refused_until_it_is_migrated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest, kind: str
) -> None:
    url = request.getfixturevalue("database") if kind == "postgresql" else ""
    directory = a_directory(tmp_path, store=url)
    place = read_settings(directory).place
    before = go_back(place)
    assert main(["server", "backup", str(tmp_path / "b"), "--dir", directory]) == 3
    assert "rempart server migrate" in capsys.readouterr().err
    assert main(["server", "migrate", "--dir", directory]) == 0
    assert f"from layout {before} to {HEAD}" in capsys.readouterr().out
    assert main(["server", "backup", str(tmp_path / "b"), "--dir", directory]) == 0
    engine = connect(place, create=False)
    with begin(engine, write=False) as connection:
        assert connection.execute(text("SELECT title_en FROM check_name")).scalar() == "kept"
    engine.dispose()


def test_a_store_of_this_version_stays_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["server", "migrate", "--dir", a_directory(tmp_path)]) == 0
    assert "nothing was changed" in capsys.readouterr().out


def test_where_there_is_no_server_nothing_is_made(tmp_path: Path) -> None:
    assert main(["server", "migrate", "--dir", str(tmp_path)]) == 2
    directory = Path(a_directory(tmp_path))
    (directory / "store.db").unlink()
    assert main(["server", "migrate", "--dir", str(directory)]) == 2
    assert not (directory / "store.db").exists()
