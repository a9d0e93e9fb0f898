"""The command ``rempart query -i``: one question in SQL to the hosts of an inventory."""

import argparse
import sys
from typing import Any

from rempart_agent.audit.request import Request
from rempart_controller.commands.options.hosts import add_fleet, positive
from rempart_core.error import UsageError
from rempart_core.text import quiet_json


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
    from rempart_controller.fleet.open_fleet import open_fleet
    from rempart_core.text import clean_line

    if not options.inventory:
        raise UsageError("-i INVENTORY is missing; this machine alone is asked by `rempart-agent query`")
    sql = sys.stdin.read() if options.sql == "-" else options.sql
    fleet = open_fleet(options, Request(deadline=options.deadline, engine=options.engine))
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
