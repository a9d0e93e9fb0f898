"""Images that somebody made to do harm, or that were damaged: they end in the right tree, or in one of our errors.

``REMPART_CASES=10000`` shows each reader as many.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rempart_testing.container_images import (
    Bytes,
    Entry,
    Layout,
    again,
    docker_files,
    folder,
    link,
    put,
    tar,
    write_tar,
)
from rempart_testing.container_trees import read_folder, read_tree, unpack
from rempart_testing.disks import CASES, damaged, survive

from rempart_agent.images.containers.container import open_container
from rempart_agent.images.containers.merging import Merging
from rempart_agent.images.containers.nodes import ROOT as TOP
from rempart_agent.images.containers.tar import read_members
from rempart_agent.source.contract import SourceError

LAYER = tar(
    folder("d"),
    put("d/" + "long" * 40, b"content" * 100, pax_headers={"SCHILY.xattr.user.x": "1", "mtime": "1.5"}),
    link("l", "d"),
    again("h", "d/" + "long" * 40),
    put("sparse", b"12345", pax_headers={"GNU.sparse.map": "3,5", "GNU.sparse.size": "100", "GNU.sparse.major": "0"}),
)
UPPER = tar(put("d/.wh..wh..opq"), put("d/new", b"new"), put(".wh.l"))


@cache
def sparse_tar(form: str) -> bytes:
    """Return what GNU tar makes of a file with holes."""
    with tempfile.TemporaryDirectory() as place:
        with (Path(place) / "holes").open("wb") as file:
            for number in range(30):
                file.seek(number * 16_384)
                file.write(b"x" * 4_096)
        command = ["tar", *form.split(), "--sparse", "-cf", "made.tar", "holes"]
        subprocess.run(command, cwd=place, check=True)
        return (Path(place) / "made.tar").read_bytes()


@cache
def whole(form: str) -> bytes:
    """Return an archive of one image."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "image.tar"
        if form == "docker":
            return write_tar(path, docker_files(LAYER, UPPER)).read_bytes()
        made = Layout()
        made.add(made.image(LAYER, UPPER, packed=form), "app")
        return made.write_archive(path).read_bytes()


def merge(*layers: bytes) -> Merging:
    """Return the tree of some layers."""
    merging = Merging()
    for layer in layers:
        merging.begin_layer()
        for member in read_members(Bytes(layer)):
            merging.add(member)
    merging.nodes.settle()
    return merging


def hold(merging: Merging) -> None:
    """Hold a merged tree to what each tree is: no folder stands in itself or twice, and names are counted."""
    nodes = merging.nodes
    names = dict.fromkeys(range(len(nodes)), 0)
    todo, seen = [TOP], {TOP}
    while todo:
        for name, node in nodes.children[todo.pop()].items():
            assert name not in ("", ".", "..")
            assert "/" not in name
            names[node] += 1
            if nodes.is_folder(node):
                assert node not in seen
                seen.add(node)
                todo.append(node)
    for node in range(1, len(nodes)):
        assert nodes.path(node).startswith("/")
        if not nodes.is_folder(node):
            assert nodes.links[node] == names[node]


@pytest.mark.parametrize("form", ["ours", "--format=gnu", "--format=posix --sparse-version=1.0"])
@settings(max_examples=CASES)
@given(st.data())
def test_a_damaged_layer_ends_in_a_tree_or_in_our_error(form: str, data: st.DataObject) -> None:
    sound = LAYER if form == "ours" else sparse_tar(form)
    bad = data.draw(damaged(sound, ((0, 1_536), (512, 3_000))))
    survive(lambda: hold(merge(bad)))


@pytest.mark.parametrize("form", ["gzip", "zstd", "", "docker"])
@settings(max_examples=CASES)
@given(st.data())
def test_a_damaged_archive_never_shows_another_tree(form: str, data: st.DataObject) -> None:
    """Everything but the outermost names is under a digest."""

    def read(content: bytes) -> object:
        with tempfile.NamedTemporaryFile() as file:
            file.write(content)
            file.flush()
            image = open_container(file.name)
            found = read_tree(image)
            image.close()
            return found

    bad = data.draw(damaged(whole(form), ((0, 600), (len(whole(form)) // 2, len(whole(form))))))

    def compare() -> None:
        assert read(bad) == read(whole(form))

    survive(compare)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["sha256:" + "0" * 64]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the paths of all values in a document."""
    found = [path] if path else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        found += places(inner, (*path, key))
    return found


@pytest.mark.parametrize("document", ["index.json", "oci-layout", "manifest", "config", "manifest.json"])
@settings(max_examples=CASES)
@given(st.data())
def test_a_document_that_says_anything_ends_in_an_image_or_in_our_error(document: str, data: st.DataObject) -> None:
    made = Layout()
    descriptor = made.image(LAYER)

    def change(content: bytes) -> bytes:
        value = json.loads(content)
        *above, last = data.draw(st.sampled_from(places(value)))
        place = value
        for key in above:
            place = place[key]
        place[last] = data.draw(JSON)
        return json.dumps(value).encode()

    files: Callable[[], dict[str, bytes]] = made.all_files
    if document == "manifest.json":
        docker = docker_files(LAYER)
        docker[document] = change(docker[document])
        files = lambda: docker  # noqa: E731
    elif document in ("manifest", "config"):
        manifest = json.loads(made.files["blobs/" + descriptor["digest"].replace(":", "/")])
        if document == "config":
            config = change(made.files["blobs/" + manifest["config"]["digest"].replace(":", "/")])
            manifest["config"] = made.blob(config, manifest["config"]["mediaType"])
        else:
            manifest = json.loads(change(json.dumps(manifest).encode()))
        made.add({**made.blob(json.dumps(manifest).encode(), descriptor["mediaType"])})
    else:
        made.add(descriptor, "app")
        made.files = {**made.all_files(), document: change(made.all_files()[document])}

    def read() -> None:
        with tempfile.TemporaryDirectory() as place:
            image = open_container(str(write_tar(Path(place) / "image.tar", files())))
            read_tree(image)
            image.close()

    survive(read)


PARTS = st.sampled_from(["a", "b", "c", "l", ".wh.a", ".wh.b", ".wh.l", ".wh..wh..opq"])
NAMES = st.lists(PARTS, min_size=1, max_size=4).map("/".join)
PLAIN = st.lists(st.sampled_from(["a", "b", "c", "l", ".."]), min_size=1, max_size=3).map("/".join)
MEMBERS = st.one_of(
    st.builds(put, NAMES, st.binary(max_size=4)),
    st.builds(folder, NAMES, st.sampled_from([0o700, 0o755, 0o2770])),
    st.builds(link, NAMES, st.one_of(PLAIN, PLAIN.map("/{}".format))),
    st.builds(again, NAMES, PLAIN),
)
FOLDERS = st.sampled_from(["", "a/", "b/", "a/b/", "b/a/", "n/m/"])
LAST = st.sampled_from(["a", "b", "c", "d", "n", "m"])
FILES = st.tuples(FOLDERS, LAST).map("".join)
SENSIBLE = st.one_of(
    st.builds(put, FILES, st.binary(max_size=4)),
    st.builds(folder, FILES, st.sampled_from([0o700, 0o755, 0o2770])),
    st.builds(folder, FILES),
    st.builds(put, st.tuples(FOLDERS, LAST.map(".wh.{}".format)).map("".join)),
    st.builds(put, FOLDERS.map("{}.wh..wh..opq".format)),
    st.builds(link, FILES, PLAIN),
    st.builds(again, FILES, st.just("c")),
    st.builds(put, st.sampled_from(["l/a", "l/n", "l/.wh.a", "l/.wh..wh..opq"])),  # through the link of the first layer
)
LAYERS = st.lists(st.lists(MEMBERS, max_size=8), min_size=1, max_size=4)


@settings(max_examples=CASES)
@given(LAYERS)
def test_any_members_in_any_layers_end_in_a_tree_or_in_our_error(layers: list[list[Entry]]) -> None:
    survive(lambda: hold(merge(*(tar(*one) for one in layers))))


@pytest.mark.skipif(not shutil.which("umoci"), reason="needs umoci")
@settings(max_examples=CASES // 2)
@given(st.lists(st.lists(SENSIBLE, max_size=4), min_size=1, max_size=3))
def test_where_both_read_any_layers_umoci_unpacks_the_same_tree(layers: list[list[Entry]]) -> None:
    first = [
        folder("etc"),
        put("etc/passwd", b"root:x:0:0::/:/bin/sh\n"),
        folder("a"),
        folder("b/a"),
        put("c"),
        link("l", "b"),
    ]
    made = Layout()
    made.add(made.image(tar(*first), *(tar(*one) for one in layers)), "app")
    with tempfile.TemporaryDirectory() as place:
        layout = made.write_folder(Path(place) / "layout")
        try:
            image = open_container(str(layout))
        except SourceError:
            return
        mine = read_tree(image)
        image.close()
        try:
            root = unpack(layout, "app", Path(place) / "bundle")
        except subprocess.CalledProcessError:
            return
        assert mine == read_folder(root, mine)


@pytest.mark.parametrize(
    "entries",
    [
        lambda: [put("/".join(["d"] * 250 + [str(number)])) for number in range(2)],
        lambda: [put("f/" * 200 + str(number)) for number in range(500)],
        lambda: [folder("/".join(f"{number}{each}" for each in range(200))) for number in range(300)],
        lambda: [link(f"l{number}", "/".join(["a/.."] * 1_000)) for number in range(300)],
        lambda: [put(".wh..wh..opq")] * 5_000,
        lambda: [put("a", pax_headers={f"SCHILY.xattr.user.{number}": "x" * 50 for number in range(5_000)})] * 5,
        lambda: [folder("d"), *(link(f"l{number}", f"l{number + 1}") for number in range(100)), put("l0/x")],
        lambda: [link("a", "b/b"), link("b", "a/a"), put("a/x")],
    ],
    ids=["deep", "deep often", "folders", "long links", "marks", "attributes", "chain", "loop"],
)
def test_bombs_of_members_end_in_time_and_memory(entries: Callable[[], list[Entry]]) -> None:
    layer = tar(*entries())
    survive(lambda: hold(merge(layer, layer)))
