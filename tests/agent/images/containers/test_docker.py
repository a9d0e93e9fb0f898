"""Archives of ``docker save``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rempart_testing.container_images import Layout, digest, docker_files, link, put, tar, write_tar

from rempart_agent.images.containers.archive import Archive
from rempart_agent.images.containers.container import open_container
from rempart_agent.images.containers.docker import list_images
from rempart_agent.images.containers.held import open_held
from rempart_agent.source.contract import Malformed, Missing, SourceError

LAYER = tar(put("etc/hostname", b"app"))


def archive_of(path: Path, files: dict[str, bytes]) -> Archive:
    """Return an archive of some files."""
    return Archive(open_held(str(write_tar(path / "image.tar", files))))


def test_an_image_is_read_and_its_layers_go_by_their_unpacked_digests(tmp_path: Path) -> None:
    (found,) = list_images(archive_of(tmp_path, docker_files(LAYER)))
    image = found.load()
    assert (found.names, found.platform) == (("app:1",), "linux/amd64")
    assert (image.manifest, image.config, [one.origin for one in image.layers]) == (
        "",
        found.digests[0],
        [digest(LAYER)],
    )


def test_the_older_form_has_a_folder_for_each_layer(tmp_path: Path) -> None:
    """As Docker wrote it until 25: ``ID/layer.tar``, and a link where two layers are the same."""
    files = docker_files(LAYER, LAYER)
    manifest = json.loads(files["manifest.json"])
    manifest[0]["Layers"] = ["1111/layer.tar", "2222/layer.tar"]
    members = [put("1111/VERSION", b"1.0"), put("1111/layer.tar", LAYER), link("2222/layer.tar", "../1111/layer.tar")]
    config = manifest[0]["Config"]
    members += [put(config, files[config]), put("manifest.json", json.dumps(manifest).encode())]
    (tmp_path / "image.tar").write_bytes(tar(*members))
    image = open_container(str(tmp_path / "image.tar"))
    assert [one.deleted for one in image.stored() if one.path.startswith("/")] == [True, False]
    assert image.subject.only
    image.close()


def test_several_images_are_listed(tmp_path: Path) -> None:
    one, two = docker_files(LAYER), docker_files(tar(put("b")), name="other:2")
    both = json.dumps(json.loads(one["manifest.json"]) + json.loads(two["manifest.json"])).encode()
    found = list_images(archive_of(tmp_path, {**one, **two, "manifest.json": both}))
    assert [each.names for each in found] == [("app:1",), ("other:2",)]


def test_a_configuration_that_is_not_what_its_name_promises_is_an_error(tmp_path: Path) -> None:
    files = docker_files(LAYER)
    name = json.loads(files["manifest.json"])[0]["Config"]
    files[name] += b" "
    with pytest.raises(Malformed, match="digest in its name"):
        list_images(archive_of(tmp_path, files))


def test_a_layer_that_was_changed_or_is_missing_is_an_error(tmp_path: Path) -> None:
    files = docker_files(LAYER)
    name = digest(LAYER)[7:] + ".tar"
    write_tar(tmp_path / "image.tar", {**files, name: LAYER.replace(b"app", b"apq")})
    with pytest.raises(Malformed, match="do not have the digest"):
        open_container(str(tmp_path / "image.tar"))
    del files[name]
    with pytest.raises(Missing):
        list_images(archive_of(tmp_path, files))[0].load()


@pytest.mark.parametrize(
    "said", [b"{}", b"[7]", b"", b'[{"Config": 7}]', b'[{"Config": "none"}]', b'[{"Layers": "x"}]']
)
def test_a_manifest_that_is_not_understood_is_an_error(tmp_path: Path, said: bytes) -> None:
    with pytest.raises(SourceError):
        list_images(archive_of(tmp_path, {**docker_files(LAYER), "manifest.json": said}))


def test_the_newer_form_is_read_as_a_layout_and_both_must_name_the_same_image(tmp_path: Path) -> None:
    """Docker 25 and later write both; ``docker load`` may take the one, and other programs the other."""
    made = Layout()
    descriptor = made.image(LAYER, packed="")
    made.add(descriptor, "1")
    manifest = json.loads(made.files["blobs/" + descriptor["digest"].replace(":", "/")])
    names = ["blobs/" + one["digest"].replace(":", "/") for one in (manifest["config"], *manifest["layers"])]
    entry = {"Config": names[0], "RepoTags": ["app:1"], "Layers": names[1:]}
    made.files["manifest.json"] = json.dumps([entry]).encode()
    image = open_container(str(made.write_archive(tmp_path / "image.tar")))
    assert image.subject.manifest == descriptor["digest"]
    image.close()
    other = docker_files(tar(put("evil")))
    made.files.update(other)
    with pytest.raises(Malformed, match="name different images"):
        open_container(str(made.write_archive(tmp_path / "image.tar")))
