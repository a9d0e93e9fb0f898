"""The commands on a fleet: ``rempart audit -i`` and ``rempart query -i``."""

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from rempart_agent import audit as auditing
from rempart_core.error import UsageError

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
        "--parallel", metavar="N", type=_positive, default=PARALLEL, help=f"hosts at a time (default: {PARALLEL})"
    )
    fleet.add_argument(
        "--host-deadline",
        metavar="SECONDS",
        type=_positive,
        default=HOST_DEADLINE,
        help=f"how long one host may take in all (default: {HOST_DEADLINE:g})",
    )
    fleet.add_argument(
        "--run-deadline",
        metavar="SECONDS",
        type=_positive,
        default=0.0,
        help="how long all may take (default: no limit)",
    )


def _positive(text: str) -> Any:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= 1_000_000:
        raise argparse.ArgumentTypeError(f"{text!r}: give a number above 0")
    return value


def audit_fleet(options: argparse.Namespace, write: Callable[[Any, str], bool], memory: Any) -> int:
    """Audit the hosts of an inventory; returns the exit status.

    Args:
        options: What the command line said.
        write: Writes the reports of the runs that it is given and of a moment; tells whether one of them went to
            standard output.
        memory: The store that ``write`` saves them in; None for none.

    Raises:
        UsageError: what was asked can't be done.
        ContentError: checks, profiles, parameters or waivers hold mistakes.
    """
    from rempart_controller.fleet import Spool
    from rempart_controller.fleet_summary import Summary

    _refuse(options, ("root", "socket", "baseline"))
    if options.role == "image":
        raise UsageError("--role image is for a root filesystem: a host of an inventory is a machine in service")
    fleet = _fleet(options, auditing.request_of(options))
    summary = Summary(auditing.threshold_of(options), options.lang)
    bar = _Bar(len(fleet.hosts), options.quiet, options.lang)
    spool = Spool(fleet)
    interrupted = False
    try:
        try:
            bar.show(0, summary.failed, summary.silent)
            for number, said in fleet.audit():
                spool.add(number, said)
                summary.add(number, fleet.run_of(number, said))
                bar.show(len(spool), summary.failed, summary.silent)
        except KeyboardInterrupt:
            interrupted = True  # what is finished is kept
        finally:
            bar.clear()
        missing = len(fleet.hosts) - len(spool)
        machine = write(spool.runs, time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()))
        if not options.quiet and not machine:
            known = (memory.oldest(), memory.drift()) if memory is not None else ({}, None)
            summary.print(sys.stdout, missing, *known)
        if interrupted:
            print(f"rempart: interrupted; {missing} of {len(fleet.hosts)} hosts are missing", file=sys.stderr)
            return 130
        return summary.status
    finally:
        spool.close()


def _refuse(options: argparse.Namespace, names: Sequence[str]) -> None:
    for name in names:
        if getattr(options, name, None):
            raise UsageError(f"--{name} does not go together with an inventory")


def _fleet(options: argparse.Namespace, request: auditing.Request) -> Any:
    if os.name == "nt":
        raise UsageError("a fleet is audited from Linux or macOS: Ansible, which reads inventories, is not for Windows")
    from rempart_controller.fleet import Effort, Fleet
    from rempart_controller.inventory import Vault, read_inventory

    vault = Vault(tuple(options.vault_id), tuple(options.vault_password_file), options.ask_vault_pass)
    hosts = read_inventory(options.inventory, options.limit, vault)
    password = become = ""
    if options.ask_pass or options.ask_become_pass:
        import getpass

        password = getpass.getpass("SSH password: ") if options.ask_pass else ""
        become = (getpass.getpass("BECOME password: ") or password) if options.ask_become_pass else ""
    hosts = [_complete(host, options, password, become) for host in hosts]
    return Fleet(hosts, request, Effort(int(options.parallel) or 1, options.host_deadline, options.run_deadline))


def _complete(host: Any, options: argparse.Namespace, password: str, become: str) -> Any:
    """Add what the command line says where the inventory says nothing: as in Ansible, variables win."""
    mine = {"remote_user": options.user, "password": password, "private_key_file": options.private_key}
    added = {name: value for name, value in mine.items() if value and not host.options.get(name)}
    on = host.become.on or (options.become and "ansible_become" not in host.variables)
    rights = host.become._replace(on=on, password=host.become.password or become)
    return host._replace(options={**host.options, **added}, become=rights)


class _Bar:
    """A bar on a terminal: hosts done, failed, silent; nothing in a pipe."""

    def __init__(self, total: int, quiet: bool, language: str) -> None:
        self._total = total
        self._on = sys.stderr.isatty() and not quiet
        self._words = ("constats", "muettes") if language == "fr" else ("failed", "silent")
        self._began = time.monotonic()

    def show(self, done: int, failed: int, silent: int) -> None:
        """Show how far the run is."""
        if not self._on:
            return
        filled = 24 * done // max(1, self._total)
        minutes, seconds = divmod(int(time.monotonic() - self._began), 60)
        words = f"{self._words[0]} {failed}  {self._words[1]} {silent}  {minutes}:{seconds:02}"
        sys.stderr.write(f"\r\033[K[{'#' * filled}{'.' * (24 - filled)}] {done}/{self._total}  {words}")
        sys.stderr.flush()

    def clear(self) -> None:
        """Take the bar away."""
        if self._on:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()


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
        "--deadline", metavar="SECONDS", type=_positive, default=20.0, help="how long one table may take (default: 20)"
    )
    add_fleet(parser)
    parser.set_defaults(function=_query)


def _query(options: argparse.Namespace) -> int:
    import json

    from rempart_agent.cli import print_table
    from rempart_core.text import clean_line

    if not options.inventory:
        raise UsageError("-i INVENTORY is missing; this machine alone is asked by `rempart-agent query`")
    sql = sys.stdin.read() if options.sql == "-" else options.sql
    fleet = _fleet(options, auditing.Request(deadline=options.deadline, engine=options.engine))
    table: list[dict[str, str]] = []
    status, answered = 0, False
    for number, rows, kind, message in fleet.ask(sql, options.max_rows):
        name = fleet.hosts[number].name
        if kind:
            status = max(status, 3 if kind == "silent" else 1)
            print(f"{clean_line(name)}: {clean_line(message)}", file=sys.stderr)
        elif options.json:
            for row in rows:
                print(json.dumps({"host": name, "row": row}, separators=(",", ":")), flush=False)
        else:
            answered = True
            table += [{"host": name, **row} for row in rows]
    if answered:
        order = {host.name: place for place, host in enumerate(fleet.hosts)}
        table.sort(key=lambda row: order.get(row["host"], 0))
        print_table(table)
    return status
