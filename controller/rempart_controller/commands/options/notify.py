"""The options of an audit that tells somebody what got worse; what they need is imported when they are used."""

import argparse
from typing import TYPE_CHECKING

from rempart_agent.cli.audit_options import threshold_of
from rempart_agent.cli.base import OptionGroup
from rempart_agent.cli.language import option_help, words

if TYPE_CHECKING:  # Apprise is for those who ask for it
    from rempart_controller.notification.notice import Recipients


def add_notify(parser: OptionGroup) -> None:
    """Add the options of an audit that tells somebody what got worse."""
    notify = parser.add_argument_group(words("help.group_told"))
    notify.add_argument(
        "--notify",
        metavar="URL",
        action="append",
        default=[],
        help=option_help("help.notify"),
    )
    notify.add_argument(
        "--notify-file",
        metavar="FILE",
        action="append",
        default=[],
        help=option_help("help.notify_file"),
    )


def read_recipients(options: argparse.Namespace) -> "Recipients | None":
    """Return who is told; None where nobody is."""
    if not options.notify and not options.notify_file:
        return None
    from rempart_controller.notification.notice import Recipients
    from rempart_store.location import usual_store

    store = options.store or usual_store()
    return Recipients(tuple(options.notify), tuple(options.notify_file), store, threshold_of(options), options.lang)
