"""Pending updates of rpm's packages, by the metadata that dnf or zypper has fetched.

Source: rpm's database × the ``updateinfo.xml`` and ``primary.xml`` of the enabled repositories, by rpm's order of
versions. An update is one of security where a security advisory names a newer version than the one in place: the
newest of those is named, though a repository may have a newer one still. Excluded and locked packages count;
priorities of repositories and vendors do not. A package of a module stream (RHEL 8 and 9) is held against that stream
alone.

``updateinfo.xml`` alone says what is a security update. CentOS has none, and EPEL's is of EPEL's packages: on such a
system a newer version that no advisory names is neither a security update nor known to be none.
"""

import re
from typing import Dict, Iterator, List, NamedTuple, Optional, Set

from rempart_agent.formats import module_stream, repodata
from rempart_agent.formats.repodata import Offer
from rempart_agent.formats.version import compare_rpm
from rempart_agent.readers.files import unpacker
from rempart_agent.readers.packages import repository, repository_cache
from rempart_agent.readers.packages.repository import Repository
from rempart_agent.readers.packages.repository_cache import Metadata
from rempart_agent.readers.packages.rpm_package import Package, Packages, native_of
from rempart_agent.readers.packages.update import RPM, Update
from rempart_agent.source.contract import Missing
from rempart_agent.source.target import Target

NO_ADVISORIES = "no enabled repository says which updates are security ones (updateinfo), as on CentOS"

_ADDON = re.compile(r"epel(?![a-z])", re.IGNORECASE)
_SEVERITIES = ("low", "moderate", "medium", "important", "high", "critical", "urgent")


class Source(NamedTuple):
    """An enabled repository and what there is of it.

    Attributes:
        repository: The repository.
        metadata: Its metadata.
        streams: The module streams of its packages, see ``module_stream``.
    """

    repository: Repository
    metadata: Metadata
    streams: Dict[str, Set[str]]


class Candidate(NamedTuple):
    """The best that was found for a package.

    Attributes:
        offer: The newest version.
        found_in: Where.
        severity: The gravest of all advisories that name a newer version than the one in place.
        issued_at: When the first of them was issued.
    """

    offer: Offer
    found_in: Source
    severity: str
    issued_at: Optional[int]


def sources(target: Target) -> List[Source]:
    """Return the enabled repositories with what there is of them.

    Raises:
        Missing: there is none, or nothing was fetched of one.
        Malformed: the configuration or a ``repomd.xml`` can't be understood.
    """
    configuration = repository.read(target)
    enabled = [one for one in configuration.repositories if one.enabled]
    if not configuration.repositories:
        enabled = repository_cache.cached(target, configuration)
    if not enabled:
        raise Missing("rpm packages are installed, and no repository is enabled that could have newer ones")
    return [Source(one, repository_cache.look(target, configuration, one), {}) for one in enabled]


def has_sources(target: Target) -> bool:
    """Tell whether a repository is configured and enabled."""
    return any(one.enabled for one in repository.read(target).repositories)


def tells_security(found: List[Source]) -> bool:
    """Tell whether the repositories say which updates of the system itself are security ones."""
    return any(one.metadata.advisories and not is_addon(one.repository.id) for one in found)


def is_addon(repository_id: str) -> bool:
    """Tell whether a repository is EPEL or one of its kind, whose advisories are of its own packages alone."""
    return _ADDON.match(repository_id) is not None


def updates(target: Target, packages: Packages, security_only: bool) -> Iterator[Update]:
    """Yield each installed package with a newer version in the metadata, in order of name.

    Args:
        target: What is looked at.
        packages: What is installed.
        security_only: Whether only advisories are read.

    Raises:
        Missing: metadata are missing, or say nothing about security and ``security_only`` asks that.
        Malformed: metadata can't be understood.
        Unfit: they can't be unpacked here.
    """
    found = sources(target)
    tells = tells_security(found)
    if security_only and not tells:
        raise Missing(NO_ADVISORIES)
    best = Best(native_of(packages))
    for plain in found:
        one = plain._replace(streams=_streams(target, plain.metadata, packages))
        for kind, read in (("updateinfo", repodata.security_updates), ("primary", repodata.packages)):
            path = one.metadata.files.get(kind)
            if path and (kind == "updateinfo" or not security_only):
                for offer in read(unpacker.parts(target, path), packages, path):
                    for package in packages[offer.name]:
                        best.add(package, offer, one)
    return best.updates(0 if tells else None)


def _streams(target: Target, metadata: Metadata, packages: Packages) -> Dict[str, Set[str]]:
    """Return the module streams of a repository's packages, where any is installed that comes from one."""
    names = {name for name, same in packages.items() if any(package.module for package in same)}
    path = metadata.files.get("modules")
    if not names or not path:
        return {}
    return module_stream.streams(unpacker.parts(target, path), names, path)


class Best:
    """The newest version that was seen of each package, in security advisories and elsewhere."""

    def __init__(self, native: str) -> None:
        """Start with nothing seen."""
        self._native = native
        self._security: Dict[Package, Candidate] = {}
        self._other: Dict[Package, Candidate] = {}

    def add(self, package: Package, offer: Offer, found_in: Source) -> None:
        """Take note of an offer for an installed package of its name.

        Args:
            package: The installed one.
            offer: What a repository has.
            found_in: The repository.
        """
        if not self._fits(package, offer, found_in) or compare_rpm(offer.version, package.version) <= 0:
            return
        kept = self._other if offer.advisory is None else self._security
        before = kept.get(package)
        severity, issued = "", None
        if offer.advisory is not None:
            severity, issued = offer.advisory.severity, offer.advisory.issued_at
        if before is None:
            kept[package] = Candidate(offer, found_in, severity, issued)
            return
        newer = compare_rpm(offer.version, before.offer.version) > 0
        kept[package] = Candidate(
            offer=offer if newer else before.offer,
            found_in=found_in if newer else before.found_in,
            severity=max(before.severity, severity, key=_gravity),
            issued_at=min((at for at in (before.issued_at, issued) if at is not None), default=None),
        )

    def _fits(self, package: Package, offer: Offer, found_in: Source) -> bool:
        same = (self._native, "noarch")
        if package.arch != offer.arch and not (package.arch in same and offer.arch in same):
            return False
        modular = bool(offer.module) or module_stream.MARK in offer.version.rpartition("-")[2]
        if not modular or not package.module:
            return not modular and not package.module
        known = {offer.module} if offer.module else found_in.streams.get("{0.name}-{0.version}.{0.arch}".format(offer))
        return not known or package.module == "?" or package.module in known

    def updates(self, other: Optional[int]) -> Iterator[Update]:
        """Yield the packages with a newer version, in order of name.

        Args:
            other: What ``security`` is for those that no advisory names.
        """
        found = dict(self._other)
        found.update(self._security)
        for package, (offer, found_in, severity, issued) in sorted(found.items(), key=lambda item: item[0][:3]):
            yield Update(
                manager=RPM,
                name=package.name,
                arch=package.arch,
                installed_version=package.version,
                candidate_version=offer.version,
                security=other if offer.advisory is None else 1,
                origin=found_in.repository.id,
                label=found_in.repository.label,
                source_package=package.source or package.name,
                advisory=None if offer.advisory is None else offer.advisory.id,
                severity=None if offer.advisory is None else severity,
                installed_at=package.installed_at,
                issued_at=issued,
                lists_at=found_in.metadata.current_at,
            )


def _gravity(severity: str) -> int:
    return _SEVERITIES.index(severity.lower()) if severity.lower() in _SEVERITIES else -1
