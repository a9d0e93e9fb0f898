"""The command ``rempart server hook``: whom the server tells of what, by signed POST."""

import argparse
from typing import TYPE_CHECKING, NamedTuple

from rempart_agent.cli.base import say
from rempart_agent.cli.language import option_help, words
from rempart_core.error import UsageError
from rempart_core.messages.message import Message
from rempart_core.suggestion import quoted
from rempart_server.commands.actor import console
from rempart_server.commands.directory import add_directory, read_directory

if TYPE_CHECKING:
    from rempart_server.context import Context
    from rempart_store.server.hook import Hook, Told

KINDS = ("day.changes", "host.silent", "node.waiting", "waiver.decided", "waiver.proposed")
"""As in ``rempart_server.hooks``, which a parser does not load; a test holds them together."""
_SHOWN = 50


class HookRequest(NamedTuple):
    """A hook is to be added, removed or listed.

    Attributes:
        directory: Of the server.
        deed: ``add``, ``list``, ``remove`` or ``log``.
        url: Where it is posted to.
        kinds: Of what it is told.
        groups: Of which groups; none means all.
        private: Whether private addresses are allowed.
        number: Of the hook that is removed.
        json: Whether a list is for machines.
    """

    directory: str
    deed: str
    url: str
    kinds: tuple[str, ...]
    groups: tuple[str, ...]
    private: bool
    number: int
    json: bool


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.description = words("server_job.hook_long")
    deeds = parser.add_subparsers(dest="deed", required=True, metavar="ACTION")
    new = deeds.add_parser("add", help=words("server_job.hook_add"))
    new.add_argument("url", metavar="URL", help=option_help("server_job.help_url"))
    new.add_argument(
        "--kind", action="append", choices=KINDS, default=None, help=option_help("server_job.help_kind"), metavar="KIND"
    )
    new.add_argument("--group", action="append", default=None, help=option_help("server_job.help_group"))
    new.add_argument("--allow-private", action="store_true", help=option_help("server_job.help_private"))
    list_ = deeds.add_parser("list", help=words("server_job.hook_list"))
    log = deeds.add_parser("log", help=words("server_job.hook_log"))
    for one in (list_, log):
        one.add_argument("--json", action="store_true", help=option_help("help.json_lines"))
    remove = deeds.add_parser("remove", help=words("server_job.hook_remove"))
    remove.add_argument("number", metavar="NUMBER", help=option_help("server_job.help_number"))
    for one in (new, list_, log, remove):
        add_directory(one)


def request(options: argparse.Namespace) -> HookRequest:
    """See Command.request."""
    given = vars(options)
    url, number = given.get("url", ""), given.get("number", "0")
    if url:
        from rempart_server.jobs.sending import read_url

        try:
            read_url(url)
        except ValueError as error:
            raise UsageError(Message("server_job.url", url=quoted(url))) from error
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise UsageError(Message("server_job.no_hook", number=quoted(number)))
    return HookRequest(
        read_directory(options),
        options.deed,
        url,
        tuple(dict.fromkeys(given.get("kind") or KINDS)),
        tuple(dict.fromkeys(given.get("group") or ())),
        bool(given.get("allow_private")),
        int(number),
        bool(given.get("json")),
    )


def run(request: HookRequest) -> int:
    """Manage hooks; the secret of a new one is printed once, and nothing else goes to standard output with it.

    Raises:
        UsageError: There is no server, no such group or hook.
        StoreError: The store can't be read or written.
    """
    from rempart_server.opening import open_context
    from rempart_store.server import hook as hooks

    with open_context(request.directory) as context:
        if request.deed == "add":
            number, secret = _add(context, request)
            say(words("server_job.hook_added", number=str(number)))
            print(secret)
        elif request.deed == "remove":
            _remove(context, request.number)
            say(words("server_job.hook_removed", number=str(request.number)))
        else:
            with context.store.reading() as connection:
                if request.deed == "list":
                    _show_all(hooks.list_hooks(connection), request)
                else:
                    _show_told(hooks.list_deliveries(connection, None, _SHOWN), request)
    return 0


def _add(context: "Context", request: HookRequest) -> tuple[int, str]:
    from rempart_server.log import record
    from rempart_store.server.group import find_group
    from rempart_store.server.hook import add_hook

    with context.store.writing() as connection:
        for name in request.groups:
            if find_group(connection, name) is None:
                raise UsageError(Message("server_job.no_group", name=quoted(name)))
        number, secret = add_hook(connection, request.url, request.kinds, request.groups, private=request.private)
        said = {"url": request.url, "kinds": " ".join(request.kinds), "groups": " ".join(request.groups)}
        record(connection, context, console(), "hook.add", str(number), **said)
    return number, secret


def _remove(context: "Context", number: int) -> None:
    from rempart_server.log import record
    from rempart_store.server.hook import remove_hook

    with context.store.writing() as connection:
        if not remove_hook(connection, number):
            raise UsageError(Message("server_job.no_hook", number=quoted(str(number))))
        record(connection, context, console(), "hook.remove", str(number))


def _show_all(found: "list[Hook]", request: HookRequest) -> None:
    from rempart_controller.commands.options.output import Output

    for one in found:
        if request.json:
            said = {"number": one.id, "url": one.url, "kinds": list(one.kinds), "groups": list(one.groups)}
            Output().show_json({**said, "private": one.private})
        else:
            groups = ", ".join(one.groups) or words("server_job.all_groups")
            shown = words("server_job.hook_listed", number=str(one.id), url=one.url, groups=groups)
            print(f"{shown}\n  {' '.join(one.kinds)}")


def _show_told(found: "list[Told]", request: HookRequest) -> None:
    from rempart_controller.commands.options.output import Output
    from rempart_core.timestamps import write_moment

    for one in found:
        next_try = "" if one.next_try is None else write_moment(one.next_try)
        if request.json:
            said = {"delivery": one.id, "hook": one.hook, "tries": one.tries, "status": one.status}
            Output().show_json({**said, "created": write_moment(one.created), "next_try": next_try or None})
            continue
        time = write_moment(one.created)
        print(words("server_job.told", number=str(one.id), hook=str(one.hook), time=time, tries=one.tries))
        if one.status:
            print(words("server_job.told_status", status=one.status))
        if next_try:
            print(words("server_job.told_next", time=next_try))
