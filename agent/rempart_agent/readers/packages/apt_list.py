"""Finds the package lists that apt has downloaded, and the archives that they are from.

Source: ``/var/lib/apt/lists``: ``<archive>_<component>_binary-<arch>_Packages[.lz4 …]`` beside ``<archive>_InRelease``
or ``<archive>_Release`` (apt-get(8), "Debian Repository Format").
"""

import re
from typing import Dict, Iterator, List, NamedTuple

from rempart_agent.readers.files import packed
from rempart_agent.source.contract import Missing
from rempart_agent.source.target import Target

_LIST = re.compile(r"(.*_Packages)(\.[a-z0-9]+)?$")
_RELEASE = re.compile(r"(.*_)(?:In)?Release$")
_HEAD = re.compile(
    r"^(Origin|Label|Suite|Codename|NotAutomatic|ButAutomaticUpgrades):[ \t]*(.*?)[ \t\r]*$", re.MULTILINE
)
_LAST_PLACE = re.compile(r"_([^_]+)_binary-([a-z0-9-]+)_Packages$")
_PLACE = re.compile(r"^(?:(.+)_)?binary-([a-z0-9-]+)_Packages$")


class PackageList(NamedTuple):
    """One list of packages.

    Attributes:
        path: Where it lies.
        origin: The archive's Origin, as the next four are what its Release file says.
        label: Its Label.
        suite: Its Suite.
        codename: Its Codename.
        component: ``main``; empty for an archive without components.
        automatic: 2 where apt installs from it by itself, 1 where it only upgrades what came from it, else 0.
        security: Whether the archive is one of security updates.
    """

    path: str
    origin: str
    label: str
    suite: str
    codename: str
    component: str
    automatic: int
    security: bool


def find(target: Target) -> Iterator[PackageList]:
    """Yield the lists, in order of name, each once though it lie there packed and plain.

    Raises:
        Missing: apt has no directory of lists.
    """
    folder = _folder(target)
    names = target.listdir(folder)
    releases: Dict[str, str] = {}
    for name in names:
        found = _RELEASE.match(name)
        if found and (found.group(1) not in releases or name.endswith("_InRelease")):
            releases[found.group(1)] = name
    heads: Dict[str, Dict[str, str]] = {}
    seen: List[str] = []
    for name in names:
        found = _LIST.match(name)
        if not found or (found.group(2) or "") not in packed.SUFFIXES or found.group(1) in seen:
            continue
        seen.append(found.group(1))
        archive = max((base for base in releases if name.startswith(base)), key=len, default="")
        if archive and archive not in heads:
            head = target.read_head("{}/{}".format(folder, releases[archive]), 1 << 14).decode("utf-8", "replace")
            heads[archive] = dict(reversed(_HEAD.findall(head)))
        yield _described(folder + "/" + name, found.group(1), archive, heads.get(archive, {}))


def _folder(target: Target) -> str:
    """Return where apt keeps its lists: ``Dir::State::lists``."""
    from rempart_agent.models.apt.config import place
    from rempart_agent.readers.packages import apt_settings

    return place(apt_settings.values(target), "Dir::State::lists").rstrip("/")


def _described(path: str, name: str, archive: str, head: Dict[str, str]) -> PackageList:
    suite = head.get("Suite", "")
    if not archive:  # its Release file is gone: what is left is the name
        dists = re.search(r"_dists_(.+?)_(?:[^_]+_)*binary-", name)
        suite = dists.group(1) if dists else ""
    place = (_PLACE if archive else _LAST_PLACE).search(name[len(archive) :])
    automatic = 2
    if head.get("NotAutomatic", "").lower() == "yes":
        automatic = 1 if head.get("ButAutomaticUpgrades", "").lower() == "yes" else 0
    codename = head.get("Codename", "")
    return PackageList(
        path=path,
        origin=head.get("Origin", ""),
        label=head.get("Label", ""),
        suite=suite,
        codename=codename,
        component=(place.group(1) or "").replace("_", "/") if place else "",
        automatic=automatic,
        security=is_security(head.get("Label", ""), suite, codename),
    )


def is_security(label: str, suite: str, codename: str) -> bool:
    """Tell whether an archive is one of security updates: Debian's, Ubuntu's and what follows their names.

    Debian: Label ``Debian-Security``, Suite ``stable-security``, before 2021 ``stable/updates``; Ubuntu: Suite
    ``noble-security``, ``noble-infra-security``.

    Args:
        label: As its Release file says.
        suite: The same.
        codename: The same.
    """
    names = [suite.lower(), codename.lower()]
    return label.lower().endswith("-security") or any(
        n.endswith(("-security", "/updates", "-security/updates")) for n in names
    )


def latest_change(target: Target, lists: List[PackageList]) -> Dict[str, int]:
    """Return when each list was last downloaded, in seconds since 1970, by path.

    Args:
        target: What is looked at.
        lists: Lists of packages.
    """
    found = {}
    for one in lists:
        try:
            found[one.path] = int(target.stat(one.path).st_mtime)
        except Missing:
            continue
    return found
