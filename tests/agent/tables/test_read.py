"""The seam between engines and tables: rows with the reasons in them, or one error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from rempart_agent.said import Said
from rempart_agent.tables import read
from rempart_agent.tables.read import Request
from rempart_agent.targets.root import RootTarget

Root = Callable[[Any], RootTarget]
READ = Request("rempart_pam_outcome", ("service", "question", "answer", "why"), ())


def test_the_reasons_in_rows_are_told_with_what_they_say(root_of: Root) -> None:
    root = root_of(
        {"/etc/pam.d/login": "auth required pam_strange.so\n", "/etc/pam.d/other": "auth required pam_deny.so\n"}
    )
    (answer,) = read.read(root, [READ])
    text = "pam_strange.so is not known"
    assert text in {row["why"] for row in answer.rows}
    assert answer.whys == {text: Said("{module} is not known", {"module": "pam_strange.so"})}


def test_rows_without_reasons_tell_none(root_of: Root) -> None:
    root = root_of({"/etc/passwd": "root:x:0:0::/root:/bin/sh\n"})
    assert read.read(root, [Request("users", ("uid",), ())])[0].whys == {}


def test_reasons_beyond_the_bound_stay_texts(root_of: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "_MAX_WHYS", 2)
    files = {f"/etc/pam.d/s{n}": f"auth required pam_strange{n}.so\n" for n in range(5)}
    (answer,) = read.read(root_of({**files, "/etc/pam.d/other": "auth required pam_deny.so\n"}), [READ])
    assert len({row["why"] for row in answer.rows if row["why"]}) == 5
    assert len(answer.whys) == 2


def test_an_error_is_the_answer(root_of: Root) -> None:
    answer, absent = read.read(root_of({}), [READ, Request("no_such", (), ())])
    assert (answer.rows, answer.kind) == ((), "missing")
    assert absent.kind == "no_table"
