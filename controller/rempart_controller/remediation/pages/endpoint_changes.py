"""The changes that hosts have a record of, for a reader and for machines: ``rempart changes``."""

import time
from collections.abc import Iterator, Mapping

from rempart_controller.remediation.undo.endpoint_records import OLDER, Endpoint, FoundChange
from rempart_core.json_value import Json
from rempart_core.messages.labels import Labels
from rempart_core.messages.say import say
from rempart_core.text import clean_line
from rempart_reports.writing.translation import colon

SCHEMA = "rempart.endpoint-changes/1"
STATES = ("open", "kept", "undone", "damaged", "older")
"""How changes stand."""


def show(found: Mapping[str, Endpoint], language: str) -> Iterator[str]:
    """Yield a line for each change of each host.

    Args:
        found: What each host says.
        language: ``en`` or ``fr``.
    """
    label = Labels("recorded_page", language)
    for name, host in found.items():
        if host.failure is not None:
            yield f"{clean_line(name)}  {label('silent')}{colon(language)}{clean_line(host.failure.get(language))}"
        elif not host.changes:
            yield f"{clean_line(name)}  {label('none')}"
        for change, one in host.changes.items():
            parts = tell_state(one, language)
            parts += [label("holder", author=one.holder)] if one.holder else []
            if one.begun:
                parts.append(label("since", time=time.strftime("%Y-%m-%d %H:%M", time.gmtime(one.begun))))
            parts += [", ".join(one.checks)] if one.checks else []
            yield f"{clean_line(name)}  {clean_line(change)}  {clean_line(' · '.join(parts))}"


def tell_state(one: FoundChange, language: str) -> list[str]:
    """Return how a change stands on a host, and what is under way there; not clean.

    Args:
        one: What the host says.
        language: ``en`` or ``fr``.
    """
    label = Labels("recorded_page", language)
    parts = [label(one.state) if one.state in STATES else one.state]
    if one.state == "older":
        parts = [say(OLDER, language)]
    parts += [label("doing", what=one.doing.get(language))] if one.doing else []
    parts += [label("timer")] if one.state == "undone" and one.by == "timer" else []
    return parts + ([label("armed")] if one.armed else [])


def to_data(found: Mapping[str, Endpoint]) -> dict[str, Json]:
    """Return the same as plain data."""
    return {
        "schema": SCHEMA,
        "hosts": {
            name: {
                "failure": list(host.failure) if host.failure is not None else None,
                "changes": {change: _to_data(one) for change, one in host.changes.items()},
            }
            for name, host in found.items()
        },
    }


def _to_data(one: FoundChange) -> dict[str, Json]:
    return {
        "state": one.state,
        "by": one.by,
        "holder": one.holder,
        "begun": one.begun,
        "checks": list(one.checks),
        "armed": one.armed,
        "doing": list(one.doing) if one.doing else None,
        "acts": one.acts,
    }
