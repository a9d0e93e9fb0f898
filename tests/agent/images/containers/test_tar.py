"""Tar, read strictly: what Python's tarfile and GNU tar write comes back, and damage is never taken for the end."""

from __future__ import annotations

import stat
import tarfile

import pytest
from rempart_testing.container_images import again, folder, link, members, put, tar

from rempart_agent.images.containers.tar import LINK, is_header
from rempart_agent.source.contract import Limit, Malformed, SourceError

LONG = "/".join(["folder-of-some-length"] * 20) + "/name"
FORMS = [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT]


def checked(block: bytearray) -> bytes:
    """Return a header with the right checksum."""
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


@pytest.mark.parametrize("form", FORMS)
def test_each_kind_of_member_comes_back(form: int) -> None:
    data = tar(
        folder("etc/", 0o1777, uid=7, gid=42),
        put(LONG, b"content", mode=0o4755, mtime=1_700_000_000, uid=3_000_000_000),
        link("etc/link", LONG + "/target"),
        again("etc/again", LONG),
        put("dev", type=tarfile.CHRTYPE, devmajor=10, devminor=229),
        put("fifo", type=tarfile.FIFOTYPE),
        form=form,
    )
    etc, file, symbolic, hard, device, fifo = members(data)
    assert (etc.name.rstrip("/"), etc.type, etc.mode, etc.uid, etc.gid) == ("etc", stat.S_IFDIR, 0o1777, 7, 42)
    assert (file.name, file.mode, file.uid, file.mtime) == (LONG, 0o4755, 3_000_000_000, 1_700_000_000 * 10**9)
    assert data[file.data : file.data + file.size] == b"content"
    assert (symbolic.type, symbolic.target) == (stat.S_IFLNK, LONG + "/target")
    assert (hard.type, hard.target) == (LINK, LONG)
    assert (device.type, device.device, fifo.type) == (stat.S_IFCHR, (10, 229), stat.S_IFIFO)


def test_names_are_data_whatever_they_hold() -> None:
    names = ["a\nb", "\x1b[31mred", "::set-output name=x::y", "##vso[task]", "caf\udce9"]
    assert [one.name for one in members(tar(*(put(name) for name in names)))] == names


def test_a_prefix_is_put_before_the_name() -> None:
    name = "a" * 90 + "/" + "b" * 90
    assert members(tar(put(name), form=tarfile.USTAR_FORMAT))[0].name == name


def test_an_old_name_with_a_slash_is_a_folder() -> None:
    assert members(tar(put("old", type=tarfile.AREGTYPE)))[0].type == stat.S_IFREG
    header = bytearray(tar(put("old", type=tarfile.AREGTYPE))[:512])
    header[3:4] = b"/"
    assert members(checked(header))[0].type == stat.S_IFDIR


def test_attributes_and_fractions_of_seconds_come_from_extended_headers() -> None:
    pax = {"SCHILY.xattr.security.capability": "\1\0\0\2 \n=", "mtime": "5.25", "LIBARCHIVE.xattr.user.x": "eA=="}
    (found,) = members(tar(put("ping", pax_headers=pax)))
    assert found.xattrs == {"security.capability": b"\1\0\0\2 \n="}
    assert found.mtime == 5_250_000_000


def test_an_extended_header_speaks_of_the_next_member_alone() -> None:
    first, second = members(tar(put("a", pax_headers={"SCHILY.xattr.user.x": "1"}), put("b")))
    assert (first.xattrs, second.xattrs) == ({"user.x": b"1"}, None)


def test_what_is_said_of_all_members_is_passed_over_as_each_unpacker_does() -> None:
    assert members(tar(put("x", type=tarfile.XGLTYPE), put("a")))[0].name == "a"


def test_the_end_may_be_missing_and_an_empty_layer_is_empty() -> None:
    data = tar(put("a", b"x" * 512))
    assert [one.name for one in members(data[:1024])] == ["a"]
    assert members(b"") == members(bytes(1024)) == []


def test_a_damaged_header_in_the_middle_is_no_end() -> None:
    """Python's tarfile stops there without a word: the files behind would pass unread."""
    data = bytearray(tar(put("a"), put("b"), put("c")))
    data[512] ^= 1
    with pytest.raises(Malformed, match="layer: its tar has a damaged header at byte 512"):
        members(bytes(data))


def test_bytes_behind_the_end_are_an_error_since_nobody_searches_them() -> None:
    with pytest.raises(Malformed, match="follow the end"):
        members(tar(put("a")) + tar(put("hidden")))


@pytest.mark.parametrize("cut", [100, 512 + 100, 512 + 511])
def test_a_cut_is_an_error(cut: int) -> None:
    with pytest.raises(SourceError):
        members(tar(put("a", b"x" * 600))[:cut])


def test_a_cut_after_an_extended_header_is_an_error() -> None:
    with pytest.raises(Malformed, match="cut off after an extended header"):
        members(tar(put("x" * 200))[:1024])


@pytest.mark.parametrize("kind", [b"D", b"M", b"V", b"N", b"X", b"z", b"\xff"])
def test_a_type_that_is_not_known_is_an_error(kind: bytes) -> None:
    header = bytearray(tar(put("a"))[:512])
    header[156:157] = kind
    with pytest.raises(Malformed, match="unknown type"):
        members(checked(header))


def test_sizes_that_cannot_be_are_refused() -> None:
    for size, error in ((b"\xff" * 12, Malformed), (b"\x80" + b"\x7f" * 11, Malformed), (b"77777777777\0", Malformed)):
        header = bytearray(tar(put("a"))[:512])
        header[124:136] = size
        with pytest.raises(error):
            members(checked(header))
    header = bytearray(tar(put("a", type=tarfile.XHDTYPE))[:512])
    header[124:136] = b"77777777777\0"
    with pytest.raises(Limit):
        members(checked(header))


def test_a_folder_or_a_link_has_no_data_whatever_its_header_says() -> None:
    """As Go's archive/tar reads it, on which every container runtime stands."""
    header = bytearray(tar(folder("d"))[:512])
    header[124:136] = b"00000010000\0"
    assert [one.name for one in members(checked(header) + tar(put("a")))] == ["d/", "a"]


def test_old_programs_summed_signed_bytes() -> None:
    header = bytearray(tar(put("caf\udce9", b""), form=tarfile.GNU_FORMAT)[:512])
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(one - 256 * (one > 127) for one in header)
    assert is_header(bytes(header))
    assert not is_header(bytes(512))
    assert not is_header(b"\x55" * 512)
    assert not is_header(b"short")
