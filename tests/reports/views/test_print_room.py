"""How much of each finding is printed: all where there is room, less where there is not."""

from __future__ import annotations

from collections.abc import Callable

from rempart_core.model.result import Evidence, Result
from rempart_reports.views.host import sort_out
from rempart_reports.views.print_room import measure

MakeResult = Callable[..., Result]


def findings(make_result: MakeResult, count: int, length: int) -> list[Result]:
    rows = [{"item": "x" * length, "observed": "", "expected": "", "ok": "0"}] * 20
    return [make_result(check=f"A-{n}", evidence=Evidence(rows, 20, 0, 0)) for n in range(count)]


def test_the_more_there_is_the_less_of_each_is_printed(make_result: MakeResult) -> None:
    rooms = [measure(sort_out(findings(make_result, count, 40))) for count in (3, 24, 40, 300)]
    assert rooms[0].rows == 10
    assert [room.rows for room in rooms] == sorted((room.rows for room in rooms), reverse=True)
    assert [room.short for room in rooms] == [False, False, False, True]


def test_long_rows_take_more_room(make_result: MakeResult) -> None:
    short, long = (measure(sort_out(findings(make_result, 30, length))) for length in (20, 900))
    assert short.rows > long.rows
