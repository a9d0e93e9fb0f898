"""Table magic: of what type the files are that a statement names, as file(1) tells.

Source: libmagic(3), where it is installed; it runs in a child process, since the files are anybody's. A link is told of
as a link. ``magic_db_files`` names other databases than that of the system.
"""

from typing import Dict, Iterator, List, Optional

from rempart_agent.source.contract import TEXT, Column, Missing, Query, Row, SourceError, Unfit
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("path", TEXT, index=True, argument=True, required=True),
    Column("magic_db_files", TEXT, argument=True),
    Column("data", TEXT),
    Column("mime_type", TEXT),
    Column("mime_encoding", TEXT),
)
DATABASES = ("/usr/share/file/magic.mgc", "/usr/share/misc/magic.mgc")
SECONDS = 60.0
_LIBRARY = "libmagic.so.1"
_FLAGS = {"data": 0, "mime_type": 0x10, "mime_encoding": 0x400}  # MAGIC_NONE, _MIME_TYPE, _MIME_ENCODING of magic.h

Told = List[Dict[str, Optional[str]]]


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each path, of a file that does not exist too.

    Raises:
        Unfit: a path is given by LIKE.
        Missing: libmagic is not installed.
        SourceError: its database can't be loaded, or it crashes over a file.
    """
    target.need_live("magic")
    paths = query.equal("path")
    if paths is None:
        raise Unfit("magic: path must be given by = or IN")
    databases = ":".join(query.equal("magic_db_files") or DATABASES)
    told: Told = target.ask("magic", lambda: ask(paths, databases))
    for path, one in zip(paths, told):
        yield {"path": path, "magic_db_files": databases, **one}


def ask(paths: List[str], databases: str) -> Told:
    """Ask libmagic, in a child process.

    Args:
        paths: The files.
        databases: What is known of types, parted by colons.

    Raises:
        SourceError: see ``rows``.
    """
    from rempart_agent.readers.files import forked

    return forked.ask("libmagic", lambda: identify(paths, databases), SECONDS)


def identify(paths: List[str], databases: str) -> Told:
    """Ask libmagic here.

    Args:
        paths: The files.
        databases: What is known of types, parted by colons.

    Raises:
        Missing: libmagic is not installed.
        SourceError: the databases can't be loaded.
    """
    import ctypes
    import os

    try:
        library = ctypes.CDLL(_LIBRARY)
    except OSError as error:
        raise Missing("libmagic is not installed, which tells the types of files") from error
    library.magic_open.restype = ctypes.c_void_p
    library.magic_file.restype = library.magic_error.restype = ctypes.c_char_p
    cookie = ctypes.c_void_p(library.magic_open(0))
    if not cookie:
        raise SourceError("libmagic: does not start")
    if library.magic_load(cookie, os.fsencode(databases)):
        text = (library.magic_error(cookie) or b"").decode("utf-8", "replace")
        raise SourceError("libmagic: {text}", text=text)
    found: Told = []
    for path in paths:
        one: Dict[str, Optional[str]] = {}
        for column, flags in _FLAGS.items():
            library.magic_setflags(cookie, flags)
            answer = None if "\0" in path else library.magic_file(cookie, os.fsencode(path))
            one[column] = None if answer is None else answer.decode("utf-8", "replace")
        found.append(one)
    library.magic_close(cookie)
    return found
