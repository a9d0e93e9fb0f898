"""Since when an update waits, by all that is known of it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from rempart_agent.engines.remote.collector_client import Collector, Greeting, Reply
from rempart_agent.engines.remote.engine import Remote
from rempart_agent.engines.sql.update_history import date_updates
from rempart_agent.tables.read import Answer, Request
from rempart_core.model.update_history import UpdateHistory, Waiting

DAY = 86_400
NOW = 1_700_000_000


def ago(days: int) -> int:
    return NOW - days * DAY


def since(history: UpdateHistory, **dates: int) -> int | None:
    row = {"name": "openssl", "installed_version": "3.0.1", **dates}
    (dated,) = date_updates(Answer([row]), history).rows
    found = dated.get("first_seen")
    return None if found is None else (NOW - int(found)) // DAY


def known(first_seen: int, absent: int = 0) -> UpdateHistory:
    return UpdateHistory(items={"openssl 3.0.1": Waiting(ago(first_seen), ago(absent) if absent else 0)})


@pytest.mark.parametrize(
    ("history", "dates", "days"),
    [
        # It was seen 40 days ago: that the same version was installed again since does not make it younger.
        (known(40, absent=41), {"installed_at": ago(2)}, 40),
        (known(40), {"installed_at": ago(2)}, 40),
        # It was not there four days ago, however old the installation is.
        (known(3, absent=4), {"installed_at": ago(200)}, 4),
        (known(3, absent=9), {"installed_at": ago(200), "issued_at": ago(5)}, 5),
        (known(3, absent=4), {}, 4),
        # It was there when the history began, which says nothing of how long before.
        (known(3), {"installed_at": ago(200)}, 200),
        (known(3), {}, None),
        (known(3), {"installed_at": 0}, None),
        # It is new: all that waited were listed yesterday, and it was not among them.
        (UpdateHistory(listed=ago(1)), {"installed_at": ago(200)}, 1),
        (UpdateHistory(listed=ago(1)), {}, 1),
        (UpdateHistory(listed=ago(9)), {"installed_at": ago(2)}, 2),
        (UpdateHistory(listed=ago(9)), {"installed_at": NOW + 900 * DAY}, -900),
        # Nobody ever saw all: nothing is known of what was not seen.
        (UpdateHistory(items={"curl 8": Waiting(ago(3))}), {"installed_at": ago(200)}, None),
    ],
)
def test_an_update_has_waited_for_as_long_as_it_may_have(
    history: UpdateHistory, dates: dict[str, int], days: int | None
) -> None:
    assert since(history, **dates) == days


def test_the_history_of_another_machine_says_nothing() -> None:
    history = UpdateHistory("m1", listed=NOW)
    assert history.of("m1") == history
    assert history.of("m2") is None
    assert history._replace(machine_id="").of("m2") is not None
    assert UpdateHistory("m1").of("m1") is None


class Endpoint(Collector):
    """An endpoint of machine m1 with one update that waits."""

    def __init__(self) -> None:
        self.round_trips = self.taken = 0
        self.seen = {}

    def begin(self, reads: Sequence[Request], deadline: float, redact: bool) -> tuple[Greeting, list[Reply]]:
        return Greeting("root", "", privileged=True, python="", machine_id="m1"), self.read(reads, deadline, redact)

    def read(self, reads: Sequence[Request], deadline: float, redact: bool) -> list[Reply]:
        row = {"name": "openssl", "installed_version": "3.0.1", "installed_at": ago(2), "security": 1}
        return [Reply(b"same", b"", one, Answer([row])) for one in reads]

    def close(self) -> None:
        pass


def test_a_remote_endpoint_is_asked_with_its_own_history() -> None:
    sql = "SELECT name, installed_version, first_seen FROM rempart_updates WHERE security = 1"
    looked = Request("rempart_updates", ("first_seen", "installed_version", "name", "security"), ())

    def ask(history: UpdateHistory | None) -> tuple[str | None, bytes | None]:
        engine = Remote(Endpoint(), [looked], history=history)
        try:
            rows = engine.query(sql).rows
            return (rows[0][2] if rows else None), engine.digest(looked)
        finally:
            engine.close()

    undated, same = ask(None)
    assert ask(known(40)._replace(machine_id="m2")) == (undated, same)
    dated, other = ask(known(40)._replace(machine_id="m1"))
    assert (undated, dated) == ("", str(ago(40)))
    assert other != same  # or a verdict would be taken for that of a host without this history
