"""What is shown of an incident."""

from collections.abc import Iterator
from contextlib import suppress

from rempart_controller.incident.clock import find_deadlines, say_left
from rempart_controller.incident.draft import name_fact
from rempart_controller.incident.incident_state import Standing
from rempart_controller.incident.timeline import Entry
from rempart_controller.recording.user_key import load_key
from rempart_core.error import KeyFileError
from rempart_core.json_value import Json
from rempart_core.messages.carried import from_data
from rempart_core.messages.message import Message
from rempart_core.messages.say import say
from rempart_core.text import Text, clean_line, join, same
from rempart_core.timestamps import write_moment
from rempart_reports.writing.translation import colon

STATES = {
    "open": Text("open", "ouvert"),
    "isolated": Text("isolated", "isolée"),
    "closed": Text("closed", "clos"),
    "damaged": Text("DAMAGED", "ENDOMMAGÉ"),
}


_ACTIONS = {
    "open": Text("open", "ouverture"),
    "collect": Text("collect", "collecte"),
    "isolate": Text("isolate", "isolement"),
    "release": Text("release", "remise en service"),
    "note": Text("note", "note"),
    "close": Text("close", "clôture"),
}
_OUTCOMES = {"begun": Text("begun", "(début)"), "done": Text("done", "(fait)"), "failed": Text("failed", "(ÉCHEC)")}
_TOLD = {
    "text": Text("text", "texte"),
    "approved_by": Text("approved by", "approuvé par"),
    "alone": Text("alone", "seul, car"),
    "evidence_later": Text("evidence later", "preuves plus tard, car"),
    "signed_by": Text("signed by", "signé par"),
    "force": Text("force", "par la force, car"),
    "way": Text("way", "accès"),
    "folder": Text("folder", "dossier"),
    "reason": Text("reason", "motif"),
    "conclusion": Text("conclusion", "conclusion"),
    "no_evidence": Text("no evidence", "sans preuves, car"),
}
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
                "name": one.name.en,
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

    def text(english: str, french: str) -> str:
        return Text(english, french).get(language)

    state = STATES[found.state].get(language)
    yield text(f"Incident {found.incident}", f"Incident {found.incident}") + f" · {clean_line(found.host)} · {state}"
    if not found.record.entries:
        return
    if found.title:
        yield f"  {clean_line(found.title)}"
    yield text(f"  aware      {write_moment(found.aware)}", f"  connu le   {write_moment(found.aware)}")
    yield text(f"  opened     {found.opened}", f"  ouvert le  {found.opened}")
    if found.isolation:
        yield text(f"  isolated   since {found.isolation.since}", f"  isolée     depuis {found.isolation.since}")
    for one in found.collections:
        told = {name: one.get(name) for name in ("items", "failed")}
        counts = {name: value if isinstance(value, int) else str(value) for name, value in told.items()}
        line = Message("incident.evidence_line", folder=str(one.get("folder")), time=str(one.get("time")), **counts)
        yield clean_line(say(line, language))
    if found.closed:
        conclusion = clean_line(found.conclusion)
        yield text(f"  closed     {found.closed}: {conclusion}", f"  clos le    {found.closed} : {conclusion}")
    yield ""
    yield text("CLOCKS, from the moment of awareness", "HORLOGES, à partir de la prise de connaissance")
    for deadline in find_deadlines(found.aware, found.decisions):
        name, left = deadline.name.get(language), say_left(deadline, now).get(language)
        yield f"  {name:34} {write_moment(deadline.due)}  {left}"
    yield text(
        "  NIS2 is for essential and important entities; card data: tell your acquirer and the card brands at once.",
        "  NIS2 vise les entités essentielles et importantes ; cartes : prévenez aussitôt l’acquéreur et les réseaux.",
    )
    yield ""
    yield text("TIMELINE", "CHRONOLOGIE")
    for entry in found.record.entries:
        did, who, detail = tell_deed(entry, language), tell_who(entry), tell_detail(entry, language)
        yield f"  {entry.number:3} {entry.time}  {did}  {who}{detail}"
    yield text(f"  head {found.record.head}", f"  tête {found.record.head}")


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
    return f"{_ACTIONS.get(entry.action, same(entry.action)).get(language)} {_OUTCOMES[entry.outcome].get(language)}"


def tell_detail(entry: Entry, language: str) -> str:
    """Return what else an entry says; ``""`` for nothing.

    Args:
        entry: The entry; what a person wrote in it stays as it was written.
        language: ``en`` or ``fr``.
    """
    detail = dict(entry.detail)
    if "reason" in detail:  # the only words of ours in it; all else is what a person wrote, and stays as it was written
        detail["reason"] = say(from_data(detail["reason"]), language)
    told = [(words, value) for name, words in _TOLD.items() if (value := detail.get(name))]
    parts = [f"{words.get(language)}{colon(language)}{value}" for words, value in told]
    noted = {name for name in entry.detail if name not in _TOLD}
    if entry.action == "note" and noted:
        parts.append(", ".join(name_fact(name).get(language) for name in sorted(noted)))
    return "  " + clean_line(join(map(same, parts)).get(language)) if parts else ""
