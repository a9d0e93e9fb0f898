"""The options that choose hosts and the way to them, and the command ``rempart query -i``."""

import argparse
import os
import sys
from collections.abc import Callable
from typing import Any

from rempart_agent.audit import pipeline as auditing
from rempart_controller.recording.run_deadline import left
from rempart_core.error import UsageError
from rempart_core.text import quiet_json

PARALLEL = 25
HOST_DEADLINE = 120.0


def add_fleet(parser: Any) -> None:
    """Add the options that choose hosts and the way to them; they are called as Ansible calls them."""
    fleet = parser.add_argument_group("a fleet, from an Ansible inventory")
    fleet.add_argument(
        "-i",
        "--inventory",
        metavar="INVENTORY",
        action="append",
        default=[],
        help="an inventory as Ansible reads it: a file, a folder, a program, or HOST,; repeatable",
    )
    fleet.add_argument("-l", "--limit", metavar="PATTERN", default="", help="only hosts or groups of this pattern")
    fleet.add_argument(
        "-u", "--user", metavar="NAME", default="", help="log in as NAME, where the inventory says nobody"
    )
    fleet.add_argument(
        "-b", "--become", action="store_true", help="become root by sudo, where the inventory says nothing"
    )
    fleet.add_argument("-k", "--ask-pass", action="store_true", help="ask for the password of the connection")
    fleet.add_argument("-K", "--ask-become-pass", action="store_true", help="ask for the password of sudo")
    fleet.add_argument("--private-key", metavar="FILE", default="", help="log in with this key")
    fleet.add_argument("--vault-id", metavar="ID", action="append", default=[], help="as Ansible's; repeatable")
    fleet.add_argument(
        "--vault-password-file", metavar="FILE", action="append", default=[], help="as Ansible's; repeatable"
    )
    fleet.add_argument("--ask-vault-pass", action="store_true", help="ask for the password of the vault")
    fleet.add_argument(
        "--parallel", metavar="N", type=positive, default=PARALLEL, help=f"hosts at a time (default: {PARALLEL})"
    )
    fleet.add_argument(
        "--host-deadline",
        metavar="SECONDS",
        type=positive,
        default=HOST_DEADLINE,
        help=f"how long one host may take in all (default: {HOST_DEADLINE:g})",
    )
    fleet.add_argument(
        "--run-deadline",
        metavar="SECONDS",
        type=positive,
        default=0.0,
        help="how long all may take (default: no limit)",
    )


def add_agents(parser: Any) -> None:
    """Add the options about installed agents."""
    agents = parser.add_argument_group("hosts with an installed agent (rempart_agent)")
    agents.add_argument(
        "--agent-limit",
        metavar="AGE",
        type=_expect_limit,
        default="48h",
        help="how old the newest document of an agent may be, as 48h or 3d, before its host counts as silent "
        "(default: 48h)",
    )


def add_unfinished(parser: Any) -> None:
    """Add the options that choose hosts by what is known of them."""
    some = parser.add_argument_group("only some hosts of an inventory")
    some.add_argument(
        "--stale",
        metavar="AGE",
        type=_age,
        help="leave out hosts that answered within AGE (90m, 20h, 7d), as the store knows, which --store names. "
        "Reports tell of the others; the exit status is that of all, and takes the store's word for those left out",
    )
    some.add_argument(
        "--resume",
        action="store_true",
        help="go on with the audit that was interrupted (Ctrl-C, a kill, --run-deadline): ask the hosts that were not "
        "done, and report on all of them. Give the same inventory, checks and profile as then",
    )


def _age(text: str) -> str:
    from rempart_core.timestamps import read_age

    try:
        read_age(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return text


def _expect_limit(text: str) -> str:
    """Return a number of hours or days as it was given: a schedule writes it again."""
    read_limit(text)
    return text


def read_limit(text: str) -> float:
    """Return hours or days in seconds; read here, since what remembers nothing loads nothing of the store."""
    number, unit = text[:-1], {"h": 3600.0, "d": 86_400.0}.get(text[-1:])
    if unit is None or not (number.isascii() and number.isdigit() and 0 < int(number) < 100_000):
        raise argparse.ArgumentTypeError(f"{text!r}: give hours or days, as 48h or 3d")
    return int(number) * unit


def positive(text: str) -> Any:
    """Return a number above 0 that a user gave."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= 1_000_000:
        raise argparse.ArgumentTypeError(f"{text!r}: give a number above 0")
    return value


def open_fleet(
    options: argparse.Namespace,
    request: auditing.Request,
    histories: Any = None,
    watch: Callable[[], Any] | None = None,
) -> Any:
    """Return the hosts that the options name, ready to be asked.

    Args:
        options: What the command line said.
        request: What is asked of each.
        histories: What earlier runs saw of hosts, by name; None for nothing.
        watch: Gives what installed agents are judged by; None asks their hosts from outside as all others.

    Raises:
        UsageError: what was asked can't be done.
        ContentError: checks, profiles, parameters or waivers hold mistakes.
    """
    from rempart_controller.fleet.fleet import Effort, Fleet

    hosts = read_hosts(options)
    rest = left(options, float("inf")) if options.run_deadline else 0.0
    effort = Effort(int(options.parallel) or 1, options.host_deadline, rest)
    return Fleet(hosts, request, effort, histories or {}, watch)


def read_hosts(options: argparse.Namespace) -> list[Any]:
    """Return the hosts of the inventory that the options name, with what the command line adds to each.

    The passwords that are asked for on the way stay in the options: ``connection_password``, ``become_password``.

    Raises:
        UsageError: The inventory can't be read, or holds no such host.
    """
    if os.name == "nt":
        raise UsageError("a fleet is audited from Linux or macOS: Ansible, which reads inventories, is not for Windows")
    from rempart_controller.inventory.read_inventory import INVENTORY_DEADLINE, Vault, read_inventory

    vault = Vault(tuple(options.vault_id), tuple(options.vault_password_file), options.ask_vault_pass)
    hosts = read_inventory(options.inventory, options.limit, vault, left(options, INVENTORY_DEADLINE))
    password = become = ""
    if options.ask_pass or options.ask_become_pass:
        import getpass

        password = getpass.getpass("SSH password: ") if options.ask_pass else ""
        become = (getpass.getpass("BECOME password: ") or password) if options.ask_become_pass else ""
    options.connection_password, options.become_password = password, become
    return [_complete(host, options, password, become) for host in hosts]


def read_again(options: argparse.Namespace) -> list[Any]:
    """Return the hosts as the inventory names them now; no password is asked for again.

    Raises:
        UsageError: The inventory can't be read, or holds no such host.
    """
    from rempart_controller.inventory.read_inventory import INVENTORY_DEADLINE, Vault, read_inventory

    vault = Vault(tuple(options.vault_id), tuple(options.vault_password_file), False)
    return read_inventory(options.inventory, options.limit, vault, left(options, INVENTORY_DEADLINE))


def _complete(host: Any, options: argparse.Namespace, password: str, become: str) -> Any:
    """Add what the command line says where the inventory says nothing: as in Ansible, variables win."""
    mine = {"remote_user": options.user, "password": password, "private_key_file": options.private_key}
    added = {name: value for name, value in mine.items() if value and not host.options.get(name)}
    on = host.become.on or (options.become and "ansible_become" not in host.variables)
    rights = host.become._replace(on=on, password=host.become.password or become)
    return host._replace(options={**host.options, **added}, become=rights)


def add_query(commands: Any) -> None:
    """Add the command ``query``."""
    parser = commands.add_parser(
        "query",
        help="ask the hosts of an inventory one question in SQL",
        description="Ask the hosts of an inventory one question in SQL. Exit status: 0 all answered (no rows are an "
        "answer too), 1 the statement or a source failed on one of them, 2 wrong usage, 3 a host was silent, which "
        "outranks 1.",
    )
    parser.add_argument("sql", metavar="SQL", help="one or more statements; - reads standard input")
    parser.add_argument("--json", action="store_true", help="print JSON lines: a row a line, with its host")
    parser.add_argument(
        "--max-rows", metavar="N", type=int, default=10_000, help="fail above N rows of one host (default: 10000)"
    )
    parser.add_argument(
        "--engine", choices=["auto", "embedded", "osqueryi"], default="auto", help="what answers on the endpoints"
    )
    parser.add_argument(
        "--deadline", metavar="SECONDS", type=positive, default=20.0, help="how long one table may take (default: 20)"
    )
    add_fleet(parser)
    parser.set_defaults(function=_query)


def _query(options: argparse.Namespace) -> int:
    import json

    from rempart_agent.commands.query import print_table
    from rempart_core.text import clean_line

    if not options.inventory:
        raise UsageError("-i INVENTORY is missing; this machine alone is asked by `rempart-agent query`")
    sql = sys.stdin.read() if options.sql == "-" else options.sql
    fleet = open_fleet(options, auditing.Request(deadline=options.deadline, engine=options.engine))
    table: list[dict[str, str]] = []
    status, answered = 0, False
    for number, rows, kind, message in fleet.ask(sql, options.max_rows):
        name = fleet.hosts[number].name
        if kind:
            status = max(status, 3 if kind == "silent" else 1)
            print(f"{clean_line(name)}: {clean_line(message)}", file=sys.stderr)
        elif options.json:
            for row in rows:
                print(quiet_json(json.dumps({"host": name, "row": row}, separators=(",", ":"))), flush=False)
        else:
            answered = True
            table += [{"host": name, **row} for row in rows]
    if answered:
        order = {host.name: place for place, host in enumerate(fleet.hosts)}
        table.sort(key=lambda row: order.get(row["host"], 0))
        print_table(table)
    return status
