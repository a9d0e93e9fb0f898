"""The options of an audit that tells somebody what got worse; what they need is imported when they are used."""

import argparse
from typing import TYPE_CHECKING

from rempart_agent.cli.audit_options import threshold_of
from rempart_agent.cli.base import OptionGroup

if TYPE_CHECKING:  # Apprise is for those who ask for it
    from rempart_controller.notification.notice import Recipients


def add_notify(parser: OptionGroup) -> None:
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


def read_recipients(options: argparse.Namespace) -> "Recipients | None":
    """Return who is told; None where nobody is."""
    if not options.notify and not options.notify_file:
        return None
    from rempart_controller.notification.notice import Recipients
    from rempart_store.location import usual_store

    store = options.store or usual_store()
    return Recipients(tuple(options.notify), tuple(options.notify_file), store, threshold_of(options), options.lang)
