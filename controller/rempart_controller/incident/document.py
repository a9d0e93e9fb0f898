"""An incident as a page: how it stands, its clocks, its timeline, the draft of the notification."""

from collections.abc import Iterator

from rempart_controller.incident.clock import find_deadlines, say_left
from rempart_controller.incident.draft import write_draft
from rempart_controller.incident.incident_state import Standing
from rempart_controller.incident.page import STATES, tell_deed, tell_detail, tell_who
from rempart_core.messages.message import Message
from rempart_core.messages.say import say
from rempart_core.text import Text
from rempart_core.timestamps import write_moment
from rempart_reports.views.document import Code, Document, Facts, Paragraph, Section, Table
from rempart_reports.writing.translation import moment

_WORDS = {
    "kind": Text("Incident", "Incident"),
    "damaged": Text("The record is damaged: {}", "Le registre est endommagé : {}"),
    "state": Text("{} is {}.", "{} : {}."),
    "over": Text("A deadline has passed.", "Une échéance est dépassée."),
    "aware": Text("Aware since", "Connu depuis"),
    "opened": Text("Opened", "Ouvert"),
    "isolated": Text("Isolated since", "Isolée depuis"),
    "closed": Text("Closed", "Clos"),
    "conclusion": Text("Conclusion", "Conclusion"),
    "clocks": Text("Clocks, from the moment of awareness", "Horloges, à partir de la prise de connaissance"),
    "clock": Text("Obligation", "Obligation"),
    "due": Text("Due", "Échéance"),
    "left": Text("State", "État"),
    "note": Text(
        "NIS2 is for essential and important entities; card data: tell your acquirer and the card brands at once.",
        "NIS2 vise les entités essentielles et importantes ; cartes : prévenez aussitôt l’acquéreur et les réseaux.",
    ),
    "evidence": Text("Evidence", "Preuves"),
    "folder": Text("Folder", "Dossier"),
    "items": Text("Items", "Éléments"),
    "failed": Text("Did not come", "Manquants"),
    "time": Text("Time", "Heure"),
    "timeline": Text("Timeline", "Chronologie"),
    "what": Text("What", "Quoi"),
    "who": Text("Who", "Qui"),
    "detail": Text("Detail", "Détail"),
    "head": Text("Head of the record", "Tête du registre"),
    "draft": Text("Draft of the notification", "Projet de notification"),
}


def document_of(found: Standing, language: str, now: int, fault: Message | None) -> Document:
    """Return an incident as a document.

    Args:
        found: The incident.
        language: ``en`` or ``fr``.
        now: In seconds since 1970.
        fault: What is wrong with its record; None for nothing.
    """

    def word(key: str) -> str:
        return _WORDS[key].get(language)

    clocks = find_deadlines(found.aware, found.decisions) if found.record.entries else []
    over = any(one.done is None and one.left(now) < 0 for one in clocks)
    state = STATES[found.state].get(language)
    remarks = [word("over")] if over and found.state != "closed" else []
    if fault is not None:
        remarks.insert(0, word("damaged").format(say(fault, language)))
    sections: tuple[Section, ...] = ()
    if clocks:
        sections = (
            Section(word("clocks"), (_clocks(found, language, now), Paragraph(word("note"), "quiet"))),
            Section(word("evidence"), tuple(_evidence(found, language))),
            Section(word("timeline"), (_timeline(found, language), Facts(((word("head"), found.record.head),)))),
            Section(word("draft"), (Code(write_draft(found, language, now).rstrip("\n")),)),
        )
    return Document(
        kind=word("kind"),
        title=found.incident,
        lead=found.title or found.host,
        level="bad" if fault is not None or remarks else "good" if found.state == "closed" else "partial",
        headline=word("state").format(found.host, state),
        remarks=tuple(remarks),
        sections=(Section(word("kind"), (Facts(tuple(_facts(found, language))),)), *sections),
    )


def _facts(found: Standing, language: str) -> Iterator[tuple[str, str]]:
    for key, text in (
        ("aware", moment(write_moment(found.aware), language) if found.record.entries else ""),
        ("opened", moment(found.opened, language)),
        ("isolated", moment(found.isolation.since, language) if found.isolation else ""),
        ("closed", moment(found.closed, language)),
        ("conclusion", found.conclusion),
    ):
        if text:
            yield _WORDS[key].get(language), text


def _clocks(found: Standing, language: str, now: int) -> Table:
    rows = [
        (one.name.get(language), moment(write_moment(one.due), language), say_left(one, now).get(language))
        for one in find_deadlines(found.aware, found.decisions)
    ]
    return Table(tuple(_WORDS[key].get(language) for key in ("clock", "due", "left")), tuple(rows))


def _evidence(found: Standing, language: str) -> Iterator[Table]:
    rows = [
        (*(str(one.get(key, "")) for key in ("folder", "items", "failed")), _second(str(one.get("time", ""))))
        for one in found.collections
    ]
    if rows:
        yield Table(tuple(_WORDS[key].get(language) for key in ("folder", "items", "failed", "time")), tuple(rows))


def _second(time: str) -> str:
    """Return a time to the second, which a narrow column breaks nowhere but between day and hour."""
    return time.replace("T", " ").replace("-", "\u2011")


def _timeline(found: Standing, language: str) -> Table:
    rows = [
        (
            f"{entry.number}",
            _second(entry.time),
            tell_deed(entry, language),
            tell_who(entry),
            tell_detail(entry, language).strip(),
        )
        for entry in found.record.entries
    ]
    heads = ("time", "what", "who", "detail")
    return Table(("#", *(_WORDS[key].get(language) for key in heads)), tuple(rows))
