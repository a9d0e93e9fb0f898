"""What the next audit is told of updates that wait."""

from __future__ import annotations

from rempart_testing.waiting_updates import known, run_of

from rempart_store.store import Store


def test_the_next_audit_is_told_since_when_updates_may_wait(small: Store) -> None:
    small.save([run_of(1, {"openssl 3.0.1": "3.0.2"})])
    assert known(small) == (1, {"openssl 3.0.1": (1, 0)})  # it was there when the history began
    small.save([run_of(2, {"openssl 3.0.1": "3.0.2"}, hidden=1)])
    small.save([run_of(4, {"openssl 3.0.1": "3.0.2", "curl 8.1": "8.2"})])
    assert known(small) == (4, {"openssl 3.0.1": (1, 0), "curl 8.1": (4, 1)})  # of day 2 nobody knows all
    small.save([run_of(5, {"curl 8.1": "8.3"})])
    assert known(small) == (5, {"curl 8.1": (4, 1)})
