"""Where a report goes: a file, a device, a pipe, standard output."""

import io
import os
import stat
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TextIO

from rempart_core.error import ReportError
from rempart_core.messages.message import Message
from rempart_core.messages.system import reason_of

Writer = Callable[[TextIO], None]
Divider = Callable[[Callable[[], TextIO]], None]
"""Gets what begins the next file and ends the one before."""
_PLAIN = getattr(os, "O_NOCTTY", 0) | getattr(os, "O_CLOEXEC", 0)  # which Windows lacks


class _OthersFile(FileExistsError):
    """Where a report goes on stands a file of others."""


def write_file(path: str, write: Writer, divide: Divider | None = None, mark: str = "") -> None:
    """Write a text to ``path`` as UTF-8.

    A regular file is written beside and renamed, so that a reader sees the old text or the new one and never half of
    one; it keeps its mode, and a new one gets what the umask leaves. What is no regular file is written straight. A
    text that is divided goes on in ``FILE-2``, ``FILE-3`` …; what is no regular file gets the whole in one.

    Args:
        path: A file; ``-`` and ``/dev/stdout`` are standard output, ``/dev/stderr`` and ``/dev/fd/N`` open descriptors.
        write: Writes the whole.
        divide: Writes it in as many files as it needs, where it may need several.
        mark: What each of these holds within its first 1,000 bytes, so that older parts are known for ours.

    Raises:
        ReportError: It could not be written: no such directory, not allowed, disk full, the reader went away.
    """
    try:
        if path == "-" or _descriptor(path) == 1:
            _write_standard_output(write)
        elif (descriptor := _descriptor(path)) is not None:
            _write_descriptor(os.dup(descriptor), write)
        elif _is_special(path):
            _write_descriptor(os.open(path, os.O_WRONLY | _PLAIN), write)
        else:
            place = os.path.realpath(path)
            if divide is None:
                replace_file(place, write)
            else:
                _replace_parts(place, divide, mark)
    except OSError as error:
        raise ReportError(Message("report.write", path=path, error=explain(error, path))) from error


def write_together(texts: Sequence[tuple[str, Writer]]) -> None:
    """Write texts that belong together: each beside its place, and all are renamed once the last is whole.

    Args:
        texts: Files, and what writes the whole of each; where one is no regular file, one is written after the other.

    Raises:
        ReportError: One could not be written; then no place has a new text.
    """
    made: list[tuple[str, str, TextIO]] = []
    path = ""
    try:
        special = 0
        for path, _ in texts:  # each is looked at: a folder in a file's place is told before anything is renamed
            special += _is_special(path)
        if special:
            for path, write in texts:
                write_file(path, write)
            return
        for path, write in texts:
            place = os.path.realpath(path)
            made.append((place, *_open_beside(place)))
            with made[-1][2] as out:
                write(out)
        for place, beside, _ in made:
            os.replace(beside, place)
    except BaseException as error:
        _discard(made)
        if isinstance(error, OSError):
            raise ReportError(Message("report.write", path=path, error=explain(error, path))) from error
        raise


def _discard(made: Sequence[tuple[str, str, TextIO]]) -> None:
    """Close and remove what was written beside."""
    for _, beside, out in made:
        with suppress(OSError):
            out.close()
        with suppress(OSError):
            os.unlink(beside)


def _descriptor(path: str) -> int | None:
    """Return the open descriptor that ``path`` names, or None.

    Opening such a path anew fails for sockets and begins a redirected file at its first byte again.
    """
    named = {"/dev/stdin": 0, "/dev/stdout": 1, "/dev/stderr": 2}
    if path in named:
        return named[path]
    for folder in ("/dev/fd/", "/proc/self/fd/"):
        number = path.removeprefix(folder)
        if number != path and number.isascii() and number.isdigit():
            return int(number)
    return None


def _is_special(path: str) -> bool:
    """Tell whether something that is no regular file stands at ``path``; links are followed."""
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        return False
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(21, os.strerror(21))
    return not stat.S_ISREG(mode)


def _write_standard_output(write: Writer) -> None:
    sys.stdout.flush()
    binary = getattr(sys.stdout, "buffer", None)
    if binary is None:  # a stream of text that somebody put in its place
        write(sys.stdout)
        return
    out = io.TextIOWrapper(binary, encoding="utf-8", errors="replace", newline="\n")
    try:
        write(out)
        out.flush()
    finally:
        with suppress(OSError, ValueError):
            out.detach()  # or standard output would be closed with the wrapper


def _write_descriptor(descriptor: int, write: Writer) -> None:
    with open(descriptor, "w", encoding="utf-8", errors="replace", newline="\n") as out:
        write(out)


def replace_file(path: str, write: Writer) -> None:
    """Write beside ``path``, then rename: whatever fails, the old file stays and nothing is left beside it.

    Args:
        path: The file.
        write: Is given the new one, opened.

    Raises:
        OSError: It could not be written.
    """
    beside, out = _open_beside(path)
    try:
        with out:
            write(out)
        os.replace(beside, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(beside)
        raise


def _open_beside(path: str) -> tuple[str, TextIO]:
    """Open a new file beside ``path`` that has its mode, and return its name and the stream."""
    folder, base = os.path.split(path)
    beside = os.path.join(folder, f".{base[:100]}.{os.urandom(6).hex()}.tmp")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _PLAIN, 0o666)
    if sys.platform != "win32":
        with suppress(FileNotFoundError):
            os.fchmod(descriptor, os.stat(path).st_mode & 0o777)
    return beside, open(descriptor, "w", encoding="utf-8", errors="replace", newline="\n")


def _replace_parts(path: str, divide: Divider, mark: str) -> None:
    """Write a report that may need several files: ``junit.xml``, ``junit-2.xml`` …; all are renamed at the end.

    Parts of an earlier, longer report are taken away, where they bear the mark of that format.
    """
    stem, ending = os.path.splitext(path)
    made: list[tuple[str, str, TextIO]] = []

    def begin() -> TextIO:
        if made:
            made[-1][2].close()
        place = path if not made else f"{stem}-{len(made) + 1}{ending}"
        if made and os.path.lexists(place) and not bears_mark(place, mark):
            raise _OthersFile(17, "", place)
        made.append((place, *_open_beside(place)))
        return made[-1][2]

    try:
        divide(begin)
        made[-1][2].close()
        for place, beside, _ in made:
            os.replace(beside, place)
    except BaseException:
        _discard(made)
        raise
    number = len(made) + 1
    while bears_mark(old := f"{stem}-{number}{ending}", mark):
        os.unlink(old)
        number += 1


def bears_mark(path: str, mark: str) -> bool:
    """Tell whether a regular file begins with something that holds ``mark``: only then it is ours to take away.

    Args:
        path: The file.
        mark: What files of ours hold within their first 1,000 bytes.
    """
    try:
        if not mark or not stat.S_ISREG(os.lstat(path).st_mode):
            return False
        with open(path, "rb") as file:
            return mark.encode() in file.read(1000)
    except OSError:
        return False


def explain(error: OSError, path: str) -> Message:
    """Return what hindered it.

    Args:
        error: What the system said.
        path: Where it was to go.
    """
    if isinstance(error, FileNotFoundError):
        return Message("report.no_directory", path=os.path.dirname(path) or ".")
    if isinstance(error, BrokenPipeError):
        return Message("report.reader_gone")
    if isinstance(error, _OthersFile):
        return Message("report.others_file", name=os.path.basename(error.filename))
    return reason_of(error)
