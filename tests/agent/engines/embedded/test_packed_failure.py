"""What a worker fails with is said in the language of whoever reads it."""

from __future__ import annotations

import marshal

import pytest

from rempart_agent.engines.embedded.packed_failure import fold, pack, unpack
from rempart_agent.said import Why
from rempart_core.messages.message import Message
from rempart_core.model.result import Failure


@pytest.mark.parametrize(
    "failure",
    [Failure("denied", "/etc/shadow"), Failure.of("constraint", Message("engine.no_constraint", table="file"))],
)
def test_a_failure_comes_out_of_the_pipe_as_it_went_in(failure: Failure) -> None:
    assert unpack(marshal.loads(marshal.dumps(pack(failure)))) == failure  # noqa: S302 - our own bytes


def test_reasons_come_out_as_they_went_in() -> None:
    said = Why("sshd refuses {error}", error=Why("{path}: a NUL byte", path="/\udcff")).said
    inner = ("{path}: a NUL byte", {"path": "/\udcff"})
    assert marshal.loads(marshal.dumps(fold(said))) == ("sshd refuses {error}", {"error": inner})  # noqa: S302 - ours
