"""Where a command writes: what can't be written, or would be written twice, is refused before anybody is asked."""

import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from typing import NamedTuple

from rempart_core.error import UsageError
from rempart_core.messages.message import Message, as_is, listed
from rempart_core.messages.system import reason_of

_STANDARD = ("-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1")


_KEPT = (b"SQLite format 3\0", b"-----BEGIN PRIVATE KEY", b"-----BEGIN OPENSSH PRIVATE KEY")
_LONGEST = max(map(len, _KEPT))


class ReportPlaces(NamedTuple):
    """Which reports are wanted, and where.

    Attributes:
        files: Format to file; ``-`` is standard output.
        folders: Format to folder.
        form: JUnit only: ``strict`` or ``rich``.
        appendix: HTML only: whether the SQL and the evidence of passes are told, in an appendix.
        location: SARIF only: the file of a repository that results are pinned to.
    """

    files: Mapping[str, str] = {}
    folders: Mapping[str, str] = {}
    form: str = "strict"
    appendix: bool = False
    location: str = ""

    def check(self, others: Mapping[str, str] | None = None) -> None:
        """Check every place.

        Args:
            others: Files beside the reports, by option.

        Raises:
            UsageError: See :func:`check_outputs`.
        """
        check_outputs(
            {f"--{name}": path for name, path in self.files.items()} | dict(others or {}),
            {f"--{name}-dir": path for name, path in self.folders.items()},
        )

    def list(self) -> tuple[str, ...]:
        """Return the places of all reports but that on standard output."""
        return tuple(path for path in (*self.files.values(), *self.folders.values()) if path not in _STANDARD)

    @property
    def take_standard_output(self) -> bool:
        """Tell whether a report goes to standard output, which then holds nothing else."""
        return any(path in _STANDARD[:2] for path in self.files.values())


def check_outputs(files: Mapping[str, str], directories: Mapping[str, str] | None = None) -> None:
    """Check every place that a command is going to write to.

    Args:
        files: Option (``--junit``) to file; ``-`` is standard output.
        directories: Option to a directory that is made where it is not there.

    Raises:
        UsageError: With all mistakes: two outputs in one place, no such folder, a place that can't be written.
    """
    faults: list[Message] = []
    seen: dict[object, str] = {}
    for option, path in {**files, **(directories or {})}.items():
        place = _identify(path)
        if place is None:
            continue
        if place in seen:
            where = Message("report.standard_output") if place == "-" else as_is(path)
            faults.append(Message("report.same_place", first=seen[place], second=option, place=where))
        else:
            seen[place] = option
    places = [(option, path, _file_fault(path)) for option, path in files.items()]
    places += [(option, path, _folder_fault(path)) for option, path in (directories or {}).items()]
    faults += [Message("text.labelled", label=f"{option} {path}", text=why) for option, path, why in places if why]
    if faults:
        raise UsageError(listed(faults))


def _identify(path: str) -> object | None:
    """Return what tells one place from another; None for a place that may be written to twice, as ``/dev/null``."""
    if path in _STANDARD:
        return "-"
    try:
        status = os.stat(path)
    except OSError:
        return os.path.realpath(path)
    if stat.S_ISCHR(status.st_mode):
        return None
    return status.st_dev, status.st_ino


def _file_fault(path: str) -> Message | None:
    if path in _STANDARD or path.startswith(("/dev/fd/", "/proc/self/fd/")) or path == "/dev/stderr":
        return None
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        mode = 0
    except OSError as error:
        return reason_of(error)
    if stat.S_ISDIR(mode):
        return Message("system.folder")
    if mode and not stat.S_ISREG(mode):
        return None if os.access(path, os.W_OK) else Message("report.read_only")
    if not os.path.basename(path):
        return Message("report.no_name")
    if mode and _is_kept(os.path.realpath(path)):
        return Message("report.kept")
    return _writable(os.path.dirname(os.path.realpath(path)), os.path.dirname(path) or ".")


def _is_kept(path: str) -> bool:
    """Tell whether a file is one that no report may replace: a store, a key, a register or its evidence."""
    folder, name = os.path.split(path)
    if name.endswith((".yaml", ".csv")) and os.path.exists(os.path.join(folder, "organisation.yaml")):
        return True
    above, last = os.path.split(folder)
    if last == "evidence" and os.path.exists(os.path.join(above, "organisation.yaml")):
        return True
    with suppress(OSError), open(path, "rb") as file:
        return file.read(_LONGEST).startswith(_KEPT)
    return False


def _folder_fault(path: str) -> Message | None:
    if os.path.lexists(path) and not os.path.isdir(path):
        return Message("system.no_folder")
    at = os.path.realpath(path)
    while not os.path.lexists(at):
        at = os.path.dirname(at)
    return _writable(at, at)


def _writable(folder: str, shown: str) -> Message | None:
    if not os.path.isdir(folder):
        return Message("report.no_directory", path=shown)
    if os.access(folder, os.W_OK | os.X_OK):
        return None
    return Message("report.directory_read_only", path=shown)
