"""Indexes, manifests and configurations of OCI images: read, verified, or refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from rempart_testing.container_images import DOCKER, OCI, Json, Layout, config, digest, pack, put, tar

from rempart_agent.images.containers.archive import Archive
from rempart_agent.images.containers.choice import Candidate
from rempart_agent.images.containers.held import open_held
from rempart_agent.images.containers.manifest import list_images
from rempart_agent.source.contract import Malformed, Missing, NotObservable, SourceError

LAYER = tar(put("etc/hostname", b"app"))
FOREIGN = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"


@pytest.fixture
def listed(tmp_path: Path) -> Callable[[Layout], list[Candidate]]:
    """List the images of a layout."""

    def list_(made: Layout) -> list[Candidate]:
        return list_images(Archive(open_held(str(made.write_archive(tmp_path / "image.tar")))))

    return list_


def test_an_image_is_read_with_its_layers(listed: Callable[[Layout], list[Candidate]]) -> None:
    made = Layout()
    descriptor = made.image(LAYER, LAYER, platform="linux/arm64/v8")
    made.add(descriptor, "app:1")
    (found,) = listed(made)
    image = found.load()
    assert (found.names, found.platform, found.digests[0]) == (("app:1",), "linux/arm64", descriptor["digest"])
    assert (image.manifest, image.platform, len(image.layers)) == (descriptor["digest"], "linux/arm64", 2)
    assert {one.diff_id for one in image.layers} == {digest(LAYER)}
    assert json.loads(image.configuration)["architecture"] == "arm64"
    assert found.digests[1] == image.config


def test_dockers_second_schema_has_the_same_shape(listed: Callable[[Layout], list[Candidate]]) -> None:
    made = Layout()
    media = DOCKER + "distribution.manifest.v2+json"
    manifest = {
        "schemaVersion": 2,
        "mediaType": media,
        "config": made.blob(config([LAYER]), DOCKER + "container.image.v1+json"),
        "layers": [made.blob(pack(LAYER, "gzip"), DOCKER + "image.rootfs.diff.tar.gzip")],
    }
    inner = made.document(
        {
            "schemaVersion": 2,
            "mediaType": DOCKER + "distribution.manifest.list.v2+json",
            "manifests": [made.document(manifest)],
        }
    )
    made.add(inner)
    (found,) = listed(made)
    assert len(found.load().layers) == 1
    assert found.digests[-1] == inner["digest"]


def test_platforms_of_an_index_are_listed_and_what_is_no_image_is_not(
    listed: Callable[[Layout], list[Candidate]],
) -> None:
    made = Layout()
    signature = made.image(LAYER, change={"artifactType": "application/vnd.dev.sigstore"})
    packages = made.image(LAYER, change={"config": made.blob(b"{}", "application/vnd.oci.empty.v1+json")})
    proof = {**made.image(LAYER), "platform": {"os": "unknown", "architecture": "unknown"}}
    elsewhere = {
        **made.image(LAYER),
        "digest": digest(b"elsewhere"),
        "platform": {"os": "linux", "architecture": "s390x"},
    }
    both = [made.image(LAYER), made.image(LAYER, platform="linux/arm/v7")]
    made.add(made.index(*both, signature, packages, proof, elsewhere), "app:1")
    found = listed(made)
    assert [one.platform for one in found] == ["linux/amd64", "linux/arm/v7", "unknown/unknown"]
    assert all(one.names == ("app:1",) for one in found)


def test_a_platform_that_no_index_names_is_that_of_the_configuration(
    listed: Callable[[Layout], list[Candidate]],
) -> None:
    made = Layout()
    descriptor = made.image(LAYER, platform="linux/riscv64")
    del descriptor["platform"]
    made.add(descriptor)
    assert listed(made)[0].platform == "linux/riscv64"


@pytest.mark.parametrize("kind", ["manifest", "config", "layer"])
def test_a_blob_that_is_cut_changed_or_missing_is_an_error(
    listed: Callable[[Layout], list[Candidate]], kind: str
) -> None:
    def made_of() -> tuple[Layout, str]:
        made = Layout()
        descriptor = made.image(LAYER)
        made.add(descriptor)
        manifest = json.loads(made.files["blobs/" + descriptor["digest"].replace(":", "/")])
        one = {"manifest": descriptor, "config": manifest["config"], "layer": manifest["layers"][0]}[kind]
        return made, "blobs/" + one["digest"].replace(":", "/")

    made, name = made_of()
    made.files[name] = made.files[name][:-1]
    with pytest.raises(Malformed, match="are named"):
        listed(made)[0].load()
    made, name = made_of()
    del made.files[name]
    if kind == "manifest":
        assert listed(made) == []
    else:
        with pytest.raises(Missing):
            listed(made)[0].load()
    if kind != "layer":  # a layer is verified while it is unpacked
        made, name = made_of()
        made.files[name] = made.files[name].replace(b"amd64", b"arm64").replace(b"gzip", b"zstd", 1)
        with pytest.raises(Malformed, match="do not have the digest"):
            listed(made)[0].load()


@pytest.mark.parametrize(
    "change",
    [
        {"schemaVersion": 1},
        {"manifests": []},
        {"mediaType": OCI + "index.v1+json"},
        {"layers": []},
        {"layers": [{"mediaType": OCI + "layer.v1.tar", "digest": "md5:0", "size": 1}]},
        {"layers": [{"mediaType": OCI + "layer.v1.tar", "digest": digest(b"x")}]},
        {"layers": "x"},
        {"layers": [7]},
    ],
)
def test_a_manifest_that_is_not_understood_is_an_error(
    listed: Callable[[Layout], list[Candidate]], change: Json
) -> None:
    made = Layout()
    descriptor = made.image(LAYER, change=change)
    made.add({**descriptor, "mediaType": OCI + "manifest.v1+json"})
    with pytest.raises(Malformed):
        listed(made)[0].load()


@pytest.mark.parametrize("media", ["application/vnd.docker.distribution.manifest.v1+prettyjws", "text/\x1b[2J", ""])
def test_an_unknown_kind_of_manifest_is_an_error_once_it_is_chosen(
    listed: Callable[[Layout], list[Candidate]], media: str
) -> None:
    made = Layout()
    made.add({**made.image(LAYER), "mediaType": media})
    with pytest.raises(Malformed, match="media type") as error:
        listed(made)[0].load()
    assert "\x1b" not in str(error.value)


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"mediaType": FOREIGN}, NotObservable),
        ({"mediaType": OCI + "layer.nondistributable.v1.tar+gzip"}, NotObservable),
        ({"urls": ["https://example.com/layer"]}, NotObservable),
        ({"mediaType": OCI + "layer.v1.tar+gzip+encrypted"}, Malformed),
        ({"mediaType": "application/vnd.in-toto+json"}, Malformed),
    ],
)
def test_a_foreign_or_unknown_layer_is_an_error(
    listed: Callable[[Layout], list[Candidate]], change: Json, kind: type[SourceError]
) -> None:
    made = Layout()
    layer = {**made.blob(LAYER, OCI + "layer.v1.tar"), **change}
    made.add(made.image(LAYER, change={"layers": [layer]}))
    with pytest.raises(kind, match="layer"):
        listed(made)[0].load()


@pytest.mark.parametrize(
    "settings",
    [
        {"rootfs": {"type": "layers", "diff_ids": []}},
        {"rootfs": {"type": "other", "diff_ids": [digest(LAYER)]}},
        {"rootfs": {"type": "layers", "diff_ids": ["x"]}},
        {"rootfs": None},
        {"os": "windows"},
        {"architecture": "arm64"},  # the index says amd64
        {"os": 7},
    ],
)
def test_a_configuration_that_names_something_else_is_an_error(
    listed: Callable[[Layout], list[Candidate]], settings: Json
) -> None:
    made = Layout()
    made.add(made.image(LAYER, settings=settings))
    with pytest.raises(SourceError):
        listed(made)[0].load()


def test_indexes_that_lead_on_and_on_are_an_error(listed: Callable[[Layout], list[Candidate]]) -> None:
    made = Layout()
    descriptor = made.image(LAYER)
    for _ in range(6):
        descriptor = made.index(descriptor)
    made.add(descriptor)
    with pytest.raises(SourceError, match="on and on"):
        listed(made)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("oci-layout", b'{"imageLayoutVersion": "2.0.0"}'),
        ("oci-layout", b"[]"),
        ("index.json", b'{"schemaVersion": 1, "manifests": []}'),
        ("index.json", b'{"schemaVersion": 2, "manifests": [], "layers": []}'),
        ("index.json", b"{}"),
        ("index.json", b""),
    ],
)
def test_a_layout_that_is_not_understood_is_an_error(
    listed: Callable[[Layout], list[Candidate]], name: str, data: bytes
) -> None:
    made = Layout()
    made.files[name] = data
    with pytest.raises(Malformed):
        listed(made)
