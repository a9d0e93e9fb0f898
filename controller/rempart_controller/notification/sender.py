"""Sends messages through Apprise, which speaks mail, webhooks and most chats. The one module that imports it.

Source: the wiki of Apprise (URL schemes). A URL holds secrets: errors show the form in which Apprise hides them.
"""

import logging
import warnings
from collections.abc import Collection, Sequence
from typing import Any

from rempart_controller.notification.message import Notification
from rempart_controller.notification.queue import digest_of
from rempart_core.error import UsageError
from rempart_core.messages.message import Message


class Sender:
    """Knows where messages go."""

    def __init__(self, addresses: Sequence[str]) -> None:
        """Take Apprise's URLs.

        Raises:
            UsageError: One is none that Apprise understands.
        """
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of modules that Apprise loads
            from apprise import Apprise, AppriseAsset

            _hush()
            # One after the other: threads would gain nothing here, and their errors could not be told apart.
            asset = AppriseAsset(async_mode=False, app_id="Rempart", app_desc="Rempart", app_url="")
            self._services: dict[str, Any] = {}
            for number, address in enumerate(addresses, 1):
                service = Apprise.instantiate(address, asset=asset)
                if service is None:
                    scheme = address.partition("://")[0][:20] if "://" in address else "?"
                    raise UsageError(Message("notify.no_apprise_url", number=number, scheme=scheme))
                self._services[digest_of(address)] = service

    @property
    def addresses(self) -> frozenset[str]:
        """Return what the addresses are known by; see ``queue.digest_of``."""
        return frozenset(self._services)

    def send(self, message: Notification, to: Collection[str] | None = None) -> dict[str, str]:
        """Send a message; what goes wrong at one address does not touch the others.

        Args:
            message: The message.
            to: Who gets it, by what addresses are known by; None for all.

        Returns:
            Where it did not arrive: what the address is known by, and how it may be shown.
        """
        from apprise import NotifyFormat, NotifyType

        failed = {}
        for digest, service in self._services.items():
            if to is not None and digest not in to:
                continue
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                sent = service.notify(
                    title=message.title,
                    body=message.body,
                    notify_type=NotifyType.WARNING,
                    body_format=NotifyFormat.TEXT,
                )
            if not sent:
                failed[digest] = str(service.url(privacy=True)).partition("?")[0]
        return failed


def _hush() -> None:
    """Keep what Apprise logs, URLs and answers of servers, away from our standard error."""
    logger = logging.getLogger("apprise")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    logger.propagate = False
