"""The command ``rempart schedule``: show, ask, write, start; or stop and take away."""

import argparse
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from typing import Any, NamedTuple

from rempart_agent.cli.base import say
from rempart_agent.cli.language import option_help, words
from rempart_controller.commands.mistakes import refuse
from rempart_controller.commands.scheduled_audit import read_audit
from rempart_controller.schedule import systemd
from rempart_controller.schedule.cron import write_cron
from rempart_controller.schedule.file import is_there, remove_file, sign, write_file
from rempart_controller.schedule.job import Plan
from rempart_controller.schedule.unit import calendar, write_service, write_timer
from rempart_core.error import ScheduleError, UsageError
from rempart_core.messages.message import Message
from rempart_core.suggestion import quoted
from rempart_store.location import data_directory

_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?")
_KEY = "REMPART_KEY"


class Account(NamedTuple):
    """Who runs the audit.

    Attributes:
        name: The login name.
        number: The user id.
        group: The id of the main group.
        data: The data directory.
    """

    name: str
    number: int
    group: int
    data: str


class ScheduleRequest(NamedTuple):
    """An audit is to be scheduled, or no more.

    Attributes:
        audit: The options of the audit.
        at: When, as systemd or cron takes it.
        splay: Up to so many minutes later.
        name: Tells one from another.
        run_as: Who runs it; ``""`` for who schedules it.
        local_hosts: Whether the inventory names this machine too.
        cron: Whether cron runs it.
        out: The folder that the units are written into, and nothing is started; ``""`` for the system's.
        show: Whether to show only what would be done.
        yes: Whether nobody is asked.
        remove: Whether it is to be stopped and taken away.
    """

    audit: tuple[str, ...]
    at: str
    splay: int
    name: str
    run_as: str
    local_hosts: bool
    cron: bool
    out: str
    show: bool
    yes: bool
    remove: bool


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.usage = "rempart schedule [OPTION …] -- AUDIT-OPTION …"
    parser.description = words("command.schedule_long")
    parser.add_argument("audit", metavar="AUDIT-OPTION", nargs="*", help=option_help("help.schedule_options"))
    parser.add_argument(
        "--at",
        metavar="TIME",
        default="02:30",
        help=option_help("help.schedule_at"),
    )
    parser.add_argument(
        "--splay",
        metavar="MINUTES",
        type=_minutes,
        default=15,
        help=option_help("help.schedule_splay"),
    )
    parser.add_argument("--name", metavar="NAME", default="audit", help=option_help("help.schedule_name"))
    parser.add_argument(
        "--run-as", metavar="USER", default="", help=option_help("help.schedule_run_as")
    )  # fmt: skip
    parser.add_argument(
        "--local-hosts",
        action="store_true",
        help=option_help("help.schedule_local_hosts"),
    )
    parser.add_argument("--cron", action="store_true", help=option_help("help.schedule_cron"))
    parser.add_argument("--out", metavar="DIR", default="", help=option_help("help.schedule_out"))
    act = parser.add_mutually_exclusive_group()
    act.add_argument("--show", action="store_true", help=option_help("help.schedule_show"))
    act.add_argument("--yes", action="store_true", help=option_help("help.yes"))
    parser.add_argument("--remove", action="store_true", help=option_help("help.schedule_remove"))


def _minutes(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 720:
        raise argparse.ArgumentTypeError(words("parse.minutes", value=quoted(text)))
    return int(text)


def request(options: argparse.Namespace) -> ScheduleRequest:
    """See Command.request."""
    if not sys.platform.startswith("linux"):
        raise UsageError(Message("schedule.linux_only"))
    mistakes = []
    if not _NAME.fullmatch(options.name):
        mistakes.append(Message("schedule.name", name=options.name))
    if options.remove and options.audit:
        mistakes.append(Message("schedule.remove_takes_none"))
    refuse(mistakes)
    given = vars(options) | {"audit": tuple(options.audit)}
    return ScheduleRequest(**{name: given[name] for name in ScheduleRequest._fields})


def run(request: ScheduleRequest) -> int:
    """Schedule an audit, or end that; returns the exit status.

    Raises:
        UsageError: What was asked can't be done, or the user does not agree.
        ScheduleError: It can't be written or started.
    """
    system = os.geteuid() == 0
    if request.remove:
        return _remove(request, system)
    account = _account(request.run_as)
    plan = _plan(request, account, system)
    files = _texts(request, plan)
    folder = _folder(request, system)
    before = {name for name in files if is_there(os.path.join(folder, name))}  # what is another's is left alone
    notes = [] if request.cron else systemd.verify(files, calendar(request.at), system=system)
    for name, text in files.items():
        print(f"--- {os.path.join(folder, name)}\n{text}")
    for note in [*notes, *_doubts(plan, account)]:
        say(words("schedule.note", note=note))
    _expect_folders(plan, account, request.show)
    if request.show:
        return 0
    _expect_place(request, system)
    _agree(request, Message("schedule.ask_write" if request.out or request.cron else "schedule.ask_start"))
    _make_data(plan, account)
    _write(files, folder)
    if not request.out and not request.cron:
        _start(plan.name, [os.path.join(folder, name) for name in files if name not in before], system)
        scope = "" if system else "--user "
        print(words("schedule.done", scope=scope, name=plan.name))
        if not system:
            print(words("schedule.linger", user=account.name))
    return 0


def _write(files: dict[str, str], folder: str) -> None:
    for name, text in files.items():
        write_file(os.path.join(folder, name), text)


def _start(name: str, new: Sequence[str], system: bool) -> None:
    """Start a timer; where that fails, new files are taken away again, as if nothing had been done."""
    try:
        systemd.tell("daemon-reload", system=system)
        systemd.tell("enable", "--now", f"{name}.timer", system=system)
    except ScheduleError:
        for path in new:
            remove_file(path)
        raise


def _account(name: str) -> Account:
    import pwd

    try:
        entry = pwd.getpwnam(name) if name else pwd.getpwuid(os.geteuid())
    except KeyError as error:
        raise UsageError(Message("schedule.no_user", name=name) if name else Message("schedule.no_name")) from error
    if name and os.geteuid() not in {0, entry.pw_uid}:
        raise UsageError(Message("schedule.run_as_root"))
    own = entry.pw_uid == os.geteuid()
    data = data_directory() if own else os.path.join(entry.pw_dir, ".local", "share", "rempart")
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, data)


def _plan(request: ScheduleRequest, account: Account, system: bool) -> Plan:
    audit = read_audit(request.audit, account.number, account.data)
    if request.local_hosts and not audit.remote:
        raise UsageError(Message("schedule.local_hosts"))
    environment, writable = [], audit.writable
    configuration = os.environ.get("ANSIBLE_CONFIG") or ("ansible.cfg" if os.path.exists("ansible.cfg") else "")
    if audit.remote and configuration:
        environment.append(("ANSIBLE_CONFIG", os.path.abspath(configuration)))
    if "--sign" in audit.words:
        key = os.path.abspath(os.environ.get(_KEY) or os.path.join(account.data, "signing-key.pem"))
        environment.append((_KEY, key))
        if not os.path.exists(key):  # it is made in the first night
            writable = tuple(dict.fromkeys((*writable, os.path.dirname(key))))
    return Plan(
        name=f"rempart-{request.name}",
        command=(_program(), "audit", *audit.words),
        at=request.at,
        splay=request.splay,
        user=account.name,
        system=system,
        remote=audit.remote and not request.local_hosts,
        writable=writable,
        environment=tuple(environment),
    )


def _program() -> str:
    """Return the whole path of the command ``rempart`` of this installation."""
    beside = os.path.join(os.path.dirname(sys.executable), "rempart")
    found = beside if os.access(beside, os.X_OK) else shutil.which("rempart")
    if not found:
        raise UsageError(Message("schedule.not_installed"))
    return os.path.abspath(found)


def _texts(request: ScheduleRequest, plan: Plan) -> dict[str, str]:
    if request.cron:
        try:
            with open("/etc/machine-id", encoding="ascii") as file:
                machine = file.read()
        except OSError:
            machine = os.uname().nodename
        return {plan.name: sign(write_cron(plan, machine))}
    return {f"{plan.name}.service": sign(write_service(plan)), f"{plan.name}.timer": sign(write_timer(plan))}


def _folder(request: ScheduleRequest, system: bool) -> str:
    if request.out:
        return os.path.abspath(str(request.out))
    if request.cron:
        return "/etc/cron.d"
    if system:
        return "/etc/systemd/system"
    configuration = os.environ.get("XDG_CONFIG_HOME", "")
    configuration = configuration if os.path.isabs(configuration) else os.path.expanduser("~/.config")
    return os.path.join(configuration, "systemd", "user")


def _doubts(plan: Plan, account: Account) -> list[Message]:
    """Return what the user had better know."""
    doubts = []
    if account.number == 0:
        place = os.path.realpath(plan.command[0])
        while place != "/":
            if os.stat(place).st_uid or os.stat(place).st_mode & 0o022:
                doubts.append(Message("schedule.doubt_root", program=plan.command[0], path=place))
                break
            place = os.path.dirname(place)
    if not any(word.startswith("--store") for word in plan.command):
        doubts.append(Message("schedule.doubt_store"))
    if os.environ.get("SSH_AUTH_SOCK") and plan.remote and "--private-key" not in plan.command:
        doubts.append(Message("schedule.doubt_agent"))
    return doubts


def _expect_folders(plan: Plan, account: Account, show: bool) -> None:
    """Refuse folders that are not there: what is shut in could not make them, and would find out at night."""
    missing = [folder for folder in plan.writable if not os.path.isdir(folder) and folder != account.data]
    if missing and not show:
        raise UsageError(Message("schedule.no_folder", folders=", ".join(missing), user=account.name, first=missing[0]))


def _expect_place(request: ScheduleRequest, system: bool) -> None:
    if request.out:
        return
    if request.cron:
        if not system:
            raise UsageError(Message("schedule.cron_root"))  # fmt: skip
        if not os.path.isdir("/etc/cron.d"):
            raise UsageError(Message("schedule.no_cron"))
    elif not systemd.is_running(system=system):
        raise UsageError(Message("schedule.no_systemd"))


def _make_data(plan: Plan, account: Account) -> None:
    """Make the data directory, where it is to be written to and is not there."""
    if account.data not in plan.writable or os.path.isdir(account.data):
        return
    # As that user: what root makes in a folder of another's may be led astray by a link.
    as_user: dict[str, Any] = {"user": account.number, "group": account.group, "extra_groups": []}
    done = subprocess.run(
        ["mkdir", "-p", account.data],
        **(as_user if os.geteuid() == 0 else {}),
        umask=0o077,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ScheduleError(Message("schedule.mkdir", path=account.data, said=done.stderr.strip()))


def _agree(request: ScheduleRequest, question: Message) -> None:
    """Return where the user agrees.

    Raises:
        UsageError: The user does not, or can't be asked.
    """
    if request.yes:
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError(Message("schedule.no_terminal"))
    sys.stdout.flush()
    sys.stderr.write(words("text.yes_no", question=question))
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in {"y", "yes", "o", "oui"}:
        raise UsageError(Message("schedule.refused"))


def _remove(request: ScheduleRequest, system: bool) -> int:
    name = f"rempart-{request.name}"
    names = [name] if request.cron else [f"{name}.timer", f"{name}.service"]
    folder = _folder(request, system)
    paths = [path for path in (os.path.join(folder, one) for one in names) if is_there(path)]
    if not paths:
        raise UsageError(Message("schedule.not_scheduled", name=name, folder=folder))
    for path in paths:
        print(words("schedule.to_remove", path=path))
    if request.show:
        return 0
    _agree(request, Message("schedule.ask_remove"))
    timer = f"{name}.timer"
    started = not request.out and not request.cron and systemd.is_running(system=system)
    if started and any(path.endswith(timer) for path in paths):
        systemd.tell("disable", "--now", timer, system=system)
    for path in paths:
        remove_file(path)
    if started:
        systemd.tell("daemon-reload", system=system)
    return 0
