"""Table disk_encryption, LUKS headers and device-mapper's tables."""

from __future__ import annotations

import json
import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.outcome import outcome
from rempart_testing.target import RecordedTarget

from rempart_agent.formats import luks
from rempart_agent.readers.kernel import device_mapper
from rempart_agent.source.contract import Malformed, Missing, NotObservable, Query, SourceError
from rempart_agent.tables.linux import disk_encryption
from rempart_agent.targets.live import LiveTarget
from rempart_agent.targets.root import RootTarget

Machine = Callable[..., RecordedTarget]

XTS = {"cipher": "aes-xts-plain64", "clear": False}
LUKS2 = "CRYPT-LUKS2-fd172f32c3ce46d0a04cc9dfeed97468-l2\n"


def _ask(target: RootTarget | LiveTarget, *columns: str) -> list[dict[str, Any]]:
    wanted = frozenset(columns or ("name", "encrypted", "type", "encryption_status"))
    return [dict(row) for row in disk_encryption.rows(target, Query(wanted))]


def _devices(machine: Machine, layout: dict[str, tuple[str, ...]], **answers: Any) -> dict[str, dict[str, Any]]:
    """Return the rows by name of a machine with some devices: name to its mapping and what it stands on.

    A name with a slash is a partition of the disk before it; ``files`` are more files.
    """
    files: dict[str, str | bytes] = {"/sys/class/block/": "", **answers.pop("files", {})}
    for name, (mapping, *below) in layout.items():
        folder = f"/sys/devices/{name}/"
        files[folder + "size"] = "1000\n"
        if mapping:
            files[folder + "dm/uuid"] = mapping
        if "/" in name:
            files[folder + "partition"] = "1\n"
        for other in below:
            files[f"{folder}slaves/{other}/"] = ""
    target = machine(files, {"superblocks": {}, "dm_crypt": {}, **answers})
    for name in layout:
        (Path(target.root) / "sys/class/block" / name.split("/")[-1]).symlink_to("/sys/devices/" + name)
    return {row["name"]: row for row in _ask(target)}


def _encrypted(rows: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {name.removeprefix("/dev/"): row["encrypted"] for name, row in rows.items()}


def test_a_root_filesystem_opens_no_volume(tmp_path: Path) -> None:
    with pytest.raises(NotObservable):
        _ask(RootTarget(str(tmp_path)))


def test_a_machine_without_sysfs_is_an_error(machine_of: Machine) -> None:
    with pytest.raises(Missing):
        _ask(machine_of({"/sys/": ""}))


def test_an_open_mapping_is_encrypted_and_the_raw_device_below_it_is_not(machine_of: Machine) -> None:
    layout = {"sda": ("",), "sda/sda1": ("",), "sda/sda2": ("",), "dm-0": (LUKS2, "sda2"), "dm-1": ("LVM-x\n", "dm-0")}
    rows = _devices(machine_of, layout, dm_crypt={"dm-0": XTS})
    assert _encrypted(rows) == {"sda": 0, "sda1": 0, "sda2": 0, "dm-0": 1, "dm-1": 1}
    assert rows["/dev/dm-1"] == {
        "name": "/dev/dm-1",
        "uuid": "",
        "encrypted": 1,
        "type": "LUKS2-aes-xts-plain64",
        "encryption_status": "encrypted",
    }
    assert rows["/dev/sda"] == {**rows["/dev/sda"], "encrypted": 0, "encryption_status": "not encrypted"}
    assert "type" not in rows["/dev/sda"]


def test_a_volume_over_two_disks_of_which_one_is_in_clear_is_not_encrypted(machine_of: Machine) -> None:
    layout = {
        "sda": ("",),
        "sdb": ("",),
        "dm-0": (LUKS2, "sda"),
        "dm-1": ("LVM-half\n", "dm-0", "sdb"),
        "dm-2": ("LVM-good\n", "dm-0"),
        "md0": ("", "dm-0", "dm-2"),
        "md0/md0p1": ("",),
        "md1": ("", "dm-0", "dm-1"),
    }
    rows = _devices(machine_of, layout, dm_crypt={"dm-0": XTS})
    assert _encrypted(rows) == {
        "sda": 0,
        "sdb": 0,
        "dm-0": 1,
        "dm-1": 0,
        "dm-2": 1,
        "md0": 1,
        "md0p1": 1,
        "md1": 0,
    }


def test_a_btrfs_over_a_disk_in_clear_is_not_encrypted(machine_of: Machine) -> None:
    layout = {"sda": ("",), "sdb": ("",), "sdc": ("",), "dm-0": (LUKS2, "sda"), "dm-1": (LUKS2, "sdc")}
    spread = "/sys/fs/btrfs/873dea9e-3e83-447d-bcb4-17b9970d460d/devices/"
    single = "/sys/fs/btrfs/973dea9e-3e83-447d-bcb4-17b9970d460d/devices/"
    files = {spread + "dm-0": "", spread + "sdb": "", single + "dm-1": "", "/sys/fs/btrfs/features/": ""}
    rows = _devices(machine_of, layout, dm_crypt={"dm-0": XTS, "dm-1": XTS}, files=files)
    assert _encrypted(rows) == {"sda": 0, "sdb": 0, "sdc": 0, "dm-0": 0, "dm-1": 1}


@pytest.mark.parametrize(
    ("mapping", "kind"),
    [
        ("CRYPT-LUKS1-68aa-x\n", "LUKS1-aes-xts-plain64"),
        ("CRYPT-PLAIN-swap\n", "PLAIN-aes-xts-plain64"),
        ("CRYPT-BITLK-1-x\n", "BITLK-aes-xts-plain64"),
        ("CRYPT-TCRYPT-x\n", "TCRYPT-aes-xts-plain64"),
    ],
)
def test_every_kind_of_encrypted_mapping(machine_of: Machine, mapping: str, kind: str) -> None:
    rows = _devices(machine_of, {"sda": ("",), "dm-0": (mapping, "sda")}, dm_crypt={"dm-0": XTS})
    assert (rows["/dev/dm-0"]["encrypted"], rows["/dev/dm-0"]["type"]) == (1, kind)


@pytest.mark.parametrize("mapping", ["CRYPT-VERITY-root\n", "CRYPT-INTEGRITY-x\n", "LVM-CRYPT-LUKS2-\n", "mpath-1\n"])
def test_what_only_checks_is_not_encrypted(machine_of: Machine, mapping: str) -> None:
    rows = _devices(machine_of, {"sda": ("",), "dm-0": (mapping, "sda")})
    assert _encrypted(rows) == {"sda": 0, "dm-0": 0}


def test_a_volume_with_the_null_cipher_or_half_encrypted_is_not_encrypted(machine_of: Machine) -> None:
    clear = {"cipher": "cipher_null-ecb", "clear": True}
    rows = _devices(machine_of, {"sda": ("",), "dm-0": (LUKS2, "sda")}, dm_crypt={"dm-0": clear})
    assert _encrypted(rows)["dm-0"] == 0


def test_without_root_sysfs_says_that_it_is_encrypted_and_the_cipher_stays_unset(machine_of: Machine) -> None:
    rows = _devices(machine_of, {"sda": ("",), "dm-0": (LUKS2, "sda")}, dm_crypt={})
    assert (rows["/dev/dm-0"]["encrypted"], rows["/dev/dm-0"]["type"]) == (1, "")


def test_what_zfs_does_is_not_known(machine_of: Machine) -> None:
    layout = {
        "sda": ("",),
        "sda/sda1": ("",),
        "zd0": ("",),
        "zd0/zd0p1": ("",),
        "zdisk": ("",),
        "dm-0": ("LVM\n", "zd0"),
    }
    superblocks = {"/dev/sda1": {"type": "zfs_member"}, "/dev/sda": {"denied": "no"}}
    rows = _devices(machine_of, layout, superblocks=superblocks, files={"/sys/module/zfs/version": "2\n"})
    states = _encrypted(rows)
    assert states == {"sda": 0, "sda1": None, "zd0": None, "zd0p1": None, "zdisk": 0, "dm-0": None}
    assert rows["/dev/sda1"]["encryption_status"] == "undefined"


def test_a_circle_of_devices_is_not_encrypted(machine_of: Machine) -> None:
    rows = _devices(machine_of, {"dm-0": ("LVM-a\n", "dm-1"), "dm-1": ("LVM-b\n", "dm-0"), "dm-2": ("LVM-c\n", "gone")})
    assert _encrypted(rows) == {"dm-0": 0, "dm-1": 0, "dm-2": 0}


def test_this_machine_s_devices() -> None:
    rows = _ask(LiveTarget(), "name", "uuid", "encrypted", "type", "encryption_status")
    assert {row["name"] for row in rows} <= {
        "/dev/" + name.replace("!", "/") for name in os.listdir("/sys/class/block")
    }
    assert {row["encryption_status"] for row in rows} <= {"encrypted", "not encrypted", "undefined"}


def _luks1(cipher: bytes = b"aes", mode: bytes = b"xts-plain64") -> bytes:
    return (b"LUKS\xba\xbe\0\1" + cipher.ljust(32, b"\0") + mode.ljust(32, b"\0")).ljust(592, b"\0")


def _luks2(segments: object, size: int = 16384) -> bytes:
    head = b"LUKS\xba\xbe\0\2" + struct.pack(">Q", size)
    text = json.dumps({"keyslots": {}, "segments": segments}).encode()
    return head.ljust(4096, b"\0") + text.ljust(size - 4096, b"\0")


CRYPT = {"type": "crypt", "offset": "16777216", "encryption": "aes-xts-plain64"}
LINEAR = {"type": "linear", "offset": "0"}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (_luks1(), luks.Header(1, "aes-xts-plain64", False)),
        (_luks1(b"cipher_null", b"ecb"), luks.Header(1, "cipher_null-ecb", True)),
        (_luks2({"0": CRYPT}), luks.Header(2, "aes-xts-plain64", False)),
        (_luks2({"0": {**CRYPT, "encryption": "cipher_null-ecb"}}), luks.Header(2, "cipher_null-ecb", True)),
        (_luks2({"0": CRYPT, "1": LINEAR}), luks.Header(2, "aes-xts-plain64", True)),
        (
            _luks2({"0": CRYPT, "1": {**LINEAR, "flags": ["backup-previous"]}}),
            luks.Header(2, "aes-xts-plain64", False),
        ),
        (
            _luks2({"0": LINEAR, "1": {**CRYPT, "flags": ["backup-final"]}}),
            luks.Header(2, "", True),
        ),
        (
            _luks2({"0": CRYPT, "1": {**CRYPT, "encryption": "serpent-xts-plain64"}}),
            luks.Header(2, "aes-xts-plain64+serpent-xts-plain64", False),
        ),
        (_luks2({"0": {"type": "hw-opal"}}), luks.Header(2, "opal", False)),
        (_luks2({"0": {**CRYPT, "type": "hw-opal-crypt"}}), luks.Header(2, "aes-xts-plain64", False)),
    ],
)
def test_what_a_header_says(data: bytes, expected: luks.Header) -> None:
    assert luks.size(data[:4096]) == len(data)
    assert luks.parse(data) == expected


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"LUKS\xba\xbe",
        b"LUKS\xba\xbe\0\3" + bytes(20000),
        _luks1()[:500],
        _luks2({"0": CRYPT})[:8000],
        _luks2({}),
        _luks2([]),
        _luks2({"0": 5}),
        _luks2({"0": {}}),
        _luks2({"0": CRYPT}).replace(b"{", b"["),
        b"LUKS\xba\xbe\0\2" + struct.pack(">Q", 1 << 62) + bytes(20000),
        b"LUKS\xba\xbe\0\2" + struct.pack(">Q", 100) + bytes(20000),
        (b"LUKS\xba\xbe\0\2" + struct.pack(">Q", 65536)).ljust(4096, b"\0") + b"[" * 61440,
    ],
)
def test_a_broken_header_is_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        luks.parse(data)


@given(st.binary(max_size=600), st.sampled_from([b"", b"LUKS\xba\xbe\0\1", b"LUKS\xba\xbe\0\2\0\0\0\0\0\0\x20\0"]))
def test_any_header_is_read_or_refused(data: bytes, head: bytes) -> None:
    found = outcome(lambda: [luks.parse(head + data + bytes(8192))])
    assert isinstance(found, SourceError) or found[0].version in (1, 2)


@given(st.recursive(st.none() | st.text() | st.integers(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)))
def test_any_json_is_read_or_refused(segments: object) -> None:
    found = outcome(lambda: [luks.parse(_luks2(segments, 65536))])
    assert isinstance(found, SourceError) or found[0].version == 2


def test_real_volumes(tmp_path: Path) -> None:
    if not shutil.which("cryptsetup", path=os.environ["PATH"] + ":/usr/sbin:/sbin"):
        pytest.skip("cryptsetup is not installed")
    key = tmp_path / "key"
    key.write_text("secret")
    for version in ("luks1", "luks2"):
        image = tmp_path / version
        with image.open("wb") as file:
            file.truncate(20 << 20)
        weak = ["--pbkdf-force-iterations", "1000", *(["--pbkdf", "pbkdf2"] if version == "luks2" else [])]
        subprocess.run(
            [
                "cryptsetup",
                "luksFormat",
                "-q",
                "--type",
                version,
                "--cipher",
                "aes-xts-plain64",
                *weak,
                str(image),
                str(key),
            ],
            capture_output=True,
            check=True,
            env={"PATH": os.environ["PATH"] + ":/usr/sbin:/sbin"},
        )
        assert disk_encryption.look({"dm-0": [str(tmp_path / "none"), str(image)]}) == {"dm-0": XTS}


def test_a_device_that_may_not_be_read_tells_nothing() -> None:
    assert disk_encryption.look({"no-such-device": ["/nonexistent"]}) == {}


def _table(*targets: tuple[str, bytes], flags: int = 0) -> bytes:
    order = sys.byteorder
    data, body = bytearray(312), b""
    for kind, words in targets:
        entry = bytes(16) + bytes(4)
        following = 40 + len(words) + 1
        following += -following % 8
        entry += (len(body) + following).to_bytes(4, order) + kind.encode().ljust(16, b"\0") + words + b"\0"
        body += entry.ljust(following, b"\0")
    for at, value in ((16, 312), (20, len(targets)), (28, flags)):
        data[at : at + 4] = value.to_bytes(4, order)
    return bytes(data) + body


def test_the_cipher_of_a_mapping_and_nothing_of_its_key() -> None:
    words = b"aes-xts-plain64 0123456789abcdef 0 254:48 0"
    found = device_mapper.parse_targets(_table(("crypt", words), ("linear", b"7:3 229376")))
    assert [device_mapper.parse(*each) for each in found] == ["aes-xts-plain64", ""]


def test_an_answer_that_did_not_fit_tells_nothing() -> None:
    assert device_mapper.parse_targets(_table(("crypt", b"aes"), flags=1 << 8)) == []
    assert device_mapper.parse_targets(_table(("crypt", b"aes-xts-plain64 k"))[:330]) == []


@given(st.binary(max_size=400))
def test_any_answer_of_device_mapper_is_read(data: bytes) -> None:
    assert isinstance(device_mapper.parse_targets(data), list)
