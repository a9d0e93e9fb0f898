"""What of a closed incident belongs into registers: the breach, what was learnt, and the restore.

Entries are written before the incident is closed: what can't be believed keeps it open. One that is there already is
left as it is, so that a second try goes on where the first one ended.
"""

import time as clock
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from rempart_controller.incident.incident_state import Standing
from rempart_controller.incident.restoring import list_options, name_option, name_record, settle_restore
from rempart_core.error import ContentError
from rempart_core.messages.message import Message
from rempart_core.registers.entry import add_entry
from rempart_core.registers.reader import read_registers
from rempart_core.timestamps import write_moment

RISKS = ("unlikely", "risk", "high")
"""The risk of a breach to people, as article 33(1) and 34(1) GDPR part it."""
_NEEDED = ("organisation", "people", "breaches", "actions", "restores")


class Review(NamedTuple):
    """What was decided and learnt.

    Attributes:
        risk: The risk to people, one of ``RISKS``.
        lessons: What is to be done better, each an action.
        owner: Who does it, by pseudonym.
        severity: How much it matters: ``critical`` to ``low``.
        due: Until when, ``YYYY-MM-DD``.
        restore: The id of an entry of register restores; ``""`` for none.
        restored: What a new entry says of it, by column; empty where the entry is there already.
    """

    risk: str
    lessons: tuple[str, ...] = ()
    owner: str = ""
    severity: str = "high"
    due: str = ""
    restore: str = ""
    restored: Mapping[str, str] = MappingProxyType({})


class Entry(NamedTuple):
    """An entry that is to be written.

    Attributes:
        register: Its register.
        id: Its id.
        values: What it says, by column; none that is empty.
    """

    register: str
    id: str
    values: dict[str, str]


def list_entries(found: Standing, review: Review, today: str) -> list[Entry]:
    """Return the entries of an incident.

    Args:
        found: The incident.
        review: What was decided and learnt.
        today: ``YYYY-MM-DD``.
    """
    said = found.decisions
    times = [at for name in ("notified", "no_notification") if (at := said.get(name, {}).get("at", ""))]
    count = found.facts.get("people_count", "").strip()
    breach = {
        "id": found.incident,
        "incident": found.incident,
        "what": found.title or found.facts.get("nature", "") or found.host,
        "aware": write_moment(found.aware),
        "assessed": max(times, default=""),
        "risk": review.risk,
        "people_count": count if count.isascii() and count.isdigit() else "",
        "notified": said.get("notified", {}).get("at", ""),
        "no_notification": said.get("no_notification", {}).get("text", ""),
        "delay": found.facts.get("delay", ""),
        "informed": said.get("informed", {}).get("at", ""),
        "not_informing": said.get("not_informing", {}).get("text", ""),
        "reference": name_record(found),
    }
    entries = [Entry("breaches", found.incident, _filled(breach))]
    for number, lesson in enumerate(review.lessons, 1):
        action = {
            "id": f"{found.incident}-{number}",
            "source": f"incident {found.incident}",
            "severity": review.severity,
            "what": lesson,
            "owner": review.owner,
            "opened": today,
            "due": review.due,
        }
        reference = {"reference": breach["reference"]}
        entries.append(Entry("actions", action["id"], _filled(action | reference)))
    return entries


def write_entries(folder: str, found: Standing, review: Review, today: str) -> list[str]:
    """Write the entries of an incident, and return the names of the registers that have them now.

    Args:
        folder: The folder of registers.
        found: The incident.
        review: What was decided and learnt.
        today: ``YYYY-MM-DD``.

    Raises:
        ContentError: A register holds mistakes.
        UsageError: There is no such restore, or an entry can't be believed; see :func:`settle_restore`.
    """
    registers = read_registers(folder, int(clock.time()))
    mistakes = [one for name in _NEEDED for one in registers[name].mistakes]
    if mistakes:
        raise ContentError(mistakes)
    written = []
    if review.restore:
        settle_restore(folder, registers, found, review.restore, review.restored)
        written += ["restores"] if review.restored else []
    for entry in list_entries(found, review, today):
        if entry.id not in {row["id"] for row in registers[entry.register].rows}:
            columns = registers[entry.register].contract.written
            values = {name: value for name, value in entry.values.items() if name in columns}
            add_entry(folder, entry.register, values, clock.time())
        written.append(entry.register)
    return list(dict.fromkeys(written))


def _filled(values: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}


def find_mistakes(registers: str, review: Review) -> Sequence[Message]:
    """Return what is wrong with the options of a review.

    Args:
        registers: The folder of registers; ``""`` for none.
        review: What the options say.
    """
    if not registers:
        given = {
            "--lesson": review.lessons,
            "--restore": review.restore,
            "--risk": review.risk,
            "--owner": review.owner,
        }
        given |= {name_option(name): text for name, text in review.restored.items()}
        return [Message("incident_close.needs_registers", option=name) for name, value in given.items() if value]
    found = []
    if review.risk not in RISKS:
        found.append(Message("incident_close.which_risk", known=", ".join(RISKS)))
    if review.lessons and not review.owner:
        found.append(Message("incident_close.whose"))
    if review.restored and not review.restore:
        found.append(Message("incident_close.which_restore", option=name_option(next(iter(review.restored)))))
    if review.restored and (lacking := list_options(review.restored)):
        found.append(Message("incident_close.restore_lacks", options=lacking))
    return found
