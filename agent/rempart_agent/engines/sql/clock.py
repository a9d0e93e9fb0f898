"""The time that SQL sees: the real one, or one that stands still, so that the same rows give the same answer.

SQLite asks its VFS for the time, once a statement and only where the statement asks for it.
"""

from collections.abc import Callable

import apsw

_EPOCH = 210_866_760_000_000  # milliseconds from SQLite's first day, in the year -4713, to 1970


class Clock(apsw.VFS):
    """A clock that can be set; the files of SQLite are none of its business.

    Attributes:
        name: What a connection is told to find it.
        moment: Seconds since 1970 that SQL is told; None for the real time.
        asked: Is called when SQL asks for the time.
    """

    def __init__(self) -> None:
        self.name = f"rempart-{id(self):x}"
        self.moment: int | None = None
        self.asked: Callable[[], None] = lambda: None
        super().__init__(self.name, "")

    def xCurrentTimeInt64(self) -> int:  # noqa: N802 - its name there
        """See ``apsw.VFS.xCurrentTimeInt64``."""
        self.asked()
        return int(super().xCurrentTimeInt64()) if self.moment is None else self.moment * 1000 + _EPOCH
