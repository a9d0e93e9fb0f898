"""Files as a model sees them, which a table or a test stands behind; and links resolved as chase() does."""

from typing import Dict, Iterator, List, Optional, Tuple

from rempart_agent.models.unit.syntax import Assignment, Broken, assignments
from rempart_agent.said import SaidError

CONTROL = ("/etc/systemd/system.control", "/run/systemd/system.control")
TRANSIENT = "/run/systemd/transient"
GENERATORS = ("/run/systemd/generator.early", "/run/systemd/generator", "/run/systemd/generator.late")
CONFIGURED = "/etc/systemd/system"
FOLDERS = (
    *(*CONTROL, TRANSIENT, GENERATORS[0], CONFIGURED, "/etc/systemd/system.attached", "/run/systemd/system"),
    *("/run/systemd/system.attached", GENERATORS[1], "/usr/local/lib/systemd/system", "/usr/lib/systemd/system"),
    *("/lib/systemd/system", GENERATORS[2]),
)
"""Where systemd looks for units, the strongest first (lookup_paths_init)."""
LOST = (CONTROL[1], TRANSIENT, "/run/systemd/system", "/run/systemd/system.attached")
"""Folders that the next start finds empty, as all of ``/run``; what generators make, they make anew."""
FILE, EMPTY, LINK, FOLDER, DEVICE, OTHER, ABSENT = "file", "empty", "link", "folder", "device", "other", ""

_LINKS = 40


_BACKUPS = (
    *("rpmnew", "rpmsave", "rpmorig", "dpkg-old", "dpkg-new", "dpkg-tmp", "dpkg-dist", "dpkg-bak", "dpkg-backup"),
    *("dpkg-remove", "ucf-new", "ucf-old", "ucf-dist", "swp", "bak", "old", "new"),
)


def is_hidden(name: str) -> bool:
    """Tell whether systemd passes a name over in a folder (hidden_or_backup_file)."""
    return name[0] == "." or name[-1] == "~" or name == "lost+found" or name.rpartition(".")[2] in _BACKUPS


class Files:
    """The files of a system. What can't be read raises an error of the reader's own, which passes through the model."""

    def names(self, folder: str) -> List[Tuple[str, str]]:
        """Return the sorted names in a folder, each with its kind; none where there is no such folder.

        ``file`` may stand for ``empty``.
        """
        raise NotImplementedError

    def kind(self, path: str) -> str:
        """Return the kind of the last part of a path itself: ``file``, ``empty``, ``link``, ``folder`` …; ``""``."""
        raise NotImplementedError

    def target(self, path: str) -> str:
        """Return where a link points, as it is written."""
        raise NotImplementedError

    def text(self, path: str) -> str:
        """Return a file's text, links followed; bytes that are no UTF-8 as lone surrogates."""
        raise NotImplementedError

    def assignments(self, path: str) -> Iterator[Assignment]:
        """Yield the assignments of a file, which is understood once.

        Raises:
            Broken: at a line at which systemd stops.
        """
        kept: Dict[str, Tuple[List[Assignment], Optional[Broken]]] = self.__dict__.setdefault("_understood", {})
        if path not in kept:
            found: List[Assignment] = []
            broken = None
            try:
                found.extend(assignments(self.text(path)))  # what comes before a broken line is taken
            except Broken as error:
                broken = error
            kept[path] = (found, broken)
        found, broken = kept[path]
        yield from found
        if broken:
            raise Broken.of(broken)


class Loop(SaidError, ValueError):
    """Links that lead in a circle."""


def resolve(files: Files, path: str, last: bool = True) -> str:
    """Return a path without links, ``.`` and ``..``; what does not exist stays as it is written.

    Args:
        files: The files.
        path: An absolute path.
        last: Whether the last part is followed too.
    """
    done: List[str] = []
    todo = [part for part in path.split("/") if part not in ("", ".")][::-1]
    links = 0
    while todo:
        part = todo.pop()
        if part == "..":
            del done[-1:]
            continue
        done.append(part)
        here = "/" + "/".join(done)
        if (todo or last) and files.kind(here) == LINK:
            links += 1
            if links > _LINKS:
                raise Loop("links that lead in a circle: {path}", path=path)
            to = files.target(here)
            done = [] if to.startswith("/") else done[:-1]
            todo += [p for p in to.split("/") if p not in ("", ".")][::-1]
    return "/" + "/".join(done)


def is_null(files: Files, path: str) -> bool:
    """Tell whether a path without links masks what it stands for: /dev/null, another device, an empty file.

    Args:
        files: Looks at files of the machine.
        path: The path.
    """
    return path == "/dev/null" or files.kind(path) in (EMPTY, DEVICE)


def dropins(files: Files, folders: List[str], suffix: str) -> List[str]:
    """Return the files of several folders, of one name that of the first folder, by name (conf_files_list_strv).

    Args:
        files: Looks at files of the machine.
        folders: The one that wins first.
        suffix: Of the files' names, as ``.conf``.
    """
    found = {}
    for folder in folders:
        for name, _ in files.names(folder):
            if name.endswith(suffix) and name not in found and not is_hidden(name):
                found[name] = folder + "/" + name
    return [found[name] for name in sorted(found, key=lambda n: n.encode("utf-8", "surrogateescape"))]
