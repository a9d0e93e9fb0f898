"""Archives in each other are opened within bounds; hostile ones end in contents or in a reason, in time and memory.

REMPART_ARCHIVE_CASES=10000 tries as many hostile ones as that.
"""

from __future__ import annotations

import gzip
import os
import time
import zlib
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rempart_testing.archives_made import MAKERS, PACKERS, make_cpio, make_deb, make_tar, make_zip

from rempart_agent.readers.files import archive, archive_format

CASES = int(os.environ.get("REMPART_ARCHIVE_CASES", "200"))
FILES = {"one": b"1" * 3000, "two": b"two\n" * 500, "d/three": bytes(range(256)) * 8}


def _open(data: bytes, kind: str = "", seconds: float = 60.0) -> tuple[dict[str, int], dict[str, int]]:
    """Return the sizes of what is packed, by name, and what was not read."""
    opened = archive.Archive(
        archive.Opened(len(data), lambda at, size: data[at : at + size]), time.monotonic() + seconds
    )
    sizes: dict[str, int] = {}
    for name, parts in opened.contents(kind or archive_format.recognise(data[:512])):
        sizes[name] = sum(map(len, parts))
    return sizes, opened.unread


@pytest.mark.parametrize("packer", PACKERS)
@pytest.mark.parametrize("maker", MAKERS)
def test_archives_are_opened_in_each_other(maker: str, packer: str) -> None:
    sizes = {name: len(data) for name, data in FILES.items()}
    prefix = "data.tar.xz/" if maker == "deb" else ""
    plain = _open(MAKERS[maker](FILES))
    assert ({name: plain[0][prefix + name] for name in sizes}, plain[1]) == (sizes, {})
    within = _open(make_zip({"in": PACKERS[packer](make_tar(FILES))}))
    assert within == ({"in/" + name: size for name, size in sizes.items()}, {})
    assert _open(PACKERS[packer](b"text")) == ({"": 4}, {})


def test_a_package_and_an_initramfs_count_as_what_is_packed_in_them() -> None:
    packed = {"doc.gz": gzip.compress(b"text")}
    assert _open(make_deb(packed))[0]["data.tar.xz/doc.gz"] == 4
    initramfs = make_cpio({"early": b"e"}) + b"\0" * 512 + gzip.compress(make_cpio(packed))
    assert _open(initramfs) == ({"early": 1, "doc.gz": 4}, {})


def test_what_is_nested_deeper_is_told_and_searched_as_it_lies() -> None:
    deep = make_zip({"c": make_zip({"b": make_zip({"a": b"text"})})})
    sizes, unread = _open(deep)
    assert (list(sizes), unread) == (["c/b"], {archive.DEEP: 1})
    initramfs = make_cpio({"a": b"a"})
    for _ in range(200):  # each behind another
        initramfs = make_cpio({"a": b"a"}) + gzip.compress(initramfs)
    assert _open(initramfs)[1] == {archive.DEEP: 1}


def test_bounds_end_what_is_packed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_MEMBER", 1 << 20)
    monkeypatch.setattr(archive, "MAX_TOGETHER", 1 << 22)
    noise = os.urandom(700_000)
    assert _open(gzip.compress(noise * 2))[1] == {archive.LARGE: 1}
    sizes, unread = _open(make_zip({"a": noise * 2, "b": b"text"}))
    assert (sizes["b"], unread) == (4, {archive.LARGE: 1})
    sizes, unread = _open(gzip.compress(make_tar({str(number): noise for number in range(9)})))
    assert (len(sizes) < 9, unread) == (True, {archive.LARGE: 1})
    monkeypatch.setattr(archive, "MAX_MEMBERS", 3)
    assert _open(make_tar({str(number): b"" for number in range(9)}))[1] == {archive.MANY: 1}
    assert _open(gzip.compress(b"text"), seconds=-1)[1] == {archive.LATE: 1}


def test_a_bomb_ends_at_its_ratio() -> None:
    zeros = b"\0" * (30 << 20)
    for bomb in (gzip.compress(zeros, 9), make_zip({"zeros": zeros}), PACKERS["xz"](zeros), PACKERS["bz2"](zeros)):
        sizes, unread = _open(bomb)
        assert sum(sizes.values()) <= archive.SLACK + archive.MAX_RATIO * len(bomb)
        assert unread == {archive.BOMB: 1}
    assert _open(gzip.compress(b"\0" * (1 << 20), 9)) == ({"": 1 << 20}, {})  # few bytes harm nobody


def test_a_file_that_is_packed_in_itself_ends() -> None:
    """A gzip stream whose content is itself, as Russ Cox's r.gz: here as deep as anything can be."""
    data = b"text"
    for _ in range(100):
        data = gzip.compress(data)
    assert _open(data)[1] == {archive.DEEP: 1}


def test_names_lead_nowhere_and_are_told() -> None:
    names = ("../../etc/passwd", "/etc/shadow", "a\nb", "\x1b[31m", "x" * 3000)
    for maker in (make_tar, make_cpio, make_zip):
        sizes, unread = _open(maker(dict.fromkeys(names, b"text")))
        assert (len(sizes), unread) == (len(names), {})


def test_what_can_not_be_opened_is_told() -> None:
    assert _open(b"7z\xbc\xaf\x27\x1c" + b"x" * 100) == ({"": 106}, {archive.UNKNOWN: 1})
    assert _open(gzip.compress(b"text" * 1000)[:-9])[1] == {archive.DAMAGED: 1}
    assert _open(make_zip(FILES)[:-30])[1] == {archive.DAMAGED: 1}


def test_names_lose_how_they_are_packed() -> None:
    assert [archive.stem(name) for name in ("a.gz", "a.tar.XZ", "a.tgz", "gz")] == ["a", "a.tar", "a.tgz", "gz"]


def _samples() -> list[tuple[str, bytes]]:
    made: list[tuple[str, bytes]] = [(kind, make(FILES)) for kind, make in MAKERS.items()]
    made += [(kind, pack(make_tar(FILES))) for kind, pack in PACKERS.items()]
    made += [("zip", make_zip({"a.tar": make_tar(FILES), "b.gz": gzip.compress(make_cpio(FILES))}))]
    return made


SAMPLES = _samples()
HUGE = (
    b"\xff\xff\xff\xff",
    b"\xff\xff\xff\x7f",
    b"\0\0\0\0",
    b"77777777777\0",
    b"FFFFFFFF",
    b"9999999999",
    b"\x80\0\0\0\0",
)


@settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_whatever_a_file_holds_it_ends_in_contents_or_a_reason(data: Any) -> None:
    kind, sample = data.draw(st.sampled_from(SAMPLES))
    made = bytearray(sample)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(made) - 1))
        match data.draw(st.sampled_from(["flip", "cut", "huge", "repeat"])):
            case "flip":
                made[at] ^= data.draw(st.integers(1, 255))
            case "cut":
                del made[max(at, 1) :]
            case "huge":
                number = data.draw(st.sampled_from(HUGE))
                made[at : at + len(number)] = number
            case "repeat":
                made[at:at] = made[: data.draw(st.integers(1, 600))]
    if data.draw(st.booleans()):
        made = bytearray(make_zip({"in": bytes(made)}))
        kind = "zip"
    began = time.process_time()
    sizes, unread = _open(bytes(made), kind)
    assert time.process_time() - began < 20
    assert sum(sizes.values()) <= archive.MAX_TOGETHER + 64 * len(made)
    assert set(unread) <= {
        archive.DAMAGED,
        archive.SEALED,
        archive.UNKNOWN,
        archive.DEEP,
        archive.LARGE,
        archive.MANY,
        archive.BOMB,
    }


def test_a_flipped_byte_of_what_is_packed_is_never_silent() -> None:
    """gzip and zip keep a sum of what they hold: each change is told; of the last byte some bits are none."""
    packed = zlib.compress(FILES["two"])
    assert len(packed) > 10
    for sample in (gzip.compress(FILES["two"]), make_zip({"two": FILES["two"]})):
        body = sample.index(packed[2:6])
        for at in range(body, body + len(packed) - 7):
            changed = bytearray(sample)
            changed[at] ^= 0x10
            assert _open(bytes(changed))[1]
