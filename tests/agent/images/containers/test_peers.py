"""Held against real programs: umoci unpacks the same tree, skopeo carries the same image into each form.

In Debian: ``apt-get install umoci skopeo``. Owners and devices are compared where the tests run as root.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest
from rempart_testing.container_images import Entry, Layout, again, folder, link, put, tar
from rempart_testing.container_trees import ROOT, read_folder, read_tree, unpack

from rempart_agent.images.containers.choice import Unchosen
from rempart_agent.images.containers.container import open_container

pytestmark = [pytest.mark.skipif(not shutil.which(one), reason=f"needs {one}") for one in ("umoci", "skopeo")]

CAPABILITY = "\1\0\0\2\0\x20\0\0" + "\0" * 12
BASE = [
    folder("./", 0o755),
    folder("etc"),
    put("etc/passwd", b"root:x:0:0::/:/bin/sh\n", mtime=1_600_000_000),
    put("etc/shadow", b"root:*:\n", mode=0o640, gid=42),
    folder("usr/lib"),
    link("lib", "usr/lib"),
    put("usr/lib/a.so", b"\x7fELF" * 1_000, mode=0o755),
    put("usr/bin/ping", b"ping", mode=0o755, pax_headers={"SCHILY.xattr.security.capability": CAPABILITY}),
    put("usr/bin/su", b"su", mode=0o4755),
    again("usr/bin/su2", "usr/bin/su", mode=0o4755),
    folder("tmp", 0o1777),
    folder("data", 0o2770, uid=7, gid=42),
    put("data/one", b"1" * 5_000, uid=1000, gid=1000),
    put("data/two", b"2"),
    folder("data/deep/er"),
    put("data/deep/er/three", b"3"),
    put("a\nname with \x1b[31m", b"odd"),
    put("/".join(["long-name-of-a-folder"] * 8) + "/file", b"long"),
]
DEVICES = [
    put("dev/null", type=tarfile.CHRTYPE, devmajor=1, devminor=3, mode=0o666),
    put("dev/pipe", type=tarfile.FIFOTYPE),
]
UPPER: dict[str, list[list[Entry]]] = {
    "nothing": [],
    "whiteouts": [[put("data/.wh.one"), put("etc/.wh.shadow"), put(".wh.tmp")]],
    "whiteout of what is not there": [[put("etc/.wh.none"), put("none/.wh.none")]],
    "whiteout and new": [[put(".wh.data"), folder("data"), put("data/new", b"n")]],
    "new and whiteout": [[folder("data"), put("data/new", b"n"), put(".wh.data")]],
    "opaque first": [[folder("data", 0o700), put("data/.wh..wh..opq"), put("data/new"), put("data/deep/new")]],
    "opaque last": [[folder("data", 0o700), put("data/new"), put("data/.wh..wh..opq")]],
    "opaque alone": [[put("data/.wh..wh..opq")]],
    "file over folder": [[put("data", b"now a file")]],
    "folder over file": [[folder("etc/shadow", 0o700), put("etc/shadow/x")]],
    "folder over link": [[folder("lib"), put("lib/b.so")]],
    "link over folder": [[link("data", "etc")]],
    "link over file": [[link("etc/passwd", "shadow")]],
    "through a link": [[put("lib/b.so", b"b"), put("lib/.wh.a.so")]],
    "folder again": [[folder("data", 0o711, uid=9), folder("etc", 0o700)]],
    "file again": [[put("etc/passwd", b"new", mode=0o600), put("usr/bin/su", b"plain", mode=0o755)]],
    "twice in a layer": [[put("etc/x", b"first"), put("etc/x", b"second", mode=0o600)]],
    "hard link over layers": [
        [again("etc/again", "etc/passwd", mtime=1_600_000_000), again("s", "lib")],
        [put("etc/.wh.passwd")],
    ],
    "hard link through a link": [[again("x", "lib/a.so", mode=0o755)]],
    "absolute names": [
        [folder("/ko-app"), put("/ko-app/server"), put("/data/.wh.one"), again("/again", "/ko-app/server")]
    ],
    "removed and back": [[put(".wh.data")], [put("data/back")], [put("data/.wh.back"), put("data/again")]],
}


@pytest.mark.parametrize("case", UPPER)
def test_the_merged_tree_is_the_one_that_umoci_unpacks(tmp_path: Path, case: str) -> None:
    base = [*BASE, *(DEVICES if ROOT else [])]
    made = Layout()
    made.add(made.image(*(tar(*one) for one in (base, *UPPER[case]))), "app")
    layout = made.write_folder(tmp_path / "layout")
    image = open_container(str(layout))
    mine = read_tree(image)
    assert mine == read_folder(unpack(layout, "app", tmp_path / "bundle"), mine)
    image.close()


def skopeo(*arguments: str) -> str:
    """Run skopeo and return what it prints."""
    command = ["skopeo", "--insecure-policy", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


FORMS = {
    "oci-archive:{0}/oci.tar:app": "oci.tar",
    "docker-archive:{0}/docker.tar:app:1": "docker.tar",
    "oci:{0}/copied:app": "copied",
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("packing", ["gzip", "zstd", "zstd:chunked", ""])
def test_each_form_that_skopeo_writes_holds_the_same_image(tmp_path: Path, form: str, packing: str) -> None:
    if packing and "docker" in form:
        packing = ""  # that form is never packed
    made = Layout()
    made.add(made.image(tar(*BASE), *(tar(*one) for one in UPPER["opaque first"]), packed=""), "app")
    layout = made.write_folder(tmp_path / "layout")
    packed = ["--dest-compress", "--dest-compress-format", packing] if packing else []
    skopeo("copy", *packed, f"oci:{layout}:app", form.format(tmp_path))
    first, copied = open_container(str(layout)), open_container(str(tmp_path / FORMS[form]))
    assert read_tree(copied) == read_tree(first)
    said = [(one.path, one.deleted, first.read(one.node, 0, 9)) for one in first.stored()]
    assert [(one.path, one.deleted, copied.read(one.node, 0, 9)) for one in copied.stored()] == said
    assert copied.subject.config == first.subject.config
    place = form.format(tmp_path)
    assert list(copied.subject.layers) == skopeo("inspect", "--format", '{{join .Layers "\\n"}}', place).splitlines()
    if copied.subject.manifest:
        assert copied.subject.manifest == skopeo("inspect", "--format", "{{.Digest}}", place)
    first.close()
    copied.close()


def test_an_index_of_platforms_comes_through_skopeo_whole(tmp_path: Path) -> None:
    made = Layout()
    arm = made.image(tar(put("arm")), platform="linux/arm64/v8")
    made.add(made.index(made.image(tar(put("amd"))), arm), "app")
    layout = made.write_folder(tmp_path / "layout")
    skopeo("copy", "--all", f"oci:{layout}:app", f"oci-archive:{tmp_path}/all.tar:app")
    with pytest.raises(Unchosen, match="linux/amd64"):
        open_container(str(tmp_path / "all.tar"))
    image = open_container(str(tmp_path / "all.tar"), platform="linux/arm64/v8")
    assert [one.name for one in image.entries(image.root)] == ["arm"]
    assert image.subject.manifest == arm["digest"]
    image.close()


def test_layers_that_umoci_makes_are_read_back(tmp_path: Path) -> None:
    layout = tmp_path / "layout"
    rootless = [] if ROOT else ["--rootless"]

    def umoci(*arguments: str) -> None:
        subprocess.run(["umoci", *arguments], check=True, capture_output=True)

    umoci("init", "--layout", str(layout))
    umoci("new", "--image", f"{layout}:app")
    for number in range(3):
        bundle = tmp_path / f"bundle{number}"
        umoci("unpack", *rootless, "--image", f"{layout}:app", str(bundle))
        root = bundle / "rootfs"
        (root / "etc").mkdir(exist_ok=True)
        (root / "etc" / f"file{number}").write_bytes(b"x" * number * 1_000)
        os.link(root / "etc" / f"file{number}", root / f"link{number}")
        (root / "set-uid").write_bytes(b"")
        (root / "set-uid").chmod(0o4755)
        (root / "etc" / f"file{number - 1}").unlink(missing_ok=True)
        umoci("repack", "--image", f"{layout}:app", str(bundle))
    image = open_container(str(layout), ref="app")
    mine = read_tree(image)
    assert mine == read_folder(unpack(layout, "app", tmp_path / "last"), mine)
    assert {"/link0", "/link1", "/etc/file2", "/link2", "/set-uid"} < set(mine)
    image.close()
