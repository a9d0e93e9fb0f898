"""Answers that take long are found out once, for each who may read something else, and not given for ever."""

from __future__ import annotations

import threading

from rempart_server.pages.memory import KEPT, Memory


def test_an_answer_is_given_again_for_a_while_and_told_with_its_time() -> None:
    memory, made = Memory(), []

    def make() -> int:
        made.append(1)
        return len(made)

    assert memory.recall("a", 1000, make) == (1, 1000)
    assert memory.recall("a", 1000 + KEPT - 1, make) == (1, 1000)
    assert memory.recall("a", 1000 + KEPT, make) == (2, 1000 + KEPT)
    assert memory.recall("b", 1000, make) == (3, 1000)
    assert memory.recall("a", 10, make) == (4, 10)  # a clock that went back


def test_many_who_ask_at_a_time_wait_for_one() -> None:
    memory, made, go = Memory(), [], threading.Event()

    def make() -> int:
        go.wait(60)
        made.append(1)
        return 7

    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(memory.recall("a", 5, make).value)) for _ in range(4)]
    for thread in threads:
        thread.start()
    go.set()
    for thread in threads:
        thread.join(60)
    assert (found, len(made)) == ([7] * 4, 1)


def test_what_is_held_is_bounded() -> None:
    memory, made = Memory(), []
    for number in range(200):
        memory.recall(number, 5, lambda: made.append(1))
    memory.recall(0, 5, lambda: made.append(1))
    assert len(made) == 201
