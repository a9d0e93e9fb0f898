"""What package managers have fetched of their repositories, and of when it is.

Sources: ``<cachedir>/<id>-<16 hexadecimal digits>/repodata`` of dnf and dnf5, ``<id>-<release>-<architecture>`` of
microdnf, ``raw/<alias>/repodata`` of zypper with ``/`` in the alias written ``_``. All keep ``repomd.xml`` and the
files that it names. When dnf sees that nothing has changed it touches the primary metadata, zypper touches
``repomd.xml``: the later of both is when they were last known to be current.
"""

import hashlib
import re
from typing import Dict, Iterator, List, NamedTuple, Optional, Tuple

from rempart_agent.formats import repodata
from rempart_agent.readers.files import unpacker
from rempart_agent.readers.packages.repository import DNF, ZYPPER, Configuration, Repository
from rempart_agent.said import Why
from rempart_agent.source.contract import Loop, Missing
from rempart_agent.source.target import Target

MAX_REPOMD = 8 * 1024 * 1024
MAX_METADATA = 256 * 1024 * 1024
REFRESH = {DNF: "run dnf makecache", ZYPPER: "run zypper refresh"}

_DNF_FOLDER = re.compile(r"(.+)-[0-9a-f]{16}$")
_MICRODNF_FOLDER = re.compile(r"(.+)-[^-]+-[^-]+$")
_VARIABLE = re.compile(r"\\\$(?:\\\{)?\w+(?:\\\})?")
_KINDS = ("primary", "updateinfo", "modules")


class Metadata(NamedTuple):
    """What is there of one repository.

    Attributes:
        folder: Where it lies.
        files: The files that are wanted, by what they are: ``primary``, ``updateinfo``, ``modules``.
        current_at: When they were last known to be current, in seconds since 1970.
        advisories: Whether the repository says which updates are security ones (has an updateinfo).
    """

    folder: str
    files: Dict[str, str]
    current_at: int
    advisories: bool


def cached(target: Target, configuration: Configuration) -> List[Repository]:
    """Return a repository for each that only its cache tells of: for a system on which none is configured.

    Args:
        target: What is looked at.
        configuration: Of the package manager.
    """
    found: Dict[Tuple[str, str], Repository] = {}
    for manager, folder, name in _folders(target, configuration):
        known = _pattern(folder).match(name) if manager == DNF else None
        if (known or manager == ZYPPER) and target.exists("{}/{}/repodata/repomd.xml".format(folder, name)):
            plain = known.group(1) if known else name
            found.setdefault((manager, plain), Repository(plain, "", True, manager, ""))
    return list(found.values())


def look(target: Target, configuration: Configuration, repository: Repository) -> Metadata:
    """Return what there is of a repository.

    Args:
        target: What is looked at.
        configuration: Of the package manager.
        repository: The repository.

    Raises:
        Missing: nothing of it was fetched, or a file that it needs is not there.
        Malformed: its ``repomd.xml`` can't be understood.
    """
    newest: Optional[Tuple[int, str]] = None
    for manager, folder, name in _folders(target, configuration):
        if manager != repository.manager or not _is_of(repository, folder, name):
            continue
        path = "/".join(part for part in (folder, name, repository.path, "repodata") if part)
        try:
            changed = int(target.stat(path + "/repomd.xml").st_mtime)
        except (Missing, Loop):
            continue
        changed = max([changed, *_primaries_changed(target, path)])
        if newest is None or changed > newest[0]:
            newest = (changed, path)
    if newest is None:
        raise Missing("repository {id}: no metadata: {refresh}", id=repository.id, refresh=REFRESH[repository.manager])
    return _read(target, repository, newest[1], newest[0])


def _folders(target: Target, configuration: Configuration) -> Iterator[Tuple[str, str, str]]:
    """Yield manager, directory and name of each directory within the caches."""
    for manager, caches in configuration.caches.items():
        for cache in caches:
            try:
                names = target.entries(cache)
            except (Missing, Loop):
                continue
            for name, kind in names:
                if kind != "other":
                    yield manager, cache.rstrip("/"), name


def _pattern(folder: str) -> "re.Pattern[str]":
    return _MICRODNF_FOLDER if folder.endswith("/yum/metadata") else _DNF_FOLDER


def _is_of(repository: Repository, folder: str, name: str) -> bool:
    if repository.manager == ZYPPER:
        return name == repository.id.replace("/", "_")
    found = _pattern(folder).match(name)
    if not found:
        return False
    if "$" not in repository.id:
        return found.group(1) == repository.id
    return bool(re.match(_VARIABLE.sub(".+", re.escape(repository.id)) + "$", found.group(1)))


def _primaries_changed(target: Target, path: str) -> Iterator[int]:
    for name, _, status in target.statuses(path):
        if "primary.xml" in name and status is not None:
            yield int(status.st_mtime)


def _read(target: Target, repository: Repository, path: str, changed: int) -> Metadata:
    repomd = path + "/repomd.xml"
    named = repodata.files(unpacker.parts(target, repomd, MAX_REPOMD), repomd)
    there = set(target.listdir(path))
    files = {}
    for kind in _KINDS:
        names = [named[key] for key in (kind, kind + "_zck") if named.get(key)]
        present = [name for name in names if name in there]
        if present:
            files[kind] = path + "/" + present[0]
        elif kind == "primary" or (names and kind == "updateinfo"):  # not every package manager fetches modules
            raise Missing(
                "repository {id}: its {kind} is not in the cache: {refresh}",
                id=repository.id,
                kind=kind,
                refresh=REFRESH[repository.manager],
            )
    return Metadata(path, files, changed, "updateinfo" in files)


def damage(target: Target, found: Metadata) -> str:
    """Return which of the files of a repository is not the one that its ``repomd.xml`` names; ``""`` for none.

    Args:
        target: What is looked at.
        found: What there is of the repository.

    Raises:
        Malformed: the ``repomd.xml`` can't be understood.
    """
    repomd = found.folder + "/repomd.xml"
    said = repodata.digests(target.read(repomd, MAX_REPOMD).decode("utf-8", "replace"))
    for kind in ("primary", "updateinfo"):
        path = found.files.get(kind)
        if not path:
            continue
        digest = said.get(path.rpartition("/")[2])
        if digest is None:
            return Why("{repomd}: no digest of {value}", repomd=repomd, value=path.rpartition("/")[2])
        algorithm, value, size = digest
        content = target.read(path, MAX_METADATA)
        if size is not None and len(content) != size:
            return Why(
                "{path}: {count} bytes, and the repository says {size}", path=path, count=len(content), size=size
            )
        if hashlib.new(algorithm, content).hexdigest() != value:
            return Why("{path}: its digest is not the one that the repository says", path=path)
    return ""
