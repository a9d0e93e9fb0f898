"""Files of layers in columns."""

from __future__ import annotations

import os
import stat
import sys
import tarfile

import pytest
from rempart_testing.container_images import folder, link, members, put, tar

from rempart_agent.images.containers import nodes as module
from rempart_agent.images.containers.nodes import ROOT, Nodes
from rempart_agent.images.containers.tar import Member
from rempart_agent.source.contract import Limit, Malformed

FILE = Member("f", stat.S_IFREG, 0o644, 0, 0, 0, 5, "", (0, 0), 512, None, None)


def test_a_node_has_what_its_member_says() -> None:
    nodes = Nodes()
    made = members(
        tar(
            put("f", b"x" * 5, uid=7, gid=8, mode=0o4755, mtime=9),
            link("l", "café"),
            put("dev", type=tarfile.BLKTYPE, devmajor=259, devminor=70_000),
        )
    )
    file, symbolic, device = (nodes.add(one, ROOT, one.name, 3) for one in made)
    assert (nodes.mode[file], nodes.uid[file], nodes.gid[file]) == (stat.S_IFREG | 0o4755, 7, 8)
    assert (nodes.size[file], nodes.layer[file], nodes.mtime[file]) == (5, 3, 9 * 10**9)
    assert (nodes.target[symbolic], nodes.size[symbolic], nodes.mode[symbolic] & 0o777) == ("café", 5, 0o777)
    assert nodes.device[device] == os.makedev(259, 70_000)
    assert nodes.path(file) == "/f"


def test_what_no_file_system_holds_is_refused() -> None:
    for wrong in (
        FILE._replace(uid=-1),
        FILE._replace(gid=1 << 32),
        FILE._replace(mtime=1 << 64),
        FILE._replace(size=1 << 63),
        FILE._replace(type=stat.S_IFLNK, target=""),
        FILE._replace(type=stat.S_IFLNK, target="x" * 4_097),
        FILE._replace(type=stat.S_IFCHR, device=(-1, 0)),
    ):
        with pytest.raises(Malformed):
            Nodes().add(wrong, ROOT, "f", 0)


def test_files_and_text_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_NODES", 3)
    nodes = Nodes()
    nodes.add(FILE, ROOT, "a", 0)
    nodes.add_folder(ROOT, "b", 0)
    with pytest.raises(Limit, match="more than 3 files"):
        nodes.add(FILE, ROOT, "c", 0)
    monkeypatch.setattr(module, "_MOST_TEXT", 1_000)
    for wrong in (
        FILE._replace(xattrs={"user.x": bytes(1_000)}),
        FILE._replace(pieces=tuple((number, 1) for number in range(6))),
        FILE._replace(type=stat.S_IFLNK, target="x" * 1_001),
    ):
        with pytest.raises(Limit, match="names and attributes"):
            Nodes().add(wrong, ROOT, "a", 0)


def test_a_hundred_thousand_files_take_few_bytes_each() -> None:
    nodes = Nodes()
    for _ in range(10_000):
        nodes.add(FILE, ROOT, "name", 0)
    columns = (nodes.mode, nodes.uid, nodes.gid, nodes.mtime, nodes.size, nodes.data, nodes.layer, nodes.parent)
    assert sum(sys.getsizeof(one) for one in (*columns, nodes.depth, nodes.links, nodes.name)) < 80 * 10_000


def test_a_file_goes_by_a_name_that_it_still_has() -> None:
    nodes = Nodes()
    (made,) = members(tar(folder("d")))
    place = nodes.add(made, ROOT, "d", 0)
    node = nodes.add(FILE, ROOT, "gone", 0)
    nodes.children[ROOT]["d"] = place
    nodes.children[place]["kept"] = node
    nodes.settle()
    assert (nodes.path(node), nodes.links[node], nodes.links[place]) == ("/d/kept", 1, 2)
