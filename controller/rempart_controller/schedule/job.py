"""What is to be scheduled: plain values that the forms (:mod:`unit`, :mod:`cron`) are written from."""

from typing import NamedTuple

MARK = "REMPART_SHUT_IN"
"""Set where a service is shut in such that what it would see of its own machine is not what is there."""


_LONGEST = 12 * 3600  # seconds of an audit that says nothing of its deadline
_GRACE = 600  # seconds beyond a run's own deadline for reports, store and messages


class Plan(NamedTuple):
    """One audit that is to run again and again.

    Attributes:
        name: ``rempart-…``; units and files are called by it.
        command: The program, with its whole path, and its arguments.
        at: When: ``HH:MM``, or what systemd or cron takes.
        splay: It begins up to so many minutes later.
        user: Who runs it.
        system: Whether it belongs to the system; else to the user.
        remote: Whether it looks at other machines only, so that it can be shut in whole.
        writable: Folders that it writes to.
        environment: Variables that it needs.
    """

    name: str
    command: tuple[str, ...]
    at: str
    splay: int
    user: str
    system: bool
    remote: bool
    writable: tuple[str, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()

    @property
    def limit(self) -> int:
        """Seconds after which the run is ended from outside: a scheduled run always ends, and says that it failed."""
        for number, word in enumerate(self.command):
            name, _, value = word.partition("=")
            if name == "--run-deadline":
                value = value or self.command[number + 1]
                return int(float(value) * 1.1) + _GRACE
        return _LONGEST
