"""The changes that hosts have a record of, for a reader and for machines: ``rempart changes``."""

import time
from collections.abc import Callable, Iterator, Mapping

from rempart_controller.remediation.undo.endpoint_records import OLDER, Endpoint, FoundChange
from rempart_core.json_value import Json
from rempart_core.text import Text, clean_line
from rempart_reports.writing.translation import colon

SCHEMA = "rempart.endpoint-changes/1"
WORDS = {
    "open": Text("open", "ouvert"),
    "kept": Text("kept", "conservé"),
    "undone": Text("rolled back", "annulé"),
    "older": OLDER,
    "damaged": Text("its record is damaged", "son enregistrement est endommagé"),
    "timer": Text("by its timer", "par son minuteur"),
    "armed": Text("its timer will roll it back", "son minuteur l’annulera"),
    "doing": Text("at work: {}", "en cours : {}"),
    "holder": Text("by {}", "par {}"),
    "since": Text("begun {} UTC", "commencé {} UTC"),
    "none": Text("no change", "aucun changement"),
    "silent": Text("did not answer", "sans réponse"),
}


def show(found: Mapping[str, Endpoint], language: str) -> Iterator[str]:
    """Yield a line for each change of each host.

    Args:
        found: What each host says.
        language: ``en`` or ``fr``.
    """
    word = _word(language)
    for name, host in found.items():
        if host.failure is not None:
            yield f"{clean_line(name)}  {word('silent')}{colon(language)}{clean_line(host.failure.get(language))}"
        elif not host.changes:
            yield f"{clean_line(name)}  {word('none')}"
        for change, one in host.changes.items():
            parts = tell_state(one, language)
            parts += [word("holder").format(one.holder)] if one.holder else []
            if one.begun:
                parts.append(word("since").format(time.strftime("%Y-%m-%d %H:%M", time.gmtime(one.begun))))
            parts += [", ".join(one.checks)] if one.checks else []
            yield f"{clean_line(name)}  {clean_line(change)}  {clean_line(' · '.join(parts))}"


def tell_state(one: FoundChange, language: str) -> list[str]:
    """Return how a change stands on a host, and what is under way there; not clean.

    Args:
        one: What the host says.
        language: ``en`` or ``fr``.
    """
    word = _word(language)
    parts = [word(one.state) if one.state in WORDS else one.state]
    parts += [word("doing").format(one.doing.get(language))] if one.doing else []
    parts += [word("timer")] if one.state == "undone" and one.by == "timer" else []
    return parts + ([word("armed")] if one.armed else [])


def _word(language: str) -> Callable[[str], str]:
    return lambda name: WORDS[name].get(language)


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
