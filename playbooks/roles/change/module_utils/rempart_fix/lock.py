"""One change at a time: a lock that ends with its process, and a lease that others take over after a time."""

import fcntl
import json
import os
import time
from typing import IO, Any, Dict, Optional

from .contract import Refusal
from .place import BASE, make_private, write_file


class Lock:
    """Holds all other runs of this program off while one works."""

    def __init__(self, base: str = "", patience: float = 60, change: str = "") -> None:
        """Prepare it; ``with`` takes it.

        Args:
            base: Where the records lie; ``""`` for the usual place.
            patience: Seconds to wait for others.
            change: Where one is given, another change that is under way is not waited for.
        """
        self.change = change
        self.base = base or BASE
        self.patience = patience
        make_private(self.base)
        self._file: Optional[IO[str]] = None

    def __enter__(self) -> "Lock":
        """Wait for the others.

        Raises:
            Refusal: One of them works on, or another change is under way.
        """
        self._file = open(os.path.join(self.base, "guard"), "w")  # it is held until the end
        ends = time.monotonic() + self.patience
        while True:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                refusal = _find_other(self.change, self.base) if self.change else None
                if refusal is None and time.monotonic() > ends:
                    refusal = Refusal("another run works here", "une autre exécution travaille ici")
                if refusal is not None:
                    self._file.close()
                    raise refusal from error
                time.sleep(0.05)
            else:
                return self

    def __exit__(self, *_: object) -> None:
        """Let the next one go."""
        if self._file is not None:
            self._file.close()


def read_lease(base: str = "") -> Optional[Dict[str, Any]]:
    """Return whose the endpoint is for now: ``change``, ``holder``, ``since``, ``until``; None where it is nobody's."""
    try:
        with open(os.path.join(base or BASE, "lock"), "rb") as file:
            lease: Dict[str, Any] = json.loads(file.read().decode())
    except (OSError, ValueError):
        return None
    return lease if lease["since"] <= time.time() < lease["until"] else None


def take_lease(change: str, holder: str, seconds: int, base: str = "") -> None:
    """Take the endpoint for a change.

    Raises:
        Refusal: Another change is under way.
    """
    refusal = _find_other(change, base)
    if refusal is not None:
        raise refusal
    now = int(time.time())
    lease = {"change": change, "holder": holder, "since": now, "until": now + max(seconds, 60)}
    write_file(os.path.join(base or BASE, "lock"), json.dumps(lease, sort_keys=True).encode())


def _find_other(change: str, base: str) -> Optional[Refusal]:
    lease = read_lease(base)
    if lease is None or lease["change"] == change:
        return None
    return Refusal(
        f"change {lease['change']} of {lease['holder']} is under way here",
        f"le changement {lease['change']} de {lease['holder']} est en cours ici",
    )


def give_lease(change: str, base: str = "") -> None:
    """Give the endpoint back, if it is this change's."""
    lease = read_lease(base)
    if lease is not None and lease["change"] == change:
        os.unlink(os.path.join(base or BASE, "lock"))
