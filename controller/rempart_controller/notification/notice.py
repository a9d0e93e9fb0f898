"""What ``rempart audit --notify`` does: it reads the addresses before the audit, and tells what got worse after it.

What could not be delivered waits, and is sent again by each audit that comes after.
"""

from typing import NamedTuple

from rempart_agent.cli.base import say
from rempart_agent.cli.language import words
from rempart_controller.notification.address import read_addresses
from rempart_controller.notification.message import Notification, compose, compose_failure, delay
from rempart_controller.notification.queue import Queue, folders_of
from rempart_controller.notification.sender import Sender
from rempart_core.error import NotificationError, RempartError
from rempart_core.messages.message import Message, listed
from rempart_core.messages.say import say as say_message
from rempart_core.messages.say import say_both
from rempart_core.model.check import Severity
from rempart_core.model.history import Drift
from rempart_core.text import NOTHING, Text


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
        return say_both(Message("notify.waiting", count=len(waiting), time=waiting[0].at))

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
            say(words("notify.first_run"))
        else:
            message = compose(drift, self._threshold, self._language)
        if message is not None:
            faults += self._send(message)
        if faults:
            raise NotificationError(listed(faults))

    def tell_failure(self, error: RempartError) -> None:
        """Tell that the audit failed; where that does not arrive it is said on standard error, and nothing raised."""
        message: Notification = compose_failure(error, self._language)
        try:
            faults = self._send_waiting() + self._send(message)
        except NotificationError as second:
            faults = [second.message]
        for fault in faults:
            say(say_message(fault, self._language))

    def _send(self, message: Notification) -> list[Message]:
        """Send a message; returns what went wrong. What did not arrive waits."""
        failed = self._sender.send(message)
        if not failed:
            return []
        self._queue.put(message, failed)
        return [Message("notify.undelivered", addresses=", ".join(failed.values()))]

    def _send_waiting(self) -> list[Message]:
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
            say(words("notify.delivered_late", count=delivered))
        faults = []
        if dropped:
            faults.append(Message("notify.dropped", count=dropped))
        if lost:
            faults.append(Message("notify.still_waiting", addresses=", ".join(lost.values())))
        return faults
