"""How a server's directory is opened: settings read, its store, its one writer, checks and key at hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from rempart_core.error import StoreError, UsageError
from rempart_core.messages.message import Message
from rempart_server.auditor import Auditor
from rempart_server.context import Context
from rempart_server.settings import Settings
from rempart_server.settings_file import read_settings
from rempart_server.writer import Writer

PATIENCE = 8.0
"""Seconds to wait for another writer: an osqueryd is answered within 10."""
_EXTRA = (
    "argon2",
    "authlib",
    "granian",
    "httpx",
    "joserfc",
    "msgspec",
    "prometheus_client",
    "starlette",
)


def expect_extra() -> None:
    """Make sure that the packages of the extra ``server`` are installed.

    Raises:
        UsageError: One is missing; says how they are installed.
    """
    missing = [name for name in _EXTRA if find_spec(name) is None]
    if missing:
        raise UsageError(Message("server.extra", names=", ".join(missing)))


@contextmanager
def open_context(directory: str) -> Iterator[Context]:
    """Open a server's directory, for a command or a worker.

    Args:
        directory: Where ``server.yaml`` lies.

    Raises:
        UsageError: There is no server in it, or packages are missing.
        ContentError: With all mistakes of ``server.yaml`` and of the checks.
        KeyFileError: The key can't be read.
        StoreError: The store can't be opened, or has the layout of another version.
    """
    expect_extra()
    with open_settings(read_settings(directory)) as context:
        yield context


@contextmanager
def open_settings(settings: Settings) -> Iterator[Context]:
    """Open the same of settings that were read already.

    Args:
        settings: Of the server.

    Raises:
        UsageError: There is no store.
        ContentError: With all mistakes of the checks.
        KeyFileError: The key can't be read.
        StoreError: The store can't be opened, or has the layout of another version.
    """
    from rempart_agent.audit import content_cache
    from rempart_core.content.place import check_directories
    from rempart_core.signing.key import load_key
    from rempart_store.connection import HEAD
    from rempart_store.store import Store

    content = content_cache.load(check_directories(settings.checks))
    key = load_key(settings.signing_key, create=False)
    try:
        store = Store.open(settings.place, create=False, patience=PATIENCE)
    except StoreError as error:
        if error.message.id == "store.older":
            raise StoreError(Message("server.older", layout=HEAD)) from error
        raise
    with store:
        writer = Writer(store)
        try:
            yield Context(settings, store, writer, content, key, Auditor(content))
        finally:
            writer.close()
