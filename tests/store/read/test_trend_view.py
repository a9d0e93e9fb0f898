"""Many days: by each host's last answer, through silence and renaming, of the reader's groups alone."""

from __future__ import annotations

from rempart_testing.run import BEGINNING, of_states, silent

from rempart_core.model.result import State
from rempart_store.read.trend_view import list_days
from rempart_store.store import Store

DAY = 86_400
FIRST = BEGINNING // DAY * DAY


def test_days_are_by_the_last_answer_of_each_host(store: Store) -> None:
    bad, good = {"A-1": State.FAIL, "B-1": State.ERROR}, {"A-1": State.PASS, "B-1": State.PASS}

    def save(host: str, day: int, states: dict[str, State], hour: int = 1) -> None:
        store.save([of_states(host, FIRST + day * DAY + hour * 3600, states, group=host[:1], machine_id=host * 32)])

    save("a1", 0, bad)
    save("a1", 0, good, hour=5)  # of one day the last counts
    save("a1", 2, bad)
    save("b1", 1, bad)
    store.save([silent("b1", FIRST + 2 * DAY + 99, list(bad), group="b", machine_id="b1" * 32)])
    save("b1", 4, good)
    with store.reading() as connection:
        days = list_days(connection, None, FIRST, FIRST + 5 * DAY)
        assert [one.open["high"] for one in days] == [0, 1, 2, 2, 1, 1]
        assert [one.hosts for one in days] == [1, 2, 2, 2, 2, 2]
        assert [(one.judged, one.asked) for one in days][2] == (2, 4)
        assert days[0].day == FIRST
        later = list_days(connection, None, FIRST + 3 * DAY, FIRST + 4 * DAY + 7200)
        assert [one.open["high"] for one in later] == [2, 1]
        only = list_days(connection, frozenset({"b"}), FIRST, FIRST + 5 * DAY)
        assert [one.open["high"] for one in only] == [1, 1, 1, 0, 0]
        assert [one.open["high"] for one in list_days(connection, None, FIRST, FIRST + DAY + 7200)] == [0, 1]
        assert list_days(connection, frozenset(), FIRST, FIRST + 5 * DAY) == []
