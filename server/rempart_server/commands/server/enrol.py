"""The command ``rempart server enrol GROUP``: the flagfile, the CA and a secret, with which an osqueryd reports."""

import argparse
from typing import TYPE_CHECKING, NamedTuple

from rempart_agent.cli.base import say
from rempart_agent.cli.language import option_help, words
from rempart_core.error import KeyFileError, UsageError
from rempart_core.messages.message import Message
from rempart_core.messages.system import reason_of
from rempart_server.commands.actor import console, duration, positive
from rempart_server.commands.directory import add_directory, read_directory

if TYPE_CHECKING:
    from rempart_server.settings import Settings


class EnrolRequest(NamedTuple):
    """Machines are to be enrolled.

    Attributes:
        directory: Of the server.
        group: Name of the group.
        platform: ``linux``, ``darwin`` or ``windows``.
        uses: How many machines; None for any number.
        lasts: For how many seconds the secret is good; None for ever.
    """

    directory: str
    group: str
    platform: str
    uses: int | None
    lasts: int | None


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.description = words("server_node.enrol_long")
    parser.add_argument("group", metavar="GROUP", help=option_help("server_node.help_group"))
    platforms = ["linux", "darwin", "windows"]
    parser.add_argument("--platform", choices=platforms, default="linux", help=option_help("server_node.help_platform"))
    parser.add_argument("--uses", metavar="N", type=positive, help=option_help("server_node.help_uses"))
    parser.add_argument("--expires", metavar="TIME", type=duration, help=option_help("server_node.help_expires"))
    add_directory(parser)


def request(options: argparse.Namespace) -> EnrolRequest:
    """See Command.request."""
    if options.expires == 0:
        raise UsageError(Message("server_node.enrol_at_once"))
    return EnrolRequest(read_directory(options), options.group, options.platform, options.uses, options.expires)


def run(request: EnrolRequest) -> int:
    """Make a secret, and print what a machine needs, in sections that begin with ``# --- NAME ---``.

    Raises:
        UsageError: There is no such group.
        KeyFileError: The CA can't be read.
        StoreError: The store can't be written.
    """
    from rempart_server.commands.named import named_group
    from rempart_server.log import record
    from rempart_server.opening import open_context
    from rempart_server.osquery.flagfile import flagfile, places
    from rempart_store.server.secret import make_secret

    with open_context(request.directory) as context:
        settings, now = context.settings, int(context.clock())
        authority = _authority(settings)
        with context.store.writing() as connection:
            group = named_group(connection, request.group)
            ends = None if request.lasts is None else now + request.lasts
            secret = make_secret(connection, group.id, now, request.uses, ends)
            uses, lasts = str(request.uses or ""), "" if request.lasts is None else f"{request.lasts} s"
            record(connection, context, console(), "secret.make", group.name, uses=uses, lasts=lasts)
    at = places(request.platform)
    flags = flagfile(request.platform, settings.reached, settings.interval)
    for name, content in (("osquery.flags", flags), ("ca.pem", authority), ("enroll_secret", secret)):
        print(f"# --- {name} ---\n{content.strip()}")
    say(words("server_node.enrol_files", flags=at.flags, ca=at.authority, secret=at.secret))
    say(words("server_node.enrol_next", group=group.name, restart=at.restart))
    return 0


def _authority(settings: "Settings") -> str:
    """Return the certificate that machines check the server's against: its own CA's, or the user's chain."""
    import os

    path = settings.public_ca or settings.certificate or os.path.join(settings.directory, "ca.pem")
    try:
        with open(path, encoding="ascii") as file:
            return file.read()
    except (OSError, UnicodeDecodeError) as error:
        reason = reason_of(error) if isinstance(error, OSError) else Message("server.no_certificate", path=path)
        raise KeyFileError(Message("server.tls_failed", path=path, error=reason)) from error
