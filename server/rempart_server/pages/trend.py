"""The page of trends: what was open at the end of each day, as a chart and as a table."""

import json
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from rempart_core.model.check import Severity
from rempart_reports.writing.translation import severity_name
from rempart_server.pages.asking import Asking
from rempart_server.pages.frame import Shown
from rempart_server.pages.memory import Answer, Memory
from rempart_store.read.trend_view import DayOfTrend, list_days

if TYPE_CHECKING:
    from rempart_store.connection import Connection

SPANS = ("30", "90", "365")
"""Days that may be asked for."""
_DAY = 86_400
_DASHES = {
    "critical": [],
    "high": [8, 3],
    "medium": [4, 3],
    "low": [2, 2],
    "info": [1, 3],
}  # told apart without colours


def read_days(asking: Asking, connection: "Connection", memory: Memory) -> Answer[list[DayOfTrend]]:
    """Return the days that a request asks for, oldest first.

    Args:
        asking: Who asks, and for what.
        connection: Reads.
        memory: The worker's.

    Raises:
        UsageError: It asks for something that there is not.
    """
    days = int(asking.choose("days", SPANS) or SPANS[1])
    groups, at = asking.person.groups, asking.at() or asking.now
    since = max(at - (days - 1) * _DAY, asking.person.begins or 0)
    key = ("trend", groups, since // _DAY, asking.at() or "now")
    return memory.recall(key, asking.now, lambda: list_days(connection, groups, since, at))


def show(asking: Asking, connection: "Connection", memory: Memory) -> Shown:
    """Return the page of trends.

    Args:
        asking: Who asks, and for what.
        connection: Reads.
        memory: The worker's.
    """
    found = read_days(asking, connection, memory)
    values: dict[str, Any] = {
        "days": found.value,
        "made": found.made,
        "chart": write_json(_chart(asking, found.value)),
        "spans": SPANS,
        "span": asking.text("days") or SPANS[1],
    }
    return Shown("trend_page.html", asking.labels("trends"), values, charts=bool(found.value))


def _chart(asking: Asking, days: list[DayOfTrend]) -> dict[str, Any]:
    series = [
        {"label": severity_name(one, asking.language), "colour": one.value, "dash": _DASHES[one.value]}
        for one in Severity
    ]
    data = [[day.day for day in days], *([day.open[one.value] for day in days] for one in Severity)]
    return {"time": asking.labels("a_day"), "series": series, "data": data}


def write_json(data: dict[str, Any]) -> Markup:
    """Return data as a block of JSON may hold it: nothing in it ends the block or begins another."""
    text = json.dumps(data, separators=(",", ":"))
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704 - what markup is made of is written as numbers
