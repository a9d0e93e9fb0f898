"""The log's rows: newest first by pages, and all of them in their order."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from rempart_store.server.event import Event, add_event, list_events, read_last, read_last_times, stream_events
from rempart_store.store import Store


def test_events_come_by_pages_and_by_actor(store: Store) -> None:
    with store.writing() as connection:
        assert read_last(connection) == (0, "")
        for number in range(1, 6):
            actor = "ana" if number % 2 else "ben"
            add_event(connection, Event(number, 100 + number, actor, "user.add", "x", "{}", f"hash {number}"))
    with store.reading() as connection:
        assert read_last(connection) == (5, "hash 5")
        assert [one.number for one in list_events(connection, 2)] == [5, 4]
        assert [one.number for one in list_events(connection, 2, before=4)] == [3, 2]
        assert [one.number for one in list_events(connection, 9, actor="ben")] == [4, 2]
        assert list_events(connection, 9, actor="ben\0") == []
        assert [one.number for one in stream_events(connection)] == [1, 2, 3, 4, 5]


def test_when_something_was_done_last_is_told_by_to_what(store: Store) -> None:
    deeds = [("session.begin", "ana"), ("session.begin", "ben"), ("session.begin", "ana"), ("user.add", "ben")]
    with store.writing() as connection:
        for number, (action, subject) in enumerate(deeds, 1):
            add_event(connection, Event(number, 100 + number, "x", action, subject, "{}", f"hash {number}"))
    with store.reading() as connection:
        assert read_last_times(connection, "session.begin") == {"ana": 103, "ben": 102}


def test_two_servers_that_write_at_a_time_leave_no_gap_and_no_fork(place: str) -> None:
    def write(name: str) -> None:
        with Store.open(place) as one:
            for _ in range(10):
                with one.writing() as connection:
                    number, _ = read_last(connection)
                    add_event(connection, Event(number + 1, 1, name, "user.add", "x", "{}", f"hash {number + 1}"))

    Store.open(place).close()
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(write, ("one", "two")))
    with Store.open(place) as store, store.reading() as connection:
        assert [one.number for one in stream_events(connection)] == list(range(1, 21))
