"""Packages brought up to date: what the transaction did is recorded; what came new goes again, the rest stays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from rempart_testing.acts_tree import Tree, build_package, index_packages, make_tree, state_of

from rempart_fix import change, dpkg
from rempart_fix.acts import upgrade
from rempart_fix.apt_words import read_upgrade, read_upgrades
from rempart_fix.sight import Sight

FIX = {"check": "PAT-02", "upgrades": [{"finish": True}]}
_ONCE = "#!/bin/sh\ntest -e /go\n"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tree]:
    with make_tree(tmp_path_factory.mktemp("upgrade")) as made:
        own = made.path("/srv/own")
        own.mkdir()
        conf = {"etc/tool.conf": "a = 1\n", "DEBIAN/conffiles": "/etc/tool.conf\n"}
        build_package(own, "tool", "1.0", files=conf)
        build_package(own, "waits", "1.0", files={"DEBIAN/postinst": _ONCE})
        index_packages(made)
        made.run("apt-get -y -q install tool")
        build_package(own, "lib-new", "1.0")
        newer = {**conf, "etc/tool.conf": "a = 2\n"}
        build_package(own, "tool", "2.0", files=newer, Depends="lib-new")
        index_packages(made)
        yield made


def _fix(tree: Tree, **more: Any) -> dict[str, Any]:
    (done,) = change.fix(tree.place, [FIX], **more)["fixes"]
    found: dict[str, Any] = done
    return found


def test_an_upgrade_stays_with_the_words_for_it_and_files_of_configuration_are_left(tree: Tree) -> None:
    tree.path("/etc/tool.conf").write_text("a = ours\n")
    foretold = _fix(tree, check_mode=True)
    assert "tool 2.0" in foretold["diff"][0]["after"]
    done = _fix(tree)
    assert not done["failed"], done["why"]
    assert done["acts"] == foretold["acts"] == [{"kind": "upgrade", "target": "packages"}]
    assert state_of(tree, "tool", "lib-new") == {"tool": "ii", "lib-new": "ii"}
    assert tree.read("/etc/tool.conf") == "a = ours\n"
    assert not _fix(tree)["changed"]
    dry = change.take_back(tree.place, dry=True)["rows"]
    (row,) = change.take_back(tree.place)["rows"]
    assert [one["word"] for one in dry] == [row["word"]] == ["stays"]
    assert "tool 1.0 → 2.0" in row["why"][0]
    assert "tool depends on lib-new" in row["why"][0]
    assert row["by_hand"] == "apt-get install --allow-downgrades tool=1.0"
    assert "2.0" in tree.run("dpkg-query -W tool")


def test_what_came_new_with_it_goes_where_nobody_needs_it_any_more(tree: Tree) -> None:
    _fix(tree)
    tree.run("dpkg --remove tool; rm /srv/own/tool_2.0.deb")
    index_packages(tree)
    tree.run("apt-get -y -q install tool=1.0")
    change.take_back(tree.place)
    assert state_of(tree, "tool", "lib-new") == {"tool": "ii", "lib-new": ""}


def test_what_was_left_half_installed_is_finished_first(tree: Tree) -> None:
    tree.run("apt-get -y -q install waits || :; touch /go")
    assert state_of(tree, "waits") == {"waits": "iF"}
    assert [act["target"] for act in _fix(tree, check_mode=True)["acts"]] == [
        "packages that are half installed",
        "packages",
    ]
    done = _fix(tree)
    assert not done["failed"], done["why"]
    assert state_of(tree, "waits", "tool") == {"waits": "ii", "tool": "ii"}
    assert {row["word"] for row in change.take_back(tree.place)["rows"]} == {"stays"}


def test_a_repository_that_lost_the_package_changes_nothing_and_is_told(tree: Tree) -> None:
    tree.path("/srv/own/lib-new_1.0.deb").unlink()
    done = _fix(tree)
    assert done["failed"]
    assert "fetched" in done["why"][0]
    assert "1.0" in tree.run("dpkg-query -W tool")
    assert change.take_back(tree.place)["rows"] == []


def test_a_script_that_fails_halfway_is_a_failed_fix_and_what_came_is_recorded(tree: Tree) -> None:
    own = tree.path("/srv/own")
    build_package(own, "tool", "3.0", files={"DEBIAN/postinst": _ONCE}, Depends="lib-new")
    index_packages(tree)
    done = _fix(tree)
    assert done["failed"]
    assert "post-installation" in done["why"][0]
    (row,) = change.take_back(tree.place)["rows"]
    assert (row["kind"], row["word"]) == ("upgrade", "stays")


def test_after_a_crash_the_record_of_apt_tells_what_came(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    (act,) = upgrade.resolve({}, Sight(tree.place))
    assert upgrade.settle(dict(act), tree.place) == "void"
    _fix(tree)
    crashed = dict(act, after=dict(act["after"]), before=dict(act["before"]))
    assert upgrade.settle(crashed, tree.place) == "done"
    assert crashed["before"] == {"tool": "1.0", "lib-new": "none"}
    assert upgrade.look(crashed, tree.place) == "after"
    assert dpkg.query(tree.place, ["tool"])["tool"].version == "2.0"


def test_what_apt_says_is_understood() -> None:
    said = (
        "Inst libssl3:amd64 [3.0.1-1] (3.0.2-1 Debian:12/stable [amd64]) []\n"
        "Inst lib-new (1.0 lab [all])\nConf lib-new (1.0 lab [all])\n"
    )
    found = read_upgrade(said)
    assert found.old == {"libssl3": "3.0.1-1"}
    assert found.new == {"libssl3": "3.0.2-1", "lib-new": "1.0"}
    assert found.came == ["lib-new"]
    rest = ("Upgrade: libssl3:amd64 (3.0.1-1, 3.0.2-1), tool:all (1:1.0, 1:2.0)", "Remove: x:amd64 (1)")
    assert read_upgrades(rest) == {"libssl3": ("3.0.1-1", "3.0.2-1"), "tool": ("1:1.0", "1:2.0")}
