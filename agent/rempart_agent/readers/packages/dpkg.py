"""Reads dpkg's database: what it knows of each package.

Source: ``/var/lib/dpkg/status``, and ``/var/lib/dpkg/status.d/*`` of images without dpkg (deb-control(5), dpkg(1)).
"""

import re
from typing import Dict, Iterator, List, NamedTuple, Tuple

from rempart_agent.readers.files.deb822 import stanzas
from rempart_agent.source.contract import Missing
from rempart_agent.source.target import Target

ADMIN = "/var/lib/dpkg"

_ABSENT = ("not-installed", "config-files")


class Package(NamedTuple):
    """A package whose files are on the system.

    Attributes:
        name: Its name, without architecture.
        arch: Its architecture, ``all`` included.
        version: The version in place.
        source: The name of its source package.
        status: dpkg's three words, ``install ok installed``.
        same: Its architectures can be installed side by side (``Multi-Arch: same``).
    """

    name: str
    arch: str
    version: str
    source: str
    status: str
    same: bool


def texts(target: Target) -> List[str]:
    """Return the texts that make up the database.

    Raises:
        Missing: there is none: no system of dpkg's.
    """
    found = []
    try:
        found.append(target.text(ADMIN + "/status"))
    except Missing:
        pass
    folder = ADMIN + "/status.d"
    try:
        names = target.listdir(folder)
    except Missing:
        names = []
    found += [target.text(folder + "/" + name) for name in names if not name.endswith((".md5sums", ".preserve"))]
    if not found:
        raise Missing("{admin}/status: does not exist", admin=ADMIN)
    return found


def packages(target: Target) -> Iterator[Dict[str, str]]:
    """Return every stanza of the database, field name in lower case to value."""
    for text in texts(target):
        for _, fields in stanzas(text):
            if "package" in fields:
                yield fields


def installed(target: Target) -> List[Package]:
    """Return the packages whose files are on the system, held and half-configured ones too; read once in a run.

    Raises:
        Missing: there is no database.
    """
    found: List[Package] = target.shared(
        "dpkg packages", lambda: [package for text in texts(target) for package in parse(text)]
    )
    return found


def parse(text: str) -> Iterator[Package]:
    """Parse a status file, only as far as what is installed."""
    for stanza in re.split(r"\n(?:[ \t\r]*\n)+", text):
        stanza = "\n" + stanza
        name, version = _field(stanza, "Package"), _field(stanza, "Version")
        if not name or not version:
            continue
        status = _field(stanza, "Status", "install ok installed")  # status.d has no such field: it is all installed
        if status.rsplit(" ", 1)[-1] in _ABSENT:
            continue
        source = _field(stanza, "Source").split(" ", 1)[0] or name
        yield Package(
            name, _field(stanza, "Architecture"), version, source, status, _field(stanza, "Multi-Arch") == "same"
        )


def _field(stanza: str, name: str, otherwise: str = "") -> str:
    """Return the value of a field, the last of its name; five times as fast as a pattern of all fields."""
    at = stanza.rfind("\n" + name + ":")
    if at < 0:
        return otherwise
    end = stanza.find("\n", at + 1)
    return stanza[at + len(name) + 2 : end if end >= 0 else len(stanza)].lstrip(" \t").rstrip(" \t\r")


def find_version(text: str, name: str) -> Tuple[str, ...]:
    """Return the installed version of one package in a status file, or nothing; without parsing the others.

    Args:
        text: The status file.
        name: The package's.
    """
    at = 0 if text.startswith("Package: {}\n".format(name)) else text.find("\nPackage: {}\n".format(name)) + 1
    if not at and not text.startswith("Package: {}\n".format(name)):
        return ()
    return tuple(package.version for package in parse(text[at : text.find("\n\n", at) + 1 or len(text)]))
