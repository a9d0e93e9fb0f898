"""The commands of ``rempart`` by name: what each is for; its module is imported when it is wanted.

A command is a module ``commands/NAME.py``, an action of a group ``commands/GROUP/NAME.py``, and a line here.
"""

from collections.abc import Mapping

from rempart_agent.cli.command import Commands, Group

PACKAGE = "rempart_controller.commands"


def _group(text: str, actions: Mapping[str, str]) -> Group:
    return Group(text, f"{text[0].upper()}{text[1:]}.", actions)


COMMANDS: Commands = {
    "audit": "audit this machine, a root filesystem, or the hosts of an inventory",
    "query": "ask the hosts of an inventory one question in SQL",
    "diff": "compare two runs: what got worse, better, appeared, cannot be seen any more",
    "drift": "say what changed since the run before, or since a day: what got worse first",
    "history": "say since when each finding of a host is open, or what became of a check on each host",
    "fleet": "show the fleet as it stands or stood on a day: findings a host, silent hosts, the age of each answer",
    "export": "write signed runs and their chain into one file, for an auditor",
    "verify": "prove that a bundle is whole, unchanged and in order, or name its first broken link",
    "plan": "say what would be changed where, to mend what an audit finds; changes nothing",
    "apply": "apply a plan in waves, measure again, keep what is better and undo the rest",
    "rollback": "undo a change: what it saved is restored, and audited; without CHANGE list the changes",
    "changes": "list the changes that hosts have a record of: open, kept, rolled back, by any controller",
    "schedule": "let systemd (or cron) audit every night, with the options of an audit that you give",
    "incident": Group(
        "handle an incident: evidence, isolation, return to service, the 72-hour clock, a record that is proof",
        "Handle an incident on a host. Each step goes into a timeline that only grows, chained by "
        "hash and signed with your key. Exit status: 0, 1 a record is damaged, 2 wrong usage or refused, 3 it failed "
        "or something did not come.",
        {
            "open": "open an incident of a host: the clocks run",
            "collect": "collect evidence: what is lost first first, hashed as it arrives, sealed with a signed "
            "manifest",
            "isolate": "cut the host off from all but the controller",
            "release": "lift the isolation, once a full audit has no critical finding and the lead signs",
            "note": "note what is known, decided or done; the draft of the notification takes it over",
            "close": "close an incident; what it lacks is told",
            "show": "show an incident: clocks, timeline, and the draft of the notification (GDPR article 33(3))",
            "list": "list the open incidents and the time that is left",
            "verify": "prove that timeline and evidence of an incident are whole and unchanged",
        },
    ),
    "agent": _group(
        "know installed agents by their keys; build what the playbook installs",
        {
            "accept": "believe the agent of a host from now on",
            "forget": "believe the agent of a host no more",
            "list": "list the agents that are believed",
            "wheelhouse": "fetch all that an agent is made of, for endpoints without internet",
        },
    ),
    "checks": Group(
        "list, show, lint, test and begin checks; what of a framework they cover",
        "Look after checks.",
        {
            "list": "list the checks there are",
            "show": "show one check: what it asks, expects, and how to mend it",
            "lint": "hold checks and their cases against the rules",
            "test": "run the cases of checks",
            "coverage": "say which requirements of a framework checks contribute to, and which nothing does",
            "new": "write a check and its cases to start from",
        },
    ),
    "completion": "print a script with which your shell completes commands, options, checks and hosts",
}
