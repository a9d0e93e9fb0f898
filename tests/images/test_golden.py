"""Whatever holds a tree, each check of the image profile says of it what it says of the unpacked tree.

What it says is kept in golden.json, for a tree with everything right and one with planted faults; all formats are held
against it. After a check was changed on purpose, write it anew: REMPART_GOLDEN=write pytest tests/images/test_golden.py
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rempart_testing import golden
from rempart_testing.images import need

BUILD = Path(__file__).with_name("build.py")
TREES = ("clean", "planted")
CONTAINERS = ("oci-layout", "oci-archive", "docker-archive")
FORMATS = (
    *("ext2", "ext3", "ext4", "xfs", "btrfs", "btrfs-zstd", "squashfs-gzip", "squashfs-xz", "squashfs-zstd"),
    *("gpt", "mbr-logical", "lvm-linear", "lvm-striped", "ntfs-beside"),
    *("qcow2-v2", "qcow2-v3", "qcow2-zlib", "qcow2-zstd", "qcow2-extended-l2"),
    *("vdi", "vmdk-sparse", "vmdk-stream", "vmdk-flat", "vhd-dynamic", "vhd-fixed", "vhdx"),
    *CONTAINERS,
)
PASSES_ALWAYS = {"AGT-02"}  # it judges the lists that come with the checks


class Made:
    """The images, and what ``--root`` says of the trees."""

    def __init__(self, folder: Path) -> None:
        self.said: dict[str, Any] = json.loads((folder / "made.json").read_text())

    def files(self, tree: str, name: str) -> list[str]:
        """Return the files of an image; the test is skipped, with the reason, where it could not be made."""
        found = self.said[tree]["images"][name]
        if isinstance(found, str):
            pytest.skip(found)
        return list(found)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    need("fakeroot")
    folder = tmp_path_factory.mktemp("golden")
    done = subprocess.run([sys.executable, BUILD, folder], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return Made(folder)


@pytest.fixture(scope="module")
def states(made: Made) -> dict[str, golden.Judged]:
    """Return the golden states; they are written anew where that was asked for."""
    if os.environ.get("REMPART_GOLDEN") == "write":
        golden.write({tree: golden.keep(made.said[tree]["root"]) for tree in TREES})
    return golden.read()


def test_each_format_is_among_those_that_are_made(made: Made) -> None:
    assert {tree: tuple(made.said[tree]["images"]) for tree in TREES} == dict.fromkeys(TREES, FORMATS)


@pytest.mark.parametrize("tree", TREES)
def test_the_unpacked_tree_has_the_golden_states(tree: str, made: Made, states: dict[str, golden.Judged]) -> None:
    found = golden.keep(made.said[tree]["root"])
    assert found == states[tree]
    wanted = {"pass"} if tree == "clean" else {"fail"}
    assert {one["state"] for check, one in found.items() if check not in PASSES_ALWAYS} == wanted


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("tree", TREES)
def test_each_check_says_the_same_whatever_holds_the_tree(
    tree: str, name: str, made: Made, states: dict[str, golden.Judged]
) -> None:
    found = golden.audit(*made.files(tree, name))
    if name in CONTAINERS:
        found["IMG-04"] = _as_tree(found["IMG-04"], made.said[tree]["root"]["IMG-04"])
    kept = golden.keep(found)
    assert {check: kept[check] for check in kept if kept[check] != states[tree].get(check)} == {}
    assert list(found) == list(states[tree])
    assert found == made.said[tree]["root"]  # texts and days too


def _as_tree(said: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    """Return what is said of a container without what a tree has none of: layers, and a configuration."""
    (layer,) = {row["layer"] for row in said["rows"] if row["ok"] == "0"} or {"sha256:" + "0" * 64}
    assert re.fullmatch("sha256:[0-9a-f]{64}", layer)
    (whole,) = [row for row in wanted["rows"] if "scanned" in row]
    rows = [{key: row[key] for key in row if key != "layer"} for row in said["rows"] if "scanned" not in row]
    (searched,) = [row for row in said["rows"] if "scanned" in row]
    assert int(searched["scanned"]) >= int(whole["scanned"])
    text = json.dumps({**said, "rows": [*rows, whole]})
    plain: dict[str, Any] = json.loads(text.replace(f"; in layer {layer}", "").replace(" in_layer/", "/"))
    return plain
