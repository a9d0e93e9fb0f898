"""The command ``rempart export``."""

import argparse
import os
import shutil
import stat
import sys
from collections.abc import Callable
from contextlib import suppress
from tempfile import TemporaryFile
from typing import IO, NamedTuple

from rempart_agent.cli.base import say
from rempart_agent.cli.language import option_help, words
from rempart_controller.commands.options.store import MOMENT, add_limit, add_store, read_limit, read_store
from rempart_controller.commands.verify import show_proof
from rempart_controller.inventory.host_filter import HostFilter
from rempart_controller.recording.user_key import load_key
from rempart_core.error import ReportError
from rempart_core.messages.message import Message
from rempart_core.messages.say import say as in_words
from rempart_core.messages.system import reason_of
from rempart_core.signing import bundle
from rempart_core.signing.bundle import Extent, Proof
from rempart_core.suggestion import quoted, suggestion_of
from rempart_reports.writing.output_places import check_outputs


class ExportRequest(NamedTuple):
    """A bundle for an auditor is asked for.

    Attributes:
        store: Where the store is.
        out: The bundle's file; ``-`` for standard output.
        since: From when on; None for all.
        until: Up to when; None for all.
        hosts: Names of the hosts whose documents are wanted; none, here and in ``groups``, for all.
        groups: The same, by patterns.
        language: ``en`` or ``fr``.
    """

    store: str
    out: str
    since: str | None
    until: str | None
    hosts: tuple[str, ...]
    groups: HostFilter
    language: str


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.description = words("command.export_long")
    parser.add_argument("--out", metavar="BUNDLE", required=True, help=option_help("help.export_out"))
    parser.add_argument("--since", metavar="RUN|DATE", help=option_help("help.export_since", moment=MOMENT))
    parser.add_argument("--until", metavar="RUN|DATE", help=option_help("help.export_until"))
    parser.add_argument(
        "--host",
        metavar="HOST",
        action="append",
        default=[],
        help=option_help("help.export_host"),
    )
    add_limit(parser)
    add_store(parser)


def request(options: argparse.Namespace) -> ExportRequest:
    """See Command.request."""
    check_outputs({"--out": options.out})
    hosts, groups = tuple(options.host), read_limit(options)
    return ExportRequest(read_store(options), options.out, options.since, options.until, hosts, groups, options.lang)


def run(request: ExportRequest) -> int:
    """Write a bundle and look whether it holds; 1 where the store lacks something that it must have.

    Raises:
        ReportError: It can't be written.
    """
    from rempart_store.read.archive import Scope
    from rempart_store.store import Store

    with Store.open(request.store, create=False) as store:
        since = None if request.since is None else store.moment(request.since, end=False)
        until = None if request.until is None else store.moment(request.until, end=True)
        hosts = set(request.hosts)
        known = store.groups()
        for name in sorted(hosts - known.keys()):
            say(Message("store.unknown_host", name=quoted(name), hint=suggestion_of(name, known)))
        if request.groups.patterns:
            hosts |= request.groups.choose(known.items())
        scope = Scope(since, tuple(sorted(hosts)), until)
        key = load_key()
        try:
            if request.out == "-":
                with TemporaryFile() as out:
                    extent, proof = _write_proven(out, lambda out: store.export(out, key, scope))
                    out.seek(0)
                    shutil.copyfileobj(out, sys.stdout.buffer)
                    sys.stdout.buffer.flush()
            else:
                extent, proof = _write(request.out, lambda out: store.export(out, key, scope))
        except BrokenPipeError:
            raise
        except OSError as error:
            raise ReportError(Message("report.write", path=request.out, error=reason_of(error))) from error
    told = Message("verify.exported", links=extent.links, documents=extent.documents, head=extent.head, key=key.public)
    print(in_words(told, request.language), file=sys.stderr if request.out == "-" else sys.stdout)
    others = [one for one in proof.keys if one != key.public]
    if others:
        print(in_words(Message("verify.other_keys", names=", ".join(others)), request.language), file=sys.stderr)
    if proof.fault:
        for line in show_proof(proof, pinned=False, language=request.language):
            print(line, file=sys.stderr)
        return 1
    return 0


def _write_proven(out: IO[bytes], write: Callable[[IO[bytes]], Extent]) -> tuple[Extent, Proof]:
    """Write a bundle and read it back: what the store has lost is told at once, and not to the auditor first."""
    extent = write(out)
    out.seek(0)
    return extent, bundle.verify(out)


def _write(path: str, write: Callable[[IO[bytes]], Extent]) -> tuple[Extent, Proof]:
    """Write a file beside and rename it: whatever fails, an older bundle stays; a device is written straight."""
    if os.path.exists(path) and not stat.S_ISREG(os.stat(path).st_mode):
        with TemporaryFile() as whole, open(path, "wb") as out:
            found = _write_proven(whole, write)
            whole.seek(0)
            shutil.copyfileobj(whole, out)
            return found
    beside = f"{path}.{os.urandom(6).hex()}.tmp"
    descriptor = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)  # findings are nobody else's business
    try:
        with open(descriptor, "w+b") as out:
            found = _write_proven(out, write)
        os.replace(beside, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(beside)
        raise
    return found
