"""Hives: what was put in comes out, whatever wrote it; what is damaged is an error and never left out."""

from __future__ import annotations

import random
import shutil
import struct
import subprocess
from pathlib import Path

import pytest
from rempart_testing.registry_hive import WRITTEN, hive, seal

from rempart_agent.images.windows.hive import Hive, Key
from rempart_agent.source.contract import Malformed, SourceError, Unfit
from rempart_agent.source.registry import Value

SERVICE = {
    "Start": 2,
    "ImagePath": (2, "%SystemRoot%\\System32\\svchost.exe\0".encode("utf-16-le")),
    "DependOnService": ["RpcSs", "nsi"],
    "Blob": b"\x01\x02\x03",
    "Large": bytes(range(256)) * 200,
    "Eight": (11, (1 << 40).to_bytes(8, "little")),
    "": "default",
}
TREE = {
    "Select": {"Current": 1},
    "ControlSet001": {"Services": {"Dnscache": SERVICE, **{f"Svc{number}": {"Start": 3} for number in range(400)}}},
}


def everything(top: Key) -> dict[tuple[str, ...], Value]:
    found: dict[tuple[str, ...], Value] = {}
    todo: list[tuple[tuple[str, ...], Key]] = [((), top)]
    while todo:
        path, key = todo.pop()
        found.update({(*path, value.name): value for value in key.values()})
        todo.extend(((*path, below.name), below) for below in key.subkeys())
    return found


@pytest.mark.parametrize("minor", [3, 5])
def test_keys_and_values_come_out_in_any_case(minor: int) -> None:
    found = Hive(hive(TREE, minor))
    assert {one.name for one in found.root.subkeys()} == {"Select", "ControlSet001"}
    key = found.key("controlset001\\SERVICES\\dnsCache")
    assert key is not None
    assert (key.name, key.written) == ("Dnscache", WRITTEN)
    data = {value.name: value.data for value in key.values()}
    path = "%SystemRoot%\\System32\\svchost.exe"
    assert data == SERVICE | {"ImagePath": path, "DependOnService": ("RpcSs", "nsi"), "Eight": 1 << 40}
    value = key.value("IMAGEPATH")
    assert value is not None
    assert value.type == 2
    assert key.value("nothing") is None
    assert found.key("ControlSet001\\Services\\Nothing\\Below") is None
    assert len(everything(found.root)) == 408


@pytest.mark.skipif(not shutil.which("hivexsh"), reason="hivexsh (libhivex-bin) writes the hive")
def test_a_hive_that_hivex_wrote_is_read(tmp_path: Path) -> None:
    file = tmp_path / "hive"
    file.write_bytes(hive({"Software": {}}))
    script = (
        "cd Software\nadd Vendor\ncd Vendor\nsetval 3\nName\nstring:Unsafe\nCount\ndword:7\nRaw\nhex:3:01,ff\ncommit\n"
    )
    subprocess.run(["hivexsh", "-w", str(file)], input=script.encode(), check=True)
    key = Hive(file.read_bytes()).key("software\\vendor")
    assert key is not None
    assert {value.name: value.data for value in key.values()} == {"Name": "Unsafe", "Count": 7, "Raw": b"\x01\xff"}


def cell_of(data: bytes, signature: bytes, name: bytes) -> int:
    """Return where the content of the cell of a key or value of a name begins."""
    at = data.index(name)
    return data.rindex(signature, 0, at)


def test_what_can_not_be_is_an_error() -> None:
    data = hive(TREE)
    for signature, name, field, value, error in (
        (b"nk", b"Dnscache", 16, 32, "does not belong"),  # parent: a loop of keys is one of these too
        (b"nk", b"Dnscache", 20, 1, "outside"),  # a key below it, and no list of them
        (b"nk", b"Services", 20, 402, "and says"),
        (b"nk", b"Dnscache", 40, 0x7FFFFFF8, "outside"),
        (b"nk", b"Dnscache", 36, 0x40000000, "too small"),
        (b"vk", b"Large", 4, 0x7FFFFFFF, "large value"),
        (b"vk", b"Blob", 4, 0x80000005, "room"),
        (b"vk", b"Eight", 8, 4, "outside"),
    ):
        broken = bytearray(data)
        struct.pack_into("<I", broken, cell_of(data, signature, name) + field, value)
        with pytest.raises(Malformed, match=error):
            everything(Hive(bytes(broken)).root)


def test_a_list_that_names_one_key_again_and_again_ends_at_once() -> None:
    data = bytearray(hive(TREE))
    at = data.index(b"lh", data.index(b"Svc99"))
    first = data[at + 4 : at + 12]
    count = struct.unpack_from("<H", data, at + 2)[0]
    data[at + 4 : at + 4 + 8 * count] = first * count
    with pytest.raises(Malformed, match="two keys of one name"):
        everything(Hive(bytes(data)).root)


def test_a_cut_or_damaged_head_is_refused() -> None:
    data = hive(TREE)
    with pytest.raises(Unfit, match="cut off"):
        Hive(data[:-4096])
    with pytest.raises(Malformed, match="header"):
        Hive(data[:60] + b"x" + data[61:])
    with pytest.raises(Malformed, match="none of a hive"):
        Hive(data[:4096] + b"x" + data[4097:])
    with pytest.raises(Malformed):
        Hive(b"")
    with pytest.raises(Malformed, match="outside"):
        Hive(seal(data[:36] + struct.pack("<I", 1 << 30) + data[40:]))


def test_a_hive_that_is_cut_anywhere_is_refused() -> None:
    data = hive({"Select": {"Current": 1}, "A": {"B": SERVICE}})
    for at in range(0, len(data), 512):
        with pytest.raises(SourceError):
            Hive(data[:at])


def test_flipped_bytes_give_values_or_an_error_of_ours() -> None:
    data = hive({"Select": {"Current": 1}, "A": {"B": SERVICE, "C": {"x": "y"}}})
    pick = random.Random(1)  # noqa: S311 - the same bytes each time
    failed = 0
    for _ in range(200):
        broken = bytearray(data)
        for _ in range(pick.randint(1, 8)):
            broken[pick.randrange(4128, 5200)] = pick.randrange(256)
        try:
            everything(Hive(bytes(broken)).root)
        except SourceError:
            failed += 1
    assert failed > 50
