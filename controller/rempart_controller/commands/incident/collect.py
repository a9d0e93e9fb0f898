"""The command ``rempart incident collect``."""

import argparse
import os
import sys
import time as clock
from typing import Any, NamedTuple

from rempart_controller.commands.incident.desk import (
    Desk,
    Progress,
    Way,
    Worker,
    add_incident,
    add_way,
    add_worker,
    describe,
    in_language,
    prepare,
    read_way,
    read_worker,
)
from rempart_controller.incident import evidence
from rempart_controller.incident.folder import find
from rempart_controller.wording import translate
from rempart_core.text import clean_line
from rempart_reports.writing.translation import colon


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
        "Collect evidence: what is lost first first, hashed as it arrives, sealed with a signed manifest. "
        "Tables come through the connection and nothing is written to the host; then Ansible brings logs. "
        "What does not come is named, and the exit status is 3.",
    )
    add_incident(parser)
    parser.add_argument(
        "--path",
        metavar="PATH",
        action="append",
        default=[],
        help="metadata of this path too, or of a pattern as /srv/%% (one level) or /srv/%%%% (all); repeatable",
    )
    parser.add_argument(
        "--log",
        metavar="PATH",
        action="append",
        default=[],
        help="this file or folder, besides /var/log",
    )
    parser.add_argument("--no-logs", metavar="REASON", default="", help="no logs, for this reason")
    add_worker(parser)
    add_way(parser, deadline=900)


def request(options: argparse.Namespace) -> CollectRequest:
    """See Command.request."""
    from rempart_controller.incident.collecting import PATHS, questions

    with in_language(options.lang):
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
    with in_language(request.worker.language):
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
    who: dict[str, Any] = {}
    interrupted = False
    try:
        who = collect_tables(Source(host, clock.monotonic() + request.way.seconds, progress.show), paths, vault)
        if who and not who["privileged"]:
            vault.miss("table", "what root alone sees", f"{who['user']} is not root: become root (-b, ansible_become)")
        if request.no_logs:
            vault.miss("file", "logs", f"not asked for: {request.no_logs}")
        else:
            logs = {"logs": ["/var/log", *request.logs]}
            answer, reason = read_logs(Operator(access, found.host, progress.show), logs)
            if answer:
                keep_logs(answer, vault)
            if reason or not answer:
                vault.miss("file", "logs", reason or "nothing came")
    except KeyboardInterrupt:
        interrupted = True
        vault.miss("file", "the rest", "the collection was interrupted")
    finally:
        progress.clear()
        manifest = vault.seal(desk.key, found.incident, found.host, who)
        whole, part, missed = evidence.count(vault.items)
        folder = os.path.basename(vault.folder)
        detail = {"folder": folder, "manifest": manifest, "items": whole, "parts": part, "failed": missed}
        desk.write("collect", "failed" if interrupted or not whole else "done", **detail)
    desk.say(
        f"{whole} items collected, {part} in part, {missed} did not come: {vault.folder}\nmanifest {manifest}",
        f"{whole} éléments collectés, {part} en partie, {missed} manquants : {vault.folder}\nmanifeste {manifest}",
    )
    for item in vault.items:
        if item["state"] != "collected":
            said = (translate(item[part], request.worker.language) for part in ("name", "reason"))
            print(clean_line(f"  {colon(request.worker.language).join(said)}"), file=sys.stderr)
    return 130 if interrupted else 3 if missed else 0
