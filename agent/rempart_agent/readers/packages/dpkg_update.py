"""Pending updates of dpkg's packages, by the lists that apt has downloaded.

Source: dpkg's status × ``/var/lib/apt/lists/*_Packages``, by dpkg's order of versions. Held packages count; pins
(apt_preferences(5)) and Ubuntu's phasing do not. An update is one of security where an archive of security updates
has a newer version than the one in place: the newest there is named, though another archive may have a newer one
still. What backports have is no update of a package that did not come from there.
"""

import re
from typing import Dict, Iterator, List, NamedTuple, Optional, Tuple

from rempart_agent.formats.version import compare_dpkg
from rempart_agent.readers.files import packed
from rempart_agent.readers.packages import apt_list, dpkg
from rempart_agent.readers.packages.apt_list import PackageList
from rempart_agent.readers.packages.update import DPKG, Update
from rempart_agent.source.contract import Malformed, Missing
from rempart_agent.source.target import Target

NO_SECURITY_LISTS = "no lists of a security archive: run apt-get update"
SOURCES = ("/etc/apt/sources.list", "/etc/apt/sources.list.d/*.list", "/etc/apt/sources.list.d/*.sources")

_FIELD = re.compile(r"^(Version|Architecture|Source):[ \t]*(.*?)[ \t\r]*$", re.MULTILINE)
_END = re.compile(rb"\n[ \t\r]*\n")

Packages = Dict[str, List[dpkg.Package]]
"""The installed packages of each name."""


class Offer(NamedTuple):
    """A version that a list has of a package."""

    version: str
    arch: str
    source: str


class Candidate(NamedTuple):
    """The best that was found for a package: an offer and the list that has it."""

    offer: Offer
    found_in: PackageList


def installed(target: Target) -> Packages:
    """Return the installed packages by name.

    Raises:
        Missing: there is no dpkg.
    """
    found: Packages = {}
    for package in dpkg.installed(target):
        found.setdefault(package.name, []).append(package)
    return found


def has_sources(target: Target) -> bool:
    """Tell whether apt has been given an archive to fetch from, or has lists."""
    try:
        if any(True for _ in apt_list.find(target)):
            return True
    except Missing:
        pass
    return any(target.glob(pattern) for pattern in SOURCES)


def updates(target: Target, packages: Packages, security_only: bool) -> Iterator[Update]:
    """Yield each installed package with a newer version in the lists, in order of name.

    Args:
        target: What is looked at.
        packages: What is installed.
        security_only: Whether only the lists of security archives are read.

    Raises:
        Missing: there is no list of a security archive, which says nothing about what is pending.
    """
    try:
        lists = list(apt_list.find(target))
    except Missing as error:
        raise Missing(NO_SECURITY_LISTS) from error
    security = [one for one in lists if one.security]
    if not security:
        raise Missing(NO_SECURITY_LISTS)
    changed = apt_list.latest_change(target, security)
    best = Best(native_of(packages))
    for one in security if security_only else lists:
        for name, offer in parse(packed.read(target, one.path), packages):
            best.add(packages[name], offer, one)
    for package, (offer, found_in) in best.updates():
        yield Update(
            manager=DPKG,
            name=package.name,
            arch=package.arch,
            installed_version=package.version,
            candidate_version=offer.version,
            security=int(found_in.security),
            origin=found_in.origin,
            label=found_in.label,
            suite=found_in.suite,
            codename=found_in.codename,
            component=found_in.component,
            source_package=offer.source or package.name,
            installed_at=unpacked_at(target, package),
            lists_at=changed.get(found_in.path, min(changed.values())),
        )


def native_of(packages: Packages) -> str:
    """Return the architecture of the system: that of dpkg itself, else the commonest."""
    counts: Dict[str, int] = {}
    for same in packages.values():
        for package in same:
            if package.name == "dpkg":
                return package.arch
            if package.arch != "all":
                counts[package.arch] = counts.get(package.arch, 0) + 1
    return max(counts, key=lambda arch: counts[arch], default="")


def parse(data: bytes, names: Packages) -> Iterator[Tuple[str, Offer]]:
    """Return what a list offers of some packages; it is searched as a whole, since lists have tens of megabytes.

    Args:
        data: The list.
        names: The names that are wanted, as keys.

    Raises:
        Malformed: this is no list of packages.
    """
    parts = (b"\n" + data).split(b"\nPackage:")  # five times as fast as a pattern
    if len(parts) == 1 and data.strip():
        raise Malformed("a list of packages without a package")
    wanted = {name.encode(): name for name in names}
    for place in range(1, len(parts)):
        part = parts[place]
        name = wanted.get(part[: part.find(b"\n")].strip() if b"\n" in part else part.strip(), "")
        if not name:
            continue
        before = _END.split(b"\n" + parts[place - 1] + b"\n")[-1]  # fields of the stanza that stand above its name
        stanza = (before + b"\n" + _END.split(part, 1)[0]).decode("utf-8", "replace")
        fields = dict(_FIELD.findall(stanza))
        if fields.get("Version"):
            source = fields.get("Source", "").split(" ", 1)[0]
            yield name, Offer(fields["Version"], fields.get("Architecture", ""), source)


class Best:
    """The newest version that was seen of each package, of security archives and of the others."""

    def __init__(self, native: str) -> None:
        """Start with nothing seen."""
        self._native = native
        self._security: Dict[dpkg.Package, Candidate] = {}
        self._other: Dict[dpkg.Package, Candidate] = {}
        self._backport: Dict[dpkg.Package, Candidate] = {}
        self._ordinary: Dict[dpkg.Package, bool] = {}

    def add(self, packages: List[dpkg.Package], offer: Offer, found_in: PackageList) -> None:
        """Take note of an offer for the installed packages of its name.

        Args:
            packages: The installed packages of that name, one for each architecture.
            offer: Version, architecture and source.
            found_in: The list that has the offer.

        Raises:
            Malformed: The versions can't be compared.
        """
        for package in packages:
            if not self._fits(package.arch, offer.arch):
                continue
            try:
                order = compare_dpkg(offer.version, package.version)
            except ValueError as error:  # a number beyond all measure
                raise Malformed(
                    "{path}: {name}: {error}", path=found_in.path, name=package.name, error=error
                ) from error
            if found_in.automatic == 2 and order >= 0:
                self._ordinary[package] = True
            if order <= 0 or not found_in.automatic:
                continue
            kept = self._security if found_in.security else self._other if found_in.automatic == 2 else self._backport
            before = kept.get(package)
            if before is None or compare_dpkg(offer.version, before.offer.version) > 0:
                kept[package] = Candidate(offer, found_in)

    def _fits(self, installed: str, offered: str) -> bool:
        same = (self._native, "all", "")
        return installed == offered or (installed in same and offered in same)

    def updates(self) -> List[Tuple[dpkg.Package, Candidate]]:
        """Return the packages with a newer version, in order of name."""
        found = {p: c for p, c in self._backport.items() if p not in self._ordinary}
        found.update(self._other)
        found.update(self._security)
        return sorted(found.items(), key=lambda item: item[0][:3])


def unpacked_at(target: Target, package: dpkg.Package) -> Optional[int]:
    """Return when the version in place was unpacked: the age of dpkg's list of its files.

    Args:
        target: What is looked at.
        package: The package; None is returned where nothing says when.
    """
    for name in (package.name + ":" + package.arch, package.name) if package.same else (package.name,):
        try:
            return int(target.stat("{}/info/{}.list".format(dpkg.ADMIN, name)).st_mtime)
        except Missing:
            continue
    return None
