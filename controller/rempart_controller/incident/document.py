"""An incident as a page: how it stands, its clocks, its timeline, the draft of the notification."""

from collections.abc import Iterator

from rempart_controller.incident.clock import find_deadlines, say_left
from rempart_controller.incident.draft import write_draft
from rempart_controller.incident.encryption import Encryption
from rempart_controller.incident.incident_state import Standing
from rempart_controller.incident.page import tell_deed, tell_detail, tell_who
from rempart_core.messages.labels import Labels
from rempart_core.messages.message import Message
from rempart_core.messages.say import say
from rempart_core.timestamps import write_moment
from rempart_reports.views.document import Code, Document, Facts, Paragraph, Section, Table
from rempart_reports.writing.translation import moment


def document_of(
    found: Standing, language: str, now: int, fault: Message | None, disks: Encryption | None = None
) -> Document:
    """Return an incident as a document.

    Args:
        found: The incident.
        language: ``en`` or ``fr``.
        now: In seconds since 1970.
        fault: What is wrong with its record; None for nothing.
        disks: What was encrypted when awareness began; None where that is not looked up.
    """
    label = Labels("incident_page", language)
    clocks = find_deadlines(found.aware, found.decisions) if found.record.entries else []
    over = any(one.done is None and one.left(now) < 0 for one in clocks)
    remarks = [label("overdue")] if over and found.state != "closed" else []
    if fault is not None:
        remarks.insert(0, label("faulty", fault=fault))
    sections: tuple[Section, ...] = ()
    if clocks:
        sections = (
            Section(label("clocks"), (_clocks(found, label, now), Paragraph(label("whom"), "quiet"))),
            Section(label("evidence"), tuple(_evidence(found, label))),
            Section(label("timeline"), (_timeline(found, label), Facts(((label("head"), found.record.head),)))),
            Section(label("draft"), (Code(write_draft(found, language, now, disks).rstrip("\n")),)),
        )
    return Document(
        kind=label("kind"),
        title=found.incident,
        lead=found.title or found.host,
        level="bad" if fault is not None or remarks else "good" if found.state == "closed" else "partial",
        headline=label("headline", host=found.host, state=label(found.state)),
        remarks=tuple(remarks),
        sections=(Section(label("kind"), (Facts(tuple(_facts(found, label))),)), *sections),
    )


def _facts(found: Standing, label: Labels) -> Iterator[tuple[str, str]]:
    for key, text in (
        ("aware_since", moment(write_moment(found.aware), label.language) if found.record.entries else ""),
        ("opened_at", moment(found.opened, label.language)),
        ("isolated_since", moment(found.isolation.since, label.language) if found.isolation else ""),
        ("closed_at", moment(found.closed, label.language)),
        ("conclusion", found.conclusion),
    ):
        if text:
            yield label(key), text


def _clocks(found: Standing, label: Labels, now: int) -> Table:
    language = label.language
    rows = [
        (say(one.name, language), moment(write_moment(one.due), language), say(say_left(one, now), language))
        for one in find_deadlines(found.aware, found.decisions)
    ]
    return Table(tuple(map(label, ("clock", "due", "left"))), tuple(rows))


def _evidence(found: Standing, label: Labels) -> Iterator[Table]:
    rows = [
        (*(str(one.get(key, "")) for key in ("folder", "items", "failed")), _second(str(one.get("time", ""))))
        for one in found.collections
    ]
    if rows:
        yield Table(tuple(map(label, ("folder", "items", "failed", "time"))), tuple(rows))


def _second(time: str) -> str:
    """Return a time to the second, which a narrow column breaks nowhere but between day and hour."""
    return time.replace("T", " ").replace("-", "\u2011")


def _timeline(found: Standing, label: Labels) -> Table:
    rows = [
        (
            f"{entry.number}",
            _second(entry.time),
            tell_deed(entry, label.language),
            tell_who(entry),
            tell_detail(entry, label.language).strip(),
        )
        for entry in found.record.entries
    ]
    return Table(("#", *map(label, ("time", "what", "who", "detail"))), tuple(rows))
