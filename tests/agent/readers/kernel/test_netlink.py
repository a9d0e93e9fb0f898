"""Conversations with the kernel: lists that change meanwhile, errors, answers to earlier questions."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from rempart_agent.readers.kernel import netlink
from rempart_agent.source.contract import Denied, SourceError


class Kernel:
    """A netlink socket that answers what it is told to."""

    def __init__(self, *answers: bytes) -> None:
        self.answers = list(answers)
        self.sent = 0

    def sendto(self, data: bytes, _: object) -> None:
        self.sent += 1
        self.sequence = data[8:12]

    def settimeout(self, seconds: float) -> None:
        assert seconds > 0

    def recvmsg(self, _: int) -> tuple[bytes, list[Any], int, tuple[int, int]]:
        if not self.answers:
            raise TimeoutError
        return self.answers.pop(0), [], 0, (0, 0)


def _message(kind: int, body: bytes = b"", flags: int = 2, sequence: int = 1) -> bytes:
    order = sys.byteorder
    head = (len(body) + 16).to_bytes(4, order) + kind.to_bytes(2, order) + flags.to_bytes(2, order)
    return head + sequence.to_bytes(4, order) + bytes(4) + body


DONE, ERROR, INTERRUPTED = 3, 2, 0x12


def _talk(*answers: bytes) -> netlink.Talk:
    """Return a conversation with a kernel that gives these answers."""
    talk = netlink.Talk(netlink.ROUTE)
    talk._socket.close()
    talk._socket = Kernel(*answers)  # type: ignore[assignment]
    return talk


def test_a_list_that_changed_meanwhile_is_asked_for_again() -> None:
    first = _message(100, b"old.", INTERRUPTED) + _message(DONE, bytes(4))
    second = _message(100, b"new.", sequence=2) + _message(DONE, bytes(4), sequence=2)
    found = list(netlink.messages(netlink.unpack(_talk(first, second).dump(5, b""))))
    assert [message.body for message in found if message.type == 100] == [b"new."]


def test_a_list_that_always_changes_is_an_error() -> None:
    answers = [_message(DONE, bytes(4), INTERRUPTED, n) for n in range(1, 9)]
    with pytest.raises(netlink.Interrupted):
        _talk(*answers).dump(5, b"")


@pytest.mark.parametrize(
    ("code", "error"), [(-1, Denied), (-13, Denied), (-93, netlink.Unsupported), (-22, SourceError), (-12, SourceError)]
)
def test_a_kernel_s_error_is_no_empty_list(code: int, error: type) -> None:
    for kind in (ERROR, DONE):
        answer = _message(kind, code.to_bytes(4, sys.byteorder, signed=True))
        with pytest.raises(error):
            _talk(answer).dump(5, b"")


def test_a_kernel_that_does_not_answer_is_an_error() -> None:
    with pytest.raises(SourceError, match="in time"):
        _talk(_message(100)).dump(5, b"")


def test_an_answer_to_an_earlier_question_is_passed_over() -> None:
    stale = _message(DONE, bytes(4), sequence=77)
    found = _talk(stale, _message(100, b"mine") + _message(DONE, bytes(4))).dump(5, b"")
    assert b"mine" in netlink.unpack(found)
