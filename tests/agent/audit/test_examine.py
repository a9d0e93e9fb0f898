"""The run of one check: in which order its statements are asked, and what each way out comes to."""

from __future__ import annotations

from typing import Any

import pytest

from rempart_agent.audit.examine import Circumstances, examine, examine_all
from rempart_agent.audit.recognise import detect_role, recognise
from rempart_agent.engine import Engine
from rempart_core.model.check import Applies, Block, Check, Fallback, Remediation, Severity
from rempart_core.model.parameter import Parameter
from rempart_core.model.result import Answer, EngineIdentity, Failure, State
from rempart_core.model.selection import Selected
from rempart_core.text import Text

HERE = Circumstances("linux", "server", privileged=True)
COLUMNS = ("item", "observed", "expected", "ok")
GOOD = Answer(COLUMNS, [("a", "1", "1", "1")])
BAD = Answer(COLUMNS, [("a", "0", "1", "0")])
ROW = Answer(("1",), [("1",)])
NOTHING = Answer(COLUMNS, [])


class Script(Engine):
    """Answers by the text of the statement and notes what was asked."""

    def __init__(self, answers: dict[str, Answer | Exception]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def identity(self) -> EngineIdentity:
        return EngineIdentity("script", "1", "root", privileged=True)

    def query(self, sql: str, deadline: float = 1, max_rows: int = 1) -> Answer:
        self.asked.append(sql)
        answer = self.answers.get(sql, Answer(failure=Failure("sql", "not in the script")))
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self) -> None:
        """Nothing to let go of."""


def selected(block: Block | None, roles: tuple[str, ...] = ("server",), **values: Any) -> Selected:
    text = Text("en", "fr")
    check = Check(
        id="TST-01",
        revision=1,
        title=text,
        rationale=text,
        severity=Severity.HIGH,
        roles=roles,
        platforms={"linux": block} if block else {"windows": Block("SELECT 1")},
        remediation=Remediation("x", "manual", text),
        controls={},
        parameters={name: Parameter(name, "integer", 0, text) for name in values},
    )
    return Selected(check, check.severity, values)


def state(block: Block | None, circumstances: Circumstances = HERE, **answers: Any) -> tuple[State, str, list[str]]:
    engine = Script({name.upper(): answer for name, answer in answers.items()})
    result = examine(selected(block), engine, circumstances)
    return result.state, result.reason.en, engine.asked


PLAIN = Block("QUERY")
FULL = Block(
    "QUERY", applies=Applies("APPLIES", Text("no server", "pas de serveur")), probe="PROBE", cross_check="WITNESS"
)


def test_a_plain_check_passes_and_fails() -> None:
    assert state(PLAIN, query=GOOD)[0] is State.PASS
    assert state(PLAIN, query=BAD)[0] is State.FAIL


def test_applies_and_probe_are_settled_before_the_query() -> None:
    found, _, asked = state(FULL, applies=ROW, probe=ROW, query=GOOD, witness=GOOD)
    assert found is State.PASS
    assert asked == ["APPLIES", "PROBE", "QUERY", "WITNESS"]


def test_what_does_not_apply_is_not_asked() -> None:
    assert state(FULL, applies=NOTHING, probe=ROW, query=BAD) == (State.NOT_APPLICABLE, "no server", ["APPLIES"])


@pytest.mark.parametrize("kind", ["denied", "missing", "timeout", "no_table", "malformed", "sql"])
def test_an_applies_that_fails_is_no_reason_to_pass_over_the_check(kind: str) -> None:
    found, _, asked = state(FULL, applies=Answer(failure=Failure(kind, "x")), query=GOOD)
    assert (found, asked) == (State.ERROR, ["APPLIES"])


def test_a_probe_without_a_row_is_an_error() -> None:
    found, reason, asked = state(FULL, applies=ROW, probe=NOTHING, query=GOOD)
    assert (found, reason) == (State.ERROR, "the source could not be read")
    assert "QUERY" not in asked


def test_a_live_source_of_an_image_is_not_checked() -> None:
    live_only = Answer(failure=Failure("not_observable", "mounts needs a running system"))
    assert state(PLAIN, query=live_only)[:2] == (State.NOT_CHECKED, "needs a running system")
    assert state(FULL, applies=live_only)[0] is State.NOT_CHECKED


@pytest.mark.parametrize("kind", ["no_table", "no_column"])
def test_the_fallback_stands_in_for_what_the_engine_lacks(kind: str) -> None:
    lacking = Answer(failure=Failure(kind, "no such table: x"))
    part, whole = Fallback("FALLBACK", "part"), Fallback("FALLBACK", "all")
    assert state(Block("QUERY", fallback=part), query=lacking, fallback=GOOD)[:2] == (
        State.NOT_CHECKED,
        "seen only in part",
    )
    assert state(Block("QUERY", fallback=part), query=lacking, fallback=BAD)[0] is State.FAIL
    assert state(Block("QUERY", fallback=whole), query=lacking, fallback=GOOD)[0] is State.PASS
    assert state(PLAIN, query=lacking)[0] is State.ERROR


def test_the_fallback_does_not_stand_in_for_a_source_that_may_not_be_read() -> None:
    denied = Answer(failure=Failure("denied", "x"))
    found, _, asked = state(Block("QUERY", fallback=Fallback("FALLBACK", "all")), query=denied, fallback=GOOD)
    assert (found, asked) == (State.ERROR, ["QUERY"])


def test_without_rights_a_check_that_needs_root_asks_nothing() -> None:
    user = HERE._replace(privileged=False)
    assert state(PLAIN, user, query=GOOD) == (State.NOT_CHECKED, "needs root", [])
    assert state(Block("QUERY", privilege="user"), user, query=GOOD)[0] is State.PASS


def test_without_a_recognised_system_nothing_is_asked() -> None:
    found, reason, asked = state(PLAIN, HERE._replace(platform=""), query=GOOD)
    assert (found, asked) == (State.NOT_CHECKED, [])
    assert "os-release" in reason


def test_a_check_without_a_block_for_the_platform_does_not_apply() -> None:
    assert state(None)[:2] == (State.NOT_APPLICABLE, "not asked on linux")


def test_checks_of_images_are_not_asked_of_a_machine_in_service() -> None:
    engine = Script({"QUERY": GOOD})
    image = selected(PLAIN, roles=("image",))
    assert examine(image, engine, HERE).state is State.NOT_APPLICABLE
    assert examine(image, engine, HERE._replace(role="image")).state is State.PASS


def test_an_engine_that_breaks_is_the_result_of_one_check() -> None:
    engine = Script({"QUERY": RuntimeError("boom"), "OTHER": GOOD})
    results = examine_all([selected(PLAIN), selected(Block("OTHER"))], engine, HERE)
    assert [r.state for r in results] == [State.ERROR, State.PASS]
    assert "boom" in results[0].reason.en


def test_the_result_holds_parameters_and_statements_as_sent() -> None:
    engine = Script({"SELECT 14": GOOD})
    result = examine(selected(Block("SELECT :days"), days=14), engine, HERE)
    assert result.state is State.PASS
    assert result.parameters == {"days": 14}
    assert result.sql == {"query": "SELECT 14"}


def test_witnesses_that_disagree_are_an_error() -> None:
    block = Block("QUERY", cross_check="WITNESS")
    found, reason, _ = state(block, query=GOOD, witness=BAD)
    assert found is State.ERROR
    assert reason.startswith("sources disagree")


def test_a_system_is_recognised_or_nothing_is() -> None:
    def system(*row: str) -> Script:
        return Script(
            {
                "SELECT name, version, platform FROM os_version": Answer(
                    ("name", "version", "platform"), [row] if row else []
                )
            }
        )

    assert recognise(system("Debian GNU/Linux", "13 (trixie)", "debian")) == ("linux", "Debian GNU/Linux 13 (trixie)")
    assert recognise(system("macOS", "15.1", "darwin")) == ("darwin", "macOS 15.1")
    assert recognise(system()) == ("", "")
    assert recognise(Script({})) == ("", "")


def test_the_role_is_detected() -> None:
    class Desktop(Script):
        def query(self, sql: str, deadline: float = 1, max_rows: int = 1) -> Answer:
            return Answer(("path",), [("/usr/sbin/gdm3",)] if "gdm3" in sql and self.answers else [])

    assert detect_role(Script({}), live=False) == "image"
    assert detect_role(Script({}), live=True) == "server"
    assert detect_role(Desktop({"x": GOOD}), live=True) == "workstation"
    assert detect_role(Desktop({}), live=True) == "server"
