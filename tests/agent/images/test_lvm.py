"""Volume groups that LVM itself made: what each volume holds, and which can't be read."""

from __future__ import annotations

import re
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rempart_testing.disks import CASES, Memory, read_in_steps, survive
from rempart_testing.lvm_disks import EXTENT, both, changed, crc, disk, metadata, rewritten

from rempart_agent.images.lvm import LogicalVolume, list_logical_volumes
from rempart_agent.source.contract import Malformed, SourceError, Unfit


def _volumes(layers: list[Memory]) -> dict[str, LogicalVolume]:
    return {one.volume: one for one in list_logical_volumes(layers)}


def _extent(name: str, number: int) -> bytes:
    return disk(name)[EXTENT * (number + 1) : EXTENT * (number + 2)]


def test_volumes_hold_what_lvs_says_of_their_devices() -> None:
    """The extents are those that ``lvs -o devices`` named when the disks were made (build_lvm.sh)."""
    found = _volumes(both())
    read_in_steps(found["root"].layer, _extent("one", 0) + _extent("one", 1) + _extent("two", 2) + _extent("two", 3))
    read_in_steps(found["alone"].layer, _extent("one", 2))
    one, two = _extent("one", 3) + _extent("one", 4), _extent("two", 0) + _extent("two", 1)
    turns = (one[at : at + 65536] + two[at : at + 65536] for at in range(0, 2 * EXTENT, 65536))
    read_in_steps(found["striped"].layer, b"".join(turns))
    read_in_steps(found["with-hyphen"].layer, _extent("two", 4))
    assert found["root"].layer.name == "vg-data/root"
    assert found["with-hyphen"].mapper == "vg--data-with--hyphen"
    with pytest.raises(Unfit, match="vg-data/bad: of type 'error'"):
        found["bad"].layer.read_at(0, 1)


def test_the_order_in_which_disks_are_given_is_of_no_account() -> None:
    found = _volumes(both()[::-1])
    assert found["root"].layer.read_at(0, EXTENT) == _extent("one", 0)


def test_a_missing_disk_is_an_error_of_the_volumes_that_need_it_and_of_no_other() -> None:
    found = _volumes(both()[:1])
    assert found["alone"].layer.read_at(0, EXTENT) == _extent("one", 2)
    for name in ("root", "striped", "with-hyphen"):
        with pytest.raises(Unfit, match=f"vg-data/{name}: a disk of volume group vg-data is missing"):
            found[name].layer.read_at(0, 1)


def test_the_newest_metadata_count_wherever_they_lie() -> None:
    def older(text: str) -> str:
        text = re.sub(r"seqno = (\d+)", lambda found: f"seqno = {int(found[1]) - 1}", text)
        return text.replace("with-hyphen {", "older {")

    for old, new in (("one", "two"), ("two", "one")):
        layers = [Memory(rewritten(disk(old), older), "old.raw"), Memory(disk(new), "new.raw")]
        assert "with-hyphen" in _volumes(layers)
        assert "older" not in _volumes(layers)


def test_two_versions_of_one_number_are_no_metadata() -> None:
    other = rewritten(disk("two"), lambda text: text.replace("alone {", "other {"))
    with pytest.raises(Malformed, match="two versions"):
        list_logical_volumes([both()[0], Memory(other)])


def test_a_damaged_copy_may_have_been_the_newest() -> None:
    data = bytearray(disk("two"))
    place = data.index(b"seqno = ", 4096)
    while (later := data.find(b"seqno = ", place + 1)) > 0 and later < EXTENT:
        place = later
    data[place] ^= 1
    with pytest.raises(Malformed, match="checksum"):
        list_logical_volumes([both()[0], Memory(bytes(data))])


def test_a_disk_given_twice_is_no_second_disk() -> None:
    with pytest.raises(Malformed, match="the same physical volume"):
        list_logical_volumes([both()[0], both()[0]])


def test_a_disk_of_an_unknown_group_is_an_error() -> None:
    """Its own metadata no longer name it: vgreduce took it out while it was away."""
    ours = re.search(r'pv0 \{\s*id = "([^"]+)"', metadata(disk("one")))
    assert ours is not None
    with pytest.raises(Unfit, match="nothing is known of its volume group"):
        list_logical_volumes(changed(lambda text: text.replace(ours[1], "x" * 38)))


@pytest.mark.parametrize("kind", ["mirror", "raid1", "raid5", "thin", "thin-pool", "cache", "vdo", "zero", "\x1b[2J"])
def test_a_volume_of_another_type_is_listed_and_not_read(kind: str) -> None:
    layers = changed(lambda text: text.replace('type = "striped"', f'type = "{kind}"', 1))
    broken = [one for one in list_logical_volumes(layers) if one.volume == "root"]
    with pytest.raises(Unfit, match="vg-data/root: of type") as caught:
        broken[0].layer.read_at(0, 1)
    assert str(caught.value).isprintable()


def test_snapshots_and_what_is_merged_with_them_are_not_read() -> None:
    """As lib/format_text/export.c and lib/snapshot/snapshot.c of LVM2 write them: a segment of an unseen volume."""
    text = 'snapshot0 {{\nstatus = ["READ"]\nsegment_count = 1\nsegment1 {{\nstart_extent = 0\nextent_count = 1\n'
    text += 'type = "snapshot"\nchunk_size = 8\norigin = "root"\n{} = "alone"\n}}\n}}\nroot {{'
    found = _volumes(changed(lambda whole: whole.replace("root {", text.format("cow_store"), 1)))
    assert found["root"].layer.read_at(0, EXTENT) == _extent("one", 0)
    with pytest.raises(Unfit, match="snapshot"):
        found["alone"].layer.read_at(0, 1)
    found = _volumes(changed(lambda whole: whole.replace("root {", text.format("merging_store"), 1)))
    for name in ("root", "alone"):
        with pytest.raises(Unfit, match="snapshot"):
            found[name].layer.read_at(0, 1)


def test_hidden_volumes_are_parts_of_others() -> None:
    found = _volumes(changed(lambda text: text.replace('"WRITE", "VISIBLE"', '"WRITE"')))
    assert found == {}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("segment_count = 2", "segment_count = 3"),
        ("segment_count = 2", "segment_count = 99999999999"),
        ("start_extent = 2", "start_extent = 1"),
        ("extent_count = 2", "extent_count = 0"),
        ("extent_count = 2", "extent_count = -2"),
        ("pe_count = 7", "pe_count = 1"),
        ('"pv0", 0', '"pv0", -1'),
        ('"pv0", 0', '"pv0", 99999999999999999999'),
        ('"pv0", 0', '"pv0"'),
        ('"pv0", 0', '"other", 0'),
        ("stripe_count = 1", "stripe_count = 2"),
    ],
)
def test_a_contradiction_makes_the_volume_unreadable(old: str, new: str) -> None:
    assert old in metadata(disk("one"))
    root = _volumes(changed(lambda text: text.replace(old, new)))["root"]
    with pytest.raises(SourceError, match=r"vg-data/root|raw"):
        root.layer.read_at(0, 1)


@pytest.mark.parametrize(
    ("old", "new"),
    [("extent_size = 2048", "extent_size = 0"), ("root {", '"../../etc" {'), ("vg-data {", '"a/b" {')],
)
def test_a_name_or_size_that_can_not_be_is_malformed(old: str, new: str) -> None:
    with pytest.raises(Malformed):
        list_logical_volumes(changed(lambda text: text.replace(old, new)))


@settings(max_examples=CASES)
@given(st.data())
def test_damaged_metadata_end_in_volumes_or_in_our_error(data: st.DataObject) -> None:
    """The checksums are right: the damage is done on purpose."""

    def change(text: str) -> str:
        for _ in range(data.draw(st.integers(1, 3))):
            numbers = list(re.finditer(r"\d+", text))
            found = data.draw(st.sampled_from(numbers))
            number = data.draw(st.sampled_from(["0", "-1", "1", "7", "2048", "99999999999999999999"]))
            text = text[: found.start()] + number + text[found.end() :]
        return text

    def read() -> None:
        for one in list_logical_volumes(changed(change)):
            try:
                one.layer.read_at(max(one.layer.size - 65536, 0), min(one.layer.size, 65536))
            except SourceError:
                pass

    survive(read)


def test_the_checksum_of_the_tests_is_that_of_lvm() -> None:
    sector = disk("one")[512:1024]
    assert struct.unpack_from("<I", sector, 16) == (crc(sector[20:]),)
