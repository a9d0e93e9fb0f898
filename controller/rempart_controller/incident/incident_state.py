"""How an incident stands: what its timeline comes to. The timeline is all there is; nothing else is remembered."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rempart_controller.incident import timeline
from rempart_controller.incident.timeline import Entry
from rempart_core.json_value import JsonObject
from rempart_core.messages.message import Message

FACTS = {
    "nature": "art. 33(3)(a): what happened",
    "people": "art. 33(3)(a): whose data, in categories",
    "people_count": "art. 33(3)(a): how many people, about",
    "records": "art. 33(3)(a): which data, in categories",
    "records_count": "art. 33(3)(a): how many records, about",
    "contact": "art. 33(3)(b): name and contact details of the data protection officer, or of who knows more",
    "consequences": "art. 33(3)(c): what is likely to come of it",
    "measures": "art. 33(3)(d): what was or will be done about it",
    "delay": "art. 33(1): why it is notified later than 72 hours",
}
"""What a notification tells, by the name of the fact; each is told with ``rempart incident note``."""

DECISIONS = (
    "notified",
    "no_notification",
    "informed",
    "not_informing",
    "early_warning",
    "nis2_notified",
    "nis2_report",
)
"""What is decided or done about authorities and people: the last word on each counts."""


@dataclass(frozen=True, slots=True)
class Isolation:
    """A host that is cut off.

    Attributes:
        change: The change on the endpoint that does it.
        since: When, UTC.
        rules: SHA-256 of the rules of nftables before it.
        lifts: After how many seconds it lifts itself; 0 for never.
    """

    change: str
    since: str
    rules: str
    lifts: int


@dataclass(slots=True)
class Standing:
    """How an incident stands.

    Attributes:
        incident: Its id.
        folder: Where it lies.
        record: Its timeline.
        fault: What is wrong with the timeline; None where nothing is.
        host: The host's name.
        inventories: Where it stands.
        title: What happened, in a few words.
        aware: Moment of awareness, seconds since 1970.
        opened: When it was opened, UTC.
        facts: What is known, by the names of ``FACTS``.
        decisions: By the names of ``DECISIONS``: ``text`` and ``at`` (UTC).
        collections: What was collected: details of each entry.
        isolation: How it is cut off; None where it is not.
        isolations: How many times it was.
        attempted: The change of an isolation that was begun and whose end nobody knows; ``""`` for none.
        closed: When it was closed, UTC; ``""`` where it is open.
        conclusion: What it came to.
    """

    incident: str
    folder: str
    record: timeline.Record
    fault: Message | None = None
    host: str = ""
    inventories: Sequence[str] = ()
    title: str = ""
    aware: int = 0
    opened: str = ""
    facts: dict[str, str] = field(default_factory=dict)
    decisions: dict[str, Mapping[str, str]] = field(default_factory=dict)
    collections: list[JsonObject] = field(default_factory=list)
    isolation: Isolation | None = None
    isolations: int = 0
    attempted: str = ""
    closed: str = ""
    conclusion: str = ""

    @property
    def state(self) -> str:
        """Return ``damaged``, ``closed``, ``isolated`` or ``open``."""
        if self.fault:
            return "damaged"
        return "closed" if self.closed else "isolated" if self.isolation else "open"

    @property
    def has_evidence(self) -> bool:
        """Tell whether anything was collected: a collection in which nothing came is none."""
        return any(holds_evidence(one) for one in self.collections)


def holds_evidence(collection: JsonObject) -> bool:
    """Tell whether a collection, by what the timeline says of it, holds a whole item or a part of one."""
    return any(_number(collection, name) > 0 for name in ("items", "parts"))


def read_standing(folder: str) -> Standing:
    """Return how the incident of a folder stands; one that can't be read is told as damaged.

    Raises:
        IncidentError: Never for what is in the folder: the fault says it.
    """
    from rempart_core.error import IncidentError

    try:
        record = timeline.read(folder)
    except IncidentError as error:
        record = timeline.Record((), error.message)
    fault = record.fault
    if fault and record.place:
        fault = Message("incident.at_entry", place=record.place, fault=fault)
    found = Standing(os.path.basename(folder), folder, record, fault)
    for entry in record.entries:
        _ACTIONS.get(entry.action, _ignore)(found, entry)
    return found


def _ignore(found: Standing, entry: Entry) -> None:
    """Pass over what only a reader of the timeline wants to know."""


def _open(found: Standing, entry: Entry) -> None:
    detail = entry.detail
    found.host, found.title = str(detail.get("host", "")), str(detail.get("title", ""))
    found.aware, found.opened = _number(detail, "aware"), entry.time
    inventories = detail.get("inventories")
    found.inventories = tuple(str(one) for one in inventories) if isinstance(inventories, list) else ()


def _number(detail: JsonObject, name: str) -> int:
    value = detail.get(name)
    return value if isinstance(value, int) else 0


def _note(found: Standing, entry: Entry) -> None:
    for name, value in entry.detail.items():
        if name in FACTS:
            found.facts[name] = str(value)
        elif name in DECISIONS:
            found.decisions[name] = {k: str(v) for k, v in value.items()} if isinstance(value, dict) else {}
            other = _OPPOSITES.get(name)
            if other:
                found.decisions.pop(other, None)


_OPPOSITES = {
    "notified": "no_notification",
    "no_notification": "notified",
    "informed": "not_informing",
    "not_informing": "informed",
}


def _collect(found: Standing, entry: Entry) -> None:
    if entry.outcome != "begun" and "manifest" in entry.detail:
        found.collections.append({**entry.detail, "time": entry.time})


def _isolate(found: Standing, entry: Entry) -> None:
    detail = entry.detail
    change = str(detail.get("change", ""))
    if entry.outcome == "begun":
        found.attempted = change
        return
    if entry.outcome == "failed":
        found.attempted = "" if detail.get("undone") or found.isolation else change
        return
    found.attempted = ""
    if found.isolation is None:
        found.isolations += 1
    since = found.isolation.since if found.isolation else entry.time
    rules = found.isolation.rules if found.isolation else str(detail.get("rules", ""))
    found.isolation = Isolation(change, since, rules, _number(detail, "lifts"))


def _release(found: Standing, entry: Entry) -> None:
    if entry.outcome == "done":
        found.isolation, found.attempted = None, ""


def _close(found: Standing, entry: Entry) -> None:
    found.closed, found.conclusion = entry.time, str(entry.detail.get("conclusion", ""))


_ACTIONS = {
    "open": _open,
    "note": _note,
    "collect": _collect,
    "isolate": _isolate,
    "release": _release,
    "close": _close,
}
