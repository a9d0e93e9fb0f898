"""Archives of ``docker save``, ``podman save`` and ``skopeo copy … docker-archive:``: ``manifest.json`` names files.

The form is that of Docker's image specification 1.2 ("Combined Image JSON + Filesystem Changeset Format"). Newer
archives of Docker are an OCI layout too, and read as that; both must then speak of the same images.
"""

import posixpath
from functools import partial

from rempart_agent.images.containers.archive import Archive
from rempart_agent.images.containers.choice import Candidate, Image, LayerBlob
from rempart_agent.images.containers.digest import ALGORITHMS, HEX, hash_layer
from rempart_agent.images.containers.document import Document, read_json
from rempart_agent.images.containers.manifest import read_config
from rempart_agent.images.containers.platform import read_platform
from rempart_agent.source.contract import Limit, Malformed, SourceError

_MANIFEST = "manifest.json"
_MOST_IMAGES = 1_000


def is_docker(archive: Archive) -> bool:
    """Return whether an archive says of itself that it is one of Docker."""
    return _MANIFEST in archive


def _entries(archive: Archive) -> list[Document]:
    value = read_json(archive.find(_MANIFEST))
    if not isinstance(value, list):
        raise Malformed("{name} {manifest}: no list of images", name=archive.name, manifest=_MANIFEST)
    if len(value) > _MOST_IMAGES:
        raise Limit("{name}: more than {most_images} images", name=archive.name, most_images=_MOST_IMAGES)
    return [Document(one, f"{archive.name} {_MANIFEST}") for one in value]


def _config(archive: Archive, entry: Document) -> str:
    """Return the digest of an entry's configuration, which its name promises too."""
    name = entry.text("Config")
    digest = hash_layer(archive.find(name))
    promised = posixpath.basename(name).removesuffix(".json")
    if len(promised) == ALGORITHMS["sha256"] and not promised.strip(HEX) and digest != f"sha256:{promised}":
        raise Malformed(
            "{name}: the bytes of {name_2} do not have the digest in its name", name=archive.name, name_2=f"{name!a}"
        )
    return digest


def list_images(archive: Archive) -> list[Candidate]:
    """Return the images that an archive of Docker holds.

    Raises:
        SourceError: Its manifest can't be understood, or a configuration is missing or not what its name promises.
    """
    found = []
    for entry in _entries(archive):
        config = _config(archive, entry)
        try:
            platform = read_platform(Document(read_json(archive.find(entry.text("Config"))), archive.name))
        except SourceError:
            platform = ""  # whoever chooses it learns what is wrong
        names = tuple(entry.texts("RepoTags"))
        found.append(Candidate(names, (config,), platform, partial(load_image, archive, entry)))
    return found


def load_image(archive: Archive, entry: Document) -> Image:
    """Read the configuration of an image.

    Args:
        archive: Where it lies.
        entry: What the manifest says of it.

    Raises:
        SourceError: It can't be understood, or a layer is missing.
    """
    config = _config(archive, entry)
    blob = archive.find(entry.text("Config"))
    names = entry.texts("Layers")
    platform, diff_ids = read_config(blob, len(names))
    layers = tuple(LayerBlob(one, archive.find(name), "", one) for one, name in zip(diff_ids, names, strict=True))
    return Image("", config, blob.read_at(0, blob.size), platform, layers)


def expect_same(archive: Archive, candidates: list[Candidate]) -> None:
    """Hold the manifest of Docker in a layout of OCI against the layout: two readers must not see two images.

    Args:
        archive: The archive that has both.
        candidates: What the layout holds.

    Raises:
        Malformed: The manifest names an image that the layout does not.
    """
    known = {digest for one in candidates for digest in one.digests}
    for entry in _entries(archive):
        if _config(archive, entry) not in known:
            raise Malformed(
                "{name}: {manifest} and index.json name different images", name=archive.name, manifest=_MANIFEST
            )
