"""A run is saved whole or not at all, whatever an endpoint says of itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from rempart_testing.run import BEGINNING, make_result, make_run, of_states

from rempart_core.model.result import Run, State
from rempart_store.retention.forget import DAY
from rempart_store.store import Store

NIGHT = DAY


def night(number: int) -> int:
    return BEGINNING + number * NIGHT


def test_a_run_is_all_or_nothing(store: Store) -> None:
    store.save([of_states("web", night(0), {"AAA-01": State.PASS})])

    def runs() -> Iterator[Run]:
        for number in range(600):
            yield of_states(f"host-{number}", night(1), {"AAA-01": State.FAIL})
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.save(runs())
    assert [host.name for host in store.fleet()] == ["web"]
    assert len(store.runs()) == 1


def test_a_kill_in_the_middle_leaves_the_store_as_it_was(place: str, tmp_path: Path) -> None:
    with Store.open(place) as store:
        store.save([of_states("web", night(0), {"AAA-01": State.PASS})])
        before = (store.fleet(night(5)), store.standings(night(5), details=True), store.runs(), store.head())
    script = textwrap.dedent("""
        import os, signal, sys
        from rempart_testing.run import of_states
        from rempart_store.store import Store
        from rempart_controller.recording.user_key import load_key
        from rempart_core.model.result import State

        def runs():
            for number in range(600):  # more than two batches: some rows are written already
                yield of_states(f"host-{number}", int(sys.argv[2]), {"AAA-01": State.FAIL})
            print("half way", flush=True)
            os.kill(os.getpid(), signal.SIGKILL)

        with Store.open(sys.argv[1]) as store:
            store.save(runs(), key=load_key(sys.argv[3]))
    """)
    support = Path(__file__).parents[2] / "support"
    done = subprocess.run(
        [sys.executable, "-c", script, place, str(night(1)), str(tmp_path / "key.pem")],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(support)},
    )
    assert (done.returncode, done.stdout) == (-signal.SIGKILL, "half way\n"), done.stderr
    with Store.open(place) as store:
        assert (store.fleet(night(5)), store.standings(night(5), details=True), store.runs(), store.head()) == before
        assert store.save([of_states("web", night(2), {"AAA-01": State.FAIL})]) == 2


def test_what_an_endpoint_says_of_itself_can_not_harm_the_others(store: Store) -> None:
    evil = make_run("e\x00vil\ud800", night(0), [make_result("AAA-01", State.FAIL, ["a\x00\ud800b"])], group="\x00")
    evil = evil._replace(ended="never", started="", role="\x00", profile="\ud800")
    store.save([evil, of_states("web", night(0), {"AAA-01": State.PASS})])
    assert {host.name for host in store.fleet()} == {"e\ufffdvil\ufffd", "web"}
