"""The desk at which an incident is worked at: who does it, the host and the way to it, and what is told."""

import argparse
import sys
import time as clock
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from rempart_agent.cli.base import OptionGroup
from rempart_controller.commands.options.hosts import positive
from rempart_controller.commands.options.output import add_language
from rempart_controller.incident import timeline
from rempart_controller.incident.approval import find_author
from rempart_controller.incident.host_access import find_host
from rempart_controller.incident.incident_state import Standing
from rempart_controller.incident.timeline import Author, Entry
from rempart_controller.inventory.host import Host
from rempart_controller.inventory.host_choice import HostChoice
from rempart_controller.recording.user_key import load_key
from rempart_controller.remediation.ansible.access import name_inventories
from rempart_controller.remediation.ansible.playbook import Access
from rempart_controller.remediation.ansible.progress_line import write_now
from rempart_core.error import RempartError, UsageError
from rempart_core.messages.message import as_is
from rempart_core.text import Text, clean, clean_line
from rempart_core.timestamps import read_time

_SOON = 120  # seconds by which a clock may be ahead


class Worker(NamedTuple):
    """Who works at an incident.

    Attributes:
        by: The name; ``""`` for the login name.
        language: In which that person is told.
    """

    by: str
    language: str


class Way(NamedTuple):
    """The way to the host.

    Attributes:
        choice: What the command line says of it; no inventory means that with which the incident was opened.
        seconds: How long the host may take to answer.
    """

    choice: HostChoice
    seconds: float


def add_incident(parser: OptionGroup) -> None:
    """Add the argument that names an incident."""
    parser.add_argument("incident", metavar="INCIDENT", help="its id, as 20261125-1, or its host's name")


def add_worker(parser: OptionGroup) -> None:
    """Add the option that says who does it."""
    parser.add_argument("--by", metavar="NAME", default="", help="who does it (default: the login name)")


def read_worker(options: argparse.Namespace) -> Worker:
    """Return who does it."""
    return Worker(options.by, options.lang)


def describe(parser: OptionGroup, text: str) -> None:
    """Describe an action, and add the option of the language that all have."""
    parser.description = text
    add_language(parser)


def add_way(parser: OptionGroup, *, deadline: float) -> None:
    """Add the options of the way to the host.

    Args:
        parser: Of the command.
        deadline: Seconds that the host may take, where nothing else is said.
    """
    way = parser.add_argument_group("the way to the host")
    way.add_argument(
        "-i",
        "--inventory",
        metavar="INVENTORY",
        action="append",
        default=[],
        help="an inventory as Ansible reads it; repeatable (default: that with which the incident was opened)",
    )
    way.add_argument("-u", "--user", metavar="NAME", default="", help="log in as NAME, where the inventory says nobody")
    way.add_argument("-b", "--become", action="store_true", help="become root, where the inventory says nothing")
    way.add_argument("-k", "--ask-pass", action="store_true", help="ask for the password of the connection")
    way.add_argument("-K", "--ask-become-pass", action="store_true", help="ask for the password of sudo")
    way.add_argument("--private-key", metavar="FILE", default="", help="log in with this key")
    way.add_argument("--vault-id", metavar="ID", action="append", default=[], help="as Ansible's; repeatable")
    way.add_argument(
        "--vault-password-file", metavar="FILE", action="append", default=[], help="as Ansible's; repeatable"
    )
    way.add_argument(
        "--host-deadline",
        metavar="SECONDS",
        type=positive,
        default=deadline,
        help=f"how long the host may take to answer (default: {deadline:g})",
    )


def read_way(options: argparse.Namespace) -> Way:
    """Return the way to the host."""
    choice = HostChoice(
        inventories=tuple(options.inventory),
        user=options.user,
        private_key=options.private_key,
        become=options.become,
        ask_pass=options.ask_pass,
        ask_become_pass=options.ask_become_pass,
        vault_ids=tuple(options.vault_id),
        vault_password_files=tuple(options.vault_password_file),
        deadline=options.ends,
    )
    return Way(choice, options.host_deadline)


@contextmanager
def in_language(language: str) -> Iterator[None]:
    """Say what goes wrong inside in the user's language."""
    try:
        yield
    except RempartError as error:
        if language == "fr" and isinstance(error.args[0], str):
            from rempart_controller.wording import translate

            error.message = as_is(translate(str(error)))
        raise


def read_past(text: str, option: str) -> int:
    """Return a moment that is not to come, in seconds since 1970; now for ``""``.

    Args:
        text: As a user gave it.
        option: By which option.

    Raises:
        UsageError: It is none, or is yet to come.
    """
    if not text:
        return int(clock.time())
    moment = read_time(text)
    if moment > clock.time() + _SOON:
        raise UsageError(f"{option} {text}: this is in the future")
    return moment


def prepare(way: Way, found: Standing) -> tuple[Host, Access]:
    """Return the host of an incident and how Ansible reaches it.

    Raises:
        UsageError: There is none, or it is this machine.
    """
    inventories = name_inventories(way.choice.inventories) or list(found.inventories)
    host, access = find_host(way.choice._replace(inventories=tuple(inventories)), found.host)
    if host.connection == "local":
        raise UsageError(f"{found.host} is this machine, the controller: incidents of it are handled from another one")
    return host, access


class Desk:
    """An incident, whoever works at it, and the key that signs what is done."""

    def __init__(self, worker: Worker, folder: str) -> None:
        self._lang = worker.language
        self.key = load_key()
        self.folder = folder
        self.author: Author = find_author(worker.by)

    def write(self, action: str, outcome: str, **detail: Any) -> Entry:
        """Write an entry of the timeline."""
        return timeline.append(self.folder, self.key, self.author, action, outcome, detail)

    def say(self, english: str, french: str) -> None:
        """Tell the user."""
        print(clean(Text(english, french).get(self._lang)))


class Progress:
    """One line on a terminal that says what is done; nothing in a pipe."""

    def __init__(self) -> None:
        self._on = sys.stderr.isatty()

    def show(self, what: str) -> None:
        """Show what is done."""
        if self._on:
            write_now(f"\r\033[K{clean_line(what)[:100]}")  # a signal handler says something, too

    def clear(self) -> None:
        """Take the line away."""
        if self._on:
            write_now("\r\033[K")
