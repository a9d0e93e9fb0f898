"""How a table looks at a target.

A table reads through a target and never opens a path by itself, so that the same code serves a live machine and a
root filesystem. Paths are absolute and as the target sees them (``/etc/passwd``), on every target.

All methods raise :class:`~rempart_agent.source.contract.SourceError` and nothing else: ``Missing``, ``Denied``,
``Unfit`` (a device, a FIFO, a socket, a directory where a file was asked, a loop of links, more bytes than the limit)
and ``NotObservable`` (a running system was asked of a root filesystem).
"""

import os
from typing import TYPE_CHECKING, Callable, Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple, TypeVar

if TYPE_CHECKING:
    from rempart_agent.source.registry import Key

T = TypeVar("T")

MAX_BYTES = 32 * 1024 * 1024
"""The largest file that ``read`` takes unless a table asks for more, in bytes."""


class Stored(NamedTuple):
    """One file as it lies in an image, what nobody sees any more among them.

    Attributes:
        path: Where it is in the tree, or was; one of its names where it has several.
        size: How many bytes it has.
        read: Reads bytes from an offset on, so many of them, fewer only at its end; raises ``SourceError``.
        layer: The digest of the container's layer that holds it (``sha256:…``); ``""`` where there are no layers.
        deleted: Whether a later layer deletes or replaces it: it is shipped all the same.
    """

    path: str
    size: int
    read: Callable[[int, int], bytes]
    layer: str = ""
    deleted: bool = False


class Target:
    """One thing that an audit looks at.

    Attributes:
        live: True for a running machine, False for a root filesystem.
        name: How reports call it: the directory, or the machine's host name.
        root: The directory that stands for ``/`` on this machine; ``""`` where none does (an image).
        keeps: Seconds for which ``shared`` keeps what it made; None for good, as in a run that ends.
        platform: Whose tables answer: ``linux`` or ``windows``.
    """

    platform = "linux"
    live = False
    name = ""
    root = "/"
    keeps: Optional[float] = None

    def read(self, path: str, limit: int = MAX_BYTES) -> bytes:
        """Return the content of a regular file, following links.

        Args:
            path: Absolute path on the target.
            limit: The most bytes that are taken; a larger file raises ``Unfit``.
        """
        raise NotImplementedError

    def read_head(self, path: str, size: int) -> bytes:
        """Return at most the first ``size`` bytes of a regular file.

        Args:
            path: Absolute path on the target.
            size: How many bytes, at most.
        """
        raise NotImplementedError

    def chunks(self, path: str, limit: int) -> Iterator[bytes]:
        """Yield the content of a regular file part by part; one of more than ``limit`` bytes raises ``Unfit``.

        Args:
            path: Absolute path on the target.
            limit: The most bytes that are taken; memory holds only a part of them.
        """
        yield self.read(path, limit)

    def read_at(self, path: str, offset: int, size: int) -> bytes:
        """Return the bytes of a regular file from ``offset`` on: ``size`` of them, fewer only at its end.

        Args:
            path: Absolute path on the target.
            offset: Where to begin, in bytes.
            size: How many bytes are wanted.
        """
        held: List[bytes] = []
        at = 0
        for part in self.chunks(path, 1 << 62):
            if at < offset + size and at + len(part) > offset:
                held.append(part[max(offset - at, 0) : offset + size - at])
            at += len(part)
            if at >= offset + size:
                break
        return b"".join(held)

    def contents(self) -> Iterator[Stored]:
        """Yield each stored regular file once, in the order in which they lie, with what later layers delete.

        Raises ``NotObservable`` where there is only one tree of files to walk: a live machine, a root filesystem.
        """
        from rempart_agent.source.contract import NotObservable

        raise NotObservable("stored files are those of the tree")

    def text(self, path: str, limit: int = MAX_BYTES) -> str:
        """Return a file's content as text: UTF-8, anything else in it replaced, line ends as they are.

        Args:
            path: Absolute path on the target.
            limit: See ``read``.
        """
        return self.read(path, limit).decode("utf-8", "replace")

    def lines(self, path: str, limit: int = MAX_BYTES) -> List[str]:
        r"""Return a file's lines without their ``\n``.

        Args:
            path: Absolute path on the target.
            limit: See ``read``.
        """
        return self.text(path, limit).split("\n")

    def stat(self, path: str) -> os.stat_result:
        """Return what ``stat(2)`` says, following links inside the target."""
        raise NotImplementedError

    def lstat(self, path: str) -> os.stat_result:
        """Return what ``lstat(2)`` says of the last component itself."""
        raise NotImplementedError

    def readlink(self, path: str) -> str:
        """Return where a symbolic link points, as it is written."""
        raise NotImplementedError

    def realpath(self, path: str) -> str:
        """Return ``path`` on the target with every link resolved. The result exists."""
        raise NotImplementedError

    def xattr(self, path: str, name: str) -> Optional[bytes]:
        """Return an extended attribute of the last component itself (xattr(7)).

        Args:
            path: Absolute path on the target; a link as the last component is not followed.
            name: The attribute's name, with its namespace: ``system.posix_acl_access``.

        Returns:
            Its value; None where there is none, or where the file system keeps no such attribute.
        """
        raise NotImplementedError

    def xattrs(self, path: str) -> List[str]:
        """Return the sorted names of the extended attributes of the last component itself (xattr(7)).

        Args:
            path: Absolute path on the target; a link as the last component is not followed.

        Raises ``NotObservable`` where attributes are read by name alone: of an image.
        """
        from rempart_agent.source.contract import NotObservable

        raise NotObservable("the names of extended attributes can't be listed here")

    def listdir(self, path: str) -> List[str]:
        """Return the sorted names in a directory."""
        raise NotImplementedError

    def entries(self, path: str, wanted: Optional[Callable[[str], bool]] = None) -> List[Tuple[str, str]]:
        """Return the sorted names in a directory, each with what it is itself: ``directory``, ``link`` or ``other``.

        Args:
            path: The directory.
            wanted: Tells which names matter; None for all.
        """
        raise NotImplementedError

    def statuses(self, path: str, ending: str = "") -> List[Tuple[str, str, Optional[os.stat_result]]]:
        """Return the entries of a directory as ``entries`` does, each with what ``stat`` says of it.

        A link is followed; None stands for one that leads nowhere, in a loop, or for an entry that has gone since.

        Args:
            path: The directory.
            ending: What the names of the entries end in.
        """
        raise NotImplementedError

    def exists(self, path: str) -> bool:
        """Tell whether something is there, following links; raises ``Denied`` where that can't be seen."""
        raise NotImplementedError

    def glob(self, pattern: str) -> List[str]:
        """Return the sorted paths that match a shell pattern (``*``, ``?``, ``[…]``, one level each).

        A directory that does not exist matches nothing; one that can't be read raises ``Denied``.
        """
        raise NotImplementedError

    def mountinfo(self) -> str:
        """Return what is mounted, as ``/proc/self/mountinfo`` says it (proc_pid_mountinfo(5)).

        On a target with a ``root`` it is what this machine has mounted, its own paths and all; of an image, what the
        image mounts.

        Raises ``NotObservable`` where that can't be read.
        """
        from rempart_agent.source.contract import NotObservable

        try:
            with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as file:
                return file.read()
        except OSError as error:
            raise NotObservable("what is mounted can't be read: {error}", error=error) from error

    def run(self, command: Sequence[str], timeout: float = 10.0) -> bytes:
        """Run a program of a live machine and return what it printed; ``NotObservable`` on a root filesystem.

        Raises ``Missing`` where the program is not installed and ``SourceError`` where it fails or takes too long.

        Args:
            command: The program and its arguments; no shell reads them.
            timeout: Seconds that it may take.
        """
        raise NotImplementedError

    def ask(self, source: str, question: Callable[[], T]) -> T:
        """Ask the running system by a call that is no file (netlink, D-Bus): the answer of ``question()``.

        Args:
            source: A short name of what is asked (``nftables``), under which a recorded machine of the tests keeps the
                answer; it is plain data for that reason (what JSON can hold).
            question: Asks; raises ``SourceError``.

        Raises ``NotObservable`` on a root filesystem.
        """
        raise NotImplementedError

    def shared(self, name: str, make: Callable[[], T]) -> T:
        """Return what ``make()`` gives, made once for all tables of a run that look at the same source.

        Args:
            name: The source's name, such as ``sockets 4026531833``.
            make: Reads it; what it raises passes up and is not kept.
        """
        import time

        kept = self.__dict__.setdefault("_shared", {})
        at = time.monotonic()
        if name not in kept or (self.keeps is not None and at - kept[name][0] > self.keeps):
            kept[name] = (at, make())
        made: T = kept[name][1]
        return made

    def registry(self, path: str) -> "Optional[Key]":
        r"""Return a key of the registry (``HKEY_LOCAL_MACHINE\SYSTEM\Select``); None where there is none.

        Raises ``NotObservable`` where the target has no registry, or not that part of it.
        """
        from rempart_agent.source.contract import NotObservable

        raise NotObservable("the registry is that of Windows")

    def expand(self, text: str) -> str:
        """Return a text with the values of the variables of a Windows system in it (``%SystemRoot%``)."""
        return text

    def profiles(self) -> Dict[str, str]:
        r"""Return who has a profile on a Windows system: SID to its folder (``C:\Users\alice``)."""
        from rempart_agent.source.contract import NotObservable

        raise NotObservable("profiles are those of Windows")

    def need_live(self, what: str = "this") -> None:
        """Raise ``NotObservable`` unless the target is a running machine."""
        from rempart_agent.source.contract import NotObservable

        if not self.live:
            raise NotObservable("{what} needs a running system", what=what)

    def about(self) -> Dict[str, str]:
        """Return what a run has to say of how the target is read, as plain data; ``{}`` for nothing."""
        return {}

    def close(self) -> None:
        """Let go of what the target holds."""
