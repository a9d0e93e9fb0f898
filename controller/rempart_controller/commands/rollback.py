"""The command that rolls back: ``rempart rollback``."""

import argparse
import json
import os
import sys
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from rempart_agent.audit.request import Request
from rempart_agent.cli.language import option_help, words
from rempart_controller.commands.options.hosts import add_fleet
from rempart_controller.commands.options.remediation import HostWork, add_common, add_own, read_work
from rempart_controller.commands.options.reports import add_reports_after, read_places
from rempart_controller.inventory.open_hosts import read_hosts
from rempart_controller.recording.open_recorder import Recording
from rempart_controller.recording.user_key import load_key
from rempart_controller.remediation.ansible.access import read_access
from rempart_controller.remediation.ansible.event import Play
from rempart_controller.remediation.ansible.progress_line import Console, confirm
from rempart_controller.remediation.ansible.run_playbook import listener_of
from rempart_controller.remediation.execution.interrupt import InterruptHandler
from rempart_controller.remediation.execution.measure import HostAuditor, expect_known, playbook_folder
from rempart_controller.remediation.execution.reporting import Reporting, mark_undone
from rempart_controller.remediation.pages import change as change_page
from rempart_controller.remediation.pages.applied import show_undone
from rempart_controller.remediation.records.change import (
    ChangeRecord,
    expect_id,
    has_record,
    name_author,
    read_record,
    utc,
    write_record,
)
from rempart_controller.remediation.records.outcome import FixOutcome, HostOutcome
from rempart_controller.remediation.undo.dry_run import Foreseen, foresee, show_foreseen
from rempart_controller.remediation.undo.endpoint_records import OLDER, ask_endpoints
from rempart_controller.remediation.undo.undo import Undoer, Undone, note_undone
from rempart_core.error import UsageError
from rempart_core.messages.message import Message, own
from rempart_core.messages.say import say_both
from rempart_core.model.fix_outcome import Outcome
from rempart_core.model.result import Run
from rempart_core.signing.key import Key
from rempart_core.text import Text, clean_line, join, quiet_json
from rempart_reports.writing.output_places import ReportPlaces


class RollbackRequest(NamedTuple):
    """A change is to be undone, or the changes to be listed.

    Attributes:
        work: The hosts; of no inventory, those of the change's record.
        change: Its id; ``""`` where the changes are to be listed.
        checks: Ids of the checks whose fixes alone are undone; none for all.
        force: Whether what somebody else has changed since is restored too.
        checks_dirs: Folders of the user's own checks, for a change of which no record lies here.
        dry_run: Whether to say only what would be.
        yes: Whether nobody is asked.
        places: The reports that are wanted.
        recording: What is to be remembered.
    """

    work: HostWork
    change: str = ""
    checks: tuple[str, ...] = ()
    force: bool = False
    checks_dirs: tuple[str, ...] = ()
    dry_run: bool = False
    yes: bool = False
    places: ReportPlaces = ReportPlaces()
    recording: Recording = Recording()


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.usage = "rempart rollback [CHANGE] [-l PATTERN] [OPTION …]"
    parser.description = words("command.rollback_long")
    parser.add_argument("change", metavar="CHANGE", nargs="?", default="", help=option_help("help.change_id"))
    how = parser.add_argument_group(words("help.group_undone"))
    how.add_argument(
        "--checks",
        metavar="ID",
        action="append",
        default=[],
        help=option_help("help.rollback_checks"),
    )
    how.add_argument("--force", action="store_true", help=option_help("help.rollback_force"))
    add_own(how)
    how.add_argument("--dry-run", action="store_true", help=option_help("help.rollback_dry_run"))
    how.add_argument("-y", "--yes", action="store_true", help=option_help("help.yes"))
    out = add_reports_after(
        parser,
        option_help("help.when_rollback"),
        option_help("help.store_rollback"),
        option_help("help.changes_json"),
        option_help("help.changes_html"),
    )
    add_common(out)
    add_fleet(parser)


def request(options: argparse.Namespace) -> RollbackRequest:
    """See Command.request."""
    if not options.change and options.json not in {"", "-"}:
        raise UsageError(Message("change.list_needs_no_file", file=options.json))
    places = read_places(options)
    if options.dry_run or not options.change:
        allowed = {"html"} if options.change else {"html", "json"}
        if unwritten := sorted({*places.files} - allowed):
            named = ", ".join(f"--{one}" for one in unwritten)
            raise UsageError(Message("change.nothing_audited", options=named))
        places.check()
    return RollbackRequest(
        work=read_work(options),
        change=options.change,
        checks=tuple(word.upper() for text in options.checks for word in text.split(",") if word),
        force=options.force,
        checks_dirs=tuple(options.checks_dir),
        dry_run=options.dry_run,
        yes=options.yes,
        places=places,
        recording=Recording(options.store, options.sign, whole=False, deadline=options.ends),
    )


def run(request: RollbackRequest) -> int:
    """Undo a change, or list the changes; see ``rempart rollback --help``."""
    key, work = load_key(), request.work
    if not request.change:
        _list_changes(key, request)
        return 0
    console = Console(work.quiet, work.language)
    with InterruptHandler(console, work.language, undoes=False) as patience, console:
        return _rollback(request, key, console, patience)


def _rollback(request: RollbackRequest, key: Key, console: Console, patience: InterruptHandler) -> int:
    work, language = request.work, request.work.language
    change, choice = expect_id(request.change), work.choice
    record = read_record(change, key) if has_record(change) or not choice.inventories else None
    playbooks = playbook_folder(work.playbooks)
    choice = choice._replace(inventories=choice.inventories or (tuple(record.inventories) if record else ()))
    hosts, passwords = read_hosts(choice)
    known = {host.name: host for host in hosts}
    access = read_access(choice, passwords, work.limits.parallel)
    tell = listener_of(playbooks, access, console)
    console.stage = words("change.stage_rollback")
    silent: dict[str, Text] = {}
    withheld: dict[str, Text] = {}
    if record is None or any(name in known and _is_unsure(host) for name, host in record.hosts.items()):
        record, silent, withheld = _ask_hosts(record, change, known, tell, request, console)
    wanted = {name: host for name, host in record.hosts.items() if name in known and host.begun}
    checks = list(request.checks)
    if request.dry_run and (wanted or silent or withheld):
        dry = listener_of(playbooks, access, console, check=True)
        foreseen = foresee(change, wanted, checks, dry, force=request.force) if wanted else {}
        unseen = {name: Foreseen(failure=why, silent=name in silent) for name, why in {**withheld, **silent}.items()}
        console.clear()
        return _show_foreseen(request, change, unseen | foreseen)
    if not wanted:
        if silent or withheld:
            return 3 if silent else 1
        raise UsageError(Message("change.untouched", change=record.id))
    reporting = Reporting(request.places, request.recording, language)
    confirm(Message("change.ask_rollback", change=record.id, hosts=len(wanted)), yes=request.yes)
    undoer = Undoer(record.id, tell, force=request.force)
    done: dict[str, Undone] = {}
    runs: dict[str, Run] = {}
    lost: dict[str, list[str]] = {}
    patience.begin()
    try:
        undoer.undo(wanted, checks, done)
        if ask := _ask_for(record, checks, done):
            measure = HostAuditor(known.values(), ask, work.limits, console.count, playbooks)
            runs = measure(list(wanted))
        undoer.keep(done, runs)
        undone = {name: _name_undone(record, name, host, checks) for name, host in done.items()}
        failures = {name: join(host.failures) for name, host in done.items() if host.failures}
        reporting.add(runs, mark_undone(record, undone, failures, language))
        for name, host in done.items():
            lost[name] = note_undone(record.hosts[name], host, runs.get(name))
    finally:
        console.clear()
        for name, host in done.items():
            if host.whole:
                record.hosts[name].state = "reverted"
                record.undone[name] = host.restored
        write_record(record, key)
        patience.finish()
    if not work.quiet and not reporting.prints:
        print("\n".join(show_undone(runs, done, language)))
    for name, message in failures.items():
        print(clean_line(words("host.said_line", host=name, said=own(message))), file=sys.stderr)
    for name, some in lost.items():
        if some:
            told = Message("change.fails_again", checks=", ".join(some))
            print(clean_line(words("host.said_line", host=name, said=told)), file=sys.stderr)
    reporting.finish()
    if silent or any(host.silent for host in done.values()):
        return 3
    left = any(host.left for host in done.values())
    return int(bool(withheld or failures) or any(lost.values()) or left)


def _show_foreseen(request: RollbackRequest, change: str, foreseen: Mapping[str, Foreseen]) -> int:
    """Say what an undo would do, and return the exit status."""
    html, language = request.places.files.get("html", ""), request.work.language
    if html:
        from rempart_controller.remediation.pages.foreseen_document import document_of
        from rempart_reports.formats.html.document import write_document

        write_document(html, document_of(change, foreseen, utc(), language), language)
    if html != "-":
        print("\n".join(show_foreseen(foreseen, language)))
    if any(one.silent for one in foreseen.values()):
        return 3
    return int(not all(one.whole for one in foreseen.values()))


def _is_unsure(host: HostOutcome) -> bool:
    """Tell whether a record does not know what became of a host: who made it was ended on the way."""
    return host.state in {"open", "lost"} and not host.begun


def _ask_hosts(
    record: ChangeRecord | None,
    change: str,
    known: Mapping[str, Any],
    tell: Play,
    request: RollbackRequest,
    console: Console,
) -> tuple[ChangeRecord, dict[str, Text], dict[str, Text]]:
    """Return the record of a change as the endpoints have it, the hosts that are silent, and those left to another.

    Of both why, by host.

    Where the change of somebody else is under way, they are at work, or will be back, or a timer undoes it.
    """
    found = ask_endpoints(known, tell)
    folders = tuple(os.path.abspath(one) for one in request.checks_dirs)
    made = record or ChangeRecord(
        change, "", utc(), name_author(), request.work.choice.inventories, profile="all", checks_dirs=folders
    )
    withheld: dict[str, Text] = {}
    for name, endpoint in found.items():
        if endpoint.failure is not None:
            console.say(words("host.said_line", host=name, said=own(endpoint.failure)))
        one = endpoint.changes.get(change)
        if one is None or one.state == "undone":
            continue
        if one.state == "older":
            withheld[name] = say_both(OLDER)
            made.hosts.pop(name, None)
            about = Message("text.labelled", label=change, text=OLDER)
            console.say(words("host.said_line", host=name, said=about))
            continue
        by_another = one.under_way and one.holder not in {"", name_author()}
        if by_another and not (request.force or request.dry_run):
            withheld_why = say_both(Message("change.under_way", change=change, author=one.holder))
            withheld[name] = withheld_why
            made.hosts.pop(name, None)
            console.say(words("host.said_line", host=name, said=own(withheld_why)))
            continue
        host = made.hosts.setdefault(name, HostOutcome(name, "open"))
        host.begun = True
        for check in one.checks:
            host.fixes.setdefault(check, FixOutcome(Outcome.FIXED))
    silent = {name: endpoint.failure for name, endpoint in found.items() if endpoint.failure is not None}
    return made, silent, withheld


def _ask_for(record: ChangeRecord, checks: list[str], done: Mapping[str, Undone]) -> Request | None:
    """Return what the audit after an undo asks: what was undone, and what was fixed again."""
    globs = set(checks) or {check for name in done for check in record.hosts[name].fixes}
    globs |= {check for host in done.values() for check in host.again}
    globs = set(expect_known(globs, record.checks_dirs))
    if not globs:
        return None
    return Request(
        role=record.role,
        profile=record.profile or "all",
        globs=tuple(sorted(globs)),
        also=tuple(sorted(globs)),
        directories=record.checks_dirs,
        parameters=record.parameters,
    )


def _name_undone(record: ChangeRecord, name: str, host: Undone, checks: list[str]) -> set[str]:
    """Return the checks whose fixes were undone on a host."""
    return set(record.hosts[name].fixes) if host.whole or not checks else host.checks


def _list_changes(key: Key, request: RollbackRequest) -> None:
    """Print the changes that were made from here."""
    changes, language = list(change_page.read_changes(key)), request.work.language
    html = request.places.files.get("html", "")
    if html:
        from rempart_controller.remediation.pages.change_document import document_of
        from rempart_reports.formats.html.document import write_document

        titles = _read_titles(one.record for one in changes if one.record is not None)
        write_document(html, document_of(changes, utc(), language, titles), language)
    if "json" in request.places.files:
        print(quiet_json(json.dumps(change_page.changes_data(changes))))
    elif html != "-":
        print("\n".join(change_page.show_changes(changes, language)))


def _read_titles(records: Iterable[ChangeRecord]) -> dict[str, Text]:
    """Return the titles of checks by id: ours, and those of the folders that changes were made with, where they lie."""
    from rempart_agent.audit import content_cache
    from rempart_core.content.place import check_directories
    from rempart_core.error import RempartError

    titles: dict[str, Text] = {}
    for directories in {(), *(record.checks_dirs for record in records)}:
        try:
            content = content_cache.load(check_directories(directories))
        except RempartError:  # a folder that is gone, or holds mistakes: its checks are named by their ids
            continue
        titles |= {check.id: check.title for check in content.checks}
    return titles
