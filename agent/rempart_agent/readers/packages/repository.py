"""The repositories that an rpm system is configured with: those of dnf (4 and 5) and yum, and those of zypper.

Sources: dnf.conf(5): ``/etc/dnf/dnf.conf``, else ``/etc/yum.conf``, and the ``*.repo`` files of its ``reposdir``;
dnf5's overrides (``repos.override.d``); zypp.conf(5) and ``/etc/zypp/repos.d``. Of two package managers with
repositories only one that is installed counts. A root filesystem without any was filled from outside (``dnf
--installroot``): what lies in its caches is what it has, see ``repository_cache``.
"""

import fnmatch
from typing import Dict, Iterator, List, Mapping, NamedTuple, Sequence, Tuple

from rempart_agent.formats import repo_file
from rempart_agent.source.contract import Loop, Missing
from rempart_agent.source.target import Target

DNF, ZYPPER = "dnf", "zypper"
PROGRAMS = {
    DNF: ("/usr/bin/dnf", "/usr/bin/dnf-3", "/usr/bin/dnf5", "/usr/bin/microdnf", "/usr/bin/yum"),
    ZYPPER: ("/usr/bin/zypper",),
}

_DNF_CONFIGURATIONS = ("/etc/dnf/dnf.conf", "/etc/yum.conf")
_DNF_FOLDERS = (*repo_file.FOLDERS, "/usr/share/dnf5/repos.d")
_OVERRIDES = ("/usr/share/dnf5/repos.override.d", "/etc/dnf/repos.override.d")
_DROPINS = ("/usr/share/dnf5/libdnf.conf.d", "/etc/dnf/libdnf5.conf.d")
_ZYPP_CONFIGURATIONS = ("/etc/zypp/zypp.conf", "/usr/etc/zypp/zypp.conf")
_OFF = ("0", "no", "false", "off")

Sections = List[Tuple[str, str, Dict[str, str]]]
"""File, section, options."""


class Repository(NamedTuple):
    """One repository.

    Attributes:
        id: Its name in the configuration, zypper's alias.
        label: What it is called there.
        enabled: Whether it counts.
        manager: ``dnf`` (yum too) or ``zypper``.
        source: The file that it is configured in; empty for one that only its cache tells of.
        path: Where in the repository zypper looks; empty in most.
        options: What is in force for it: its own, what overrides change, and what ``[main]`` says for all.
    """

    id: str
    label: str
    enabled: bool
    manager: str
    source: str
    path: str = ""
    options: Mapping[str, str] = {}


class Configuration(NamedTuple):
    """What the package managers are configured with.

    Attributes:
        repositories: All of them, disabled ones too, each id of a manager once.
        caches: The directories that hold what was fetched, by manager.
    """

    repositories: List[Repository]
    caches: Dict[str, List[str]]


def read(target: Target) -> Configuration:
    """Read the configuration of the package managers.

    Raises:
        Malformed: a file is none that a package manager could read: repositories of it would go unseen.
    """
    dnf, dnf_caches = _read_dnf(target)
    zypper, zypper_caches = _read_zypper(target)
    if dnf and zypper:
        here = {manager: any(target.exists(path) for path in paths) for manager, paths in PROGRAMS.items()}
        if here[DNF] != here[ZYPPER]:
            dnf, zypper = (dnf, []) if here[DNF] else ([], zypper)
    return Configuration([*dnf, *zypper], {DNF: dnf_caches, ZYPPER: zypper_caches})


def _read_dnf(target: Target) -> Tuple[List[Repository], List[str]]:
    main, sections = _configuration(target, _DNF_CONFIGURATIONS)
    if target.exists("/usr/bin/dnf5"):
        main = {**_dropped(target), **main}
    for folder in main.get("reposdir", "").replace(",", " ").split() or _DNF_FOLDERS:
        sections += _sections_of(target, folder)
    overrides = _overrides(target)
    if not target.exists("/usr/bin/dnf5"):  # dnf 4 knows no overrides
        overrides = []
    found = _repositories(DNF, sections, overrides, main)
    caches = [main.get("cachedir") or "/var/cache/dnf", main.get("system_cachedir") or "/var/cache/libdnf5"]
    return found, [*caches, "/var/cache/yum/metadata"]


def _read_zypper(target: Target) -> Tuple[List[Repository], List[str]]:
    main, _ = _configuration(target, _ZYPP_CONFIGURATIONS)
    sections = _sections_of(target, main.get("reposdir") or "/etc/zypp/repos.d")
    cache = main.get("metadatadir") or (main.get("cachedir") or "/var/cache/zypp").rstrip("/") + "/raw"
    return _repositories(ZYPPER, sections, [], main), [cache]


def _configuration(target: Target, paths: Sequence[str]) -> Tuple[Dict[str, str], Sections]:
    """Return the section ``main`` of the first file that is there, and its other sections."""
    for path in paths:
        try:
            found = repo_file.parse(target.text(path), path)
        except (Missing, Loop):
            continue
        return found.pop("main", {}), [(path, section, options) for section, options in found.items()]
    return {}, []


def _sections_of(target: Target, folder: str) -> Sections:
    found: Sections = []
    for path in _files(target, folder):
        try:
            sections = repo_file.parse(target.text(path), path)
        except (Missing, Loop):  # a link to nowhere
            continue
        found += [(path, section, options) for section, options in sections.items() if section != "main"]
    return found


def _files(target: Target, folder: str) -> Iterator[str]:
    try:
        names = target.entries(folder)
    except (Missing, Loop):
        return
    for name, kind in names:
        if name.endswith(".repo") and not name.startswith(".") and kind != "directory":
            yield folder.rstrip("/") + "/" + name


def _dropped(target: Target) -> Dict[str, str]:
    """Return what dnf5's drop-ins say for all repositories; the main file says it last."""
    files: Dict[str, str] = {}
    for folder in _DROPINS:
        try:
            names = target.listdir(folder)
        except (Missing, Loop):
            continue
        files.update((name, folder + "/" + name) for name in names if name.endswith(".conf"))
    found: Dict[str, str] = {}
    for name in sorted(files):
        try:
            found.update(repo_file.parse(target.text(files[name]), files[name]).get("main", {}))
        except (Missing, Loop):
            continue
    return found


def _overrides(target: Target) -> Sections:
    """Return dnf5's overrides in the order of their files' names; of two with one name that of ``/etc`` counts."""
    found: Dict[str, Sections] = {}
    for folder in _OVERRIDES:
        for path, section, options in _sections_of(target, folder):
            name = path.rpartition("/")[2]
            if name in found and not found[name][0][0].startswith(folder):
                del found[name]
            found.setdefault(name, []).append((path, section, options))
    return [one for name in sorted(found) for one in found[name]]


_FOR_ALL = ("gpgcheck", "repo_gpgcheck", "pkg_gpgcheck", "sslverify")


def _repositories(manager: str, sections: Sections, overrides: Sections, main: Mapping[str, str]) -> List[Repository]:
    """Return the repository of each section; of two with one id the first counts, as dnf has it."""
    found: Dict[str, Repository] = {}
    for source, name, options in sections:
        whole = {**{key: main[key] for key in _FOR_ALL if key in main}, **options}
        for _, pattern, changed in overrides:
            if fnmatch.fnmatchcase(name, pattern):
                whole.update(changed)
        enabled = whole.get("enabled", "1")
        repository = Repository(
            id=name,
            label=options.get("name", ""),
            enabled=enabled.lower() not in _OFF,
            manager=manager,
            source=source,
            path=options.get("path", "").strip("/") if manager == ZYPPER else "",
            options=whole,
        )
        found.setdefault(name, repository)
    return list(found.values())
