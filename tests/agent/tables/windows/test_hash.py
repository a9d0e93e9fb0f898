"""Table hash, of a disk of Windows."""

from __future__ import annotations

import hashlib

from rempart_testing.windows_system import target

from rempart_agent.source.contract import Constraint, Query
from rempart_agent.tables.windows import hash as table


def test_regular_files_have_digests_and_folders_are_no_rows() -> None:
    found = target()
    for constraint in (
        Constraint("path", "=", ("C:\\Data\\file.txt", "C:\\Data", "C:\\no")),
        Constraint("path", "LIKE", ("C:\\Data\\%",)),
        Constraint("directory", "=", ("C:\\Data",)),
    ):
        (row,) = table.rows(found, Query(frozenset(("sha256",)), (constraint,)))
        assert row == {
            "path": "C:\\Data\\file.txt",
            "directory": "C:\\Data",
            "sha256": hashlib.sha256(b"abc").hexdigest(),
        }
