"""A dry run tells of several acts what the undo then does: each on what the one before it would have left."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from rempart_testing.acts_tree import Tree, build_package, index_packages, make_tree

from rempart_fix import change

FIXES = [
    {
        "check": "ACC-01",
        "accounts": [
            {"group": "ssh-users", "make": True, "system": True},
            {"name": "root", "member_of": "ssh-users"},
            {"name": "svc", "make": True, "system": True},
        ],
    },
    {"check": "PKG-01", "packages": [{"name": "libx"}]},
    {
        "check": "PKG-02",
        "packages": [{"name": "aud"}],
        "keys": [{"path": "/etc/aud.conf", "key": "level", "value": 9}],
    },
]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tree]:
    with make_tree(tmp_path_factory.mktemp("dry")) as made:
        own = made.path("/srv/own")
        own.mkdir()
        build_package(own, "libx")
        conf = {"etc/aud.conf": "level = 1\n", "DEBIAN/conffiles": "/etc/aud.conf\n"}
        build_package(own, "aud", Depends="libx", files=conf)
        index_packages(made)
        yield made


def test_what_stands_on_what_goes_first_goes_too(tree: Tree) -> None:
    for fix in FIXES:
        (done,) = change.fix(tree.place, [fix])["fixes"]
        assert not done["failed"], done["why"]
    dry = change.take_back(tree.place, dry=True)["rows"]
    assert "svc:" in tree.read("/etc/passwd")
    rows = change.take_back(tree.place)["rows"]
    assert dry == rows
    assert {row["word"] for row in rows} == {"back"}
    assert {row["why"][0] for row in rows} == {""}  # the file of aud is as it was shipped by then


def test_what_came_twice_and_leaves_its_configuration_is_told_of_both(tree: Tree) -> None:
    fix = {"check": "PKG-03", "packages": [{"name": "aud"}]}
    change.fix(tree.place, [fix])
    # As an undo that was killed leaves it. dpkg.log tells seconds: two installations in one can't be told apart.
    tree.run(
        "echo theirs >> /etc/aud.conf; dpkg --remove aud; now=$(date +%s); while [ $(date +%s) = $now ]; do :; done"
    )
    change.fix(tree.place, [fix])
    dry = change.take_back(tree.place, dry=True)["rows"]
    rows = change.take_back(tree.place)["rows"]
    assert dry == rows
    assert [row["why"][0] for row in rows] == ["", "configuration files stay: aud (/etc/aud.conf)"]
