"""The trial of the model of rsyslog: which message goes to which place."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator
from typing import Any

from rempart_testing.models import Answer, Trial

from models.rsyslog import grammar, oracle
from rempart_agent.models.rsyslog import evaluate, forward, parser
from rempart_agent.models.rsyslog.lexer import Unclear
from rempart_agent.models.rsyslog.syntax import Action


def judge(rsyslogd: oracle.Oracle, case: dict[str, Any]) -> Iterator[Answer]:
    """Ask for each message and place whether it goes there."""
    went = rsyslogd.ask(case)
    says = model(case)
    for number, message in enumerate(case["messages"]):
        for place in sorted(says[number] if says else went or {}):
            real = None if went is None else int(number in went.get(place, ()))
            told = says[number][place] if says else None
            if real is not None or told is None:
                yield Answer(f"{place} gets message {number}", told, real, str(message))


def model(case: dict[str, Any]) -> list[dict[str, int | None]]:
    """Return, for each message, whether it goes to each place that the configuration names; empty where unknown."""
    files = {f"{{DIR}}/d/{name}": text for name, text in case["files"].items()}

    def include(pattern: str) -> list[tuple[str, str]]:
        return [(name, files[name]) for name in sorted(files) if fnmatch.fnmatchcase(name, pattern)]

    try:
        read = parser.read("main", oracle.HEAD + case["main"], include)
        return [_places(read, number, *message) for number, message in enumerate(case["messages"])]
    except Unclear:
        return []


def _places(read: Any, number: int, priority: int, tag: str, text: str) -> dict[str, int | None]:
    facts = forward.facts(tag, f"{text} qq{number}qq")
    found: dict[str, int | None] = {}
    for action, reach in evaluate.reach(read, facts):
        if action.kind not in ("omfwd", "omfile"):
            continue
        place = _place(action)
        told = 1 if reach.certain >> priority & 1 else None if reach.possible >> priority & 1 else 0
        before = found.get(place, 0)
        found[place] = 1 if 1 in (told, before) else None if None in (told, before) else 0
    return found


def _place(action: Action) -> str:
    if action.kind == "omfwd":
        return f"{action.params['protocol']} {action.params['port']}"
    return f"file {str(action.params.get('file', '')).rpartition('-')[2]}"


TRIAL = Trial(
    name="rsyslog",
    cases=grammar.cases(),
    start=oracle.start,
    judge=judge,
    constructs=grammar.constructs,
    programs=("rsyslogd", "unshare", "ip"),
    full=1_000,
)
