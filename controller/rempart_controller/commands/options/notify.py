"""The options of an audit that tells somebody what got worse; what they need is imported when they are used."""

import argparse
from typing import TYPE_CHECKING, Any

from rempart_core.error import UsageError

if TYPE_CHECKING:  # Apprise is for those who ask for it
    from rempart_controller.notification.notice import Notice


def add_notify(parser: Any) -> None:
    """Add the options of an audit that tells somebody what got worse."""
    notify = parser.add_argument_group("who is told (only what got worse or can't be seen since the run before)")
    notify.add_argument(
        "--notify",
        metavar="URL",
        action="append",
        default=[],
        help="tell a webhook, mailbox or chat: a URL of Apprise, as json://host/path or mailto://…; needs --store; "
        "repeatable. Whoever lists processes sees it: --notify-file is for a URL with a secret in it",
    )
    notify.add_argument(
        "--notify-file",
        metavar="FILE",
        action="append",
        default=[],
        help="a file of such URLs, one a line, yours or root's and readable by its owner alone; repeatable",
    )


def open_notice(options: argparse.Namespace) -> "Notice | None":
    """Return what tells somebody, made ready before the audit, which may take long; None where nobody is to be told.

    Raises:
        UsageError: An address is wrong, or there is no store that knows the run before.
    """
    if not options.notify and not options.notify_file:
        return None
    if options.store is None and not options.sign and options.keep is None:
        raise UsageError("--notify tells what changed since the run before, which a store knows: --store is missing")
    from rempart_controller.notification.notice import Notice

    return Notice(options)
