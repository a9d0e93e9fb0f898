"""Several file systems as one tree."""

from __future__ import annotations

import pytest
from rempart_testing.given_tree import GivenFileSystem

from rempart_agent.images.tree import Mounted, Tree
from rempart_agent.source.contract import Missing, Unfit


def _tree() -> Tree:
    root = GivenFileSystem({"etc": {"a": b"a"}, "var": {"under": b"hidden"}, "srv": {}})
    return Tree(
        [
            Mounted("/", root, "ext4"),
            Mounted("/home", None, "nfs"),
            Mounted("/srv", None, "nfs4"),
            Mounted("/var", GivenFileSystem({"log": {"x": b"y"}}), "xfs"),
        ]
    )


def test_what_is_mounted_hides_what_lies_under_it_and_has_a_device_of_its_own() -> None:
    tree = _tree()
    assert tree.status("/var/log/x").st_dev != tree.status("/etc/a").st_dev == tree.status("/").st_dev
    with pytest.raises(Missing):
        tree.find("/var/under")


def test_a_mount_point_without_a_folder_is_listed() -> None:
    assert sorted(entry.name for entry in _tree().entries("/")) == ["etc", "home", "srv", "var"]


@pytest.mark.parametrize("path", ["/home", "/home/alice", "/srv", "/srv/x/y"])
def test_nothing_is_known_below_a_network_mount(path: str) -> None:
    with pytest.raises(Unfit, match="mounted from elsewhere"):
        _tree().find(path)


def test_closing_closes_all() -> None:
    tree = _tree()
    tree.close()
    assert [mount.filesystem.closed for mount in tree.mounts if isinstance(mount.filesystem, GivenFileSystem)] == [1, 1]
