"""Table rempart_updates: installed packages of which apt's lists have a newer version.

Source: dpkg's status × ``/var/lib/apt/lists/*_Packages``, by dpkg's order of versions; nothing is downloaded, so the
answer is as old as ``lists_at``. Held packages count; pins (apt_preferences(5)) and Ubuntu's phasing do not.

``security`` is 1 when an archive of security updates has a newer version than the one in place: the row then names the
newest there, though another archive may have a newer one still. ``WHERE security = 1`` reads only those lists. What
backports have is no update of a package that did not come from there. ``installed_at`` is when the version in place was
unpacked, in seconds since 1970; ``first_seen`` is left for the history of runs to say.
"""

import re
from typing import Dict, Iterator, List, NamedTuple, Optional, Tuple

from rempart_agent.tables import apt_list, dpkg, packed
from rempart_agent.tables.apt_list import PackageList
from rempart_agent.tables.contract import BIGINT, INTEGER, TEXT, Column, Malformed, Missing, Query, Row
from rempart_agent.tables.version import compare_dpkg
from rempart_agent.targets.contract import Target

OFFLINE = "full"
COLUMNS = (
    Column("name", TEXT),
    Column("arch", TEXT),
    Column("installed_version", TEXT, collate="version_dpkg"),
    Column("candidate_version", TEXT, collate="version_dpkg"),
    Column("origin", TEXT),
    Column("label", TEXT),
    Column("suite", TEXT),
    Column("codename", TEXT),
    Column("component", TEXT),
    Column("security", INTEGER, argument=True),
    Column("advisory", TEXT),
    Column("severity", TEXT),
    Column("source_package", TEXT),
    Column("installed_at", BIGINT),
    Column("first_seen", BIGINT),
    Column("lists_at", BIGINT),
)

NO_SECURITY_LISTS = "no lists of a security archive: run apt-get update"

_PACKAGE = re.compile(rb"^Package:[ \t]*([^\s]+)", re.MULTILINE)
_FIELD = re.compile(r"^(Version|Architecture|Source):[ \t]*(.*?)[ \t\r]*$", re.MULTILINE)
_END = re.compile(rb"\n[ \t\r]*\n")


class Offer(NamedTuple):
    """A version that a list has of a package."""

    version: str
    arch: str
    source: str


class Candidate(NamedTuple):
    """The best that was found for a package: an offer and the list that has it."""

    offer: Offer
    found_in: PackageList


def rows(target: Target, query: Query) -> Iterator[Row]:
    """Return one row for each installed package with a newer version in the lists.

    Raises:
        Missing: there is no dpkg, or no list of a security archive, which says nothing about what is pending.
    """
    installed: Dict[str, List[dpkg.Package]] = {}
    for package in dpkg.installed(target):
        installed.setdefault(package.name, []).append(package)
    try:
        lists = list(apt_list.find(target))
    except Missing as error:
        raise Missing(NO_SECURITY_LISTS) from error
    security = [one for one in lists if one.security]
    if not security:
        raise Missing(NO_SECURITY_LISTS)
    wanted = security if query.equal("security") == ["1"] else lists
    changed = apt_list.latest_change(target, security)
    best = Best(native_of(installed))
    for one in wanted:
        for name, offer in parse(packed.read(target, one.path), installed):
            best.add(installed[name], offer, one)
    for package, (offer, found_in) in best.updates():
        row: Dict[str, object] = {
            "name": package.name,
            "arch": package.arch,
            "installed_version": package.version,
            "candidate_version": offer.version,
            "origin": found_in.origin,
            "label": found_in.label,
            "suite": found_in.suite,
            "codename": found_in.codename,
            "component": found_in.component,
            "security": int(found_in.security),
            "source_package": offer.source or package.name,
            "lists_at": changed.get(found_in.path, min(changed.values())),
        }
        when = unpacked_at(target, package)
        if when is not None:
            row["installed_at"] = when
        yield row


def native_of(installed: Dict[str, List[dpkg.Package]]) -> str:
    """Return the architecture of the system: that of dpkg itself, else the commonest."""
    counts: Dict[str, int] = {}
    for packages in installed.values():
        for package in packages:
            if package.name == "dpkg":
                return package.arch
            if package.arch != "all":
                counts[package.arch] = counts.get(package.arch, 0) + 1
    return max(counts, key=lambda arch: counts[arch], default="")


def parse(data: bytes, names: Dict[str, List[dpkg.Package]]) -> Iterator[Tuple[str, Offer]]:
    """Return what a list offers of some packages; it is searched as a whole, since lists have tens of megabytes.

    Args:
        data: The list.
        names: The names that are wanted, as keys.

    Raises:
        Malformed: this is no list of packages.
    """
    if data.strip() and not _PACKAGE.search(data):
        raise Malformed("a list of packages without a package")
    for found in _PACKAGE.finditer(data):
        name = found.group(1).decode("utf-8", "replace")
        if name not in names:
            continue
        start = max(data.rfind(b"\n\n", 0, found.start()), 0)
        end = _END.search(data, found.end())
        stanza = data[start : end.start() if end else len(data)].decode("utf-8", "replace")
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
        """Take note of an offer for the installed packages of its name."""
        for package in packages:
            if not self._fits(package.arch, offer.arch):
                continue
            try:
                order = compare_dpkg(offer.version, package.version)
            except ValueError as error:  # a number beyond all measure
                raise Malformed("{}: {}: {}".format(found_in.path, package.name, error)) from error
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
    """Return when the version in place was unpacked: the age of dpkg's list of its files."""
    for name in (package.name + ":" + package.arch, package.name) if package.same else (package.name,):
        try:
            return int(target.stat("{}/info/{}.list".format(dpkg.ADMIN, name)).st_mtime)
        except Missing:
            continue
    return None
