"""What every part of the server is given: settings, the store, the one writer, the clock."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from rempart_agent.audit.content_cache import Content
from rempart_core.signing.key import Key
from rempart_server.auditor import Auditor
from rempart_server.settings import Settings
from rempart_server.writer import Writer

if TYPE_CHECKING:
    from rempart_store.store import Store


class Context(NamedTuple):
    """One worker's surroundings.

    Attributes:
        settings: What ``server.yaml`` says.
        store: The store; read with ``store.reading()``.
        writer: All that is written goes through it.
        content: All checks and profiles, read once.
        key: The server's own, which signs documents and the log.
        auditor: What this worker keeps for audits.
        clock: Seconds since 1970.
    """

    settings: Settings
    store: "Store"
    writer: Writer
    content: Content
    key: Key
    auditor: Auditor
    clock: Callable[[], float] = time.time
