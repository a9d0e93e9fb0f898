"""The command ``rempart-agent enrol``."""

import argparse
from typing import NamedTuple

from rempart_agent.cli.language import chosen, option_help, words
from rempart_agent.commands.identity import add_folder
from rempart_core.error import UsageError
from rempart_core.messages.message import Message
from rempart_core.messages.say import say


class EnrolRequest(NamedTuple):
    """This machine's agent is to be known to a server.

    Attributes:
        server: Its address.
        ca: The file with the certificates that may vouch for it.
        secret_file: The file with the secret of a group; ``""`` for none.
        name: What the host is called; ``""`` for its own name.
        folder: Where key and spool lie; ``""`` for the usual place.
        keep: Whether nothing is done where it is enrolled there already.
    """

    server: str
    ca: str
    secret_file: str
    name: str
    folder: str
    keep: bool


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.description = words("agent_push.enrol_long")
    parser.add_argument("--server", metavar="URL", required=True, help=option_help("agent_push.help_server"))
    parser.add_argument("--ca", metavar="FILE", required=True, help=option_help("agent_push.help_ca"))
    parser.add_argument("--secret-file", metavar="FILE", default="", help=option_help("agent_push.help_secret"))
    parser.add_argument("--name", metavar="HOST", default="", help=option_help("agent_push.help_name"))
    parser.add_argument("--keep", action="store_true", help=option_help("agent_push.help_keep"))
    add_folder(parser)


def request(options: argparse.Namespace) -> EnrolRequest:
    """See Command.request."""
    name = options.name
    if name and (name.split() != [name] or not name.isprintable() or len(name) > 255):
        raise UsageError(Message("agent_push.name", name=name))
    return EnrolRequest(options.server, options.ca, options.secret_file, name, options.folder, options.keep)


def run(request: EnrolRequest) -> int:
    """Enrol this machine's agent."""
    from rempart_agent.installed import enrol, server_link, spool

    folder = request.folder or spool.FOLDER
    server = server_link.find_server(request.server, enrol.read_small(request.ca))
    if request.keep and server_link.is_enrolled(folder, server):
        print(words("agent_push.unchanged"))
        return 0
    secret = enrol.read_secret(request.secret_file) if request.secret_file else ""
    done = enrol.enrol(folder, server, secret, request.name)
    print(say(done, chosen()))
    return 0
