"""Reads the metadata of rpm repositories: ``repomd.xml``, ``primary.xml`` and ``updateinfo.xml``.

Source: what createrepo_c writes and libdnf and libzypp read. The names are wanted without their namespace's prefix,
as all who write these files leave it out.
"""

import re
from typing import Container, Dict, Iterable, Iterator, List, NamedTuple, Optional, Tuple

from rempart_agent.formats import xml_stream
from rempart_agent.source.contract import Malformed

MAX_FILES = 1000
MAX_PACKAGES = 100_000  # of one advisory
MAX_VERSION = 1000  # characters

_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d):(\d\d))?")
_NO_PACKAGES = ("src", "nosrc")


class Advisory(NamedTuple):
    """A notice of security updates.

    Attributes:
        id: ``RHSA-2026:1234``.
        severity: As it is written; empty where it is not said.
        issued_at: When it was issued, in seconds since 1970.
    """

    id: str
    severity: str
    issued_at: Optional[int]


class Offer(NamedTuple):
    """A version of a package that a repository has or an advisory names.

    Attributes:
        name: The package.
        arch: Its architecture.
        version: Epoch (where it is not 0), version and release, as rpm writes them.
        module: The module that it is part of, ``name:stream``, where the metadata say so.
        advisory: The notice that names it.
    """

    name: str
    arch: str
    version: str
    module: str
    advisory: Optional[Advisory]


def files(parts: Iterable[bytes], path: str = "repomd.xml") -> Dict[str, str]:
    """Return the files that a ``repomd.xml`` names, by their type (``primary``, ``updateinfo_zck``).

    Only the last part of each place is returned: a cache keeps them all in one folder.

    Args:
        parts: The file.
        path: Its name, for errors.

    Raises:
        Malformed: it is no such file.
    """
    return dict(xml_stream.read(parts, _Repomd(), path))


_CHECKSUM = re.compile(r"<checksum\s+type=[\"']([a-z0-9]+)[\"']\s*>\s*([0-9a-f]+)\s*</checksum>")
_LOCATION = re.compile(r"<location\s[^>]*?href=[\"']([^\"']+)[\"']")
_SIZE = re.compile(r"<size>\s*([0-9]+)\s*</size>")
_ALGORITHMS = {"sha": "sha1", **{name: name for name in ("sha1", "sha224", "sha256", "sha384", "sha512")}}


def digests(text: str) -> "Dict[str, Tuple[str, str, Optional[int]]]":
    """Return algorithm, digest and size of each file that a ``repomd.xml`` names, by the last part of its place."""
    found = {}
    for data in text.split("<data")[1:]:
        checksum, location, size = _CHECKSUM.search(data), _LOCATION.search(data), _SIZE.search(data)
        if checksum and location and checksum.group(1) in _ALGORITHMS:
            name = location.group(1).rpartition("/")[2]
            found[name] = (_ALGORITHMS[checksum.group(1)], checksum.group(2), int(size.group(1)) if size else None)
    return found


def packages(parts: Iterable[bytes], names: Container[str], path: str = "primary.xml") -> Iterator[Offer]:
    """Yield what a ``primary.xml`` offers of some packages.

    Args:
        parts: The file.
        names: The names that are wanted.
        path: Its name, for errors.

    Raises:
        Malformed: it is no such file.
    """
    return xml_stream.read(parts, _Primary(names), path)


def security_updates(parts: Iterable[bytes], names: Container[str], path: str = "updateinfo.xml") -> Iterator[Offer]:
    """Yield what the security advisories of an ``updateinfo.xml`` name of some packages; retracted ones do not count.

    Args:
        parts: The file.
        names: The names that are wanted.
        path: Its name, for errors.

    Raises:
        Malformed: it is no such file.
    """
    return xml_stream.read(parts, _Updateinfo(names), path)


def join_version(epoch: Optional[str], version: str, release: str) -> str:
    """Return a version as rpm writes it.

    Args:
        epoch: None or ``"0"`` is not written.
        version: The version.
        release: The release.
    """
    prefix = epoch + ":" if epoch and epoch.isascii() and epoch.isdigit() and epoch.strip("0") else ""
    return prefix + version + ("-" + release if release else "")


class _Repomd(xml_stream.Reader):
    root = "repomd"

    def __init__(self) -> None:
        super().__init__()
        self._type = ""
        self._count = 0

    def start(self, name: str, attributes: Dict[str, str]) -> None:
        if self.depth == 2:
            self._type = attributes.get("type", "") if name == "data" else ""
        elif self.depth == 3 and name == "location" and self._type:
            self._count += 1
            if self._count > MAX_FILES:
                raise Malformed("a repomd.xml of too many files")
            self.found.append((self._type, attributes.get("href", "").rpartition("/")[2]))


class _Primary(xml_stream.Reader):
    root = "metadata"

    def __init__(self, names: Container[str]) -> None:
        super().__init__()
        self._names = names
        self._name = self._arch = self._version = ""

    def start(self, name: str, attributes: Dict[str, str]) -> None:
        if self.depth == 3:
            if name in ("name", "arch"):
                self.keep_text()
            elif name == "version":
                self._version = _version(attributes, "ver", "rel")
        elif self.depth == 2:
            self._name = self._arch = self._version = ""

    def end(self, name: str, text: str) -> None:
        if self.depth == 3:
            if name == "name":
                self._name = text.strip()
            elif name == "arch":
                self._arch = text.strip()
        elif self.depth == 2 and name == "package":
            if not self._name or not self._arch or not self._version:
                raise Malformed("a package without name, architecture or version")
            if self._name in self._names and self._arch not in _NO_PACKAGES:
                self.found.append(Offer(self._name, self._arch, self._version, "", None))


class _Updateinfo(xml_stream.Reader):
    root = "updates"

    def __init__(self, names: Container[str]) -> None:
        super().__init__()
        self._names = names
        self._security = False
        self._values: Dict[str, str] = {}
        self._module = ""
        self._packages: List[Offer] = []

    def start(self, name: str, attributes: Dict[str, str]) -> None:
        if self.depth == 2:
            kind, status = attributes.get("type", ""), attributes.get("status", "")
            self._security = kind.lower() == "security" and status.lower() != "retracted"
            self._values = {}
            self._packages = []
        elif not self._security:
            return
        elif self.depth == 3:
            if name in ("id", "severity"):
                self.keep_text()
            elif name == "issued":
                self._values["issued"] = attributes.get("date", "")
        elif name == "collection":
            self._module = ""
        elif name == "module":
            self._module = "{}:{}".format(attributes.get("name", ""), attributes.get("stream", ""))
        elif name == "package" and attributes.get("name") in self._names:
            self._add(attributes)

    def _add(self, attributes: Dict[str, str]) -> None:
        arch, version = attributes.get("arch", ""), _version(attributes, "version", "release")
        if not arch or not version:
            raise Malformed("an advisory with a package without architecture or version")
        if arch not in _NO_PACKAGES:
            self._packages.append(Offer(attributes["name"], arch, version, self._module, None))
        if len(self._packages) > MAX_PACKAGES:
            raise Malformed("an advisory of too many packages")

    def end(self, name: str, text: str) -> None:
        if self.depth == 3 and self._security and name in ("id", "severity"):
            self._values[name] = text.strip()
        elif self.depth == 2 and self._packages:
            issued = date(self._values.get("issued", ""))
            advisory = Advisory(self._values.get("id", ""), self._values.get("severity", ""), issued)
            self.found += [offer._replace(advisory=advisory) for offer in self._packages]
            self._packages = []


def _version(attributes: Dict[str, str], version: str, release: str) -> str:
    if not attributes.get(version):
        return ""
    joined = join_version(attributes.get("epoch"), attributes[version], attributes.get(release, ""))
    if len(joined) > MAX_VERSION:
        raise Malformed("a version beyond all measure")
    return joined


def date(text: str) -> Optional[int]:
    """Return the seconds since 1970 of ``2026-01-31``, ``2026-01-31 12:00:00`` or ``1769817600``, taken for UTC."""
    import calendar

    text = text.strip()
    if text.isascii() and text.isdigit() and len(text) < 12:
        return int(text)
    found = _DATE.match(text)
    if not found:
        return None
    try:
        return calendar.timegm(tuple(int(part or 0) for part in found.groups()))
    except (ValueError, OverflowError):
        return None
