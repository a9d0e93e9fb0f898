"""What ``rempart audit --notify`` does: it reads the addresses before the audit, and tells what got worse after it."""

import argparse
import sys

from rempart_agent.audit import threshold_of
from rempart_controller.notification.address import read_addresses
from rempart_controller.notification.message import Message, compose, compose_failure
from rempart_controller.notification.sender import Sender
from rempart_controller.store.value import Drift
from rempart_core.error import NotificationError, RempartError
from rempart_core.text import clean


class Notice:
    """Tells somebody, where there is something to tell."""

    def __init__(self, options: argparse.Namespace) -> None:
        """Get ready.

        Raises:
            UsageError: An address is wrong.
        """
        self._sender = Sender(read_addresses(options.notify, options.notify_file))
        self._threshold = threshold_of(options)
        self._language: str = options.lang

    def tell(self, drift: Drift | None) -> None:
        """Tell what got worse.

        Args:
            drift: What changed since the run before; None where there is none to compare with.

        Raises:
            NotificationError: The message did not arrive.
        """
        if drift is None:
            print("rempart: the store's first run has none before it: nobody is notified", file=sys.stderr)
            return
        message = compose(drift, self._threshold, self._language)
        if message is not None:
            self._sender.send(message)

    def tell_failure(self, error: RempartError) -> None:
        """Tell that the audit failed; where that does not arrive it is said on standard error, and nothing raised."""
        message: Message = compose_failure(error, self._language)
        try:
            self._sender.send(message)
        except NotificationError as second:
            print(f"rempart: {clean(str(second))}", file=sys.stderr)
