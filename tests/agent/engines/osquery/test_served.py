"""The extra tables as osquery asks them, and the errors that osquery would drop."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Sequence
from typing import Any

import pytest

from rempart_agent.engines.osquery.served import ERRORS, WHY, LiveReader, Served
from rempart_agent.said import Said
from rempart_agent.source.contract import BIGINT, INTEGER, TEXT, UNSIGNED_BIGINT, Column
from rempart_agent.tables.read import Answer, Request

COLUMNS = (
    Column("path", TEXT, argument=True, required=True),
    Column("mode", TEXT, argument=True),
    Column("size", BIGINT),
    Column("large", UNSIGNED_BIGINT),
    Column("slow", INTEGER, costly=True, hidden=True),
)


class Script:
    """A reader that notes what it is asked."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.asked: list[Request] = []

    def names(self) -> Iterable[str]:
        return ["rempart_a", "rempart_b", "users"]

    def columns(self, table: str) -> tuple[Column, ...]:
        return COLUMNS

    def read(self, requests: Sequence[Request]) -> list[Answer]:
        self.asked += requests
        return [self.answers.pop(0)]


def context(used: list[str] | None = None, **constraints: list[tuple[int, str]]) -> dict[str, str]:
    told: dict[str, Any] = {
        "constraints": [
            {"name": name, "affinity": "TEXT", "list": [{"op": op, "expr": value} for op, value in found]}
            for name, found in constraints.items()
        ]
    }
    if used is not None:
        told["colsUsed"] = used
    return {"action": "generate", "context": json.dumps(told)}


def errors(served: Served) -> list[tuple[str, str, str]]:
    rows = served.call("table", ERRORS, {"action": "generate"})
    assert rows[0]["number"] == "0"
    assert {row["instance"] for row in rows} == {served.instance}
    return [(row["table_name"], row["kind"], row["message"]) for row in rows[1:]]


def test_only_extra_tables_are_served_and_osquery_learns_what_they_need() -> None:
    routes = Served(Script()).routes()
    assert set(routes) == {"rempart_a", "rempart_b", ERRORS}
    told = {route["name"]: (route["type"], route["op"]) for route in routes["rempart_a"] if route["id"] == "column"}
    assert told == {
        "path": ("TEXT", "2"),
        "mode": ("TEXT", "4"),
        "size": ("BIGINT", "8"),
        "large": ("UNSIGNED BIGINT", "8"),
        "slow": ("INTEGER", "24"),
    }


def test_rows_are_text_and_carry_an_id_that_stays_the_same() -> None:
    row = {"path": "/\udcff", "size": 5, "large": 2**64 - 1}
    served = Served(Script(Answer([row, row, {"path": "b"}]), Answer([{"path": "b"}, row])))
    first = served.call("table", "rempart_a", context(path=[(2, "x")]))
    assert {k: v for k, v in first[0].items() if k != "rowid"} == {
        "path": "/\ufffd",
        "mode": "",
        "size": "5",
        "large": str(2**64 - 1),
        "slow": "",
    }
    second = served.call("table", "rempart_a", context(path=[(2, "y")]))
    ids = [one["rowid"] for one in first]
    assert len(set(ids)) == 3
    assert [one["rowid"] for one in second] == [ids[2], ids[0]]
    assert all(0 < int(one) < 2**63 for one in ids)


def test_constraints_and_costly_columns_reach_the_table() -> None:
    script = Script(Answer(), Answer())
    served = Served(script)
    asked = context(["path", "size"], path=[(65, "/etc/%"), (2, "/b"), (2, "/a")], mode=[(2, "0640")], size=[(2, "5")])
    served.call("table", "rempart_a", asked)
    served.call("table", "rempart_a", context(path=[(2, "/a")]))
    first, second = script.asked
    assert first.columns == ("path", "mode", "size", "large")
    assert first.constraints == (("mode", "=", ("0640",)), ("path", "=", ("/a", "/b")), ("path", "LIKE", ("/etc/%",)))
    assert second.columns == ("path", "mode", "size", "large", "slow")


def test_a_required_column_whose_value_is_null_or_empty_matches_nothing() -> None:
    script = Script()
    served = Served(script)
    assert served.call("table", "rempart_a", context(path=[], mode=[(2, "0640")])) == []
    assert script.asked == []
    assert errors(served) == []


@pytest.mark.parametrize("op", [66, 68, 72])  # GLOB, <>, IS
def test_a_required_column_that_does_not_say_where_to_look_is_an_error(op: int) -> None:
    script = Script()
    served = Served(script)
    assert served.call("table", "rempart_a", context(path=[(op, "/etc/*")])) == []
    assert script.asked == []
    (error,) = errors(served)
    assert error[1] == "constraint"
    assert "without a required column" in error[2]


def test_what_fails_is_remembered_and_numbered() -> None:
    served = Served(Script(Answer((), "denied", "no"), Answer([{"path": "x"}]), Answer((), "missing", "gone")))
    before = served.begin()
    assert served.call("table", "rempart_a", context(path=[(2, "a")])) == []
    served.call("table", "rempart_a", context(path=[(2, "b")]))
    served.call("table", "rempart_b", context(path=[(2, "c")]))
    assert errors(served) == [("rempart_a", "denied", "no"), ("rempart_b", "missing", "gone")]
    assert (before, served.begin()) == (0, 2)
    served.call("table", "rempart_a", context(path=[(2, "a")]))  # not read anew, and no answer of no rows either
    assert errors(served)[-1] == ("rempart_a", "denied", "no")
    assert len(errors(served)) == 3


def test_a_table_that_breaks_and_a_question_that_cannot_be_read_are_errors_too() -> None:
    class Broken(Script):
        def read(self, requests: Sequence[Request]) -> list[Answer]:
            raise ZeroDivisionError("oops")

    served = Served(Broken())
    assert served.call("table", "rempart_a", context(path=[(2, "a")])) == []
    for text in ("{", "[]", '{"constraints": 5}', '{"constraints": [{"name": "path", "list": [{"op": "x"}]}]}'):
        assert served.call("table", "rempart_a", {"action": "generate", "context": text}) == []
    kinds = [kind for _, kind, _ in errors(served)]
    assert kinds == ["engine"] * 5
    assert "ZeroDivisionError" in errors(served)[0][2]


def test_what_was_read_is_kept_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    script = Script(*[Answer([{"path": str(n)}]) for n in range(3)])
    served = Served(script, keep=2.0)
    ask = context(path=[(2, "a")])
    seen = []
    for moment in (100.0, 101.9, 102.1, 102.2):
        now[0] = moment
        seen.append(served.call("table", "rempart_a", ask)[0]["path"])
    served.forget()
    seen.append(served.call("table", "rempart_a", ask)[0]["path"])
    assert seen == ["0", "0", "1", "1", "2"]


def test_a_table_that_is_stuck_fails_later_statements_at_once() -> None:
    release, begun = threading.Event(), threading.Event()

    class Stuck(Script):
        def read(self, requests: Sequence[Request]) -> list[Answer]:
            begun.set()
            release.wait(30)
            return [Answer([{"path": "late"}])]

    served = Served(Stuck())
    served.begin()
    thread = threading.Thread(target=served.call, args=("table", "rempart_a", context(path=[(2, "a")])))
    thread.start()
    assert begun.wait(30)
    served.begin()
    assert served.call("table", "rempart_a", context(path=[(2, "b")])) == []
    assert errors(served) == [("rempart_a", "timeout", "rempart_a did not answer within the deadline before")]
    release.set()
    thread.join()
    served.begin()
    assert served.call("table", "rempart_a", context(path=[(2, "b")])) != []


def test_what_is_not_served_is_refused() -> None:
    served = Served(Script())
    assert served.call("table", "rempart_a", {"action": "columns"}) == served.routes()["rempart_a"]
    for registry, item, action in (
        ("table", "users", "generate"),
        ("table", "rempart_a", "insert"),
        ("logger", "x", "log"),
        ("table", "rempart_a", ""),
    ):
        with pytest.raises(LookupError):
            served.call(registry, item, {"action": action})


def test_all_extra_tables_of_a_machine_can_be_served() -> None:
    routes = Served(LiveReader(None)).routes()
    assert {"rempart_nftables", "rempart_ini", "rempart_sshd_config"} <= set(routes)
    assert all(name.startswith("rempart_") for name in routes)


def test_reasons_in_rows_are_told_with_the_errors_once_a_statement() -> None:
    said = Said("{module} is not known", {"module": "pam_x.so"})
    answer = Answer([{"path": "/a"}], whys={"pam_x.so is not known": said})
    served = Served(Script(answer, answer))
    before = served.begin()
    for path in ("/a", "/b", "/a"):
        assert served.call("table", "rempart_a", context(path=[(2, path)]))
    rows = [row for row in served.call("table", ERRORS, {"action": "generate"}) if row["kind"] == WHY]
    (row,) = [row for row in rows if int(row["number"]) > before]
    assert (row["table_name"], row["message"]) == ("", "pam_x.so is not known")
    assert json.loads(row["said"]) == ["{module} is not known", {"module": "pam_x.so"}]
    again = served.begin()
    served.call("table", "rempart_a", context(path=[(2, "/a")]))
    (row,) = [one for one in served.call("table", ERRORS, {"action": "generate"}) if one["kind"] == WHY]
    assert int(row["number"]) > again


def test_reasons_never_push_an_error_out() -> None:
    """An error that is lost would let a table that failed pass for an empty one."""
    whys = {f"x{n} is not known": Said("{module} is not known", {"module": f"x{n}"}) for n in range(900)}
    served = Served(Script(Answer((), "denied", "no"), Answer([{"path": "/b"}], whys=whys)))
    served.call("table", "rempart_a", context(path=[(2, "/a")]))
    served.call("table", "rempart_a", context(path=[(2, "/b")]))
    found = errors(served)
    assert found[0] == ("rempart_a", "denied", "no")
    assert 0 < len(found) - 1 < 900
