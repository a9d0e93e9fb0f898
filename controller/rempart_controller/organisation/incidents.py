"""The incidents that were worked on here, as rows that the register of breaches is held against."""

from collections.abc import Mapping

from rempart_agent.source.contract import Row
from rempart_controller.incident.folder import list_standings
from rempart_controller.incident.incident_state import Standing
from rempart_core.error import IncidentError
from rempart_core.timestamps import write_moment


def read_incidents() -> list[Row] | None:
    """Return a row for each incident of this user; None where they can't be read. Where none was opened there are none.

    One whose record does not verify has a trouble: what it says is not known to be so.
    """
    try:
        return [_row(one) for one in list_standings()]
    except IncidentError:
        return None


def _row(one: Standing) -> Row:
    row: dict[str, str | int | None] = {
        "id": one.incident,
        "host": one.host,
        "title": one.title,
        "state": one.state,
        "aware": write_moment(one.aware) if one.aware else "",
        "aware_epoch": one.aware or None,
        "opened": one.opened,
        "closed": one.closed,
        "people_count": _number(one.facts.get("people_count", "")),
        "records": _data_told(one.facts),
        "trouble": "damaged" if one.fault else "",
        "trouble_value": one.incident if one.fault else "",
    }
    for name in ("notified", "no_notification", "informed", "not_informing"):
        row[name] = one.decisions.get(name, {}).get("text", "") or one.decisions.get(name, {}).get("at", "")
    return row


def _data_told(facts: Mapping[str, str]) -> str:
    """Return the first that is told of data of people: which, whose, or how much where that is no plain number."""
    numbers = [facts.get(name, "") for name in ("records_count", "people_count")]
    told = [facts.get("records", ""), facts.get("people", ""), *(one for one in numbers if _number(one) != 0)]
    return next(filter(None, told), "")


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 16 else None
