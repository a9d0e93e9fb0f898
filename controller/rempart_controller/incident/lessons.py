"""What of a closed incident belongs into registers: the breach, what was learnt, and the restore it names.

Entries are written before the incident is closed: what can't be believed keeps it open. One that is there already is
left as it is, so that a second try goes on where the first one ended.
"""

import time as clock
from collections.abc import Sequence
from typing import NamedTuple

from rempart_controller.incident.incident_state import Standing
from rempart_core.error import ContentError, UsageError
from rempart_core.messages.message import Message
from rempart_core.registers.entry import add_entry
from rempart_core.registers.reader import read_registers
from rempart_core.registers.register import Registers
from rempart_core.suggestion import quoted, suggestion_of
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
    """

    risk: str
    lessons: tuple[str, ...] = ()
    owner: str = ""
    severity: str = "high"
    due: str = ""
    restore: str = ""


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
        "reference": f"rempart incident {found.incident}, head {found.record.head}",
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
        UsageError: There is no such restore, or an entry can't be believed.
    """
    registers = read_registers(folder, int(clock.time()))
    mistakes = [one for name in _NEEDED for one in registers[name].mistakes]
    if mistakes:
        raise ContentError(mistakes)
    if review.restore:
        _expect_restore(registers, review.restore, found)
    written = []
    for entry in list_entries(found, review, today):
        if entry.id not in {row["id"] for row in registers[entry.register].rows}:
            columns = registers[entry.register].contract.written
            values = {name: value for name, value in entry.values.items() if name in columns}
            add_entry(folder, entry.register, values, clock.time())
        written.append(entry.register)
    return list(dict.fromkeys(written))


def _expect_restore(registers: Registers, id_: str, found: Standing) -> None:
    """Refuse a restore that the register does not have, or that was made before the incident was known."""
    rows = {row["id"]: row for row in registers["restores"].rows}
    if id_ not in rows:
        hint = suggestion_of(id_, rows)
        told = Message("incident_close.no_restore", id=quoted(id_), hint=hint, host=found.host, folder=registers.folder)
        raise UsageError(told)
    if rows[id_]["date"] < write_moment(found.aware)[:10]:
        raise UsageError(Message("incident_close.old_restore", id=quoted(id_), date=rows[id_]["date"]))


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
        return [Message("incident_close.needs_registers", option=name) for name, value in given.items() if value]
    found = []
    if review.risk not in RISKS:
        found.append(Message("incident_close.which_risk", known=", ".join(RISKS)))
    if review.lessons and not review.owner:
        found.append(Message("incident_close.whose"))
    return found
