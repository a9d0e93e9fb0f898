"""Table rempart_lines: lines as they stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.source.contract import Constraint, Query, Unfit
from rempart_agent.tables.linux import rempart_lines
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, str | bytes]], RootTarget]


def _ask(target: RootTarget, path: str, op: str = "=") -> list[tuple[object, object, object]]:
    query = Query(constraints=(Constraint("path", op, (path,)),))
    return [(r["path"], r["line"], r["text"]) for r in rempart_lines.rows(target, query)]


def test_comments_and_empty_lines_are_lines(root_of: RootOf) -> None:
    target = root_of({"/etc/sudoers": "# a comment\n\n#1000 ALL = ALL\nlast"})
    assert _ask(target, "/etc/sudoers") == [
        ("/etc/sudoers", 1, "# a comment"),
        ("/etc/sudoers", 2, ""),
        ("/etc/sudoers", 3, "#1000 ALL = ALL"),
        ("/etc/sudoers", 4, "last"),
    ]


def test_like_takes_the_files_of_a_directory(root_of: RootOf) -> None:
    target = root_of({"/etc/sudoers.d/a": "one\n", "/etc/sudoers.d/b": "two\n", "/etc/sudoers.d/deep/c": "three\n"})
    assert _ask(target, "/etc/sudoers.d/%", "LIKE") == [("/etc/sudoers.d/a", 1, "one"), ("/etc/sudoers.d/b", 1, "two")]


def test_nothing_where_there_is_no_file(root_of: RootOf) -> None:
    target = root_of({"/etc/empty": "", "/etc/folder/": ""})
    assert _ask(target, "/etc/absent") == _ask(target, "/etc/empty") == _ask(target, "/etc/folder") == []


def test_a_file_too_large_for_configuration_is_refused(root_of: RootOf) -> None:
    target = root_of({"/etc/passwd": b"x" * (rempart_lines.MAX_BYTES + 1)})
    with pytest.raises(Unfit):
        _ask(target, "/etc/passwd")


@given(st.text())
def test_no_character_is_lost(text: str) -> None:
    lines = [str(row["text"]) for row in rempart_lines.parse(text)]
    assert "\n".join(lines) == text.removesuffix("\n")
