"""What every part of the server is given: settings, the store, the one writer, the clock."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

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
        clock: Seconds since 1970.
    """

    settings: Settings
    store: "Store"
    writer: Writer
    clock: Callable[[], float] = time.time
