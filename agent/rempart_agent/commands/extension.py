"""The command ``rempart-agent extension``: the extra tables served to a running osqueryd for as long as it runs."""

import argparse
import os
import signal
import sys
import time
from typing import Any, NamedTuple

from rempart_agent.cli.base import seconds
from rempart_agent.cli.language import option_help, words
from rempart_core.error import EngineError, UsageError
from rempart_core.messages.message import Message, message_of
from rempart_core.messages.system import reason_of

NAME = "rempart"
"""What osquery calls it (``--extensions_require=rempart``)."""

_KEEP = 2.0  # seconds for which what was read is not read again: a join asks the same many times
_PATIENCE = 10.0  # seconds in which osqueryd must answer once it is connected
_SCRIPT = """\
#!/bin/sh
# The extra tables of Rempart as an osquery extension. osqueryd starts it: see docs/osquery.md.
program='import sys; from rempart_agent.commands.main import main; sys.exit(main(["extension", *sys.argv[1:]]))'
exec '{python}' -P -c "$program" "$@"
"""


class ExtensionRequest(NamedTuple):
    """The extra tables are to be served.

    Attributes:
        socket: osqueryd's extension socket; ``""`` for the usual one.
        timeout: Seconds in which it must be there.
        interval: Seconds between two looks whether osqueryd is there.
        reconnect: Whether one that restarts is served again.
        verbose: Whether to say what happens.
        write: The file that the program for osqueryd is written to, and nothing else is done; ``""`` for none.
    """

    socket: str
    timeout: float
    interval: float
    reconnect: bool
    verbose: bool
    write: str


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.description = words("command.extension_long")
    parser.add_argument("--socket", metavar="PATH", default="", help=option_help("help.extension_socket"))
    parser.add_argument(
        "--timeout", metavar="SECONDS", type=seconds, default=3.0, help=option_help("help.extension_timeout")
    )
    parser.add_argument(
        "--interval", metavar="SECONDS", type=seconds, default=3.0, help=option_help("help.extension_interval")
    )
    parser.add_argument(
        "--reconnect",
        action="store_true",
        help=option_help("help.extension_autorestart"),
    )
    parser.add_argument("--verbose", action="store_true", help=option_help("help.extension_verbose"))
    parser.add_argument(
        "--write",
        metavar="FILE.ext",
        default="",
        help=option_help("help.extension_write"),
    )


def request(options: argparse.Namespace) -> ExtensionRequest:
    """See Command.request."""
    given = vars(options)
    return ExtensionRequest(**{name: given[name] for name in ExtensionRequest._fields})


def run(request: ExtensionRequest) -> int:
    """Serve the extra tables, or write the program that osqueryd starts for that."""
    from rempart_agent.engines.osquery import program

    if request.write:
        write_script(request.write)
        print(words("engine.extension_written", path=request.write))
        return 0
    path = request.socket or program.usual_socket()
    return serve(path, request.timeout, request.interval, request.verbose, request.reconnect)


def serve(path: str, timeout: float, interval: float, verbose: bool, reconnect: bool = False) -> int:
    """Register with the osqueryd behind ``path`` and serve our tables until it goes away or asks to end.

    Args:
        path: Its extension socket.
        timeout: Seconds in which the socket must be there.
        interval: Seconds between two looks whether osqueryd is still there.
        verbose: Whether to say what happens.
        reconnect: Whether an osqueryd that went away is waited for and served again, until a signal ends that.

    Returns:
        The exit status.

    Raises:
        EngineError: osqueryd is not there, is not to be trusted, or does not take the tables.
    """
    if sys.platform != "linux":
        raise UsageError(Message("engine.extension_linux"))
    else:  # noqa: RET506 - what follows a raise would be dead to the type checker
        from rempart_agent.channels import unix_socket
        from rempart_agent.channels.stream import StreamError
        from rempart_agent.engines.osquery import wire
        from rempart_agent.engines.osquery.extension import Extension
        from rempart_agent.engines.osquery.served import LiveReader, Served
        from rempart_agent.targets.live import LiveTarget

        def say(text: Message) -> None:
            if verbose:
                print(words("engine.extension_log", text=text), file=sys.stderr, flush=True)

        target = LiveTarget()
        target.keeps = _KEEP  # it lives on: what it saw must not be taken for what is
        extension = Extension(Served(LiveReader(target), _KEEP), path, NAME)

        def stop(_signal: int, _frame: Any) -> None:
            extension.stopped.set()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)

        def serve_once() -> None:
            manager = None
            try:
                manager = wire.Manager(unix_socket.connect_when_there(path, time.monotonic() + max(1.0, timeout)))
                provider = extension.register(manager, time.monotonic() + _PATIENCE)
                if provider.reason is not None:
                    raise EngineError(Message("engine.extension_refused", error=provider.reason))
                say(Message("engine.extension_serves", count=len(extension.served.routes()), path=path))
                while not extension.stopped.wait(max(0.1, interval)):
                    if not manager.ping(time.monotonic() + _PATIENCE):
                        break
                say(Message("engine.extension_ends"))
            except (StreamError, wire.WireError) as error:
                if not extension.registered:
                    raise EngineError(Message("engine.osqueryd", error=message_of(error))) from error
                say(Message("engine.extension_gone", error=message_of(error)))
                manager = None
            finally:
                extension.close(manager, time.monotonic() + 1)
                if manager is not None:
                    manager.close()

        serve_once()  # the first time it has to be there
        while reconnect and not extension.stopped.wait(max(0.1, interval)):
            try:
                serve_once()
            except EngineError as error:
                say(Message("engine.extension_waits", error=error.message))
        return 0


def write_script(path: str) -> None:
    """Write the program that osqueryd starts (``--extensions_autoload``) to ``path``.

    Raises:
        UsageError: it can't be written there, or osqueryd would not start it there.
    """
    if not path.endswith(".ext"):
        raise UsageError(Message("engine.extension_suffix", path=path))
    if "'" in sys.executable:
        raise UsageError(Message("engine.extension_quote", path=sys.executable))
    beside = f"{path}.{os.getpid()}"
    try:
        with open(beside, "x", encoding="utf-8") as file:
            file.write(_SCRIPT.format(python=sys.executable))
        os.chmod(beside, 0o755)  # noqa: S103 - a program, which holds no secret
        os.replace(beside, path)
    except OSError as error:
        raise UsageError(Message("file.failed", path=path, error=reason_of(error))) from error
