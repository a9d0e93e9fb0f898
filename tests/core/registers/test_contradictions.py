"""A row whose cells contradict each other is not believed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rempart_core.registers.catalogue import CONTRACTS
from rempart_core.registers.contract import Kind
from rempart_core.registers.contradictions import ORDERS, PARTS, PERCENT
from rempart_core.registers.register import Registers

HEAD = "as_of: 2026-11-20\nby: p-001\nentries:\n"
ACTION = "id: a, source: x, severity: critical, what: y, owner: p-001, opened: 2026-03-01, due: 2026-04-01"
ALERT = 'id: a, raised: "2026-11-02T08:00Z", due: "2026-11-02T12:00Z"'
PHISHING = "campaign: c, date: 2026-11-01, team: Support, targets: 6, reference: r"


@pytest.mark.parametrize(
    ("register", "row", "column"),
    [
        ("actions", f"{ACTION}, closed: 2026-03-01", ""),
        ("actions", f"{ACTION}, closed: 2026-02-28", "closed"),
        ("alerts", f'{ALERT}, acknowledged: "2026-11-02T08:30Z"', ""),
        ("alerts", f'{ALERT}, acknowledged: "2026-11-02T08:30+01:00"', "acknowledged"),
        ("alerts", ALERT.replace("T12", "T07"), "due"),
        ("phishing", f"{PHISHING}, clicked: 6, reported: 0", ""),
        ("phishing", f"{PHISHING}, clicked: 10, reported: 0", "clicked"),
        ("phishing", f"{PHISHING}, clicked: 0, reported: 7", "reported"),
        ("awareness_tests", "person: p-001, date: 2026-11-01, score: 100, questions: q, reference: r", ""),
        ("awareness_tests", "person: p-001, date: 2026-11-01, score: 900, questions: q, reference: r", "score"),
        ("recordings", "system: s, kind: recording, oldest: 2026-11-09, checked: 2026-11-08, by: p-001, reference: r",
         "checked"),
    ],
)  # fmt: skip
def test_what_contradicts_itself_is_named(
    given: Callable[..., Registers], said: Callable[[Registers], list[str]], register: str, row: str, column: str
) -> None:
    found = given(**{f"{register}_yaml": f"{HEAD}  - {{{row}}}\n"})
    (judged,) = found[register].rows
    assert judged["trouble"] == ("contradiction" if column else "")
    assert [one.partition(" ")[2].partition(":")[0] for one in said(found)] == ([column] if column else [])


def test_what_is_compared_are_columns_of_one_kind() -> None:
    comparable = ({Kind.DATE, Kind.DUE}, {Kind.TIME, Kind.DUE_TIME}, {Kind.COUNT})
    for register, pairs in (*ORDERS.items(), *PARTS.items()):
        kinds = {one.name: one.kind for one in CONTRACTS[register].columns}
        for pair in pairs:
            assert any({kinds[name] for name in pair} <= same for same in comparable), (register, pair)
    for register, name in PERCENT.items():
        assert name in {one.name for one in CONTRACTS[register].columns}
