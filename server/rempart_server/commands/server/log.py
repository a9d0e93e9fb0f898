"""The command ``rempart server log``: what people did, exported, and proven without the server."""

import argparse
import os
import sys
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, NamedTuple

from rempart_agent.cli.language import option_help, words
from rempart_core.error import ReportError, UsageError
from rempart_core.messages.message import Message
from rempart_core.messages.system import reason_of
from rempart_server.commands.directory import add_directory, read_directory

if TYPE_CHECKING:
    from rempart_server.log_bundle import LogProof


class LogRequest(NamedTuple):
    """The log is to be exported, or one that was is to be proven.

    Attributes:
        directory: Of the server; ``""`` where none is needed.
        deed: ``export`` or ``verify``.
        path: The file; ``-`` for standard output or input.
        keys: Public keys that must have signed, in hex or by their files.
        head: Hash that one of the events must have; ``""`` for any.
        json: Whether what is found is for machines.
    """

    directory: str
    deed: str
    path: str
    keys: tuple[str, ...]
    head: str
    json: bool


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    from rempart_controller.commands.options.output import add_language

    parser.description = words("server_log.log_long")
    deeds = parser.add_subparsers(dest="deed", required=True, metavar="ACTION")
    export = deeds.add_parser("export", help=words("server_log.export"))
    export.add_argument("--out", metavar="FILE", dest="path", default="-", help=option_help("server_log.help_out"))
    add_directory(export)
    verify = deeds.add_parser("verify", help=words("server_log.verify"), description=words("server_log.verify_long"))
    verify.add_argument("path", metavar="BUNDLE", help=option_help("server_log.help_bundle"))
    verify.add_argument(
        "--key", metavar="HEX|FILE", action="append", default=[], help=option_help("server_log.help_key")
    )
    verify.add_argument("--head", metavar="HASH", default="", help=option_help("server_log.help_head"))
    verify.add_argument("--json", action="store_true", help=option_help("help.json_object"))
    add_language(verify)


def request(options: argparse.Namespace) -> LogRequest:
    """See Command.request."""
    if options.deed == "export":
        return LogRequest(read_directory(options), "export", options.path, (), "", json=False)
    return LogRequest("", "verify", options.path, tuple(options.key), options.head.strip().lower(), options.json)


def run(request: LogRequest) -> int:
    """Export the log, or prove one: 0 whole, 1 broken.

    Raises:
        UsageError: There is no server, or a file or key can't be read.
        StoreError: The store can't be read.
        ReportError: The file can't be written.
    """
    return _export(request) if request.deed == "export" else _verify(request)


def _export(request: LogRequest) -> int:
    from rempart_server.log_bundle import write_log
    from rempart_server.opening import open_context
    from rempart_store.server.event import read_last, stream_events

    with open_context(request.directory) as context, context.store.reading() as connection:
        count, head = read_last(connection)

        def write(out: IO[bytes]) -> None:
            write_log(out, stream_events(connection), count, head, context.key)

        try:
            if request.path == "-":
                write(sys.stdout.buffer)
                sys.stdout.buffer.flush()
            else:
                with open(os.open(request.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
                    write(out)
        except OSError as error:
            raise ReportError(Message("report.write", path=request.path, error=reason_of(error))) from error
        print(words("server_log.exported", count=count, head=head or "-", key=context.key.public), file=sys.stderr)
    return 0


def _verify(request: LogRequest) -> int:
    from rempart_controller.commands.options.output import Output
    from rempart_core.messages.say import say
    from rempart_core.signing.key import read_public
    from rempart_server.log_bundle import verify_log

    keys = [read_public(text) for text in request.keys]
    try:
        if request.path == "-":
            proof = verify_log(sys.stdin.buffer, keys, request.head)
        else:
            with open(request.path, "rb") as lines:
                proof = verify_log(lines, keys, request.head)
    except OSError as error:
        raise UsageError(Message("file.failed", path=request.path, error=reason_of(error))) from error
    if request.json:
        Output().show_json({**proof._asdict(), "fault": say(proof.fault) if proof.fault else ""})
    else:
        for line in _tell(proof, known=bool(keys)):
            print(line)
    return 1 if proof.fault else 0


def _tell(proof: "LogProof", *, known: bool) -> Iterator[str]:
    from rempart_core.timestamps import write_moment

    if proof.fault is not None:
        yield words("server_log.broken", line=str(proof.line), fault=proof.fault)
        yield words("server_log.held", count=proof.events)
        return
    if not proof.events:
        yield words("server_log.empty")
        return
    begun, ended = write_moment(proof.begun), write_moment(proof.ended)
    yield words("server_log.whole", count=proof.events, begun=begun, ended=ended)
    yield words("server_log.head_is", head=proof.head)
    for key in proof.keys:
        yield words("server_log.key_is", key=key)
    if proof.pinned:
        yield words("server_log.pinned", number=str(proof.pinned), more=proof.events - proof.pinned)
    if not known:
        yield words("server_log.no_key") if not proof.pinned else words("server_log.no_key_after")
    elif not proof.pinned:
        yield words("server_log.no_head")
