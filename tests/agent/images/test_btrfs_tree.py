"""The trees of btrfs: what is found in them, and blocks that are not what their parents say."""

from __future__ import annotations

import struct
from collections.abc import Callable

import pytest
from rempart_testing.btrfs_images import HEAD, Block, Sparse, blocks, recorded, seal

from rempart_agent.images.btrfs_super import SuperBlock
from rempart_agent.images.btrfs_tree import TOP, Forest, Reference, Tree
from rempart_agent.source.contract import Malformed

DISK = recorded()
ROOTS = 1


def _roots(disk: Sparse) -> Tree:
    block = SuperBlock(disk)
    return Tree(Forest(disk, block), Reference(block.root, block.root_level, block.generation))


def test_items_are_found_one_by_one_and_in_their_order() -> None:
    tree = _roots(DISK)
    items = list(tree.items((0, 0, 0), (TOP, 255, TOP)))
    keys = [key for key, _ in items]
    assert keys == sorted(set(keys))
    assert len(keys) > 20
    for key, data in items:
        assert tree.find(key) == data
        assert tree.last((key[0], key[1], key[2] + 1)) == (key, data) or (key[0], key[1], key[2] + 1) in keys
    assert tree.find((TOP, 255, TOP)) is None
    assert tree.last((0, 0, 0)) is None
    assert [key for key, _ in tree.items(keys[3], keys[9])] == keys[3:10]
    assert list(tree.items((keys[3][0], keys[3][1], keys[3][2] + 1), keys[3])) == []


def _root_block() -> Block:
    """Return the block that the tree of roots consists of."""
    address = struct.pack("<Q", SuperBlock(DISK).root)
    return next(one for one in blocks(DISK) if one.data[48:56] == address and one.owner == ROOTS)


def _with(change: Callable[[bytearray], None]) -> Sparse:
    changed = {}
    for one in blocks(DISK):  # both copies
        if one.data == _root_block().data:
            data = bytearray(one.data)
            change(data)
            changed[one.place] = seal(bytes(data))
    return DISK.with_pages(changed)


def _pack(form: str, at: int, value: int) -> Callable[[bytearray], None]:
    return lambda data: struct.pack_into("<" + form, data, at, value)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (_pack("Q", 32, 5), "is another one"),  # fsid
        (_pack("Q", 48, 5), "is another one"),  # bytenr
        (_pack("Q", 56, 0), "is another one"),  # flags: not written
        (_pack("Q", 80, 5), "than its parent names"),  # generation
        (_pack("B", 100, 8), "is another one"),  # level
        (_pack("B", 100, 1), "can't be understood|than its parent names"),
        (_pack("I", 96, 1 << 30), "more than there is room for"),  # nritems
        (_pack("I", HEAD + 17, 1 << 31), "can't be understood"),  # offset of the first item
        (_pack("I", HEAD + 21, 1 << 31), "can't be understood"),  # and its size
        (_pack("Q", HEAD, TOP), "can't be understood"),  # its key is behind the next one
    ],
)
def test_a_block_that_can_not_be_is_refused(change: Callable[[bytearray], None], why: str) -> None:
    with pytest.raises(Malformed, match=why):
        list(_roots(_with(change)).items((0, 0, 0), (TOP, 255, TOP)))


def test_two_equal_keys_are_refused() -> None:
    def change(data: bytearray) -> None:
        data[HEAD + 25 : HEAD + 42] = data[HEAD : HEAD + 17]

    with pytest.raises(Malformed, match="can't be understood"):
        list(_roots(_with(change)).items((0, 0, 0), (TOP, 255, TOP)))


def test_where_one_copy_is_damaged_the_other_is_read() -> None:
    newest = _root_block()
    copies = [one.place for one in blocks(DISK) if one.data == newest.data]
    assert len(copies) == 2
    spoiled = bytes(100) + newest.data[100:]
    assert len(list(_roots(DISK.with_pages({copies[0]: spoiled})).items((0, 0, 0), (TOP, 255, TOP)))) > 20
    with pytest.raises(Malformed, match="checksum of a block"):
        list(_roots(DISK.with_pages(dict.fromkeys(copies, spoiled))).items((0, 0, 0), (TOP, 255, TOP)))


def _tree_of_two_levels() -> tuple[Forest, Reference, Block]:
    forest = Forest(DISK, SuperBlock(DISK))
    node = next(one for one in blocks(DISK) if one.level == 1 and one.owner == 256)
    address, generation = struct.unpack_from("<QQ", node.data, 48)[0], struct.unpack_from("<Q", node.data, 80)[0]
    return forest, Reference(address, 1, generation), node


def test_a_tree_that_leads_back_into_itself_ends() -> None:
    """The second pointer names the block of the first one: its first key is then another one."""
    _, reference, node = _tree_of_two_levels()

    def change(data: bytearray) -> None:
        data[HEAD + 33 + 17 : HEAD + 66] = data[HEAD + 17 : HEAD + 33]

    changed = {}
    for one in blocks(DISK):
        if one.data == node.data:
            data = bytearray(one.data)
            change(data)
            changed[one.place] = seal(bytes(data))
    disk = DISK.with_pages(changed)
    tree = Tree(Forest(disk, SuperBlock(disk)), reference)
    with pytest.raises(Malformed, match="than its parent names"):
        list(tree.items((0, 0, 0), (TOP, 255, TOP)))
