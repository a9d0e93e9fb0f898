"""The options of the audit that is scheduled: checked now, and written such that they mean the same at night."""

import argparse
import os
from collections.abc import Sequence
from typing import NamedTuple

from rempart_agent.cli.base import Parser
from rempart_controller.commands import audit
from rempart_controller.commands.options.reports import name_options
from rempart_controller.notification.address import read_addresses
from rempart_core.error import UsageError
from rempart_core.messages.message import Message
from rempart_store.location import refuse_password

_PATHS = ("FILE", "DIR", "RUN.json", "FILE|URL", "INVENTORY")
_ASKING = ("ask_pass", "ask_become_pass", "ask_vault_pass")


class Audit(NamedTuple):
    """An audit's options.

    Attributes:
        words: The options, each path a whole one.
        remote: Whether an inventory says what is looked at.
        writable: Folders that are written to.
    """

    words: tuple[str, ...]
    remote: bool
    writable: tuple[str, ...]


def read_audit(words: Sequence[str], owner: int, data: str) -> Audit:
    """Return the audit that the words mean; what is wrong with them is said as ``rempart audit`` would.

    Args:
        words: As on the command line of ``rempart audit``.
        owner: User id of whoever will run it.
        data: The data directory of that user.

    Raises:
        UsageError: They can't be meant for a run that nobody watches.
    """
    parser = Parser(prog="rempart audit")
    audit.add(parser)
    options = parser.parse_args(list(words))
    for name in _ASKING:
        if getattr(options, name, False):
            raise UsageError(Message("schedule.asks", option=name.replace("_", "-")))
    if options.notify:
        raise UsageError(Message("schedule.shows_url"))
    if options.resume:
        raise UsageError(Message("schedule.resume"))
    _complete(options, data)
    refuse_password(options.store)
    read_addresses((), options.notify_file, owner)
    writable = [_folder_of(getattr(options, name)) for name in name_options() if getattr(options, name, None)]
    if options.store is not None and "://" not in options.store:
        folder = os.path.dirname(options.store)
        writable.append(folder if folder == data else _folder_of(options.store))
    if options.sign or (options.inventory and os.path.isdir(data)):  # the key; agents' last documents
        writable.append(data)
    written = tuple(word for action in parser._actions for word in _write(action, options))  # noqa: SLF001 - what argparse offers for reading options back
    return Audit(written, bool(options.inventory), tuple(dict.fromkeys(writable)))


def _complete(options: argparse.Namespace, data: str) -> None:
    """Make each path a whole one, and say where the store is: at night neither folder nor environment are these."""
    parser_paths = ("root", "waivers", "baseline", "private_key")
    for name in parser_paths:
        if getattr(options, name, None):
            setattr(options, name, _whole(getattr(options, name)))
    if options.store is None and (options.sign or options.keep is not None):
        options.store = ""
    if options.store == "":
        from rempart_store.location import FILE, VARIABLE

        options.store = os.environ.get(VARIABLE) or os.path.join(data, FILE)
    if options.store is not None and "://" not in options.store:
        options.store = _whole(options.store)


def _whole(path: str) -> str:
    return os.path.abspath(os.path.expanduser(path))


def _folder_of(path: str) -> str:
    """Return the folder that a report needs to write to: that of a file, or of a folder that is made at night."""
    whole = os.path.realpath(_whole(path))  # a link's file is written where it lies
    return whole if os.path.isdir(whole) else os.path.dirname(whole)


def _write(action: argparse.Action, options: argparse.Namespace) -> list[str]:
    """Return the words of one option, none where it is not given."""
    value = getattr(options, action.dest, None)
    if not action.option_strings or value is None or value == action.default:
        return []
    flag = next((one for one in action.option_strings if one.startswith("--")), action.option_strings[0])
    if action.nargs == 0:
        return [flag]
    words = []
    for one in value if isinstance(value, list) else [value]:
        text = _write_value(f"{one:g}" if isinstance(one, float) else str(one), action.metavar)
        words += [f"{flag}={text}"] if text.startswith("-") else [flag, text]
    return words


def _write_value(text: str, kind: object) -> str:
    if kind == "ID":  # LABEL@SOURCE, a vault's: a source is a file or the word prompt
        label, at, source = text.rpartition("@")
        if source == "prompt":
            raise UsageError(Message("schedule.vault_asks", id=text))
        return label + at + (_whole(source) if os.path.exists(source) else source)
    if kind == "INVENTORY" and not os.path.exists(os.path.expanduser(text)):
        if "," not in text:
            raise UsageError(Message("schedule.no_inventory", path=text))
        return text
    if kind not in _PATHS or "://" in text or text == "-":
        return text
    return _whole(text) + ("/" if text.endswith("/") else "")
