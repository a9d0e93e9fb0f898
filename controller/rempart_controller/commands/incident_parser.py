"""The commands ``rempart incident …``; what they need is imported when they run."""

import argparse
from collections.abc import Callable
from typing import Any

from rempart_controller.commands.options.hosts import positive
from rempart_core.error import RempartError

_REVERT_LEAST = 300


def add_incident(commands: Any) -> None:
    """Add the command ``incident``."""
    parser = commands.add_parser(
        "incident",
        help="handle an incident: evidence, isolation, return to service, the 72-hour clock, a record that is proof",
        description="Handle an incident on a host. Each step goes into a timeline that only grows, chained by "
        "hash and signed with your key. Exit status: 0, 1 a record is damaged, 2 wrong usage or refused, 3 it failed "
        "or something did not come.",
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    _add_open(actions)
    _add_collect(actions)
    _add_isolate(actions)
    _add_release(actions)
    _add_note(actions)
    _add_close(actions)
    _add_looks(actions)


def _add(actions: Any, name: str, text: str, more: str = "") -> Any:
    action = actions.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}. {more}".strip())
    action.set_defaults(function=_act)
    action.add_argument("--lang", choices=["en", "fr"], default="en", help="language (default: en)")
    return action


def _add_incident(action: Any) -> None:
    action.add_argument("incident", metavar="INCIDENT", help="its id, as 20261125-1, or its host's name")


def _add_author(action: Any) -> None:
    action.add_argument("--by", metavar="NAME", default="", help="who does it (default: the login name)")


def _add_way(action: Any, *, deadline: float) -> None:
    way = action.add_argument_group("the way to the host")
    way.add_argument(
        "-i",
        "--inventory",
        metavar="INVENTORY",
        action="append",
        default=[],
        help="an inventory as Ansible reads it; repeatable (default: that with which the incident was opened)",
    )
    way.add_argument("-u", "--user", metavar="NAME", default="", help="log in as NAME, where the inventory says nobody")
    way.add_argument("-b", "--become", action="store_true", help="become root, where the inventory says nothing")
    way.add_argument("-k", "--ask-pass", action="store_true", help="ask for the password of the connection")
    way.add_argument("-K", "--ask-become-pass", action="store_true", help="ask for the password of sudo")
    way.add_argument("--private-key", metavar="FILE", default="", help="log in with this key")
    way.add_argument("--vault-id", metavar="ID", action="append", default=[], help="as Ansible's; repeatable")
    way.add_argument(
        "--vault-password-file", metavar="FILE", action="append", default=[], help="as Ansible's; repeatable"
    )
    way.add_argument(
        "--host-deadline",
        metavar="SECONDS",
        type=positive,
        default=deadline,
        help=f"how long the host may take to answer (default: {deadline:g})",
    )
    action.set_defaults(ask_vault_pass=False, parallel=1, limit="")


def _add_open(actions: Any) -> None:
    action = _add(
        actions,
        "open",
        "open an incident of a host: the clocks run",
        "The 72 hours of GDPR article 33 run from the moment of awareness, which is now unless you say another.",
    )
    action.add_argument("host", metavar="HOST", help="the host's name in the inventory")
    action.add_argument(
        "--aware",
        metavar="TIME",
        default="",
        help="the moment of awareness, UTC: 2026-11-25T13:00, or 3h for three hours ago (default: now)",
    )
    action.add_argument("--title", metavar="TEXT", default="", help="what happened, in a few words")
    _add_author(action)
    _add_way(action, deadline=120)


def _add_collect(actions: Any) -> None:
    action = _add(
        actions,
        "collect",
        "collect evidence: what is lost first first, hashed as it arrives, sealed with a signed manifest",
        "Tables come through the connection and nothing is written to the host; then Ansible brings logs. What does "
        "not come is named, and the exit status is 3.",
    )
    _add_incident(action)
    action.add_argument(
        "--path",
        metavar="PATH",
        action="append",
        default=[],
        help="metadata of this path too, or of a pattern as /srv/%% (one level) or /srv/%%%% (all); repeatable",
    )
    action.add_argument(
        "--log",
        metavar="PATH",
        action="append",
        default=[],
        help="this file or folder, besides /var/log",
    )
    action.add_argument("--no-logs", metavar="REASON", default="", help="no logs, for this reason")
    _add_author(action)
    _add_way(action, deadline=900)


def _add_isolate(actions: Any) -> None:
    action = _add(
        actions,
        "isolate",
        "cut the host off from all but the controller",
        "Its firewall (nftables) then passes the controller's SSH alone, through reboots too; open sessions die. It "
        "counts once a new connection has worked, and is undone where none does. Collect evidence first.",
    )
    _add_incident(action)
    two = action.add_mutually_exclusive_group()
    two.add_argument("--approved-by", metavar="NAME", default="", help="the second person who agrees")
    two.add_argument("--alone", metavar="REASON", default="", help="nobody else could be asked, for this reason")
    action.add_argument(
        "--evidence-later", metavar="REASON", default="", help="isolate before evidence was collected, for this reason"
    )
    action.add_argument(
        "--revert-after",
        metavar="SECONDS",
        type=_revert,
        default=0,
        help=f"let the host lift it by itself after that time, at least {_REVERT_LEAST} (default: never)",
    )
    _add_author(action)
    _add_way(action, deadline=120)


def _revert(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not _REVERT_LEAST <= int(text) <= 31 * 86400:
        raise argparse.ArgumentTypeError(f"{text!r}: give seconds, {_REVERT_LEAST} or more")
    return int(text)


def _add_release(actions: Any) -> None:
    action = _add(
        actions,
        "release",
        "lift the isolation, once a full audit has no critical finding and the lead signs",
        "The host is audited first, by its own whole profile; a critical finding that is not waived, or what could not "
        "be looked at, keeps it isolated. Exactly the isolation is taken away.",
    )
    _add_incident(action)
    who = action.add_mutually_exclusive_group()
    who.add_argument("--signed-by", metavar="NAME", default="", help="the incident lead")
    who.add_argument(
        "--force", metavar="REASON", default="", help="without an audit, for this reason; needs two people"
    )
    action.add_argument(
        "--checks-dir", metavar="DIR", action="append", default=[], help="a folder of your own checks; repeatable"
    )
    action.add_argument("--approved-by", metavar="NAME", default="", help="with --force: the second person who agrees")
    _add_author(action)
    _add_way(action, deadline=300)


_NOTES = (
    ("nature", "TEXT", "art. 33(3)(a): what happened"),
    ("people", "TEXT", "art. 33(3)(a): categories of people concerned"),
    ("people-count", "TEXT", "art. 33(3)(a): about how many"),
    ("records", "TEXT", "art. 33(3)(a): categories of records concerned"),
    ("records-count", "TEXT", "art. 33(3)(a): about how many"),
    ("contact", "TEXT", "art. 33(3)(b): the data protection officer, or who knows more"),
    ("consequences", "TEXT", "art. 33(3)(c): what is likely to come of it"),
    ("measures", "TEXT", "art. 33(3)(d): what was or will be done"),
    ("delay", "TEXT", "art. 33(1): why it is notified after more than 72 hours"),
    ("notified", "AUTHORITY", "the supervisory authority was notified (--at)"),
    ("no-notification", "REASON", "it is not notified: why a risk to people is unlikely, art. 33(1)"),
    ("informed", "HOW", "the people concerned were informed, art. 34 (--at)"),
    ("not-informing", "REASON", "they are not, and why: no high risk, or one of art. 34(3)"),
    ("early-warning", "CSIRT", "NIS2: the early warning was given (--at)"),
    ("nis2-notified", "CSIRT", "NIS2: the incident was notified (--at)"),
    ("nis2-report", "CSIRT", "NIS2: the final report was handed in (--at)"),
)


def _add_note(actions: Any) -> None:
    action = _add(actions, "note", "note what is known, decided or done; the draft of the notification takes it over")
    _add_incident(action)
    action.add_argument("text", metavar="TEXT", nargs="?", default="", help="anything worth knowing")
    for name, value, text in _NOTES:
        action.add_argument(f"--{name}", metavar=value, default="", help=text)
    action.add_argument("--at", metavar="TIME", default="", help="when that was done, UTC (default: now)")
    _add_author(action)


def _add_close(actions: Any) -> None:
    action = _add(
        actions,
        "close",
        "close an incident; what it lacks is told",
        "It needs a conclusion, evidence, the end of its isolation, and the notification or the reasoned decision.",
    )
    _add_incident(action)
    action.add_argument("--conclusion", metavar="TEXT", default="", help="what it came to")
    action.add_argument("--no-evidence", metavar="REASON", default="", help="none was collected, for this reason")
    _add_author(action)


def _add_looks(actions: Any) -> None:
    action = _add(
        actions,
        "show",
        "show an incident: clocks, timeline, and the draft of the notification (GDPR article 33(3))",
        "Exit status: 0, 1 its record is damaged.",
    )
    _add_incident(action)
    action.add_argument("--draft", action="store_true", help="the draft alone")
    action.add_argument("--json", action="store_true", help="as one JSON object")
    action.set_defaults(function=_look("show"))
    action = _add(actions, "list", "list the open incidents and the time that is left")
    action.add_argument("--all", action="store_true", help="closed ones too")
    action.add_argument("--json", action="store_true", help="as JSON lines")
    action.set_defaults(function=_look("list_all"))
    action = _add(
        actions,
        "verify",
        "prove that timeline and evidence of an incident are whole and unchanged",
        "Needs no network. Exit status: 0 intact, 1 broken, and what is wrong is named.",
    )
    _add_incident(action)
    action.add_argument(
        "--key",
        metavar="HEX|FILE",
        action="append",
        default=[],
        help="the public key that must have signed; repeatable (default: your own)",
    )
    action.add_argument("--head", metavar="HASH", default="", help="a head that was kept, which the timeline must hold")
    action.add_argument("--json", action="store_true", help="as one JSON object")
    action.set_defaults(function=_look("verify"))


def _act(options: argparse.Namespace) -> int:
    from rempart_controller.commands import incident

    return _speak(incident.ACTIONS[options.action], options)


def _look(name: str) -> Any:
    def look(options: argparse.Namespace) -> int:
        from rempart_controller.incident import page

        return _speak(getattr(page, name), options)

    return look


def _speak(action: Callable[[argparse.Namespace], int], options: argparse.Namespace) -> int:
    """Do something; what goes wrong is said in the user's language."""
    try:
        return action(options)
    except RempartError as error:
        if options.lang == "fr":
            from rempart_controller.wording import translate

            error.args = (translate(str(error)),)
        raise
