"""What is shown of an incident."""

from collections.abc import Iterator
from contextlib import suppress

from rempart_controller.incident.clock import find_deadlines, say_left
from rempart_controller.incident.incident_state import Standing
from rempart_controller.incident.timeline import Entry
from rempart_controller.recording.user_key import load_key
from rempart_core.error import KeyFileError
from rempart_core.json_value import Json
from rempart_core.messages.carried import from_data
from rempart_core.messages.labels import Labels
from rempart_core.messages.message import Message, as_is, listed
from rempart_core.messages.say import say
from rempart_core.text import clean_line
from rempart_core.timestamps import write_moment
from rempart_reports.writing.translation import colon

_TOLD = (
    "text",
    "approved_by",
    "alone",
    "evidence_later",
    "signed_by",
    "force",
    "way",
    "folder",
    "reason",
    "conclusion",
    "no_evidence",
)
"""What of an entry's detail the timeline shows, in this order."""


def find_fault(found: Standing, keys: tuple[str, ...] = ()) -> Message | None:
    """Return what is wrong with a timeline; None where nothing is.

    Args:
        found: The incident.
        keys: Public keys of which one must have signed it; none for the user's own, where there is one.
    """
    if found.fault:
        return found.fault
    if not keys:
        with suppress(KeyFileError):  # who has no key yet takes any, and is told
            keys = (load_key(create=False).public,)
    signer = found.record.entries[0].key
    return Message("incident.other_signer", signer=signer) if keys and signer not in keys else None


def to_data(found: Standing, now: int) -> dict[str, Json]:
    """Return an incident as plain data, for JSON.

    Args:
        found: The incident.
        now: In seconds since 1970.
    """
    return {
        "incident": found.incident,
        "host": found.host,
        "title": found.title,
        "state": found.state,
        "aware": write_moment(found.aware),
        "opened": found.opened,
        "closed": found.closed,
        "conclusion": found.conclusion,
        "isolated_since": found.isolation.since if found.isolation else "",
        "facts": found.facts,
        "decisions": found.decisions,
        "evidence": found.collections,
        "clocks": [
            {
                "name": say(one.name),
                "due": write_moment(one.due),
                "seconds_left": one.left(now),
                "done": None if one.done is None else write_moment(one.done),
            }
            for one in find_deadlines(found.aware, found.decisions)
        ],
        "timeline": [entry._asdict() for entry in found.record.entries],
        "head": found.record.head,
    }


def show_lines(found: Standing, language: str, now: int) -> Iterator[str]:
    """Yield what a reader is shown of an incident.

    Args:
        found: The incident.
        language: ``en`` or ``fr``.
        now: In seconds since 1970.
    """
    label = Labels("incident_page", language)
    yield label("line_incident", incident=found.incident, host=clean_line(found.host), state=label(found.state))
    if not found.record.entries:
        return
    if found.title:
        yield f"  {clean_line(found.title)}"
    yield label("line_aware", time=write_moment(found.aware))
    yield label("line_opened", time=found.opened)
    if found.isolation:
        yield label("line_isolated", time=found.isolation.since)
    for one in found.collections:
        told = {name: one.get(name) for name in ("items", "failed")}
        counts = {name: value if isinstance(value, int) else str(value) for name, value in told.items()}
        line = Message("incident.evidence_line", folder=str(one.get("folder")), time=str(one.get("time")), **counts)
        yield clean_line(say(line, language))
    if found.closed:
        yield label("line_closed", time=found.closed, conclusion=clean_line(found.conclusion))
    yield ""
    yield label("line_clocks")
    for deadline in find_deadlines(found.aware, found.decisions):
        name, left = say(deadline.name, language), say(say_left(deadline, now), language)
        yield f"  {name:34} {write_moment(deadline.due)}  {left}"
    yield f"  {label('whom')}"
    yield ""
    yield label("line_timeline")
    for entry in found.record.entries:
        did, who, detail = tell_deed(entry, language), tell_who(entry), tell_detail(entry, language)
        yield f"  {entry.number:3} {entry.time}  {did}  {who}{detail}"
    yield label("line_head", head=found.record.head)


def tell_who(entry: Entry) -> str:
    """Return who did what an entry tells of."""
    who = clean_line(entry.by)
    return who if entry.by == entry.login else f"{who} ({clean_line(entry.login)})"


def tell_deed(entry: Entry, language: str) -> str:
    """Return what was done, and what it came to.

    Args:
        entry: The entry.
        language: ``en`` or ``fr``.
    """
    label = Labels("incident_deed", language)
    return f"{label(entry.action) if entry.action in label else clean_line(entry.action)} {label(entry.outcome)}"


def tell_detail(entry: Entry, language: str) -> str:
    """Return what else an entry says; ``""`` for nothing.

    Args:
        entry: The entry; what a person wrote in it stays as it was written.
        language: ``en`` or ``fr``.
    """
    detail = dict(entry.detail)
    if "reason" in detail:  # the only words of ours in it; all else is what a person wrote, and stays as it was written
        detail["reason"] = say(from_data(detail["reason"]), language)
    label = Labels("incident_detail", language)
    told = [(name, clean_line(str(value))) for name in _TOLD if (value := detail.get(name))]
    parts = [f"{label(name)}{colon(language)}{value}" for name, value in told]
    noted = sorted(entry.detail.keys() - set(_TOLD))
    if entry.action == "note" and noted:
        parts.append(", ".join(label(name) if name in label else clean_line(name.replace("_", " ")) for name in noted))
    return f"  {say(listed([as_is(part) for part in parts]), language)}" if parts else ""
