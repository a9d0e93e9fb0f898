"""Container images, made piece by piece: layers, documents, archives and layouts, right or wrong as a test needs them.

What is right is as skopeo and umoci write it: test_peers.py holds the readers against both.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import zstandard

from rempart_agent.images.containers.held import Part
from rempart_agent.images.containers.tar import Member, read_members
from rempart_agent.images.layer import Layer

OCI = "application/vnd.oci.image."
DOCKER = "application/vnd.docker."
Entry = tuple[tarfile.TarInfo, bytes]
Json = dict[str, Any]


class Bytes(Layer):
    """A layer of bytes in memory."""

    def __init__(self, data: bytes, name: str = "layer") -> None:
        self.name, self.size, self._data = name, len(data), data

    def read_at(self, offset: int, size: int) -> bytes:
        self.expect(offset, size)
        return self._data[offset : offset + size]


def put(name: str, data: bytes = b"", **fields: Any) -> Entry:
    """Return a member of a tar: a file, unless ``type`` says otherwise; ``pax_headers`` are passed on."""
    entry = tarfile.TarInfo(name)
    entry.size = len(data)
    entry.mode = 0o644
    for key, value in fields.items():
        setattr(entry, key, value)
    return entry, data


def folder(name: str, mode: int = 0o755, **fields: Any) -> Entry:
    """Return a folder."""
    return put(name, type=tarfile.DIRTYPE, mode=mode, **fields)


def link(name: str, target: str, **fields: Any) -> Entry:
    """Return a symbolic link."""
    return put(name, type=tarfile.SYMTYPE, linkname=target, mode=0o777, **fields)


def again(name: str, target: str, **fields: Any) -> Entry:
    """Return a hard link."""
    return put(name, type=tarfile.LNKTYPE, linkname=target, **fields)


def tar(*entries: Entry, form: int = tarfile.PAX_FORMAT) -> bytes:
    """Return a tar of some members."""
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w", format=form) as archive:
        for entry, data in entries:
            archive.addfile(entry, io.BytesIO(data))
    return whole.getvalue()


def members(data: bytes) -> list[Member]:
    """Return what the product reads in a tar."""
    return list(read_members(Bytes(data)))


def pack(data: bytes, how: str) -> bytes:
    """Pack a layer: ``gzip``, ``zstd`` or not at all."""
    match how:
        case "gzip":
            return gzip.compress(data, mtime=0)
        case "zstd":
            return zstandard.ZstdCompressor().compress(data)
    return data


def digest(data: bytes) -> str:
    """Return a digest as OCI writes it."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def part(path: Path, data: bytes, name: str = "layer") -> Part:
    """Write bytes to a file and return them as a part of it, which stays open."""
    path.write_bytes(data)
    return Part(name, os.open(path, os.O_RDWR), 0, len(data))


def config(layers: Iterable[bytes], platform: str = "linux/amd64", **more: Any) -> bytes:
    """Return the configuration of an image."""
    system, architecture, *variant = platform.split("/")
    said: Json = {"os": system, "architecture": architecture, "config": {}}
    if variant:
        said["variant"] = variant[0]
    said["rootfs"] = {"type": "layers", "diff_ids": [digest(one) for one in layers]}
    return json.dumps({**said, **more}).encode()


class Layout:
    """An OCI layout in the making."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {"oci-layout": b'{"imageLayoutVersion": "1.0.0"}'}
        self.manifests: list[Json] = []

    def blob(self, data: bytes, media: str, **more: Any) -> Json:
        """Add a blob and return its descriptor."""
        self.files["blobs/" + digest(data).replace(":", "/")] = data
        return {"mediaType": media, "digest": digest(data), "size": len(data), **more}

    def document(self, said: Json, **more: Any) -> Json:
        """Add a document and return its descriptor."""
        return self.blob(json.dumps(said).encode(), said["mediaType"], **more)

    def image(
        self,
        *layers: bytes,
        packed: str = "gzip",
        platform: str = "linux/amd64",
        change: Mapping[str, Any] | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> Json:
        """Add an image and return the descriptor of its manifest; ``change`` replaces parts of that."""
        media = OCI + "layer.v1.tar" + (f"+{packed}" if packed else "")
        manifest: Json = {
            "schemaVersion": 2,
            "mediaType": OCI + "manifest.v1+json",
            "config": self.blob(config(layers, platform, **(settings or {})), OCI + "config.v1+json"),
            "layers": [self.blob(pack(one, packed), media) for one in layers],
            **(change or {}),
        }
        system, architecture, *variant = platform.split("/")
        said = {"os": system, "architecture": architecture, **({"variant": variant[0]} if variant else {})}
        return self.document(manifest, platform=said)

    def index(self, *manifests: Json) -> Json:
        """Add an index and return its descriptor."""
        media = OCI + "index.v1+json"
        return self.document({"schemaVersion": 2, "mediaType": media, "manifests": list(manifests)})

    def add(self, descriptor: Json, name: str = "") -> None:
        """Name an image or an index in the layout's own index."""
        notes = {"annotations": {"org.opencontainers.image.ref.name": name}} if name else {}
        self.manifests.append({**descriptor, **notes})

    def all_files(self) -> dict[str, bytes]:
        """Return all files, the index among them unless a test has laid one."""
        index = {"schemaVersion": 2, "manifests": self.manifests}
        return {"index.json": json.dumps(index).encode(), **self.files}

    def write_folder(self, path: Path) -> Path:
        """Write the layout as a folder."""
        for name, data in self.all_files().items():
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_bytes(data)
        return path

    def write_archive(self, path: Path) -> Path:
        """Write the layout as an archive."""
        path.write_bytes(tar(*(put(name, data) for name, data in self.all_files().items())))
        return path


def one_image(path: Path, *layers: bytes, packed: str = "gzip") -> Path:
    """Write an archive of one image."""
    made = Layout()
    made.add(made.image(*layers, packed=packed), "app:1")
    return made.write_archive(path)


def docker_files(
    *layers: bytes, name: str = "app:1", platform: str = "linux/amd64", settings: Mapping[str, Any] | None = None
) -> dict[str, bytes]:
    """Return the files of an archive of Docker with one image, as skopeo writes it."""
    said = config(layers, platform, **(settings or {}))
    files = {digest(one)[7:] + ".tar": one for one in layers}
    entry = {
        "Config": digest(said)[7:] + ".json",
        "RepoTags": [name],
        "Layers": [digest(one)[7:] + ".tar" for one in layers],
    }
    return {**files, entry["Config"]: said, "manifest.json": json.dumps([entry]).encode()}


def write_tar(path: Path, files: Mapping[str, bytes]) -> Path:
    """Write files as an archive."""
    path.write_bytes(tar(*(put(name, data) for name, data in files.items())))
    return path
