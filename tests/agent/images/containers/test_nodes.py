"""Files of layers in columns."""

from __future__ import annotations

import os
import stat
import sys
import tarfile
import tracemalloc

import pytest
from rempart_testing.container_images import folder, link, members, put, tar

from rempart_agent.images.containers import nodes as module
from rempart_agent.images.containers.nodes import ROOT, Nodes
from rempart_agent.images.containers.tar import Member
from rempart_agent.source.contract import Limit, Malformed

FILE = Member("f", stat.S_IFREG, 0o644, 0, 0, 0, 5, "", (0, 0), 512, None, None)


def fill(nodes: Nodes, member: Member) -> None:
    """Add a member under many names, each with a target and an attribute of its own."""
    for number in range(100_000):
        xattrs = {**(member.xattrs or {}), f"user.{number}": b"x"}
        one = member._replace(target=f"{member.target}target-{number}", xattrs=xattrs)
        nodes.children[ROOT][f"name {number}"] = nodes.add(one, ROOT, f"name {number}", 0)


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


def test_what_the_files_take_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST", 2_500)
    for wrong in (
        FILE._replace(xattrs={"user.x": bytes(2_000)}),
        FILE._replace(pieces=tuple((number, 1) for number in range(12))),
        FILE._replace(type=stat.S_IFLNK, target="x" * 1_001),
        FILE._replace(type=stat.S_IFDIR),
    ):
        with pytest.raises(Limit, match="of memory to list"):
            fill(Nodes(), wrong)


def test_no_file_takes_more_memory_than_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process of 1 GiB reads them: it must come to our limit, and not to its own."""
    monkeypatch.setattr(module, "_MOST", 8 << 20)
    for type_ in (stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK):
        nodes = Nodes()
        tracemalloc.start()
        with pytest.raises(Limit):
            fill(nodes, FILE._replace(type=type_))
        assert tracemalloc.get_traced_memory()[1] < 10 << 20
        tracemalloc.stop()


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
