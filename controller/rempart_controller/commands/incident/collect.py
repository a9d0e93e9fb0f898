"""The command ``rempart incident collect``."""

import argparse
import os
import sys
import time as clock
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from rempart_agent.cli.language import option_help, words
from rempart_controller.commands.incident.desk import (
    Desk,
    Progress,
    Way,
    Worker,
    add_incident,
    add_way,
    add_worker,
    describe,
    prepare,
    read_way,
    read_worker,
)
from rempart_controller.incident import evidence
from rempart_controller.incident.folder import find
from rempart_core.json_value import Json
from rempart_core.messages.carried import from_data
from rempart_core.messages.message import Message
from rempart_core.messages.say import say
from rempart_core.text import clean_line

_NAMED = 5  # items that are named beside a reason


class CollectRequest(NamedTuple):
    """Evidence is to be collected.

    Attributes:
        incident: Its id, or its host's name.
        paths: Paths of which metadata is collected too, or patterns.
        logs: Files and folders besides ``/var/log``.
        no_logs: Why no logs are collected; ``""`` where they are.
        worker: Who does it.
        way: The way to the host.
    """

    incident: str
    paths: tuple[str, ...]
    logs: tuple[str, ...]
    no_logs: str
    worker: Worker
    way: Way


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    describe(
        parser,
        words("incident_help.collect"),
    )
    add_incident(parser)
    parser.add_argument(
        "--path",
        metavar="PATH",
        action="append",
        default=[],
        help=option_help("incident_help.path"),
    )
    parser.add_argument(
        "--log",
        metavar="PATH",
        action="append",
        default=[],
        help=option_help("incident_help.log"),
    )
    parser.add_argument("--no-logs", metavar="REASON", default="", help=option_help("incident_help.no_logs"))
    add_worker(parser)
    add_way(parser, deadline=900)


def request(options: argparse.Namespace) -> CollectRequest:
    """See Command.request."""
    from rempart_controller.incident.collecting import PATHS, questions

    questions([*PATHS, *options.path])  # a wrong path is told before anything is done
    return CollectRequest(
        options.incident,
        tuple(options.path),
        tuple(options.log),
        options.no_logs,
        read_worker(options),
        read_way(options),
    )


def run(request: CollectRequest) -> int:
    """Collect evidence; 3 where an item did not come."""
    return _collect(request)


def _collect(request: CollectRequest) -> int:
    from rempart_controller.incident.collecting import PATHS, Source, collect_tables, keep_logs
    from rempart_controller.incident.isolation import Operator, read_logs

    found = find(request.incident)
    paths = [*PATHS, *request.paths]
    host, access = prepare(request.way, found)
    desk, progress = Desk(request.worker, found.folder), Progress()
    desk.write("collect", "begun")
    vault = evidence.Vault(found.folder, len(found.collections) + 1)
    who: evidence.Answerer | None = None
    interrupted = False
    try:
        who = collect_tables(Source(host, clock.monotonic() + request.way.seconds, progress.show), paths, vault)
        if who and not who.privileged:
            vault.miss("table", "tables", Message("incident.needs_root", user=who.user))
        if request.no_logs:
            vault.miss("file", "logs", Message("incident.logs_skipped", reason=request.no_logs))
        else:
            logs = {"logs": ["/var/log", *request.logs]}
            answer, reason = read_logs(Operator(access, found.host, progress.show), logs)
            if answer:
                keep_logs(answer, vault)
            if reason or not answer:
                vault.miss("file", "logs", reason or Message("incident.nothing_came"))
    except KeyboardInterrupt:
        interrupted = True
        vault.miss("file", "*", Message("incident.interrupted"))
    finally:
        progress.clear()
        manifest = vault.seal(desk.key, found.incident, found.host, who)
        whole, part, missed = evidence.count(vault.items)
        folder = os.path.basename(vault.folder)
        detail: dict[str, Json] = {
            "folder": folder,
            "manifest": manifest,
            "items": whole,
            "parts": part,
            "failed": missed,
        }
        desk.write("collect", "failed" if interrupted or not whole else "done", **detail)
    desk.say(Message("incident.collected", items=whole, parts=part, missed=missed, folder=vault.folder))
    desk.say(Message("incident.collected_manifest", digest=manifest))
    for message in tell_missed(vault.items):
        print(f"  {clean_line(say(message, request.worker.language))}", file=sys.stderr)
    return 130 if interrupted else 3 if missed else 0


def tell_missed(items: Iterable[Mapping[str, object]]) -> Iterator[Message]:
    """Yield each reason once why items did not come whole, with the first names that it holds for.

    Args:
        items: As the manifest lists them; it has every name.
    """
    names: dict[Message, list[str]] = {}
    for item in items:
        if item["state"] != "collected":
            names.setdefault(from_data(item["reason"]), []).append(str(item["name"]))
    for reason, some in names.items():
        first, more = ", ".join(some[:_NAMED]), len(some) - _NAMED
        if more > 0:
            yield Message("incident.missed_many", names=first, more=more, reason=reason)
        else:
            yield Message("incident.missed", names=first, reason=reason)
