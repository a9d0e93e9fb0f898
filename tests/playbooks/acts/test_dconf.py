"""A database of dconf is compiled of what lies there: of ours while it stands, of others' after its undo."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from rempart_testing.acts_tree import Tree, make_tree

from rempart_fix import change

DATABASE = "/etc/dconf/db/local"
THEIRS = f"{DATABASE}.d/theirs"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tree]:
    with make_tree(tmp_path_factory.mktemp("dconf"), offer=True) as made:
        made.run("apt-get -q update")
        yield made


def _spec(check: str) -> dict[str, Any]:
    key = check.lower().replace("-", "")
    return {
        "check": check,
        "packages": [{"name": "dconf-cli"}],
        "folders": [{"path": f"{DATABASE}.d/locks"}],
        "dconf": [{"database": "local"}],
        "files": [{"path": f"{DATABASE}.d/{key}", "content": f"[org/{key}]\nours=1\n"}],
        "effects": [{"load": "dconf"}],
    }


ONE, TWO = _spec("LCK-01"), _spec("LCK-02")


def _fix(tree: Tree, *fixes: dict[str, Any]) -> None:
    answer = change.fix(tree.place, list(fixes))
    assert [one["why"] for one in answer["fixes"]] == [["", ""]] * len(fixes)


def _holds(tree: Tree) -> set[str]:
    data = tree.path(DATABASE).read_bytes()
    return {word for word in ("lck01", "lck02", "theirs") if word.encode() in data}


def test_a_database_goes_with_the_package_where_neither_was_there(tree: Tree) -> None:
    _fix(tree, ONE, TWO)
    assert _holds(tree) == {"lck01", "lck02"}
    assert not change.fix(tree.place, [ONE, TWO])["changed"]
    assert {row["word"] for row in change.take_back(tree.place)["rows"]} == {"back"}
    assert not tree.path("/etc/dconf").exists()
    assert not tree.path("/usr/bin/dconf").exists()


def test_key_files_of_others_stay_in_force_without_ours(tree: Tree) -> None:
    _fix(tree, ONE)
    tree.run(f"printf '[org/theirs]\\nmine=1\\n' > {THEIRS}; dconf update")
    change.take_back(tree.place)
    assert _holds(tree) == {"theirs"}
    assert tree.path(THEIRS).exists()


def test_a_fix_that_stays_keeps_the_database_and_its_undo_takes_it(tree: Tree) -> None:
    _fix(tree, ONE, TWO)
    change.take_back(tree.place, ["LCK-01"])
    assert _holds(tree) == {"lck02"}
    change.take_back(tree.place, ["LCK-02"])
    assert not tree.path("/etc/dconf").exists()
    assert not tree.path("/usr/bin/dconf").exists()


def test_a_database_that_was_made_elsewhere_comes_back(tree: Tree) -> None:
    tree.run("apt-get -q -y install dconf-cli")
    tree.run(f"mkdir -p /x.d /etc/dconf/db; printf '[org/theirs]\\nmine=1\\n' > /x.d/a; dconf compile {DATABASE} /x.d")
    before = tree.path(DATABASE).read_bytes()
    _fix(tree, ONE)
    assert _holds(tree) == {"lck01"}
    dry = change.take_back(tree.place, dry=True)["rows"]
    rows = change.take_back(tree.place)["rows"]
    assert [row["word"] for row in rows] == [row["word"] for row in dry] == ["back"] * len(rows)
    assert tree.path(DATABASE).read_bytes() == before


@pytest.mark.parametrize("compiled", [False, True])
def test_key_files_that_were_not_compiled_are_not_in_force_after_the_undo(tree: Tree, compiled: bool) -> None:
    """Somebody wrote them and did not run ``dconf update``: ours does, and takes that back."""
    tree.run(f"apt-get -q -y install dconf-cli; mkdir -p {DATABASE}.d; printf '[org/theirs]\\nmine=1\\n' > {THEIRS}")
    if compiled:
        tree.run(f"dconf update; printf '[org/theirs]\\nmine=2\\n' > {THEIRS}; touch -d '+1 hour' {THEIRS}")
    before = tree.path(DATABASE).read_bytes() if compiled else b""
    _fix(tree, ONE)
    assert _holds(tree) == {"lck01", "theirs"}
    rows = change.take_back(tree.place)["rows"]
    assert {row["word"] for row in rows} == {"back"}
    assert tree.path(THEIRS).exists()
    assert (tree.path(DATABASE).read_bytes() if compiled else b"") == before
    assert tree.path(DATABASE).exists() == compiled
