"""Indexes, manifests and configurations of OCI images, and of Docker's second schema, which has the same shape.

Each document is held against the size and the digest that led to it before anything in it is believed.
The media types are those of the OCI image specification 1.1 and of Docker's image manifest, version 2, schema 2.
"""

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from rempart_agent.images.containers.archive import Archive
from rempart_agent.images.containers.choice import Candidate, Image, LayerBlob
from rempart_agent.images.containers.digest import check_digest, verify
from rempart_agent.images.containers.document import Document, read_json
from rempart_agent.images.containers.held import Part
from rempart_agent.images.containers.platform import read_platform
from rempart_agent.source.contract import Limit, Malformed, NotObservable, SourceError

_OCI, _DOCKER = "application/vnd.oci.image.", "application/vnd.docker."
INDEXES = (_OCI + "index.v1+json", _DOCKER + "distribution.manifest.list.v2+json")
MANIFESTS = (_OCI + "manifest.v1+json", _DOCKER + "distribution.manifest.v2+json")
CONFIGS = (_OCI + "config.v1+json", _DOCKER + "container.image.v1+json")
LAYERS = (
    *(_OCI + "layer.v1.tar" + one for one in ("", "+gzip", "+zstd")),
    *(_DOCKER + "image.rootfs.diff.tar" + one for one in ("", ".gzip", ".zstd")),
)
_NAMES = ("org.opencontainers.image.ref.name", "io.containerd.image.name")
_MOST_IMAGES = 1_000
_MOST_LAYERS = 1_000
_DEEPEST = 4


class Descriptor(NamedTuple):
    """What leads to a blob.

    Attributes:
        media: Its media type.
        digest: Its digest.
        size: Its size.
        platform: What the image in it runs on; ``""`` where that is not said.
        names: What annotations call it.
        foreign: Whether it lies elsewhere, at an address.
    """

    media: str
    digest: str
    size: int
    platform: str
    names: tuple[str, ...]
    foreign: bool


def read_descriptor(document: Document) -> Descriptor:
    """Return what a descriptor says.

    Raises:
        Malformed: It is not written as it has to be.
    """
    notes = document.inner("annotations")
    return Descriptor(
        media=document.text("mediaType"),
        digest=check_digest(document.text("digest")),
        size=document.number("size"),
        platform=read_platform(document.inner("platform")),
        names=tuple(one for one in (notes.text(name) for name in _NAMES) if one),
        foreign=bool(document.texts("urls")),
    )


def blob_name(digest: str) -> str:
    """Return where the blob of a digest lies in a layout."""
    return "blobs/" + digest.replace(":", "/", 1)


def find_blob(archive: Archive, descriptor: Descriptor) -> Part:
    """Return the bytes that a descriptor leads to, their digest not yet verified.

    Args:
        archive: The layout or archive that holds the image.
        descriptor: Digest and size of what is wanted.

    Raises:
        SourceError: They are missing, or not as many as it says.
    """
    blob = archive.find(blob_name(descriptor.digest))
    if blob.size != descriptor.size:
        raise Malformed(
            "{name}: it has {size} bytes, and {size_2} are named",
            name=blob.name,
            size=blob.size,
            size_2=descriptor.size,
        )
    return blob


def read_blob(archive: Archive, descriptor: Descriptor, medias: tuple[str, ...]) -> Document:
    """Return the document that a descriptor leads to, verified.

    Args:
        archive: Where it lies.
        descriptor: What leads to it.
        medias: The media types that it may have.

    Raises:
        SourceError: It is missing, of another type, or not what the digest names.
    """
    blob = find_blob(archive, descriptor)
    if descriptor.media not in medias:
        raise Malformed(
            "{name}: the media type {media} is not understood", name=blob.name, media=f"{descriptor.media[:100]!a}"
        )
    verify(blob, descriptor.digest)
    document = Document(read_json(blob), blob.name)
    said = document.text("mediaType")
    if said and said != descriptor.media:
        raise Malformed("{name}: it takes itself for another media type than what leads to it", name=blob.name)
    return document


def list_images(archive: Archive) -> list[Candidate]:
    """Return the images that an OCI layout holds; what lies elsewhere and what is no image is left out.

    Raises:
        SourceError: Its index can't be understood.
    """
    layout = Document(read_json(archive.find("oci-layout")), f"{archive.name} oci-layout")
    if layout.text("imageLayoutVersion") != "1.0.0":
        raise Malformed("{name}: a layout of an unknown version", name=archive.name)
    index = Document(read_json(archive.find("index.json")), f"{archive.name} index.json")
    found: list[Candidate] = []
    for one in _list_index(archive, index, (), (), 0):
        if len(found) >= _MOST_IMAGES:
            raise Limit("{name}: more than {most_images} images", name=archive.name, most_images=_MOST_IMAGES)
        found.append(one)
    return found


def _list_index(
    archive: Archive, index: Document, names: tuple[str, ...], digests: tuple[str, ...], depth: int
) -> Iterator[Candidate]:
    if depth > _DEEPEST:
        raise Limit("{name}: its indexes lead on and on", name=archive.name)
    if index.number("schemaVersion") != 2 or "layers" in index or "config" in index:
        raise Malformed("{name}: no index that is understood", name=index.name)
    for one in index.documents("manifests"):
        descriptor = read_descriptor(one)
        names_here = tuple(dict.fromkeys((*names, *descriptor.names)))
        if descriptor.media in INDEXES:
            inner = read_blob(archive, descriptor, INDEXES)
            yield from _list_index(archive, inner, names_here, (descriptor.digest, *digests), depth + 1)
        elif blob_name(descriptor.digest) in archive and not _is_artifact(archive, descriptor):
            load = partial(load_image, archive, descriptor)
            config, platform = _look_into(archive, descriptor)
            own = tuple(one for one in (descriptor.digest, config) if one)
            yield Candidate(names_here, own + digests, descriptor.platform or platform, load)


def find_used(archive: Archive, candidates: list[Candidate]) -> set[str]:
    """Return the digests of the blobs that images, and attestations beside them, consist of.

    Args:
        archive: Where they lie.
        candidates: The images.
    """
    found: set[str] = set()
    for one in candidates:
        found.update(one.digests)
        try:
            manifest = Document(read_json(archive.find(blob_name(one.digests[0]))), archive.name)
            found.update(read_descriptor(each).digest for each in manifest.documents("layers"))
            found.add(read_descriptor(manifest.inner("config")).digest)
        except SourceError:
            continue  # what can't be read counts as unknown
    return found


def _read_manifest(archive: Archive, descriptor: Descriptor) -> Document:
    manifest = read_blob(archive, descriptor, MANIFESTS)
    if manifest.number("schemaVersion") != 2 or "manifests" in manifest:
        raise Malformed("{name}: no manifest that is understood", name=manifest.name)
    return manifest


def _is_artifact(archive: Archive, descriptor: Descriptor) -> bool:
    """Return whether a manifest certainly is of something else: a signature, a list of packages."""
    if descriptor.media not in MANIFESTS:
        return False
    try:
        manifest = _read_manifest(archive, descriptor)
        config = manifest.inner("config").text("mediaType")
        return bool(manifest.text("artifactType")) or (bool(config) and config not in CONFIGS)
    except SourceError:
        return False  # whoever chooses it learns what is wrong


def _look_into(archive: Archive, descriptor: Descriptor) -> tuple[str, str]:
    """Return the digest of an image's configuration and its platform, as far as they can be read."""
    try:
        config = read_descriptor(_read_manifest(archive, descriptor).inner("config"))
        return config.digest, read_platform(read_blob(archive, config, CONFIGS))
    except SourceError:
        return "", ""


def load_image(archive: Archive, descriptor: Descriptor) -> Image:
    """Read the manifest and the configuration of an image.

    Args:
        archive: Where it lies.
        descriptor: What leads to its manifest.

    Raises:
        SourceError: They can't be understood, or a layer is missing, foreign or of an unknown type.
    """
    manifest = _read_manifest(archive, descriptor)
    config = read_descriptor(manifest.inner("config"))
    read_blob(archive, config, CONFIGS)
    layers = [read_descriptor(one) for one in manifest.documents("layers")]
    blob = find_blob(archive, config)
    platform, diff_ids = read_config(blob, len(layers))
    if descriptor.platform and platform and descriptor.platform != platform:
        raise Malformed("{name}: the index and the configuration name different platforms", name=archive.name)
    for one in layers:
        if one.foreign or "nondistributable" in one.media or "foreign" in one.media:
            raise NotObservable(
                "{name}: the layer {digest} lies elsewhere (a foreign layer)", name=archive.name, digest=one.digest
            )
        if one.media not in LAYERS:
            raise Malformed(
                "{name}: a layer of the unknown media type {media}", name=archive.name, media=f"{one.media[:100]!a}"
            )
    stored = tuple(
        LayerBlob(one.digest, find_blob(archive, one), one.digest, diff_id)
        for one, diff_id in zip(layers, diff_ids, strict=True)
    )
    return Image(descriptor.digest, config.digest, blob.read_at(0, blob.size), platform, stored)


def read_config(blob: Part, layers: int) -> tuple[str, list[str]]:
    """Return what an image runs on, and the digests of its layers once unpacked.

    Args:
        blob: Its configuration.
        layers: How many layers its manifest has.

    Raises:
        SourceError: The configuration can't be understood, or names other layers.
    """
    config = Document(read_json(blob), blob.name)
    platform = read_platform(config)
    rootfs = config.inner("rootfs")
    diff_ids = [check_digest(one) for one in rootfs.texts("diff_ids")]
    if rootfs.text("type") != "layers" or len(diff_ids) != layers:
        raise Malformed("{name}: it does not name the layers of the manifest", name=blob.name)
    if layers > _MOST_LAYERS:
        raise Limit("{name}: more than {most_layers} layers", name=blob.name, most_layers=_MOST_LAYERS)
    if platform.partition("/")[0] != "linux":
        raise NotObservable(
            "{name}: an image for {platform}; only those for linux are read",
            name=blob.name,
            platform=f"{platform[:60]!a}",
        )
    return platform, diff_ids
