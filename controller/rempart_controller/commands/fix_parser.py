"""The options of the commands that mend, ``plan``, ``apply``, ``rollback``; what they need comes when they run."""

import argparse
from collections.abc import Callable
from typing import Any

from rempart_agent.cli.audit_options import add_selection
from rempart_controller.commands.options import hosts
from rempart_core.model.check import DISRUPTIONS, Severity

_REVERT_AFTER = 300
_TASK = 1800


def add_plan(commands: Any) -> None:
    """Add the command ``plan``."""
    parser = commands.add_parser(
        "plan",
        usage="rempart plan -i INVENTORY [-l PATTERN] [OPTION …]",
        help="say what would be changed where, to mend what an audit finds; changes nothing",
        description="Audit the hosts of an inventory (or, with --store, ask again what failed when they were audited "
        "last), run the fixes of what is found in check mode, and write what would change into a plan that `rempart "
        "apply` applies. Nothing is changed. Exit status: 0 nothing to mend, "
        "1 there is, 2 wrong usage or content, 3 a host was silent.",
    )
    add_selection(parser)
    what = parser.add_argument_group("what is planned")
    what.add_argument(
        "--severity",
        choices=[one.value for one in Severity],
        default="info",
        help="only findings of at least this severity (default: all)",
    )
    what.add_argument(
        "--max-disruption",
        choices=[one for one in DISRUPTIONS if one != "manual"],
        default="lockout",
        help="only fixes that disturb no more than this (default: lockout, all of them)",
    )
    _add_accepted(what)
    what.add_argument("--waivers", metavar="FILE", default="", help="findings that are lived with until a date (YAML)")
    what.add_argument(
        "--store",
        metavar="FILE|URL",
        nargs="?",
        const="",
        help="begin with the newest results in the store: ask only the hosts with findings, and only what failed there",
    )
    out = parser.add_argument_group("what is written")
    out.add_argument("--out", metavar="FILE", default="rempart-plan.json", help="the plan (default: rempart-plan.json)")
    out.add_argument(
        "--playbook",
        metavar="DIR",
        default="",
        help="write it as a plain playbook too, with its roles, which Ansible runs without Rempart",
    )
    _add_common(out)
    parser.add_argument("--deadline", metavar="SECONDS", type=float, default=20.0, help=argparse.SUPPRESS)
    hosts.add_fleet(parser)
    parser.set_defaults(function=_run("plan"), engine="auto", socket="", root=None, baseline="")


def add_apply(commands: Any) -> None:
    """Add the command ``apply``."""
    parser = commands.add_parser(
        "apply",
        usage="rempart apply PLAN [-l PATTERN] [OPTION …]\n"
        "       rempart apply --resume CHANGE -i INVENTORY [OPTION …]",
        help="apply a plan in waves, measure again, keep what is better and undo the rest",
        description="Apply a plan of `rempart plan`: a canary first, then a tenth, then the rest. Before each change "
        "the endpoint saves what it touches; a fix that can cut the way in runs under a timer of the endpoint's own "
        "that undoes it. A fresh audit through a new connection decides: what got worse is undone, and no further wave "
        "begins. Exit status: 0 all mended, 1 something is not, or was undone, 2 wrong usage or a stale plan, 3 a host "
        "was lost or silent.",
    )
    parser.add_argument("plan", metavar="PLAN", nargs="?", default="", help="the plan's file")
    how = parser.add_argument_group("how it is applied")
    how.add_argument(
        "--resume",
        metavar="CHANGE",
        default="",
        help="continue a change that was interrupted, from the endpoints' own records (with -i, in place of PLAN)",
    )
    how.add_argument("-y", "--yes", action="store_true", help="do not ask")
    how.add_argument(
        "--waves",
        metavar="SIZES",
        default="1,10%,100%",
        help="hosts or shares of them that a wave ends with (default: 1,10%%,100%%)",
    )
    how.add_argument(
        "--max-fail",
        metavar="PERCENT",
        type=_percent,
        default=0,
        help="go on to the next wave while no more hosts than this share failed (default: 0)",
    )
    how.add_argument(
        "--revert-after",
        metavar="SECONDS",
        type=int,
        default=_REVERT_AFTER,
        help=f"when an endpoint undoes a risky change that nobody confirmed (default: {_REVERT_AFTER})",
    )
    how.add_argument(
        "--task-deadline",
        metavar="SECONDS",
        type=hosts.positive,
        default=_TASK,
        help=f"when a host counts as lost that does not end a task, as an upgrade (default: {_TASK})",
    )
    how.add_argument(
        "--max-age", metavar="HOURS", type=float, default=24.0, help="refuse a plan that is older (default: 24)"
    )
    _add_own(how)
    _add_accepted(how)
    how.add_argument("--ignore-window", action="store_true", help="change hosts outside their rempart_window too")
    out = _add_reports(parser, "after the change", "save the audits before and after it")
    _add_common(out)
    hosts.add_fleet(parser)
    parser.set_defaults(function=_run("apply"))


def add_rollback(commands: Any) -> None:
    """Add the command ``rollback``."""
    parser = commands.add_parser(
        "rollback",
        usage="rempart rollback [CHANGE] [-l PATTERN] [OPTION …]",
        help="undo a change: what it saved is restored, and audited; without CHANGE list the changes",
        description="Restore what a change saved on each host, byte for byte with owner, mode and the state of "
        "services, and audit what it had mended. Without CHANGE the changes are listed: when, by whom, on how many "
        "hosts, what they came to, and what was undone. Exit status: 0 restored, 1 something could not be, 2 wrong "
        "usage, 3 a host did not answer.",
    )
    parser.add_argument("change", metavar="CHANGE", nargs="?", default="", help="id of the change")
    how = parser.add_argument_group("how it is undone")
    how.add_argument(
        "--checks",
        metavar="ID",
        action="append",
        default=[],
        help="only the fixes of these checks; repeatable. What fixes that stay share with them is restored too, and so "
        "those run again",
    )
    how.add_argument("--force", action="store_true", help="restore also what somebody else has changed since")
    _add_own(how)
    how.add_argument(
        "--dry-run", action="store_true", help="say what would come back, what stays and why; change nothing"
    )
    how.add_argument("-y", "--yes", action="store_true", help="do not ask")
    out = _add_reports(
        parser, "after the undo", "save that audit", "; without CHANGE the list of changes, on standard output"
    )
    _add_common(out)
    hosts.add_fleet(parser)
    parser.set_defaults(function=_run("rollback"))


def _add_reports(parser: Any, when: str, store: str, listed: str = "") -> Any:
    """Add the options of reports and store, and return their group.

    Args:
        parser: Of the command.
        when: When the audit is that is reported.
        store: What is saved.
        listed: What ``--json`` means besides, where it may stand alone.
    """
    out = parser.add_argument_group("what is written")
    for name, text in (
        ("junit", f"a JUnit report of the audit {when}"),
        ("html", "a page of it"),
        ("markdown", "a summary of it for a CI job"),
        ("csv", "a line for each of its results, for a spreadsheet"),
        ("jsonl", "the same as JSON, with the evidence"),
    ):
        out.add_argument(f"--{name}", metavar="FILE", default="", help=text)
    alone: Any = {"nargs": "?", "const": "-"} if listed else {}
    out.add_argument("--json", metavar="FILE", default="", help=f"its run documents, a run a line{listed}", **alone)
    out.add_argument(
        "--junit-form",
        choices=["strict", "rich"],
        default="strict",
        help="strict (the default) holds to the schemas of Ant and Jenkins; rich adds properties to each test case",
    )
    out.add_argument("--store", metavar="FILE|URL", nargs="?", const="", help=store)
    out.add_argument("--sign", action="store_true", help="keep the run documents in the store too, signed and chained")
    return out


def _add_common(group: Any) -> None:
    group.add_argument("--lang", choices=["en", "fr"], default="en", help="language (default: en)")
    group.add_argument("--quiet", action="store_true", help="print only errors")
    group.add_argument(
        "--playbooks", metavar="DIR", default="", help="a copy of our playbooks with roles of yours, in their place"
    )


def _add_accepted(group: Any) -> None:
    group.add_argument(
        "--accept-lost",
        metavar="NAME[,NAME]",
        action="append",
        default=[],
        help="accounts that may lose their way in over SSH; else a fix that would shut somebody out is not applied",
    )


def _add_own(group: Any) -> None:
    group.add_argument(
        "--checks-dir",
        metavar="DIR",
        action="append",
        default=[],
        help="a folder of your own checks, for a change of which no record lies here",
    )


def _percent(text: str) -> int:
    if not text.isdecimal() or int(text) > 100:
        raise argparse.ArgumentTypeError(f"{text!r}: give a percentage, 0 to 100")
    return int(text)


def _run(name: str) -> Callable[[argparse.Namespace], int]:
    def run(options: argparse.Namespace) -> int:
        import importlib

        module = importlib.import_module(f"rempart_controller.commands.{name}")
        action: Callable[[argparse.Namespace], int] = getattr(module, name)
        return action(options)

    return run


def add_changes(commands: Any) -> None:
    """Add the command ``changes``."""
    parser = commands.add_parser(
        "changes",
        usage="rempart changes -i INVENTORY [-l PATTERN] [--json]",
        help="list the changes that hosts have a record of: open, kept, rolled back, by any controller",
        description="Ask each host of an inventory which changes it has a record of, whoever made them. Nothing is "
        "changed. Exit status: 0 all answered, 2 wrong usage, 3 a host did not answer.",
    )
    parser.add_argument("--json", action="store_true", help="as JSON, for machines")
    _add_common(parser.add_argument_group("what is written"))
    hosts.add_fleet(parser)
    parser.set_defaults(function=_run("changes"))


COMMANDS: dict[str, Callable[[Any], None]] = {
    "plan": add_plan,
    "apply": add_apply,
    "rollback": add_rollback,
    "changes": add_changes,
}
