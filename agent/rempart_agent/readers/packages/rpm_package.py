"""The installed packages of an rpm system, as far as updates are concerned.

Of a package that is installed in several versions (kernels) only the newest counts: the others wait for no update.
"""

import re
from typing import Dict, List, Mapping, NamedTuple, Optional

from rempart_agent.formats.version import compare_rpm
from rempart_agent.readers.packages import rpm_database
from rempart_agent.source.target import Target

_SOURCE = re.compile(r"-[^-]+-[^-]+\.(?:no)?src\.rpm$")


class Package(NamedTuple):
    """An installed package.

    Attributes:
        name: Its name.
        arch: Its architecture.
        version: Epoch (where it is not 0), version and release, as rpm writes them.
        source: The name of its source package.
        module: ``name:stream`` of the module that it is part of; ``?`` where its release alone says that it is of one.
        installed_at: When it was installed, in seconds since 1970.
    """

    name: str
    arch: str
    version: str
    source: str
    module: str
    installed_at: Optional[int]


Packages = Dict[str, List[Package]]
"""The installed packages of each name: one for each architecture."""


def installed(target: Target) -> Packages:
    """Return the installed packages by name, the newest of each architecture; none where there is no rpm.

    Raises:
        Malformed: the database is damaged.
    """
    found: Dict[str, Dict[str, Package]] = {}
    for header in rpm_database.headers(target):
        package = _package(header)
        if package.arch:  # keys of vendors lie there as packages without one
            same = found.setdefault(package.name, {})
            before = same.get(package.arch)
            if before is None or compare_rpm(package.version, before.version) > 0:
                same[package.arch] = package
    return {name: list(same.values()) for name, same in found.items()}


def _package(header: Mapping[str, object]) -> Package:
    from rempart_agent.formats import module_stream, repodata

    version, release = str(header.get("version", "")), str(header.get("release", ""))
    label = ":".join(str(header.get("module", "")).split(":")[:2])
    when = header.get("install_time")
    return Package(
        name=str(header.get("name", "")),
        arch=str(header.get("arch", "")),
        version=repodata.join_version(str(header.get("epoch", "")), version, release)[: repodata.MAX_VERSION],
        source=_SOURCE.sub("", str(header.get("source", ""))),
        module=label or ("?" if module_stream.MARK in release else ""),
        installed_at=when if isinstance(when, int) else None,
    )


def native_of(packages: Packages) -> str:
    """Return the architecture of the system: that of rpm itself, else the commonest."""
    counts: Dict[str, int] = {}
    for same in packages.values():
        for package in same:
            if package.name == "rpm":
                return package.arch
            if package.arch != "noarch":
                counts[package.arch] = counts.get(package.arch, 0) + 1
    return max(counts, key=lambda arch: counts[arch], default="")
