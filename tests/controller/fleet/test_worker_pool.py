"""The pool: jobs in processes that can die, hang or talk nonsense without harming the others."""

from __future__ import annotations

import mmap
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rempart_controller.fleet import worker_pool as pools
from rempart_controller.fleet.worker_pool import HANDSHAKES, Bulk, Pool
from rempart_core.messages.message import Message, as_is
from rempart_core.messages.say import say


def run(
    work: Callable[[int, Callable[[], None]], Any], addresses: list[str], **more: Any
) -> dict[int, tuple[Any, Message]]:
    pool = Pool(work, more.pop("parallel", 4), more.pop("deadline", 30.0), **more)
    return {number: (said, error) for number, said, error in pool.run(addresses)}


def test_all_errands_are_done_by_few_processes() -> None:
    found = run(lambda number, _: [number, os.getpid()], [str(n) for n in range(40)])
    assert [said[0] for _, (said, _) in sorted(found.items())] == list(range(40))
    assert len({said[1] for said, _ in found.values()}) <= 4
    assert os.getpid() not in {said[1] for said, _ in found.values()}


def test_one_that_dies_breaks_or_hangs_is_its_own_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "_GRACE", 0.0)

    def work(number: int, _connected: Callable[[], None]) -> str:
        if number == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        if number == 2:
            raise ValueError("no")
        if number == 3:
            time.sleep(60)
        return "good"

    found = run(work, list("abcdef"), deadline=10.0)  # enough for those that answer at once
    assert [found[n] for n in (0, 4, 5)] == [("good", as_is(""))] * 3
    assert found[1][1].id == "host.worker_ended"
    assert found[2][1] == as_is("ValueError: no")
    assert found[3][1] == Message("host.worker_deadline", deadline="10")


def test_one_that_takes_all_memory_is_stopped() -> None:
    found = run(lambda number, _: len("x" * (3 << 30)) if number else "good", ["a", "b"])
    assert found[0] == ("good", as_is(""))
    assert found[1][0] is None
    assert "MemoryError" in say(found[1][1])


def test_what_the_parent_holds_is_no_part_of_a_workers_limit() -> None:
    with mmap.mmap(-1, 2 << 30, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS):  # of addresses: no page is written to
        found = run(lambda _number, _: len("x" * (64 << 20)), ["a"])
    assert found[0] == (64 << 20, as_is(""))


def test_few_are_at_their_handshake_with_one_address(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("shaking")

    def work(number: int, connected: Callable[[], None]) -> int:
        mark = folder / str(number)
        mark.touch()
        time.sleep(0.05)
        seen = len(list(folder.iterdir()))
        mark.unlink()
        connected()
        time.sleep(0.05)
        return seen

    found = run(work, ["same"] * 40, parallel=16)
    assert len(found) == 40
    assert max(said for said, _ in found.values()) <= HANDSHAKES


def test_the_runs_deadline_ends_what_is_left() -> None:
    def work(number: int, _connected: Callable[[], None]) -> str:
        if number:
            time.sleep(60)
        return "good"

    found = run(work, list("abcde"), parallel=2, run_deadline=8.0)
    assert found[0] == ("good", as_is(""))
    assert {found[n][1] for n in range(1, 5)} == {Message("host.run_deadline", deadline="8")}


def test_no_process_stays_when_the_caller_stops_early() -> None:
    pool = Pool(lambda _number, _: os.getpid(), 3, 30.0)
    jobs = pool.run(list("abcdef"))
    _, pid, _ = next(jobs)
    jobs.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_what_goes_beside_the_words_comes_as_it_is() -> None:
    data = bytes(range(256)) * 5_000
    found = run(lambda number, _: Bulk([number], data * number), ["a", "b"])
    assert found[0][0] == [0]  # nothing goes beside it
    assert found[1][0] == Bulk([1], data)


def test_no_worker_begins_while_others_reckon_on_every_core(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(pools, "_CORES", 2)

    def reckon(_number: int, _connected: Callable[[], None]) -> int:
        until = time.process_time() + 0.05
        while time.process_time() < until:
            pass
        return os.getpid()

    def wait(number: int, _connected: Callable[[], None]) -> int:
        """Wait until all are at work, however long a busy machine takes to begin them."""
        (tmp_path / str(number)).touch()
        until = time.monotonic() + 60
        while len(os.listdir(tmp_path)) < 12 and time.monotonic() < until:
            time.sleep(0.02)
        return os.getpid()

    busy = {said for said, _ in run(reckon, [str(n) for n in range(12)], parallel=12).values()}
    idle = {said for said, _ in run(wait, [str(n) for n in range(12)], parallel=12, deadline=120.0).values()}
    assert len(busy) < len(idle) == 12
