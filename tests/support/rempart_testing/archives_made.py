"""Archives of each kind, made by Python's own modules, and by hand where it has none."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Mapping

Files = Mapping[str, bytes]


def make_zip(files: Files) -> bytes:
    """Return a zip archive."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, data in files.items():
            opened.writestr(name, data)
    return made.getvalue()


def make_tar(files: Files) -> bytes:
    """Return a tar archive."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as opened:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            opened.addfile(member, io.BytesIO(data))
    return made.getvalue()


def make_cpio(files: Files) -> bytes:
    """Return a cpio archive in the new ASCII format, as ``cpio -o -H newc`` writes it."""
    made = b""
    for number, (name, data) in enumerate([*files.items(), ("TRAILER!!!", b"")]):
        last = name == "TRAILER!!!"
        fields = (number, 0 if last else 0o100644, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name.encode()) + 1, 0)
        made += b"070701" + b"".join(b"%08X" % field for field in fields) + name.encode() + b"\0"
        made += b"\0" * (-len(made) % 4) + data
        made += b"\0" * (-len(made) % 4)
    return made


def make_deb(files: Files) -> bytes:
    """Return a package as ``dpkg-deb`` makes them: its control data, and its files in a packed tar."""
    members = {
        "debian-binary": b"2.0\n",
        "control.tar.gz": gzip.compress(make_tar({"./control": b"Package: a\n"})),
        "data.tar.xz": lzma.compress(make_tar(files)),
    }
    made = b"!<arch>\n"
    for name, data in members.items():
        header = f"{name:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{len(data):<10}`\n"
        made += header.encode() + data + b"\n" * (len(data) % 2)
    return made


PACKERS = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}
MAKERS = {"zip": make_zip, "tar": make_tar, "cpio": make_cpio, "deb": make_deb}
