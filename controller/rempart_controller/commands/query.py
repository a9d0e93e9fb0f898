"""The command ``rempart query -i``: one question in SQL to the hosts of an inventory."""

import argparse
import sys
from typing import TYPE_CHECKING, NamedTuple

from rempart_agent.audit.request import Request
from rempart_agent.cli.language import option_help, words
from rempart_controller.commands.options.hosts import add_fleet, positive, read_choice, read_limits
from rempart_controller.inventory.host_choice import HostChoice
from rempart_core.error import UsageError
from rempart_core.messages.message import Message
from rempart_core.text import quiet_json

if TYPE_CHECKING:  # a fleet is loaded where one is asked
    from rempart_controller.fleet.fleet import Limits


class QueryRequest(NamedTuple):
    """One question to the hosts of an inventory.

    Attributes:
        sql: One or more statements; ``-`` reads standard input.
        choice: The hosts, and the way to them.
        limits: How much is spent on them.
        ask: What answers, and how long it may take.
        max_rows: Of one host.
        json: Whether rows are printed as JSON lines.
    """

    sql: str
    choice: HostChoice
    limits: "Limits"
    ask: Request
    max_rows: int
    json: bool


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.description = words("command.query_long")
    parser.add_argument("sql", metavar="SQL", help=option_help("help.statements_stdin"))
    parser.add_argument("--json", action="store_true", help=option_help("help.query_json"))
    parser.add_argument("--max-rows", metavar="N", type=int, default=10_000, help=option_help("help.query_max_rows"))
    parser.add_argument(
        "--engine", choices=["auto", "embedded", "osqueryi"], default="auto", help=option_help("help.query_engine")
    )
    parser.add_argument(
        "--deadline", metavar="SECONDS", type=positive, default=20.0, help=option_help("help.query_deadline")
    )
    add_fleet(parser)


def request(options: argparse.Namespace) -> QueryRequest:
    """See Command.request."""
    if not options.inventory:
        raise UsageError(Message("inventory.not_given_query"))
    ask = Request(deadline=options.deadline, engine=options.engine)
    return QueryRequest(
        options.sql, read_choice(options), read_limits(options), ask, options.max_rows, json=options.json
    )


def run(request: QueryRequest) -> int:
    """Print what the hosts answer; 1 where the statement failed on one of them, 3 where one was silent."""
    import json

    from rempart_agent.commands.query import print_table
    from rempart_controller.fleet.open_fleet import open_fleet
    from rempart_core.text import clean_line

    sql = sys.stdin.read() if request.sql == "-" else request.sql
    fleet = open_fleet(request.choice, request.limits, request.ask)
    table: list[dict[str, str]] = []
    status, answered = 0, False
    for number, rows, kind, message in fleet.ask(sql, request.max_rows):
        name = fleet.hosts[number].name
        if kind:
            status = max(status, 3 if kind == "silent" else 1)
            print(clean_line(words("host.said_line", host=name, said=message)), file=sys.stderr)
        elif request.json:
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
