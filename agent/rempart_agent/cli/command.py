"""What a command is: a module that says which options it takes, makes a request of them, and does it.

A program has a list of its commands; a command's module is imported when it is wanted.
"""

import argparse
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, NamedTuple, Protocol, cast

from rempart_agent.cli.language import chosen
from rempart_core.messages.message import Message
from rempart_core.messages.say import say


class Command(Protocol):
    """One command: a module of this package."""

    def add(self, parser: argparse.ArgumentParser) -> None:
        """Add the options, and say what the command does."""

    def request(self, options: argparse.Namespace) -> Any:
        """Return what is asked for, a NamedTuple; nothing is opened yet.

        Raises:
            UsageError: With all that is wrong with the options.
        """

    def run(self, request: Any) -> int:
        """Do it, and return the exit status."""


class Group(NamedTuple):
    """A command that has actions.

    Attributes:
        help: What it is for.
        description: The same, on the group's own page.
        actions: What each action is for, by its name.
        package: Where its modules are, if not beside the program's other commands.
    """

    help: Message
    description: Message
    actions: Mapping[str, Message]
    package: str = ""


Commands = Mapping[str, Message | Group]
"""What each command is for, by its name."""


def load(package: str, words: Sequence[str]) -> Command:
    """Return a command: the module of that name, or of that group and name.

    Args:
        package: Where the program's commands are.
        words: Its name, as a user types it.
    """
    return cast("Command", import_module(".".join((package, *words)).replace("-", "_")))


def describe(parser: argparse.ArgumentParser, words: Sequence[str] | None, commands: Commands, package: str) -> None:
    """Describe the commands to a parser, and of all of them only the one that is wanted with its options.

    Describing them all would cost more than the SQL of some audits.

    Args:
        parser: Of the program.
        words: What the command line says besides options; None describes all, for the manual and completion.
        commands: Those there are.
        package: Where they are.
    """
    whole, words = words is None, words or []
    wanted = words[0] if words else ""
    parsers: Any = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, about in commands.items():
        if wanted in commands and name != wanted:
            continue
        if isinstance(about, Message):
            one = parsers.add_parser(name, help=_help(about))
            if whole or wanted == name:
                load(package, [name]).add(one)
            continue
        group = parsers.add_parser(name, help=_help(about.help), description=say(about.description, chosen()))
        actions = group.add_subparsers(dest="action", required=True, metavar="ACTION")
        for action, text in about.actions.items():
            one = actions.add_parser(action, help=_help(text))
            if whole or [wanted, *words[1:2]] == [name, action]:
                load(about.package or package, [name, action]).add(one)


def _help(message: Message) -> str:
    return say(message, chosen()).replace("%", "%%")


def find(options: argparse.Namespace, commands: Commands, package: str) -> Command:
    """Return the command that options are of.

    Args:
        options: What the parser made of the command line.
        commands: Those there are.
        package: Where they are.
    """
    about = commands[options.command]
    if isinstance(about, Group):
        return load(about.package or package, [options.command, options.action])
    return load(package, [options.command])
