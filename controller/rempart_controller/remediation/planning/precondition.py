"""Preconditions: what must hold on a host before a fix may change it.

They are checks like all others, in ``playbooks/preconditions``, and are asked in the same audit. What they have to know
they are lent: a parameter that is named like one of the check whose fix needs them, or of a check whose values that fix
reads, takes that check's value in force on the host; what the inventory alone knows is told.
"""

import getpass
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rempart_controller.inventory.host import Host
from rempart_core.content.fixfile import Fix
from rempart_core.messages.message import Message, own
from rempart_core.messages.say import LANGUAGES, say_both
from rempart_core.model.check import Check
from rempart_core.model.result import Result, Run, State
from rempart_core.model.sentence import tell_row
from rempart_core.text import Text
from rempart_reports.writing.translation import colon, semicolon

PRECONDITION = "PRE-"
"""What the ids of preconditions begin with: they are asked with the checks, and are no findings."""
TOLD = ("user", "management", "connection", "accept_lost")
"""Parameters that are told: by the inventory who logs in, from where fail2ban takes anything, and how changes come in;
by the command line whose way in may be lost."""
_NAMED = 8  # things that are named of what does not hold
_VARIABLE = "rempart_parameters_preconditions"


def lend(fixes: Mapping[tuple[str, str], Fix], checks: Sequence[Check]) -> dict[str, dict[str, str]]:
    """Return from which check each parameter of each precondition takes its value.

    Args:
        fixes: The fixes, by check and platform.
        checks: The checks, preconditions among them.
    """
    known = {check.id: check for check in checks}
    lent: dict[str, dict[str, str]] = {}
    for fix in fixes.values():
        for need in fix.needs:
            for owner in (*fix.values, fix.check):  # its own value outdoes those that it reads
                if need in known and owner in known:
                    shared = known[need].parameters.keys() & known[owner].parameters.keys()
                    lent.setdefault(need, {}).update(dict.fromkeys(sorted(shared), owner))
    return lent


def read_names(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the names of ``anna,ftp`` texts."""
    return tuple(sorted({name.strip() for text in texts for name in text.split(",") if name.strip()}))


def tell(host: Host, checks: Sequence[Check], accept_lost: Sequence[str] = ()) -> Host:
    """Return a host whose preconditions know what its inventory says of it.

    Args:
        host: The host.
        checks: The preconditions.
        accept_lost: What the user accepts to lose.
    """
    user = str(host.options.get("remote_user") or host.variables.get("ansible_user") or "")
    if host.connection == "local":  # whoever sits there comes in again by a login of their own
        user = user or os.environ.get("SUDO_USER") or getpass.getuser()
    management = host.variables.get("rempart_management") or []
    known: dict[str, Any] = {"connection": host.connection} | ({"user": user} if user else {})
    if accept_lost:
        known["accept_lost"] = list(accept_lost)
    if management:
        known["management"] = [str(one) for one in (management if isinstance(management, list) else [management])]
    own = {
        check.id: {name: known[name] for name in TOLD if name in check.parameters and name in known}
        for check in checks
        if check.id.startswith(PRECONDITION)
    }
    return host._replace(variables={**host.variables, _VARIABLE: own})


def find_block(wanted: Sequence[str], needs: Mapping[str, Result]) -> tuple[str, str]:
    """Return why a fix must not be applied, English and French: what was not looked at is not met either.

    Args:
        wanted: Ids of the preconditions of the fix.
        needs: What was found of all preconditions.
    """
    for name in wanted:
        found = needs.get(name)
        if found is None:
            return _both(Message("planning.nobody_asked", check=name))
        if found.state in {State.PASS, State.NOT_APPLICABLE}:
            continue
        rows = found.evidence.rows if found.evidence is not None else []
        worst = sorted((row for row in rows if row.get("ok") != "1"), key=lambda row: row.get("ok") != "0")
        told = Text(*(_tell(worst[:_NAMED], found, language) for language in LANGUAGES))
        seen = own(told if told.en else found.reason)
        if found.evidence is not None and (more := found.evidence.failing + found.evidence.undecided - _NAMED) > 0:
            seen = Message("planning.more", text=seen, count=str(more))
        return _both(Message("planning.not_met", check=name, title=own(found.title), seen=seen))
    return ("", "")


def _both(message: Message) -> tuple[str, str]:
    said = say_both(message)
    return said.en, said.fr


def _tell(rows: Sequence[dict[str, str]], result: Result, language: str) -> str:
    told = [tell_row(row, result.wording, language) for row in rows]
    return semicolon(language).join(f"{item}{colon(language)}{observed}" for item, observed, _ in told)


def results_of(run: Run) -> dict[str, Result]:
    """Return what was found of preconditions, by id."""
    return {one.check: one for one in run.results if one.check.startswith(PRECONDITION)}
