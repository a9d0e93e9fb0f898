"""Table file, of a disk of Windows."""

from __future__ import annotations

from typing import Any

import pytest
from rempart_testing.windows_system import target

from rempart_agent.source.contract import Constraint, NotObservable, Query
from rempart_agent.tables.windows import file


def ask(column: str, op: str, *values: str, columns: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    query = Query(frozenset(columns), (Constraint(column, op, values),))
    return [dict(row) for row in file.rows(target(Way="\\??\\C:\\Data\\file.txt", Broken="\\??\\C:\\no"), query)]


def test_a_path_is_shown_as_it_was_asked_and_links_are_followed() -> None:
    (row,) = ask("path", "=", "c:\\DATA\\file.txt")
    assert (row["path"], row["directory"], row["filename"]) == ("c:\\DATA\\file.txt", "c:\\DATA", "file.txt")
    assert (row["type"], row["size"], row["mtime"], row["mode"]) == ("regular", 3, 1_700_000_000, "-1")
    (row,) = ask("path", "=", "C:\\Way", "C:\\Broken", "C:\\nothing")
    assert (row["path"], row["type"], row["symlink"]) == ("C:\\Way", "regular", 0)
    (row,) = ask("path", "LIKE", "C:\\Dat%")
    assert (row["path"], row["directory"], row["filename"], row["type"]) == ("C:\\Data\\", "C:\\Data", ".", "directory")
    assert ask("path", "=", "C:\\Data\\file.txt\\") == []


def test_a_folder_lists_what_is_in_it() -> None:
    (row,) = ask("directory", "=", "C:\\Data\\")
    assert (row["path"], row["directory"]) == ("C:\\Data\\file.txt", "C:\\Data\\")
    assert ask("directory", "=", "C:\\Data\\file.txt", "C:\\no") == []


@pytest.mark.parametrize("column", ["uid", "attributes", "file_version", "btime", "shortcut_target_path"])
def test_what_is_not_read_is_not_observable(column: str) -> None:
    with pytest.raises(NotObservable, match=column):
        ask("path", "=", "C:\\Data", columns=("path", column))
