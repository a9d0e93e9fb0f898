"""The waiver file: dated, justified decisions to live with findings.

A waiver that names an unknown check, or lacks a reason, an owner or an end, stops the audit before it begins: it would
be believed to hold and would not.
"""

import math
import re
import time as clock
from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from rempart_core.content.reader import Reader
from rempart_core.content.yamlfile import Node, Scalar, read
from rempart_core.error import ContentError
from rempart_core.messages.message import Message
from rempart_core.model.profile import MAX_WAIVER_DAYS
from rempart_core.model.waiver import Waiver
from rempart_core.suggestion import quoted, suggestion_of

_KEYS = ("check", "reason", "owner", "ticket", "start", "end", "target", "group", "items", "timezone")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)
_LAST = timedelta(microseconds=1)  # before the next day begins


def read_waivers(
    path: str, known_ids: Collection[str], now: float | None = None, most_days: int = MAX_WAIVER_DAYS
) -> list[Waiver]:
    """Read a waiver file, in its order.

    A date means the whole day in the zone of the waiver, else of the file, else UTC; a full time is written with its
    offset (RFC 3339).

    Args:
        path: The file.
        known_ids: Ids of all checks that were read.
        now: Seconds since the epoch; None for the present.
        most_days: The most days that a waiver may last from then.

    Raises:
        ContentError: With all mistakes of the file.
    """
    document = read(path)
    reader = Reader(document)
    fields = reader.fields(document.root, ("timezone", "waivers"), ("waivers",))
    zone = _read_zone(reader, fields.get("timezone"), "timezone") or ("UTC", UTC)
    waivers: list[Waiver] = []
    for node in reader.items(fields.get("waivers"), "waivers"):
        waiver = _read_waiver(reader, node, known_ids, zone)
        same = [other for other in waivers if waiver._replace(line=other.line) == other]
        if same:
            reader.report(node, Message("content.waiver_twice", line=str(same[0].line)))
        if too_long := explain_long(waiver, clock.time() if now is None else now, most_days):
            reader.report(node, too_long)
        waivers.append(waiver)
    if reader.mistakes:
        raise ContentError(reader.mistakes)
    return waivers


def explain_long(waiver: Waiver, now: float, most_days: int) -> Message | None:
    """Return why a waiver lasts too long, or None: a finding must not go out of sight for years.

    Args:
        waiver: The waiver.
        now: In seconds since 1970.
        most_days: How many days from now it may last.
    """
    days = math.ceil((waiver.end - now) / 86_400)
    if days <= most_days:
        return None
    return Message("content.waiver_long", check=waiver.check, days=days, most=most_days)


def _read_waiver(reader: Reader, node: Node, known: Collection[str], zone: tuple[str, tzinfo]) -> Waiver:
    fields = reader.fields(node, _KEYS, ("check", "reason", "owner", "end"), "waiver")
    check = reader.line(fields.get("check"), "check")
    if check and check not in known:
        no_check = Message("content.no_check", id=quoted(check), hint=suggestion_of(check, known))
        reader.report(fields["check"], no_check, what="check")
    name, own = _read_zone(reader, fields.get("timezone"), "timezone") or zone
    start = _read_moment(reader, fields.get("start"), "start", own, last=False)
    end = _read_moment(reader, fields.get("end"), "end", own, last=True)
    if start is not None and end is not None and end < start:
        reader.report(fields["end"], Message("content.waiver_ends_before"), what="end")
    written = fields["end"].text if isinstance(fields.get("end"), Scalar) else ""  # type: ignore[union-attr]
    return Waiver(
        check=check,
        reason=" ".join(reader.text(fields.get("reason"), "reason").split()),
        owner=reader.line(fields.get("owner"), "owner"),
        end=end or 0.0,
        end_text=written if _INSTANT.fullmatch(written) else f"{written} {name}",
        start=start or 0.0,
        target=reader.line(fields.get("target"), "target") or "*",
        group=reader.line(fields.get("group"), "group") or "*",
        items=_read_items(reader, fields.get("items")),
        file=reader.file,
        line=node.line,
        ticket=reader.line(fields.get("ticket"), "ticket"),
    )


def _read_items(reader: Reader, node: Node | None) -> tuple[str, ...]:
    """Read the items; an empty list is a mistake, since no items at all would accept every one."""
    items = reader.texts(node, "items")
    if node is not None and not items and not isinstance(node, Scalar):
        reader.report(node, Message("content.waiver_items"), what="items")
    return items


def _read_zone(reader: Reader, node: Node | None, what: str) -> tuple[str, tzinfo] | None:
    name = reader.line(node, what)
    if not name or node is None:
        return None
    if name in ("UTC", "Etc/UTC"):
        return name, UTC
    import zoneinfo

    try:
        return name, zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        zones = zoneinfo.available_timezones()
    if zones:
        reader.report(node, Message("content.no_zone", name=quoted(name), hint=suggestion_of(name, zones)), what=what)
    else:
        reader.report(node, Message("content.no_zones", name=quoted(name)), what=what)
    return None


def _read_moment(reader: Reader, node: Node | None, what: str, zone: tzinfo, last: bool) -> float | None:
    """Read a date or a full time: seconds since the epoch, of a date its first or its last moment."""
    if node is None:
        return None
    if not isinstance(node, Scalar):
        reader.report(node, Message("content.expected_date"), what=what)
        return None
    text = node.text
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
            day = date.fromisoformat(text)
            begin = datetime.combine(day + timedelta(days=1) if last else day, time(), zone)
            return (begin.astimezone(UTC) - _LAST if last else begin).timestamp()
        if _INSTANT.fullmatch(text):
            return datetime.fromisoformat(text).timestamp()
    except OverflowError:
        reader.report(node, Message("content.date_far", text=text), what=what)
        return None
    except ValueError as error:
        reader.report(node, Message("content.no_such_date", text=text, error=str(error)), what=what)
        return None
    reader.report(node, Message("content.no_date", text=quoted(text)), what=what)
    return None
