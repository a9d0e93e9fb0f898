"""Reads one file out of a JAR, or any other ZIP archive, of a target.

Source: PKWARE's APPNOTE. The archive is read where the file lies, never as a whole.
"""

import io
from typing import Any, Optional

from rempart_agent.source.contract import Loop, Missing, SourceError
from rempart_agent.source.target import Target

MOST = 4 * 1024 * 1024
"""Bytes of the file that are taken."""

MOST_DIRECTORY = 64 * 1024 * 1024
_AHEAD = 1 << 16


class _File(io.RawIOBase):
    """A file of a target, to be read in any order."""

    def __init__(self, target: Target, path: str) -> None:
        super().__init__()
        self._target = target
        self._path = path
        self._size = target.stat(path).st_size
        self._at = 0

    def readable(self) -> bool:
        """See ``io.RawIOBase.readable``."""
        return True

    def seekable(self) -> bool:
        """See ``io.RawIOBase.seekable``."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """See ``io.RawIOBase.seek``."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError("before the beginning")
        self._at = base + offset
        return self._at

    def readinto(self, buffer: Any) -> int:
        """See ``io.RawIOBase.readinto``."""
        data = self._target.read_at(self._path, self._at, min(len(buffer), 1 << 20))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


def member(target: Target, path: str, name: str) -> Optional[bytes]:
    """Return a file out of an archive; None where there is no such file in it, or it is no archive.

    Args:
        target: What is looked at.
        path: The archive.
        name: The file's name in it.

    Raises:
        Denied: the archive may not be read.
        SourceError: it can't be read.
    """
    import zipfile
    import zlib

    try:
        with zipfile.ZipFile(io.BufferedReader(_File(target, path), _AHEAD)) as archive:
            if archive.start_dir + MOST_DIRECTORY < target.stat(path).st_size and len(archive.filelist) > 1_000_000:
                return None
            with archive.open(name) as file:
                return file.read(MOST)
    except (Missing, Loop):
        return None
    except SourceError:
        raise
    except (KeyError, ValueError, NotImplementedError, RuntimeError, EOFError, zlib.error, zipfile.BadZipFile):
        return None
    except (OSError, OverflowError, MemoryError, IndexError):  # what a broken archive makes of zipfile and its packers
        return None
