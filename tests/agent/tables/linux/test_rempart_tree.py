"""Table rempart_tree: patterns that leave out no hidden name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rempart_testing.target import lay

from rempart_agent.readers.files import tree
from rempart_agent.source.contract import Constraint, Denied, Limit, Query
from rempart_agent.tables.linux import rempart_tree
from rempart_agent.targets.root import RootTarget


def paths(target: Any, pattern: str) -> dict[str, str]:
    query = Query(frozenset(), (Constraint("pattern", "=", (pattern,)),))
    return {str(row["path"]): str(row["type"]) for row in rempart_tree.rows(target, query)}


def test_hidden_names_at_every_depth(tmp_path: Path) -> None:
    lay(tmp_path, {"/srv/r/a.wav": "", "/srv/r/.old/.x/b.wav": "", "/home/bob/Downloads/.c.csv": "", "/home/.d/e": ""})
    (tmp_path / "srv/r/gone").symlink_to("/nothing")
    (tmp_path / "srv/r/loop").symlink_to(".")
    target = RootTarget(str(tmp_path))
    assert paths(target, "/srv/r/%%") == {
        "/srv/r/a.wav": "regular",
        "/srv/r/.old": "directory",
        "/srv/r/.old/.x": "directory",
        "/srv/r/.old/.x/b.wav": "regular",
        "/srv/r/gone": "error",
        "/srv/r/loop": "directory",
    }
    assert set(paths(target, "/home/%/Downloads/%")) == {"/home/bob/Downloads/.c.csv"}
    assert set(paths(target, "/home/%")) == {"/home/bob", "/home/.d"}
    assert set(paths(target, "/home/bob")) == {"/home/bob"}
    assert paths(target, "/nothing/%%") == {}
    assert paths(target, "/nothing/%") == {}


def test_what_can_t_be_seen_raises(tmp_path: Path, deny: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    lay(tmp_path, {"/srv/r/a/b": "", "/srv/r/a/c": ""})
    target = RootTarget(str(tmp_path))
    with monkeypatch.context() as bounded:
        bounded.setattr(tree, "MAX_ENTRIES", 2)
        with pytest.raises(Limit):
            paths(target, "/srv/r/%%")
    deny(target, "/srv/r/a")
    with pytest.raises(Denied):
        paths(target, "/srv/%%")
