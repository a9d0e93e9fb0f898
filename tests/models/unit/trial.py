"""units: states of random trees and times of random calendar expressions, against systemctl and systemd-analyze."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rempart_testing.models import Answer, Trial

from models.unit.grammar import CASES
from models.unit.oracle import Programs, start
from rempart_agent.models.unit import calendar, expression, install, preset, zone
from rempart_agent.models.unit import name as unit_name

_ZONES = Path("/usr/share/zoneinfo")
_MILLION = 1_000_000


def _is_zone(name: str) -> bool:
    path = _ZONES / name
    return (
        bool(name)
        and not name.startswith("/")
        and ".." not in name
        and path.is_file()
        and path.read_bytes()[:4] == b"TZif"
    )


def judge(programs: Programs, case: dict[str, Any]) -> Iterator[Answer]:
    """Ask both about one case."""
    folders = install.Folders(programs.plant(case["tree"]))
    told = programs.states()
    yield Answer("names", sorted(folders.names()), sorted(told))
    rules = preset.rules(folders.files)
    yield Answer("presets", {n: preset.preset(rules, n) for n in programs.presets}, programs.presets)
    asked = [n for n in [*folders.instances()[:2], *case["names"]] if n not in told and unit_name.kind(n)]
    for name, said in [*told.items(), *((n, programs.state(n)) for n in asked)]:
        found = install.state(folders, name)
        # of a link to nowhere is-enabled says not-found, and list-unit-files bad
        nowhere = said == "not-found" and found.state == "bad" and "not there" in found.why
        yield Answer(f"state of {name}", found.state, "bad" if nowhere else said, found.why)
    for text in case["calendar"]:
        yield Answer(f"next of {text!r}", _next(text, case), programs.next(text, case["base"], case["zone"]))


def _next(text: str, case: dict[str, Any]) -> str | int | None:
    try:
        spec = expression.parse(text, _is_zone)
    except expression.Invalid:
        return "invalid"
    local = zone.parse((_ZONES / (spec.zone or case["zone"])).read_bytes())
    try:
        found = calendar.next_elapse(spec, case["base"] * _MILLION, local)
    except zone.Twice:
        return None
    return "never" if found is None else found // _MILLION


def constructs(case: dict[str, Any]) -> Iterator[str]:
    """Name what a case uses."""
    for path, kind, content in case["tree"]:
        yield f"{kind} in {path.split('/')[-2].rpartition('.')[2]}"
        yield from (f"key {k}" for k in ("Alias", "Also", "DefaultInstance", "WantedBy") if k + "=" in content)
        if kind == "link":
            yield "masked" if content == "/dev/null" else "link"
        if "\\" in content:
            yield "backslash"
        if "@" in path:
            yield "template or instance"
    for text in case["calendar"]:
        yield from (f"calendar {c}" for c in ("..", "/", "~", ",", "@") if c in text)
        yield "calendar zone" if "/" in text.rpartition(" ")[2] else "calendar local"


TRIAL = Trial("unit", CASES, start, judge, constructs, programs=("systemctl", "systemd-analyze"), balance=False)
