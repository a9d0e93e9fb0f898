"""The command ``rempart-agent push``."""

import argparse
import signal
import sys
import threading
from typing import NamedTuple

from rempart_agent.cli.language import chosen, option_help, words
from rempart_agent.commands.identity import add_folder
from rempart_core.messages.message import Message
from rempart_core.messages.say import say


class PushRequest(NamedTuple):
    """What waits is to be sent to the server.

    Attributes:
        folder: Where key and spool lie; ``""`` for the usual place.
        once: Whether nothing is tried again.
    """

    folder: str
    once: bool


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.description = words("agent_push.push_long")
    parser.add_argument("--once", action="store_true", help=option_help("agent_push.help_once"))
    add_folder(parser)


def request(options: argparse.Namespace) -> PushRequest:
    """See Command.request."""
    return PushRequest(options.folder, options.once)


def run(request: PushRequest) -> int:
    """Send what waits to the server."""
    from rempart_agent.installed import push, server_link, spool

    folder = request.folder or spool.FOLDER
    server = server_link.read_server(folder)
    stop = threading.Event()

    def end(_signal: int, _frame: object) -> None:
        stop.set()

    def tell(text: Message) -> None:
        print(f"rempart: {say(text, chosen())}", file=sys.stderr, flush=True)

    signal.signal(signal.SIGTERM, end)
    done = push.push(folder, server, stop, tell, once=request.once)
    print(words("agent_push.stored", count=done.stored), flush=True)
    if done.waits is not None:
        tell(done.waits)
    return 3 if done.refused or (done.waits is not None and not stop.is_set()) else 0
