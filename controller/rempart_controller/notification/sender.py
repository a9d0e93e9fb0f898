"""Sends messages through Apprise, which speaks mail, webhooks and most chats. The one module that imports it.

Source: the wiki of Apprise (URL schemes). A URL holds secrets: errors show the form in which Apprise hides them.
"""

import logging
import warnings
from collections.abc import Sequence

from rempart_controller.notification.message import Message
from rempart_core.error import NotificationError, UsageError


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
            self._services = []
            for number, address in enumerate(addresses, 1):
                service = Apprise.instantiate(address, asset=asset)
                if service is None:
                    scheme = address.partition("://")[0][:20] if "://" in address else "?"
                    raise UsageError(f"--notify: address {number} ({scheme}://…) is no URL that Apprise understands")
                self._services.append(service)

    def send(self, message: Message) -> None:
        """Send a message everywhere.

        Raises:
            NotificationError: It did not arrive somewhere; the others have it all the same.
        """
        from apprise import NotifyFormat, NotifyType

        failed = []
        for service in self._services:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                sent = service.notify(
                    title=message.title,
                    body=message.body,
                    notify_type=NotifyType.WARNING,
                    body_format=NotifyFormat.TEXT,
                )
            if not sent:
                failed.append(str(service.url(privacy=True)).partition("?")[0])  # type: ignore[no-untyped-call]
        if failed:
            raise NotificationError(f"nobody was told at {', '.join(failed)}: the message could not be delivered")


def _hush() -> None:
    """Keep what Apprise logs, URLs and answers of servers, away from our standard error."""
    logger = logging.getLogger("apprise")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    logger.propagate = False
