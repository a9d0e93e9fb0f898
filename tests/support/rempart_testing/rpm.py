"""Real rpm packages, databases and repositories, made with Debian's own rpm, createrepo_c and dnf.

Building a package takes a second, so a test asks for the few that it needs and keeps them for its module.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import struct
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

RPM = bool(shutil.which("rpm") and shutil.which("rpmbuild"))
CREATEREPO = RPM and bool(shutil.which("createrepo_c") and shutil.which("modifyrepo_c"))
DNF = CREATEREPO and bool(shutil.which("dnf")) and os.geteuid() == 0  # others get a cache of their own
ZYPPER = CREATEREPO and bool(shutil.which("zypper")) and os.geteuid() == 0
BERKELEY_DB = RPM and bool(shutil.which("db5.3_load"))

_SPEC = """Name: {name}
Version: {version}
Release: {release}
{more}
Summary: x
License: MIT
Vendor: Acme
Group: Tools
BuildArch: noarch
%description
x
%files
"""


def run(*command: str, said: str | None = None) -> str:
    """Run a program, give it ``said`` to read, and return what it prints; a failure is one of the test."""
    done = subprocess.run(command, input=said, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}: {done.stderr[-2000:]}"
    return done.stdout


def build(top: Path, *packages: str) -> dict[str, Path]:
    """Build empty packages.

    Args:
        top: A directory to work in.
        packages: Each as rpm writes it: ``name-version-release`` or ``name-epoch:version-release``; what follows a
            blank are more lines of the spec file, parted by ``;``.

    Returns:
        The packages by the words that asked for them, without what follows the blank.
    """
    built = {}
    for package in packages:
        words, _, more = package.partition(" ")
        name, version, release = words.rsplit("-", 2)
        epoch, _, plain = version.rpartition(":")
        lines = [f"Epoch: {epoch}"] if epoch else []
        lines += [line.strip() for line in more.split(";")]
        spec = top / f"{name}.spec"
        spec.write_text(_SPEC.format(name=name, version=plain, release=release, more="\n".join(lines)))
        run("rpmbuild", "-bb", "--define", f"_topdir {top / 'build'}", str(spec))
        built[words] = top / "build" / "RPMS" / "noarch" / f"{name}-{plain}-{release}.noarch.rpm"
    return built


def install(database: Path, packages: Iterable[Path], backend: str = "sqlite") -> None:
    """Note packages as installed in a database of one of the forms that rpm writes: ``sqlite`` or ``ndb``."""
    database.mkdir(parents=True, exist_ok=True)
    chosen = ("--define", f"_db_backend {backend}", "--dbpath", str(database))
    run("rpm", *chosen, "-i", "--justdb", "--nodeps", "--force", *map(str, packages))


def to_berkeley_db(database: Path, path: Path, order: str = "<", page: int = 4096) -> None:
    """Write what an SQLite database of rpm holds as the Berkeley DB that rpm no longer writes.

    Args:
        database: The directory of the database.
        path: The file to write.
        order: ``<`` or ``>``: little or big endian.
        page: The size of a page in bytes.
    """
    connection = sqlite3.connect(database / "rpmdb.sqlite")
    rows = connection.execute("SELECT hnum, blob FROM Packages").fetchall()
    connection.close()
    lines = ["VERSION=3", "format=bytevalue", "type=hash", f"db_pagesize={page}"]
    lines += [f"db_lorder={'1234' if order == '<' else '4321'}", "HEADER=END"]
    for number, blob in [(0, struct.pack(order + "I", len(rows))), *rows]:
        lines += [" " + struct.pack(order + "I", number).hex(), " " + blob.hex()]
    run("db5.3_load", str(path), said="\n".join([*lines, "DATA=END", ""]))


def make_repository(
    folder: Path, packages: Iterable[Path], updateinfo: str = "", more: Sequence[tuple[str, str]] = (), *options: str
) -> None:
    """Make a repository of packages with createrepo_c.

    Args:
        folder: Where.
        packages: What it offers.
        updateinfo: The text of its updateinfo, which it goes without where there is none.
        more: Other metadata: type and text.
        options: For createrepo_c.
    """
    folder.mkdir(parents=True)
    for package in packages:
        shutil.copy(package, folder)
    run("createrepo_c", "--quiet", *options, str(folder))
    for kind, text in [*([("updateinfo", updateinfo)] if updateinfo else []), *more]:
        path = folder.parent / f"{folder.name}-{kind}.xml"
        path.write_text(text)
        run("modifyrepo_c", "--mdtype", kind, str(path), str(folder / "repodata"))


def fetch_with_dnf(root: Path) -> None:
    """Let dnf fill the cache of a root filesystem from the repositories that its configuration names."""
    run("dnf", "--quiet", "--assumeyes", f"--installroot={root}", "--releasever=9", "makecache")


def fetch_with_zypper(root: Path) -> None:
    """Let zypper fill the cache of a root filesystem from the repositories that its configuration names."""
    run("zypper", "--root", str(root), "--non-interactive", "--no-gpg-checks", "refresh")


_TAGS = {
    "name": 1000,
    "version": 1001,
    "release": 1002,
    "epoch": 1003,
    "install_time": 1008,
    "vendor": 1011,
    "arch": 1022,
    "source": 1044,
    "module": 5096,
}


def database(folder: Path, *packages: Mapping[str, str | int]) -> bytes:
    """Return an SQLite database of rpm's that was written by hand, for packages that can't be built here.

    Args:
        folder: A directory to work in.
        packages: Tags by the names of ``rpm_header``; ``arch`` is x86_64 unless it is said.
    """
    path = folder / "rpmdb.sqlite"
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, blob BLOB NOT NULL)")
    for package in packages:
        connection.execute("INSERT INTO Packages (blob) VALUES (?)", (_header({"arch": "x86_64", **package}),))
    connection.commit()
    connection.close()
    return path.read_bytes()


def _header(tags: Mapping[str, str | int]) -> bytes:
    entries, data = b"", b""
    for name, value in tags.items():
        if isinstance(value, int):
            data += bytes(-len(data) % 4)
            entries += struct.pack(">4I", _TAGS[name], 4, len(data), 1)
            data += struct.pack(">I", value)
        else:
            entries += struct.pack(">4I", _TAGS[name], 6, len(data), 1)
            data += value.encode() + b"\0"
    return struct.pack(">2I", len(entries) // 16, len(data)) + entries + data
