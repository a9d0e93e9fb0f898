"""What ``rempart audit --notify`` does: it reads the addresses before the audit, and tells what got worse after it.

What could not be delivered waits, and is sent again by each audit that comes after.
"""

import sys
from typing import NamedTuple

from rempart_controller.notification.address import read_addresses
from rempart_controller.notification.message import Message, compose, compose_failure, delay
from rempart_controller.notification.queue import Queue, folders_of
from rempart_controller.notification.sender import Sender
from rempart_core.error import NotificationError, RempartError
from rempart_core.model.check import Severity
from rempart_core.model.history import Drift
from rempart_core.text import NOTHING, Text, clean

_WAITING = Text(
    "messages of earlier audits that could not be delivered: {}, the oldest of {}",
    "messages d’audits précédents qui n’ont pas pu être remis : {}, le plus ancien du {}",
)


class Recipients(NamedTuple):
    """Who is told, and of what.

    Attributes:
        urls: Addresses, URLs of Apprise.
        files: Files of such.
        store: Where the store is, beside which messages wait that could not be delivered.
        threshold: The least severity of a finding that is told.
        language: ``en`` or ``fr``.
    """

    urls: tuple[str, ...]
    files: tuple[str, ...]
    store: str
    threshold: Severity
    language: str

    def __repr__(self) -> str:
        """Return how many they are: a URL may hold a secret."""
        return f"Recipients({len(self.urls)} URLs, {len(self.files)} files)"


class Notice:
    """Tells somebody, where there is something to tell."""

    def __init__(self, told: Recipients) -> None:
        """Get ready.

        Raises:
            UsageError: An address is wrong.
        """
        self._sender = Sender(read_addresses(told.urls, told.files))
        self._queue = Queue(folders_of(told.store))
        self._threshold = told.threshold
        self._language = told.language

    def say_waiting(self) -> Text:
        """Return what reports say of the messages of earlier audits that somebody has not got; ``NOTHING`` for none."""
        waiting = self._queue.waiting()
        if not waiting:
            return NOTHING
        return Text(*(one.format(len(waiting), waiting[0].at) for one in (_WAITING.en, _WAITING.fr)))

    def tell(self, drift: Drift | None) -> None:
        """Tell what got worse, and what waits from before.

        Args:
            drift: What changed since the run before; None where there is none to compare with.

        Raises:
            NotificationError: A message did not arrive; it waits.
        """
        faults = self._send_waiting()
        message = None
        if drift is None:
            print("rempart: the store's first run has none before it: nobody is notified", file=sys.stderr)
        else:
            message = compose(drift, self._threshold, self._language)
        if message is not None:
            faults += self._send(message)
        if faults:
            raise NotificationError("; ".join(faults))

    def tell_failure(self, error: RempartError) -> None:
        """Tell that the audit failed; where that does not arrive it is said on standard error, and nothing raised."""
        message: Message = compose_failure(error, self._language)
        try:
            faults = self._send_waiting() + self._send(message)
        except NotificationError as second:
            faults = [str(second)]
        for fault in faults:
            print(f"rempart: {clean(fault)}", file=sys.stderr)

    def _send(self, message: Message) -> list[str]:
        """Send a message; returns what went wrong. What did not arrive waits."""
        failed = self._sender.send(message)
        if not failed:
            return []
        self._queue.put(message, failed)
        return [f"nobody was told at {', '.join(failed.values())}: the message could not be delivered; it waits"]

    def _send_waiting(self) -> list[str]:
        """Send what waits to those that have not got it; returns what went wrong."""
        dropped = self._queue.drop_old()
        delivered, lost = 0, dict[str, str]()
        for one in self._queue.waiting():
            mine = self._sender.addresses.intersection(one.to)
            if not mine:
                continue  # for addresses that are not given now
            failed = self._sender.send(delay(one.message, one.at, self._language), mine)
            self._queue.settle(one, [digest for digest in one.to if digest not in mine or digest in failed])
            delivered += not failed
            lost |= failed
        if delivered:
            print(f"rempart: messages of earlier audits that are delivered now: {delivered}", file=sys.stderr)
        faults = []
        if dropped:
            faults.append(f"messages that nobody got, too old or too many to wait longer: {dropped}")
        if lost:
            faults.append(f"messages of earlier audits wait still, for {', '.join(lost.values())}")
        return faults
