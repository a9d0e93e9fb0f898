"""The command ``rempart completion``: the script of a shell, made by shtab, and the hosts that the script asks for."""

import argparse
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from rempart_agent.cli.language import option_help, words
from rempart_core.error import UsageError
from rempart_core.messages.message import Message

SHELLS = ("bash", "zsh", "fish", "tcsh")
_HOSTS = "hosts"
_ASK = "rempart completion hosts"
# What each shell runs when a host is to be completed, with the words before, among which an inventory may stand.
_HOSTS_OF = {
    "bash": "_rempart_hosts",
    "zsh": "_rempart_hosts",
    "fish": f"({_ASK} (commandline -opc) 2>/dev/null)",
    "tcsh": f"`{_ASK}`",
    "preamble": {
        "bash": "_rempart_hosts() {\n"
        f'  compgen -W "$({_ASK} "${{COMP_WORDS[@]:1:COMP_CWORD-1}}" 2>/dev/null)" -- "$1"\n'
        "}\n",
        "zsh": f'_rempart_hosts() {{\n  compadd -- ${{(f)"$({_ASK} ${{(Q)words[2,CURRENT-1]}} 2>/dev/null)"}}\n}}\n',
    },
}
_HOSTED = {"limit", "host", "incident"}
_FILES = {"INVENTORY", "BUNDLE", "PLAN"}


class _Choices(tuple[str, ...]):
    """The shells; what their scripts ask for hosts with is taken too, and not listed."""

    __slots__ = ()

    def __contains__(self, word: object) -> bool:
        return word == _HOSTS or super().__contains__(word)


class CompletionRequest(NamedTuple):
    """A script, or the names of hosts, are asked for.

    Attributes:
        shell: Of which shell; ``hosts`` for the names.
        words: The command line, as far as it goes.
    """

    shell: str
    words: tuple[str, ...] = ()


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.usage = f"rempart completion [-h] {{{','.join(SHELLS)}}}"
    parser.description = words("command.completion_long")
    parser.add_argument(
        "shell",
        metavar="SHELL",
        choices=_Choices(SHELLS),
        help=option_help("help.shell", shells=", ".join(SHELLS)),
    )
    parser.add_argument("words", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)


def request(options: argparse.Namespace) -> CompletionRequest:
    """See Command.request."""
    if options.words and options.shell != _HOSTS:
        raise UsageError(Message("select.one_shell", first=options.shell, second=options.words[0]))
    return CompletionRequest(options.shell, tuple(options.words))


def run(request: CompletionRequest) -> int:
    """Print a script, or names."""
    if request.shell == _HOSTS:
        print("\n".join(list_names(request.words)))
        return 0
    import shtab

    from rempart_controller.commands.main import make_parser

    parser = make_parser()
    _tell_names(parser)
    print(shtab.complete(parser, shell=request.shell))
    return 0


def list_names(words: Sequence[str]) -> list[str]:
    """Return the hosts that may be meant, in order; in an inventory the groups, and of incidents the ids, too.

    Args:
        words: The command line, as far as it goes.
    """
    from rempart_controller.inventory.known_names import NAME, look

    places = list(_inventories(words))
    if places:
        return sorted(look(places))
    from rempart_store.location import usual_store
    from rempart_store.read.names import read_names

    found = set(read_names(usual_store()))
    if words and words[0] == "incident":
        from rempart_controller.incident.folder import incidents_directory

        with suppress(OSError):
            found |= set(os.listdir(incidents_directory()))
    return sorted(name for name in found if NAME.fullmatch(name))


def _inventories(words: Sequence[str]) -> Iterator[str]:
    for place, word in enumerate(words):
        if word in {"-i", "--inventory"} and place + 1 < len(words):
            yield words[place + 1]
        elif word.startswith("--inventory="):
            yield word.removeprefix("--inventory=")


def _tell_names(parser: argparse.ArgumentParser) -> None:
    """Say of each option and argument of all commands what may stand there."""
    from rempart_controller.commands.checks.chosen import Chosen, find

    found = find(Chosen((), ()))
    checks = sorted({name for check in found.checks for name in (check.id, check.area)})
    profiles = sorted({"all", *(profile.name for profile in found.profiles)})
    for command, action in _actions("", parser):
        told: Any = action
        metavar = action.metavar if isinstance(action.metavar, str) else ""
        if (command, action.dest) == ("completion", "shell"):
            action.choices = SHELLS
        if action.choices is not None:
            continue
        if metavar == "GLOB" or (command, action.dest) in {("checks show", "id"), ("rollback", "checks")}:
            action.choices = checks
        elif action.dest == "profile":
            action.choices = profiles
        elif action.dest in _HOSTED or metavar == "HOST|CHECK":
            told.complete = _HOSTS_OF
        elif metavar == "DIR":
            told.complete = "directory"
        elif "FILE" in metavar or metavar.endswith(".json") or metavar in _FILES:
            told.complete = "file"


def _actions(command: str, parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.Action]]:
    """Give each option and argument of all commands, with the name of its command."""
    for action in parser._actions:  # noqa: SLF001 - as shtab reads it
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            for word, inner in action.choices.items():
                yield from _actions(f"{command} {word}".strip(), inner)
        else:
            yield command, action
