"""The desk at which an incident is worked at: who does it, the host and the way to it, and what is told."""

import argparse
import sys
import time as clock
from typing import NamedTuple

from rempart_agent.cli.base import OptionGroup
from rempart_agent.cli.language import option_help, words
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
from rempart_core.error import UsageError
from rempart_core.json_value import Json
from rempart_core.messages.carried import Carried
from rempart_core.messages.message import Message
from rempart_core.messages.say import say
from rempart_core.text import clean_line
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
    parser.add_argument("incident", metavar="INCIDENT", help=option_help("incident_help.incident"))


def add_worker(parser: OptionGroup) -> None:
    """Add the option that says who does it."""
    parser.add_argument("--by", metavar="NAME", default="", help=option_help("incident_help.by"))


def read_worker(options: argparse.Namespace) -> Worker:
    """Return who does it."""
    return Worker(options.by, options.lang)


def describe(parser: OptionGroup, text: str) -> None:
    """Describe an action, and add the option of the language that all have.

    Args:
        parser: The action's.
        text: What it does.
    """
    parser.description = text
    add_language(parser)


def add_way(parser: OptionGroup, *, deadline: float) -> None:
    """Add the options of the way to the host.

    Args:
        parser: Of the command.
        deadline: Seconds that the host may take, where nothing else is said.
    """
    way = parser.add_argument_group(words("incident_help.way"))
    way.add_argument(
        "-i",
        "--inventory",
        metavar="INVENTORY",
        action="append",
        default=[],
        help=option_help("incident_help.inventory"),
    )
    way.add_argument("-u", "--user", metavar="NAME", default="", help=option_help("incident_help.user"))
    way.add_argument("-b", "--become", action="store_true", help=option_help("incident_help.become"))
    way.add_argument("-k", "--ask-pass", action="store_true", help=option_help("incident_help.ask_pass"))
    way.add_argument("-K", "--ask-become-pass", action="store_true", help=option_help("incident_help.ask_become_pass"))
    way.add_argument("--private-key", metavar="FILE", default="", help=option_help("incident_help.private_key"))
    way.add_argument(
        "--vault-id", metavar="ID", action="append", default=[], help=option_help("incident_help.as_ansible")
    )
    way.add_argument(
        "--vault-password-file",
        metavar="FILE",
        action="append",
        default=[],
        help=option_help("incident_help.as_ansible"),
    )
    way.add_argument(
        "--host-deadline",
        metavar="SECONDS",
        type=positive,
        default=deadline,
        help=option_help("incident_help.host_deadline", seconds=f"{deadline:g}"),
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
        raise UsageError(Message("incident.in_future", option=option, text=text))
    return moment


def prepare(way: Way, found: Standing) -> tuple[Host, Access]:
    """Return the host of an incident and how Ansible reaches it.

    Args:
        way: How the host is reached, as the command line says.
        found: The incident.

    Raises:
        UsageError: There is none, or it is this machine.
    """
    inventories = name_inventories(way.choice.inventories) or list(found.inventories)
    host, access = find_host(way.choice._replace(inventories=tuple(inventories)), found.host)
    if host.connection == "local":
        raise UsageError(Message("incident.from_elsewhere", host=found.host))
    return host, access


class Desk:
    """An incident, whoever works at it, and the key that signs what is done."""

    def __init__(self, worker: Worker, folder: str) -> None:
        """Sit down to an incident.

        Args:
            worker: Who works at it, and in which language.
            folder: The incident's.
        """
        self._lang = worker.language
        self.key = load_key()
        self.folder = folder
        self.author: Author = find_author(worker.by)

    def write(self, action: str, outcome: str, **detail: Json | Carried) -> Entry:
        """Write an entry of the timeline; see :func:`rempart_controller.incident.timeline.append`.

        Args:
            action: What is done.
            outcome: ``begun``, ``done`` or ``failed``.
            detail: What is to be known of it.
        """
        return timeline.append(self.folder, self.key, self.author, action, outcome, detail)

    def say(self, message: Message) -> None:
        """Tell the user."""
        print(say(message, self._lang))


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
