"""What leaves the spool, and when: once the server said that it is stored, never before, each document once."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rempart_testing.https_server import Heard, Says, https_server

from rempart_agent.installed import push
from rempart_agent.installed.push import Pushed, delays
from rempart_agent.installed.spool import Bounds, Spool
from rempart_core.error import SpoolError
from rempart_core.messages.message import Message

Answer = Callable[[Heard], Says | None]


def fill(folder: Path, count: int = 3) -> list[int]:
    """Put documents into a spool; the door is not asked what they are."""
    spool = Spool(str(folder))
    return [spool.put(lambda number, _: b"document %d" % number, Bounds())[0] for _ in range(count)]


def number_of(heard: Heard) -> int:
    return int(heard[1].split()[-1])


def stored(heard: Heard) -> Says:
    return Says(200, json.dumps({"stored": [number_of(heard)]}).encode())


def refused(heard: Heard, kind: str = "document") -> Says:
    said = {"number": number_of(heard), "kind": kind, "en": "it was replayed", "fr": "c’est un rejeu"}
    return Says(409, json.dumps({"refused": said}).encode())


def run(
    tmp_path: Path,
    answer: Answer,
    stop: threading.Event | None = None,
    *,
    once: bool = False,
    waits: Iterator[float] | None = None,
) -> tuple[Pushed, list[Message]]:
    said: list[Message] = []
    with https_server(tmp_path, answer) as server:
        done = push.push(
            str(tmp_path / "agent"),
            server,
            stop or threading.Event(),
            said.append,
            once=once,
            waits=waits or itertools.repeat(0.0),
        )
    return done, said


def waiting(tmp_path: Path) -> list[int]:
    return [one.number for one in Spool(str(tmp_path / "agent")).waiting()]


def test_each_is_sent_once_oldest_first_and_leaves_when_it_is_stored(tmp_path: Path) -> None:
    numbers = fill(tmp_path / "agent")
    heard: list[int] = []

    def answer(one: Heard) -> Says:
        assert one[0] == "/api/rempart/documents"
        heard.append(number_of(one))
        assert number_of(one) in waiting(tmp_path), "it is not taken away before the server has it"
        return stored(one)

    done, said = run(tmp_path, answer)
    assert (done, said) == (Pushed(3, ()), [])
    assert heard == numbers
    assert waiting(tmp_path) == []
    assert Spool(str(tmp_path / "agent")).last() == b"document %d" % numbers[-1]


@pytest.mark.parametrize(
    "fault",
    [
        Says(503, b'{"error": "the store is unavailable"}', (("Retry-After", "0"),)),
        Says(200, b"{}"),
        Says(200, b'{"stored": [1]}'),
        Says(200, b'{"stored": []}'),
        Says(502, b"<html>"),
        Says(409, b"<html>"),
        Says(404, b"{}"),
        None,
    ],
)
def test_nothing_leaves_by_any_other_answer_and_the_same_comes_again(tmp_path: Path, fault: Says | None) -> None:
    numbers = fill(tmp_path / "agent")
    heard: list[int] = []

    def answer(one: Heard) -> Says | None:
        heard.append(number_of(one))
        if len(heard) <= 2:
            assert waiting(tmp_path) == numbers
            return fault
        return stored(one)

    done, said = run(tmp_path, answer)
    assert done.stored == 3
    assert heard == [numbers[0]] * 2 + numbers, "the next is not sent before the first is decided"
    assert len(said) == 2


def test_with_once_what_is_not_decided_waits_for_the_next_push(tmp_path: Path) -> None:
    numbers = fill(tmp_path / "agent")
    done, _ = run(tmp_path, lambda one: stored(one) if number_of(one) == numbers[0] else Says(503), once=True)
    assert (done.stored, done.waits is not None) == (1, True)
    assert waiting(tmp_path) == numbers[1:]


def test_what_is_refused_stays_and_is_said_and_hinders_no_other(tmp_path: Path) -> None:
    numbers = fill(tmp_path / "agent")
    done, said = run(tmp_path, lambda one: refused(one) if number_of(one) == numbers[1] else stored(one))
    assert done.stored == 2
    assert waiting(tmp_path) == [numbers[1]]
    (why,) = said
    assert str(numbers[1]) in str(why)
    assert "it was replayed" in str(why)
    assert done.refused == (why,)


@pytest.mark.parametrize("kind", ["unknown", "waiting", "revoked"])
def test_a_server_that_does_not_take_the_agent_is_asked_once(tmp_path: Path, kind: str) -> None:
    numbers = fill(tmp_path / "agent")
    heard: list[int] = []

    def answer(one: Heard) -> Says:
        heard.append(number_of(one))
        return refused(one, kind)

    done, said = run(tmp_path, answer)
    assert (done.stored, len(done.refused), len(said)) == (0, 1, 1)
    assert (heard, waiting(tmp_path)) == (numbers[:1], numbers)


def test_one_that_a_controller_takes_over_ssh_meanwhile_is_no_fault(tmp_path: Path) -> None:
    numbers = fill(tmp_path / "agent")

    def answer(one: Heard) -> Says:
        if number_of(one) == numbers[0]:
            import hashlib

            Spool(str(tmp_path / "agent")).confirm([(numbers[0], hashlib.sha256(one[1]).hexdigest())])
            return refused(one)
        return stored(one)

    done, said = run(tmp_path, answer)
    assert (done, said) == (Pushed(2, ()), [])


def test_what_is_put_into_the_spool_meanwhile_goes_too(tmp_path: Path) -> None:
    fill(tmp_path / "agent", 1)
    more = itertools.chain([2], itertools.repeat(0))

    def answer(one: Heard) -> Says:
        fill(tmp_path / "agent", next(more))
        return stored(one)

    done, _ = run(tmp_path, answer)
    assert (done.stored, waiting(tmp_path)) == (3, [])


def test_an_end_that_is_asked_for_is_no_loss(tmp_path: Path) -> None:
    numbers = fill(tmp_path / "agent")
    stop = threading.Event()

    def answer(one: Heard) -> Says:
        stop.set()
        return stored(one)

    done, _ = run(tmp_path, answer, stop)
    assert (done.stored, done.waits is not None) == (1, True)
    assert waiting(tmp_path) == numbers[1:]


def test_two_at_once_are_one(tmp_path: Path) -> None:
    fill(tmp_path / "agent", 1)

    def answer(one: Heard) -> Says:
        with pytest.raises(SpoolError, match="another"):
            run(tmp_path / "second", stored)
        return stored(one)

    (tmp_path / "second").mkdir()
    (tmp_path / "second" / "agent").symlink_to(tmp_path / "agent")
    assert run(tmp_path, answer)[0].stored == 1


def test_the_time_between_tries_is_drawn_anew_and_grows_to_an_hour() -> None:
    most = list(itertools.islice(delays(lambda _, most: most), 10))
    assert most == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]
    least = list(itertools.islice(delays(lambda least, _: least), 10))
    assert least == [0] * 10
    drawn = [next(delays()) for _ in range(50)]
    assert len(set(drawn)) > 40
    assert all(0 <= one <= 30 for one in drawn)


def test_a_server_that_wants_a_longer_pause_gets_it(tmp_path: Path) -> None:
    fill(tmp_path / "agent", 1)
    answers = iter([Says(503, b"{}", (("Retry-After", "1"),))])
    done, said = run(tmp_path, lambda one: next(answers, None) or stored(one))
    assert done.stored == 1
    assert "1 s" in str(said[0])
