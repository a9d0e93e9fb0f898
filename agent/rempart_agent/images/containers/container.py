"""A container image as a file system: its layers merged, and what lies hidden in them."""

import os
import stat
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from rempart_agent.images.containers import docker, manifest
from rempart_agent.images.containers.archive import Archive
from rempart_agent.images.containers.choice import Candidate, Image, choose
from rempart_agent.images.containers.configuration import read_texts
from rempart_agent.images.containers.digest import hash_layer, verify
from rempart_agent.images.containers.held import Held, Part, open_held
from rempart_agent.images.containers.merging import Merging
from rempart_agent.images.containers.nodes import ROOT, Nodes
from rempart_agent.images.containers.platform import UNKNOWN
from rempart_agent.images.containers.tar import read_members
from rempart_agent.images.containers.unpacking import DEFAULT_MAXIMUM, Spool, unpack_layer
from rempart_agent.images.filesystem import Entry, FileSystem, Node, Stored
from rempart_agent.source.contract import Limit, Malformed, Missing, Unfit


class Subject(NamedTuple):
    """What was judged, for whoever attests to it.

    Attributes:
        manifest: The digest of the image's manifest; ``""`` in an archive of Docker, which has none.
        config: The digest of its configuration.
        platform: What it runs on.
        names: What the archive calls it.
        layers: The digests of its layers, from the lowest on.
        only: Whether the archive holds this image alone; attestations of it may stand beside it, other blobs may not.
    """

    manifest: str
    config: str
    platform: str
    names: tuple[str, ...]
    layers: tuple[str, ...]
    only: bool


class Container(FileSystem):
    """The files of one image.

    Attributes:
        subject: What was judged.
        configuration: The image's configuration as it is stored (JSON): environment, command, history.
    """

    kind = "layers"
    root = ROOT

    def __init__(self, held: Held, image: Image, subject: Subject, nodes: Nodes, layers: list[Part]) -> None:
        """Put together what ``read_container`` has read.

        Args:
            held: The open files, closed with this.
            image: The image.
            subject: What is said of it.
            nodes: The merged tree.
            layers: The unpacked layers.
        """
        self.name, self.subject, self.configuration = held.name, subject, image.configuration
        self._held: Held | None = held
        self._nodes, self._layers = nodes, layers
        self._texts = read_texts(image.configuration)

    def hash_archive(self) -> str:
        """Return the digest of the archive file; ``""`` for a layout, which is no file. It reads all of it.

        Raises:
            Unfit: It can't be read, or is closed.
        """
        if self._held is None:
            raise Unfit("{name}: it is closed", name=self.name)
        descriptor = self._held.files.get("")
        if descriptor is None:
            return ""
        return hash_layer(Part(self.name, descriptor, 0, os.fstat(descriptor).st_size))

    def _expect(self, node: Node) -> None:
        if not 0 <= node < len(self._nodes):
            raise Missing("{name}: no file has the number {node}", name=self.name, node=node)

    def status(self, node: Node) -> os.stat_result:
        """See FileSystem.status; a text of the configuration, which no folder lists, has a size alone."""
        if 0 <= node - len(self._nodes) < len(self._texts):
            size = len(self._texts[node - len(self._nodes)][1])
            return os.stat_result((stat.S_IFREG | 0o444, node, 0, 1, 0, 0, size, 0, 0, 0))
        self._expect(node)
        nodes = self._nodes
        size, mtime = nodes.size[node], nodes.mtime[node]
        pieces = nodes.pieces.get(node)
        stored = size if pieces is None else sum(length for _, length, _ in pieces)
        seconds = mtime // 1_000_000_000
        times = {f"st_{one}time": mtime / 1_000_000_000 for one in "amc"}
        times_ns = {f"st_{one}time_ns": mtime for one in "amc"}
        main = (nodes.mode[node], node, 0, nodes.links[node], nodes.uid[node], nodes.gid[node], size, *[seconds] * 3)
        more = {"st_blksize": 4096, "st_blocks": (stored + 511) // 512, "st_rdev": nodes.device.get(node, 0)}
        return os.stat_result(main, {**times, **times_ns, **more})

    def entries(self, folder: Node) -> list[Entry]:
        """See FileSystem.entries."""
        return [Entry(name, node) for name, node in self._children(folder).items()]

    def lookup(self, folder: Node, name: str) -> Node:
        """See FileSystem.lookup."""
        found = self._children(folder).get(name)
        if found is None:
            raise Missing("{name}: no such file", name=self.name)
        return found

    def _children(self, folder: Node) -> dict[str, int]:
        self._expect(folder)
        found = self._nodes.children.get(folder)
        if found is None:
            raise Unfit("{name}: {folder} is no folder", name=self.name, folder=f"{self._nodes.path(folder)!a}")
        return found

    def read(self, node: Node, offset: int, size: int) -> bytes:
        """See FileSystem.read."""
        if 0 <= node - len(self._nodes) < len(self._texts):
            return self._texts[node - len(self._nodes)][1][offset : offset + size]
        self._expect(node)
        nodes = self._nodes
        if not stat.S_ISREG(nodes.mode[node]):
            raise Unfit("{name}: {node} is no regular file", name=self.name, node=f"{nodes.path(node)!a}")
        size = max(0, min(size, nodes.size[node] - offset))
        layer, data = self._layers[nodes.layer[node]], nodes.data[node]
        pieces = nodes.pieces.get(node)
        if pieces is None:
            return layer.read_at(data + offset, size) if size else b""
        found = bytearray(size)
        for start, length, stored in pieces[max(0, bisect_right(pieces, (offset, 1 << 63, 0)) - 1) :]:
            if start >= offset + size:
                break
            begin, end = max(start, offset), min(start + length, offset + size)
            if begin < end:
                found[begin - offset : end - offset] = layer.read_at(data + stored + begin - start, end - begin)
        return bytes(found)

    def readlink(self, node: Node) -> str:
        """See FileSystem.readlink."""
        self._expect(node)
        found = self._nodes.target.get(node)
        if found is None:
            raise Unfit("{name}: {node} is no symbolic link", name=self.name, node=f"{self._nodes.path(node)!a}")
        return found

    def xattr(self, node: Node, name: str) -> bytes | None:
        """See FileSystem.xattr."""
        self._expect(node)
        return self._nodes.xattrs.get(node, {}).get(name)

    def stored(self) -> Iterator[Stored]:
        """See FileSystem.stored; what lies hidden bears the path that it had in its layer.

        The texts of the configuration are among it: who ships the image ships them.
        """
        nodes = self._nodes
        for node in range(len(nodes)):
            if nodes.is_file(node):
                origin = self.subject.layers[nodes.layer[node]]
                yield Stored(nodes.path(node), node, origin, deleted=not nodes.links[node])
        for number, (name, _) in enumerate(self._texts):
            yield Stored(name, len(nodes) + number)

    def close(self) -> None:
        """See FileSystem.close."""
        if self._held is not None:
            self._held.close()
            self._held = None


def open_container(path: str, platform: str = "", ref: str = "", maximum: int = DEFAULT_MAXIMUM) -> Container:
    """Open an archive or a layout, and read it; see ``open_held`` and ``read_container``, which a caged reader takes.

    Args:
        path: A file, or a folder with ``index.json``.
        platform: ``linux/arm64/v8``; ``""`` for the only one.
        ref: A name or a digest; ``""`` for the only image.
        maximum: The most bytes that its layers may have, unpacked.

    Raises:
        Unchosen: Several images could be meant, or none is (wrong use).
        SourceError: It can't be opened, understood or verified.
    """
    held = open_held(path)
    try:
        return read_container(held, platform, ref, maximum)
    except BaseException:
        held.close()
        raise


def read_container(held: Held, platform: str = "", ref: str = "", maximum: int = DEFAULT_MAXIMUM) -> Container:
    """Read an image from open files: choose it, verify and unpack its layers, merge them. Nothing more is opened.

    Args:
        held: The open files; they are closed with what is returned, and stay open where this fails.
        platform: ``linux/arm64/v8``; ``""`` for the only one.
        ref: A name or a digest; ``""`` for the only image.
        maximum: The most bytes that its layers may have, unpacked.

    Raises:
        Unchosen: Several images could be meant, or none is (wrong use).
        SourceError: It can't be understood or verified.
    """
    archive = Archive(held)
    candidates = _list_images(archive, held)
    chosen = choose(held.name, candidates, platform, ref)
    image = chosen.load()
    spool = Spool(held.spool, maximum)
    layers = [unpack_layer(one, spool) for one in image.layers]
    merging = Merging()
    for layer in layers:
        merging.begin_layer()
        try:
            for member in read_members(layer):
                merging.add(member)
                if member.pieces is not None:
                    spool.count(layer.name, member.size)  # holes are read as zeros, one by one
        except (Malformed, Limit) as error:
            raise (
                error if layer.name in str(error) else type(error)("{name}: {error}", name=layer.name, error=error)
            ) from error
    merging.nodes.settle()
    subject = Subject(
        manifest=image.manifest,
        config=image.config,
        platform=image.platform,
        names=chosen.names,
        layers=tuple(one.origin for one in image.layers),
        only=_is_alone(archive, image, candidates),
    )
    return Container(held, image, subject, merging.nodes, layers)


def identify(held: Held) -> str:
    """Return the digest of the manifest of the only image of a layout, whose blobs are each what their digests name.

    Nothing is unpacked: what a manifest names by their digests is the image that had them before.

    Args:
        held: The open files, which stay open.

    Raises:
        Unchosen: It holds several images.
        SourceError: It can't be understood or verified, or holds more than its image.
    """
    archive = Archive(held)
    candidates = _list_images(archive, held)
    image = choose(held.name, candidates).load()
    for one in image.layers:
        verify(one.blob, one.digest)
    if not image.manifest or not _is_alone(archive, image, candidates):
        raise Malformed("{name}: it holds more than one image", name=held.name)
    return image.manifest


def _list_images(archive: Archive, held: Held) -> list[Candidate]:
    is_docker = docker.is_docker(archive)
    if "index.json" in archive:
        candidates = manifest.list_images(archive)
        if is_docker:
            docker.expect_same(archive, candidates)
        return candidates
    if is_docker:
        return docker.list_images(archive)
    raise Malformed("{name}: neither an archive of OCI (index.json) nor one of Docker (manifest.json)", name=held.name)


def _is_alone(archive: Archive, image: Image, candidates: list[Candidate]) -> bool:
    """Return whether an archive holds an image and nothing that another reader could take for one."""
    several = len({one.digests[0] for one in candidates if one.platform != UNKNOWN}) != 1
    return not several and (not image.manifest or archive.blobs() <= manifest.find_used(archive, candidates))
